"""Settings of the documents service: object store, rendering, virus scanner, master keys."""

import msgspec

from chassis.settings import SecretFiles, SecretText


class DocumentsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    s3_endpoint: str
    """host:port of the object store."""
    s3_access_key: SecretText
    s3_secret_key: SecretText
    s3_region: str
    s3_bucket: str
    """It must exist; this service never creates one."""
    s3_secure: bool = True
    """Whether the store is reached over TLS."""
    staged_seconds: int = 900
    """How long content waits for the event that a document holds it, before records is asked whether one does.
    Longer than a receipt lives, so that nothing is given up that could still be deposited."""


class RenderingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    rendering_workers: int = 2
    """Processes that render documents at once, at most; documents of one record use all but one of them."""
    rendering_seconds: int = 3
    """Processor time for one document; one that needs more is only downloaded."""
    rendering_memory: int = 144_000_000
    """Bytes of address space of such a process, of which it uses 35 MB before it is given a document."""
    rendering_idle_seconds: float = 30.0
    """How long such a process is kept without a document."""


class ScannerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    clamd_address: str = ""
    """Where clamd listens, `unix:` and a path or host:port; empty: contents are not scanned."""
    scan_required: bool = True
    """Whether a content without a verdict is refused; else it is stored, counted and logged."""
    scan_seconds: float = 8.0
    """Timeout of each step of a scan; a client learns within ten seconds that it must come back."""


class MasterKeySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables; there must be a master key, in a file or on a PKCS#11 token."""

    master_key_file: SecretFiles = ""
    """32 bytes that wrap the data keys; with CARNET_PKCS11_KEY set, an older key that only unwraps."""
    older_master_key_files: SecretFiles = ""
    """Files of master keys that only unwrap what they wrapped, separated by commas."""
    pkcs11_module: str = ""
    """Library of a token that holds master keys; empty: all are in files."""
    pkcs11_token: str = ""
    """Label of the token."""
    pkcs11_pin_file: SecretFiles = ""
    """File with the PIN of the token's user."""
    pkcs11_key: str = ""
    """Label of the active AES-256 key on the token; empty: the active key is the file. Older keys on the token are
    found by the labels that wrapped keys name."""
