"""Visibility marks of documents: whom a document is hidden from, and until when."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.audit import EntryMarks
from contracts.errors.execution import MarkNotChangeable
from contracts.errors.request import InvalidRequest, SecretRequired, VisibilityForbidden
from contracts.records.documents import Document
from contracts.vocabulary import Visibility
from services.records.domain.lives import DocumentAction, document_after


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """The marks a document bears, sorted, and when it appears to the patient."""

    visibility: tuple[Visibility, ...] = ()
    invisible_until: datetime | None = None

    def on_entries(self, now: datetime) -> EntryMarks:
        """From whom the journal entries about the document are kept."""
        return EntryMarks(
            secret=Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in self.visibility,
            withheld=self.invisible_until is not None and now < self.invisible_until,
        )


def marks_of(document: Document) -> Marks:
    """The marks that a document bears."""
    return Marks(visibility=document.visibility, invisible_until=document.invisible_until)


class MarkRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator sets about marks.

    `invisible_span`: the longest time a document is kept from the patient. `pair_permitted`: MASQUE_PS together with
    INVISIBLE_PATIENT.
    """

    invisible_span: timedelta
    pair_permitted: bool = False


def marks_of_deposit(
    requested: tuple[Visibility, ...],
    invisible_until: datetime | None,
    *,
    secret: bool,
    default_masked: bool,
    rules: MarkRules,
    now: datetime,
) -> Marks:
    """The marks of a new document: those its depositor requests, and the holder's default.

    Raises:
        SecretRequired, VisibilityForbidden; InvalidRequest: the date.
    """
    marks = set(requested)
    if secret and Visibility.INVISIBLE_REPRESENTANTS_LEGAUX not in marks:
        raise SecretRequired
    check_pair(marks, rules)
    is_invisible = Visibility.INVISIBLE_PATIENT in marks
    # Where the two exclude each other, the depositor's request goes before the holder's default.
    if default_masked and (not is_invisible or rules.pair_permitted):
        marks.add(Visibility.MASQUE_PS)
    until = _appears_at(invisible_until, is_invisible=is_invisible, span=rules.invisible_span, now=now)
    return Marks(visibility=tuple(sorted(marks)), invisible_until=until)


def check_pair(marks: set[Visibility], rules: MarkRules) -> None:
    """Raises VisibilityForbidden where nobody but the author would see the document."""
    if {Visibility.MASQUE_PS, Visibility.INVISIBLE_PATIENT} <= marks and not rules.pair_permitted:
        raise VisibilityForbidden


def _appears_at(requested: datetime | None, *, is_invisible: bool, span: timedelta, now: datetime) -> datetime | None:
    if not is_invisible:
        if requested is not None:
            raise InvalidRequest(field="invisible_until")
        return None
    latest = now + span
    if requested is None:
        return latest
    if requested.tzinfo is None or not now < requested <= latest:
        raise InvalidRequest(field="invisible_until")
    return requested


def check_changeable(document: Document, marks: frozenset[Visibility]) -> None:
    """Marks that only a depositor may set are set at the deposit; later they are only removed.

    Raises:
        MarkNotChangeable: INVISIBLE_PATIENT is added, or INVISIBLE_REPRESENTANTS_LEGAUX added or removed.
    """
    current = frozenset(document.visibility)
    secret = Visibility.INVISIBLE_REPRESENTANTS_LEGAUX
    if Visibility.INVISIBLE_PATIENT in marks - current or secret in marks ^ current:
        raise MarkNotChangeable


def with_mask(document: Document, *, masque_ps: bool, rules: MarkRules, entry_uuid: UUID) -> Document:
    """The document hidden from professionals, or shown to them.

    Raises:
        VisibilityForbidden. DocumentTransitionRefused: not in its status.
    """
    marks = set(document.visibility) - {Visibility.MASQUE_PS}
    if masque_ps:
        marks.add(Visibility.MASQUE_PS)
    check_pair(marks, rules)
    return changed(document, visibility=tuple(sorted(marks)), entry_uuid=entry_uuid)


def shown(document: Document, *, entry_uuid: UUID) -> Document:
    """The document shown to the patient before its date."""
    marks = set(document.visibility) - {Visibility.INVISIBLE_PATIENT}
    return changed(document, visibility=tuple(sorted(marks)), invisible_until=None, entry_uuid=entry_uuid)


def changed(document: Document, *, entry_uuid: UUID, **metadata: object) -> Document:
    """The document with other metadata: a new entryUUID and version, the same logicalId.

    Raises:
        DocumentTransitionRefused: its status permits no change.
    """
    document_after(document.status, DocumentAction.CHANGE)
    return msgspec.structs.replace(
        document, entry_uuid=f"urn:uuid:{entry_uuid}", version=document.version + 1, **metadata
    )
