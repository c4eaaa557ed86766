"""Keys and archive of the journal commands: from options or CARNET_*, else the stack's."""

import os
from pathlib import Path
from typing import Any

from chassis.settings import SettingsError, load
from cli.target import is_stack_meant, optional_target, target
from deploy.dev.description import read_description
from deploy.dev.environment import JOURNAL_ORIGIN
from deploy.dev.errors import StackError
from deploy.dev.stack import Stack
from services.audit.archive import Archive
from services.audit.domain.notes import NoteInvalid, Verifier, verifier_from
from services.audit.sealing import Sealer
from services.audit.settings import ArchiveSettings
from services.audit.signing import HeadSigner


def verifier_of_heads(given: str) -> Verifier:
    """The verifier key given, or in the file given; else that of CARNET_HEAD_KEY, else the stack's."""
    try:
        if given:
            return verifier_from(Path(given).read_text() if Path(given).is_file() else given)
        file = target("CARNET_HEAD_KEY")
        origin = os.environ.get("CARNET_JOURNAL_ORIGIN") or JOURNAL_ORIGIN
        return HeadSigner.from_file(Path(file) if file else _stack().addresses.keys.journal_heads, origin).verifier
    except (OSError, ValueError, NoteInvalid, SettingsError):
        raise StackError(
            "clé des têtes illisible / the key of heads cannot be read: --key, CARNET_HEAD_KEY"
        ) from None


def subject_sealer(*, is_own: bool) -> Sealer | None:
    """Decrypts names: the key in CARNET_SUBJECT_KEY_FILE, else the stack's if the database is its own."""
    given = optional_target("CARNET_SUBJECT_KEY_FILE")
    own = is_own and is_stack_meant() and not os.environ.get("CARNET_AUDIT_DATABASE_URL")
    if not given and not own:
        return None
    file = Path(given) if given else _stack().addresses.keys.journal_subjects
    try:
        return Sealer.from_file(file)
    except (OSError, SettingsError):
        raise StackError(f"clé des noms illisible / the key of names cannot be read: {file}") from None


def journal_archive() -> Archive | None:
    """The archive set by CARNET_ARCHIVE_*, else the stack's if it is up, else None."""
    settings = load(ArchiveSettings)
    if settings.archive_endpoint or not is_stack_meant() or _description() is None:
        return Archive.from_settings(settings)
    store = _stack().addresses.journal_store
    return Archive(
        ArchiveSettings(
            archive_endpoint=store.endpoint,
            archive_access_key=store.access_key,
            archive_secret_key=store.secret_key,
            archive_region=store.region,
            archive_bucket=store.bucket,
            archive_secure=store.secure,
        )
    )


def outside_note(file: Path | None) -> str:
    """A tree head kept outside the platform; empty without a file."""
    try:
        return file.read_text() if file else ""
    except (OSError, ValueError):
        raise StackError(f"tête illisible / the head cannot be read: {file}") from None


def _description() -> dict[str, Any] | None:
    return read_description(_stack().layout)


def _stack() -> Stack:
    stack = Stack.from_environment(os.environ)
    stack.is_described()
    return stack
