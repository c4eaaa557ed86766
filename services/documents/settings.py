"""What the documents service is told at its start."""

from pathlib import Path

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
    master_key_file: Path
    """32 bytes that wrap the data keys."""
    staged_seconds: int = 900
    """How long bytes wait for the news that their document was entered, before records is asked whether it was.
    Longer than a receipt lives: what is given up can never be entered afterwards."""
