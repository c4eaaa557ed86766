"""Which documents are within a Permit."""

from datetime import datetime

from contracts.consent.decisions import MaskedAccess
from contracts.consent.permits import Permit
from contracts.vocabulary import Visibility
from services.records.domain.stored import StoredDocument


def can_see(permit: Permit, stored_document: StoredDocument) -> bool:
    """Whether a document of that record is within a permit; WITHIN_PERMIT of the repositories is the same in SQL.

    Authors see their own documents masked or not; no permit goes beyond its sections and statuses.
    """
    limits, document = permit.limits, stored_document.document
    is_own = permit.reader is not None and permit.reader in (stored_document.depositor, document.author.rpps)
    return (
        document.status in permit.statuses
        and ((is_own and limits.own_of_any_type) or document.type_code not in limits.denied_types)
        and (is_own or not limits.own_only)
        and (is_own or limits.masked is MaskedAccess.ALL or Visibility.MASQUE_PS not in document.visibility)
        and (limits.sections is None or document.section in limits.sections)
        and not (limits.hides_invisible and is_invisible(stored_document, permit.at))
        and not (limits.hides_secret and Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in document.visibility)
    )


def is_invisible(stored_document: StoredDocument, now: datetime) -> bool:
    """Whether the patient may not see a document yet."""
    until = stored_document.document.invisible_until
    return until is not None and now < until
