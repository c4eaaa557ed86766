"""Settings of the audit service and of the commands that archive its journal."""

import msgspec

from chassis.settings import SecretFile, SecretText


class AuditSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    head_key: SecretFile
    """Private Ed25519 JWK that signs the heads of the journal."""
    subject_key_file: SecretFile
    """32 bytes that wrap the keys of strands."""
    journal_origin: str
    """The journal's name in its heads, `host/path`; name and key of a journal never change."""
    head_seconds: int = 60
    """Time from one head to the next, if lines were added."""
    head_grace_seconds: int = 600
    """How long a line may wait for a head before the service is not ready."""
    published_head_file: str = ""
    """File outside the database in which the last head is kept; no head is signed that does not continue it."""
    timestamp_url: str = ""
    """URL of an RFC 3161 time-stamping authority for heads; empty: none."""


class ArchiveSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables by the commands that archive and verify the journal."""

    archive_endpoint: str = ""
    """host:port of an object store; empty: months stay in the database."""
    archive_access_key: SecretText = ""
    archive_secret_key: SecretText = ""
    archive_region: str = ""
    archive_bucket: str = "carnet-journal"
    """It must exist."""
    archive_secure: bool = True
    """Whether the store is reached over TLS."""
    journal_attached_months: int = 24
    """Whole months, in addition to the current one, that stay in the database."""
