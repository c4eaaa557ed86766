"""Whether the next head may follow those that were published: a restored database does not know them all."""

from prometheus_client import Gauge

from services.audit.domain.merkle import is_consistent
from services.audit.domain.notes import Note, NoteInvalid, Verifier, note_from
from services.audit.published import PublishedHead
from services.audit.repositories.heads import StoredHead
from services.audit.repositories.journal import JournalRepository
from services.audit.signing import is_signed_by

RESTORED = Gauge("carnet_journal_restored", "1 while no head is signed because the journal may have been restored.")


def is_restored(repository: JournalRepository, verifier: Verifier, published: PublishedHead | None) -> bool:
    """Whether heads may have been published that this database does not hold; then none may be signed.

    The head kept outside the database decides, if there is one. Else it is whether this is the database on which the
    last head was signed; one without any head is taken as new.
    """
    found = _is_restored(repository, verifier, published)
    RESTORED.set(found)
    return found


def _is_restored(repository: JournalRepository, verifier: Verifier, published: PublishedHead | None) -> bool:
    try:
        last = None if published is None else published.read()
    except (NoteInvalid, OSError):
        return True
    if last is None:
        return repository.newest_head() is not None and not repository.is_on_last_instance()
    is_given_up = any(declared.covers(last.head) for declared in repository.breaks(verifier.name))
    return not is_given_up and not is_continued(repository, verifier, last, repository.end().size)


def is_continued(repository: JournalRepository, verifier: Verifier, note: Note, size: int) -> bool:
    """Whether the tree of that size begins with the tree of a head, which bears our signature."""
    signed = note.head
    if not is_signed_by(note, verifier) or signed.origin != verifier.name or signed.size > size:
        return False
    if signed.size == 0:
        return True
    tree = repository.tree(size, [signed.size - 1])
    return is_consistent(signed.size, size, signed.root, tree.root(), tree.consistency(signed.size, size))


def is_stored_head_continued(
    repository: JournalRepository, verifier: Verifier, stored: StoredHead, size: int
) -> bool:
    """The same for a head in the database."""
    try:
        note = note_from(stored.note)
    except NoteInvalid:
        return False
    return note.head.size == stored.size and is_continued(repository, verifier, note, size)
