"""What the audit service is told at its start."""

from pathlib import Path

import msgspec


class AuditSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    head_key: Path
    """Private Ed25519 JWK that signs the heads of the journal."""
    subject_key_file: Path
    """32 bytes that wrap the keys under which the journal names people."""
    journal_origin: str
    """The journal's name in its heads, `host/path`; a journal keeps it, and its key, for ever."""
    head_seconds: int = 60
    """How long after a head the next is signed, if lines were added."""
    head_grace_seconds: int = 600
    """How long a line may wait for a head before this service calls itself not ready."""
    timestamp_url: str = ""
    """Address of an RFC 3161 time-stamping authority that stamps the heads; empty: none does."""


class ArchiveSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables by the operator's command that archives old months of the journal."""

    archive_endpoint: str = ""
    """host:port of an object store; empty: months stay in the database for ever."""
    archive_access_key: str = ""
    archive_secret_key: str = ""
    archive_region: str = ""
    archive_bucket: str = "carnet-journal"
    """It must exist."""
    archive_secure: bool = True
    """Whether the store is spoken to over TLS."""
    journal_attached_months: int = 24
    """How many whole months, beside the current one, patients and the operator read in the database."""
