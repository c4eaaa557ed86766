"""Who may open a record, and opening it again."""

import pytest

from contracts.envelope import Actor
from contracts.errors.execution import RecordAlreadyOpen, RecordTransitionRefused
from contracts.errors.request import ConsentNotCollected, InvalidRequest, ProfessionMayNotOpen, SoftwareRefused
from contracts.records.consent_texts import OPENING_TEXTS
from contracts.vocabulary import OpeningChannel, RecordStatus, Role, SoftwareProfile
from services.records.domain import StoredRecord
from services.records.domain.openings import (
    channel_of,
    check_consent_collected,
    check_consent_text,
    check_may_open,
    check_same_opening,
    department_of,
)
from services.records.settings import RecordsSettings
from tests.unit.records.specimens import opening


def test_a_record_is_opened_only_with_consent() -> None:
    check_consent_collected(True)
    with pytest.raises(ConsentNotCollected):
        check_consent_collected(False)


@pytest.mark.parametrize("profile", [None, *SoftwareProfile])
def test_software_needs_the_profile_gestion_to_open_a_record(profile: SoftwareProfile | None) -> None:
    professional = Actor(role=Role.PROFESSIONAL, subject="1", profession="10", profile=profile)
    if profile is SoftwareProfile.GESTION:
        check_may_open(professional, {"10"})
    else:
        with pytest.raises(SoftwareRefused):
            check_may_open(professional, {"10"})


@pytest.mark.parametrize("profession", ["40", "70", "", None])
def test_a_profession_that_is_not_set_to_open_records_is_refused_naming_those_that_are(
    profession: str | None,
) -> None:
    professional = Actor(role=Role.PROFESSIONAL, subject="1", profession=profession, profile=SoftwareProfile.GESTION)
    with pytest.raises(ProfessionMayNotOpen) as refused:
        check_may_open(professional, RecordsSettings().openers)
    assert refused.value.details == {"permitted": "10, 21, 60"}


def test_an_agent_needs_neither_profile_nor_profession() -> None:
    check_may_open(Actor(role=Role.AGENT, subject="a"), set())


def test_the_text_that_was_shown_is_a_published_one_or_not_stated() -> None:
    for version in ("", *OPENING_TEXTS):
        check_consent_text(version)
    with pytest.raises(InvalidRequest) as refused:
        check_consent_text("2020-01")
    assert refused.value.details == {"field": "consent_text"}


def test_a_record_is_opened_by_a_professional_or_by_an_agent() -> None:
    assert channel_of(Actor(role=Role.PROFESSIONAL, subject="1")) is OpeningChannel.PROFESSIONNEL
    assert channel_of(Actor(role=Role.AGENT, subject="a")) is OpeningChannel.AGENT


@pytest.mark.parametrize(
    ("structure", "department"),
    [
        ("750712184", "75"),
        ("2A0000014", "2A"),
        ("2B0000020", "2B"),
        ("010000024", "01"),
        ("970100228", "971"),
        ("970408589", "974"),
        ("980500003", "976"),
        (None, None),
    ],
)
def test_the_department_of_a_structure_is_read_from_its_finess(structure: str | None, department: str | None) -> None:
    assert department_of(structure) == department


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
