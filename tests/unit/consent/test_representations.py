"""Requests about legal representatives: evidence, agents and organisations, and when they take effect."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from chassis.settings import SettingsError, load
from contracts.consent.representations import EvidenceKind, NameRepresentative, RepresentationKind
from contracts.envelope import Actor
from contracts.errors.base import Refusal
from contracts.errors.execution import RepresentationRequestsFull
from contracts.errors.request import (
    InvalidRequest,
    RecordNotActive,
    RecordNotFound,
    RoleForbidden,
    SecondAgentNeeded,
)
from contracts.identity.apps import Client, ClientKind
from contracts.vocabulary import PatientId, RecordStatus, Role
from services.consent.domain.answers import check_active
from services.consent.domain.representations import (
    ENDING_EVIDENCE,
    MOST_WAITING,
    NAMING_EVIDENCE,
    Evidence,
    RepresentationTerms,
    can_take_effect,
    check_number_waiting,
    check_second_agent,
    checked_evidence,
    effect_time,
    organisation_of,
)
from services.consent.domain.sentences import sentence_of_request
from services.consent.settings import ConsentSettings
from services.identity.domain.granting import agent_actor

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CHILD, PARENT = PatientId(UUID(int=1)), PatientId(UUID(int=2))
REQUEST = NameRepresentative(
    patient_id=CHILD,
    representative_proof="p",
    kind=RepresentationKind.MINEUR,
    evidence="  Livret n° 12 ",
    evidence_kind=EvidenceKind.LIVRET_DE_FAMILLE,
    evidence_on=date(2019, 5, 4),
)
EVIDENCE = Evidence(kind=EvidenceKind.LIVRET_DE_FAMILLE, on=date(2019, 5, 4), reference="Livret n° 12")
TERMS = RepresentationTerms(patient_id=CHILD, representative=PARENT, ends=False, evidence=EVIDENCE)
OF_MINOR = NAMING_EVIDENCE[RepresentationKind.MINEUR]


def agent(subject: str, role: Role = Role.AGENT) -> Actor:
    return Actor(role=role, subject=subject)


def test_the_organisation_of_an_agent_is_the_client_that_signed_for_them() -> None:
    assert organisation_of(agent("cpam-44:marie.dupont")) == "cpam-44"
    assert organisation_of(agent("cpam-44:marie:dupont")) == "cpam-44"


def test_the_organisation_is_found_in_the_subject_that_identity_writes() -> None:
    client = Client(client_id="cpam-44", name="CPAM", publisher="CPAM", purpose="-", kind=ClientKind.ORGANISATION)
    assert organisation_of(agent_actor(client, "marie.dupont")) == client.client_id


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (None, RecordNotFound),
        (RecordStatus.CLOSED, RecordNotActive),
        (RecordStatus.SUSPENDED, RecordNotActive),
    ],
)
def test_nothing_is_requested_about_a_record_that_is_not_active(
    status: RecordStatus | None, refusal: type[Refusal]
) -> None:
    check_active(RecordStatus.ACTIVE)
    with pytest.raises(refusal):
        check_active(status)


@pytest.mark.parametrize(
    "actor", [agent(subject) for subject in ("", "agent-1", ":marie", "cpam-44:")] + [agent("a:b", Role.PATIENT)]
)
def test_who_comes_from_no_organisation_requests_nothing(actor: Actor) -> None:
    with pytest.raises(RoleForbidden):
        organisation_of(actor)


def test_evidence_is_stored_without_blanks_around_its_reference() -> None:
    assert checked_evidence(REQUEST, OF_MINOR, NOW.date()) == EVIDENCE


@pytest.mark.parametrize("on", [date(1900, 1, 1), NOW.date()])
@pytest.mark.parametrize("reference", ["n 12", "x" * 200])
def test_evidence_at_the_bounds_is_accepted(on: date, reference: str) -> None:
    request = msgspec.structs.replace(REQUEST, evidence_on=on, evidence=reference)
    assert checked_evidence(request, OF_MINOR, NOW.date()).reference == reference


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"evidence_kind": None}, "evidence_kind"),
        ({"evidence_kind": EvidenceKind.MANDAT_DE_PROTECTION_FUTURE}, "evidence_kind"),
        ({"evidence_on": None}, "evidence_on"),
        ({"evidence_on": date(1899, 12, 31)}, "evidence_on"),
        ({"evidence_on": NOW.date() + timedelta(days=1)}, "evidence_on"),
        ({"evidence": ""}, "evidence"),
        ({"evidence": "x"}, "evidence"),
        ({"evidence": " 123 "}, "evidence"),
        ({"evidence": "----- 12"}, "evidence"),
        ({"evidence": "x" * 201}, "evidence"),
    ],
)
def test_evidence_that_documents_nothing_is_refused_with_the_name_of_its_field(
    changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_evidence(msgspec.structs.replace(REQUEST, **changes), OF_MINOR, NOW.date())
    assert refused.value.details == {"field": field}


def test_each_kind_of_representation_has_its_own_documents_and_a_judgment_founds_both() -> None:
    minor, adult = NAMING_EVIDENCE[RepresentationKind.MINEUR], NAMING_EVIDENCE[RepresentationKind.MAJEUR_PROTEGE]
    assert set(NAMING_EVIDENCE) == set(RepresentationKind)
    assert minor & adult == {EvidenceKind.JUGEMENT}
    assert minor | adult == set(EvidenceKind) - {EvidenceKind.ACTE_DE_DECES}
    assert set(EvidenceKind) == ENDING_EVIDENCE


def test_only_another_login_is_a_second_agent() -> None:
    check_second_agent("cpam-44:marie", "cpam-44:paul")
    with pytest.raises(SecondAgentNeeded):
        check_second_agent("cpam-44:marie", "cpam-44:marie")


def test_few_requests_of_an_organisation_wait_at_a_time() -> None:
    check_number_waiting(MOST_WAITING - 1)
    with pytest.raises(RepresentationRequestsFull):
        check_number_waiting(MOST_WAITING)


def test_only_what_could_be_contested_and_was_not_takes_effect_by_itself() -> None:
    delay = timedelta(hours=72)
    times = {
        (was, could): effect_time(NOW, delay, was_contested=was, can_be_contested=could)
        for was in (False, True)
        for could in (False, True)
    }
    assert {case: time for case, time in times.items() if time} == {(False, True): NOW + delay}


@pytest.mark.parametrize("status", [None, *RecordStatus])
def test_a_request_takes_effect_on_an_active_record_and_by_an_organisation_in_service(
    status: RecordStatus | None,
) -> None:
    assert can_take_effect(TERMS, status, NOW, is_vouched_for=True) is (status is RecordStatus.ACTIVE)
    assert not can_take_effect(TERMS, status, NOW, is_vouched_for=False)


def test_the_naming_for_a_minor_who_came_of_age_meanwhile_takes_no_effect() -> None:
    until_now, longer = (msgspec.structs.replace(TERMS, until=until) for until in (NOW, NOW + timedelta(seconds=1)))
    assert not can_take_effect(until_now, RecordStatus.ACTIVE, NOW, is_vouched_for=True)
    assert can_take_effect(longer, RecordStatus.ACTIVE, NOW, is_vouched_for=True)


@pytest.mark.parametrize("ends", [False, True])
def test_a_waiting_request_is_a_sentence_with_the_time_until_which_it_may_be_contested(ends: bool) -> None:
    terms = msgspec.structs.replace(TERMS, ends=ends)
    sentence = sentence_of_request(terms, NOW)
    assert "jusqu'au 2 mars 2026 à 09:30 UTC" in sentence.fr
    assert "until 2 March 2026 09:30 UTC" in sentence.en
    contested = sentence_of_request(terms, None)
    assert "second agent" in contested.fr
    assert "2026" not in contested.fr
    assert contested != sentence_of_request(msgspec.structs.replace(terms, ends=not ends), None)


def test_the_delay_is_three_days_unless_the_operator_sets_another() -> None:
    assert load(ConsentSettings, {}).representation_delay_hours == 72
    assert load(ConsentSettings, {"CARNET_REPRESENTATION_DELAY_HOURS": "24"}).representation_delay_hours == 24


@pytest.mark.parametrize("hours", ["0", "-1", "2161", "many"])
def test_a_service_does_not_start_with_a_delay_that_is_none(hours: str) -> None:
    with pytest.raises(SettingsError):
        load(ConsentSettings, {"CARNET_REPRESENTATION_DELAY_HOURS": hours})
