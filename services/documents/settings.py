"""What the documents service is told at its start."""

import msgspec


class DocumentsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    s3_endpoint: str
    """host:port of the object store."""
    s3_access_key: str
    s3_secret_key: str
    s3_region: str
    s3_bucket: str
    """It must exist; this service never makes one."""
    s3_secure: bool = True
    """Whether the store is spoken to over TLS."""
    staged_seconds: int = 900
    """How long bytes wait for the news that their document was entered, before records is asked whether it was.
    Longer than a receipt lives: what is given up can never be entered afterwards."""


class ScannerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    clamd_address: str = ""
    """Where a clamd listens, `unix:` and a path or host:port; empty: contents are not scanned."""
    scan_required: bool = True
    """Whether a content without a verdict is refused; else it is taken in, counted and logged."""
    scan_seconds: float = 8.0
    """How long each step of the scanner is waited for; a client is told within ten seconds that it must come back."""


class MasterKeySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables; a master key in a file or on a PKCS#11 token there must be."""

    master_key_file: str = ""
    """32 bytes that wrap the data keys. Where CARNET_PKCS11_KEY is the active key, this one is an older one."""
    older_master_key_files: str = ""
    """Files of master keys that wrap nothing new and still open what they wrapped, separated by commas."""
    pkcs11_module: str = ""
    """Library of a token that holds master keys; empty: files hold them all."""
    pkcs11_token: str = ""
    """Label of the token."""
    pkcs11_pin_file: str = ""
    """File with the PIN of the token's user."""
    pkcs11_key: str = ""
    """Label of the active AES-256 key on the token; empty: the active key is the file. Older keys on the token are
    found by the labels that wrapped keys name."""
