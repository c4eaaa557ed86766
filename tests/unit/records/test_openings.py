"""Who may open a record, and opening it again."""

import pytest

from contracts.envelope import Actor
from contracts.errors.execution import RecordAlreadyOpen, RecordTransitionRefused
from contracts.errors.request import ConsentNotCollected, SoftwareRefused
from contracts.vocabulary import RecordStatus, Role, SoftwareProfile
from services.records.domain import StoredRecord
from services.records.domain.openings import check_consent_collected, check_may_open, check_same_opening
from tests.unit.records.specimens import opening


def test_a_record_is_opened_only_with_consent() -> None:
    check_consent_collected(True)
    with pytest.raises(ConsentNotCollected):
        check_consent_collected(False)


@pytest.mark.parametrize("profile", [None, *SoftwareProfile])
def test_software_needs_the_profile_gestion_to_open_a_record(profile: SoftwareProfile | None) -> None:
    professional = Actor(role=Role.PROFESSIONAL, subject="1", profile=profile)
    if profile is SoftwareProfile.GESTION:
        check_may_open(professional)
    else:
        with pytest.raises(SoftwareRefused):
            check_may_open(professional)


def test_an_agent_needs_no_profile() -> None:
    check_may_open(Actor(role=Role.AGENT, subject="a"))


def test_opening_again_is_idempotent_for_the_opener_and_a_conflict_for_others() -> None:
    record = StoredRecord(opening=opening(), status=RecordStatus.ACTIVE)
    check_same_opening(record, opening(profession="10"))
    for other in (opening(opener="2"), opening(structure=None)):
        with pytest.raises(RecordAlreadyOpen):
            check_same_opening(record, other)


@pytest.mark.parametrize("status", [status for status in RecordStatus if status is not RecordStatus.ACTIVE])
def test_opening_does_not_reopen_a_closed_or_suspended_record_even_for_its_opener(
    status: RecordStatus,
) -> None:
    for again in (opening(), opening(opener="2")):
        with pytest.raises(RecordTransitionRefused) as refused:
            check_same_opening(StoredRecord(opening=opening(), status=status), again)
        assert refused.value.details == {"status": status}
