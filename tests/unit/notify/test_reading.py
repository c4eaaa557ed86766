"""Which notices a decision of consent lets through."""

from uuid import UUID

import pytest

from contracts.consent import Decision, Limits
from contracts.errors import NotShared, RecordNotFound, Refusal, ServiceUnavailable
from contracts.vocabulary import PatientId
from services.notify.domain.reading import notice_filter

PATIENT = PatientId(UUID(int=1))


@pytest.mark.parametrize("hides_secret", [True, False])
def test_the_filter_is_for_one_record_within_the_limits_of_the_decision(hides_secret: bool) -> None:
    allowed = notice_filter(Decision(allowed=True, reason="r", limits=Limits(hides_secret=hides_secret)), PATIENT)

    assert (allowed.patient_id, allowed.hides_secret) == (PATIENT, hides_secret)


@pytest.mark.parametrize("refusal", [RecordNotFound, NotShared])
def test_a_refusal_is_the_one_the_decision_names(refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        notice_filter(Decision(allowed=False, reason=refusal.code, refusal=refusal.code), PATIENT)


def test_an_unknown_refusal_is_a_refusal_too() -> None:
    with pytest.raises(ServiceUnavailable):
        notice_filter(Decision(allowed=False, reason="new", refusal="new.code"), PATIENT)
