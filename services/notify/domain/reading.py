"""Who may read a record's notices: what a decision of consent lets out."""

import msgspec

from contracts.consent import Decision
from contracts.envelope import Problem
from contracts.errors import refusal_from
from contracts.vocabulary import PatientId


class NoticeFilter(msgspec.Struct, frozen=True, kw_only=True):
    """The only key to the shelf of notices; `hides_secret` where it is a legal representative's."""

    patient_id: PatientId
    hides_secret: bool


def notice_filter(decision: Decision, patient_id: PatientId) -> NoticeFilter:
    """Turn an allowing decision into the key to the shelf.

    Raises:
        Refusal: the one the decision names.
    """
    if not decision.allowed:
        raise refusal_from(Problem(code=decision.refusal))
    return NoticeFilter(patient_id=patient_id, hides_secret=decision.limits.hides_secret)
