"""Which notices a decision of consent lets through."""

import msgspec

from contracts.consent import Decision
from contracts.envelope import Problem
from contracts.errors import refusal_from
from contracts.vocabulary import PatientId


class NoticeFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which notices may be read; notices are read only through one. `hides_secret`: for a legal representative."""

    patient_id: PatientId
    hides_secret: bool


def notice_filter(decision: Decision, patient_id: PatientId) -> NoticeFilter:
    """The filter of an allowing decision.

    Raises:
        Refusal: the one the decision names.
    """
    if not decision.allowed:
        raise refusal_from(Problem(code=decision.refusal))
    return NoticeFilter(patient_id=patient_id, hides_secret=decision.limits.hides_secret)
