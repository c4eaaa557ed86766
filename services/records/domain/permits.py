"""Which documents are within a Permit, and in which state."""

from collections.abc import Sequence
from datetime import datetime

from contracts.consent.decisions import MaskedAccess
from contracts.consent.permits import Permit
from contracts.envelope import Actor
from contracts.errors.request import ScopeMissing
from contracts.scopes import read_scopes
from contracts.vocabulary import Capacity, Depositor, DepositorKind, DocumentStatus, Role, Visibility
from services.records.domain.stored import StoredDocument

_KNOW_THE_HOLDER = frozenset({Capacity.SELF, Capacity.REPRESENTANT_LEGAL})


def can_learn_holder(role: Role, permit: Permit) -> bool:
    """Whether a reader learns who the holder is: a professional with a permission, the holder, who represents them.

    An author without one reads what they deposited, and nothing else.
    """
    if role is Role.PROFESSIONAL:
        return not permit.limits.own_only
    return role is Role.PATIENT and permit.capacity in _KNOW_THE_HOLDER


def check_app_may(actor: Actor, *, binaries: bool = False, lists: bool = False) -> None:
    """An app reads contents and submission sets only with the scope for them, besides that for the documents.

    Raises:
        ScopeMissing.
    """
    if actor.role is not Role.APP:
        return
    scopes = read_scopes(actor.scopes)
    if (binaries and not scopes.binaries) or (lists and not scopes.lists):
        raise ScopeMissing


def can_see(permit: Permit, stored_document: StoredDocument, newer: Sequence[StoredDocument] = ()) -> bool:
    """Whether a document of that record is within a permit; WITHIN_PERMIT of the repositories is the same in SQL.

    Args:
        newer: all that replace it, directly or one another.
    """
    return is_shown(permit, stored_document) and status_for(permit, stored_document, newer) in permit.statuses


def is_shown(permit: Permit, stored_document: StoredDocument) -> bool:
    """Whether a permit shows a document in some state.

    Authors see their own documents masked or not; no permit goes beyond its sections.
    """
    limits, document = permit.limits, stored_document.document
    is_own = permit.reader is not None and (
        stored_document.depositor == Depositor(DepositorKind.PROFESSIONAL, permit.reader)
        or document.author.rpps == permit.reader
    )
    return (
        ((is_own and limits.own_of_any_type) or document.type_code not in limits.denied_types)
        and (is_own or not limits.own_only)
        and (is_own or limits.masked is MaskedAccess.ALL or Visibility.MASQUE_PS not in document.visibility)
        and (limits.sections is None or document.section in limits.sections)
        and not (limits.hides_invisible and is_invisible(stored_document, permit.at))
        and not (limits.hides_secret and Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in document.visibility)
    )


def status_for(permit: Permit, stored_document: StoredDocument, newer: Sequence[StoredDocument]) -> DocumentStatus:
    """The state of a document: it is superseded for those who are shown a version that replaces it, and no others."""
    status = stored_document.document.status
    if not newer or status is DocumentStatus.DELETED:
        return status
    if any(is_shown(permit, version) for version in newer):
        return DocumentStatus.SUPERSEDED
    return DocumentStatus.CURRENT if status is DocumentStatus.SUPERSEDED else status


def is_invisible(stored_document: StoredDocument, now: datetime) -> bool:
    """Whether the patient may not see a document yet."""
    until = stored_document.document.invisible_until
    return until is not None and now < until
