"""After a death, two agents open to an heir what the law lets them know, for a time, unless the holder opposed it."""

from functools import partial
from uuid import UUID

import pytest

from client.patient import PatientClient
from client.people import DemoPeople
from contracts.audit import SearchJournal
from contracts.vocabulary import Act, Capacity, Outcome, PatientId, Role, Visibility
from deploy.dev.keys import OPERATORS
from deploy.dev.stack import Stack
from tests.support.clock import run_sql
from tests.support.journal_and_notices import expect_notices, journal_lines
from tests.support.people import Holder, activate_account, deposit_new, new_minor, open_record
from tests.support.refusals import expect_refusal, refusal_of
from tests.support.staff import COLLEAGUE, agent_client, appoint_representative, operators, patient_client
from tests.support.waiting import wait_until

REQUEST = {
    "quality": "ayant_droit",
    "purpose": "cause_deces",
    "sections": ["synthese"],
    "evidence": "Acte de notoriété 77/2026, étude Morel",
}
AWAITED = (409, "agent.second_signature")


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def heir_of(demo: DemoPeople) -> tuple[str, PatientClient]:
    heir = open_record(demo)
    return heir.record, activate_account(demo, heir)


def die(platform: Stack, record: str) -> None:
    death = (record, "2026-11-02", "Acte 1234/2026")
    assert refusal_of(lambda: agent_client(platform).report_death(*death))[:2] == AWAITED
    agent_client(platform, COLLEAGUE).report_death(*death)
    query = "SELECT 1 FROM facts WHERE kind = 'deces' AND patient_id = %(record)s"
    wait_until(lambda: bool(run_sql(platform, "consent", query, record=record)), "on file")


def admit(platform: Stack, record: str, heir: str) -> None:
    assert refusal_of(lambda: agent_client(platform).open_to_heir(record, heir, **REQUEST))[:2] == AWAITED
    agent_client(platform, COLLEAGUE).open_to_heir(record, heir, **REQUEST)


def test_an_heir_reads_what_two_agents_opened_and_nothing_else(
    platform: Stack, demo: DemoPeople, holder: Holder
) -> None:
    shown, masked = deposit_new(demo, holder), deposit_new(demo, holder, Visibility.MASQUE_PS)
    deposit_new(demo, holder, Visibility.INVISIBLE_PATIENT)
    heir, client = heir_of(demo)
    agent, record = agent_client(platform), holder.record
    expect_refusal("patient.death_not_reported", 404, lambda: agent.open_to_heir(record, heir, **REQUEST))
    die(platform, record)
    expect_refusal("record.not_found", 404, lambda: client.list_documents(record))
    expect_refusal("access.role", 403, lambda: agent.list_documents(record))
    for field, wrong in (("sections", []), ("evidence", " - ")):
        expect_refusal("request.invalid", 400, partial(agent.open_to_heir, record, heir, **{**REQUEST, field: wrong}))
    expect_refusal("request.invalid", 400, lambda: agent.open_to_heir(record, record, **REQUEST))
    admit(platform, record, heir)
    expect_notices(client, heir, "ACCES_AYANT_DROIT")
    assert [(str(profile.patient_id), profile.capacity) for profile in client.profiles()] == [
        (record, Capacity.AYANT_DROIT)
    ]
    found = {str(document.document_id) for document in client.list_documents(record).documents}
    assert found == {shown, masked}
    assert client.download(record, shown)
    for attempt in (
        lambda: client.journal(record),
        lambda: client.circle(record),
        lambda: client.reopen_record(record),
        lambda: client.set_masked(record, shown, True),
        lambda: client.delete_document(record, shown),
    ):
        expect_refusal("access.not_shared", 403, attempt)
    wait_until(lambda: Act.CONSULTATION_DOCUMENT in acts_of_patients(platform, record), "the reading's line")
    agent.end_heir_access(record, heir)
    expect_refusal("record.not_found", 404, lambda: client.list_documents(record))


def acts_of_patients(platform: Stack, record: str) -> set[Act]:
    """What patients' accounts did in a journal, as the operator finds it."""
    search = SearchJournal(patient_id=PatientId(UUID(record)), outcome=Outcome.ALLOWED)
    found = operators(platform, OPERATORS[0]).search_journal(search)
    return {line.act for line in found.lines if line.actor_role is Role.PATIENT}


def test_nobody_inherits_what_the_holder_opposed_while_alive(
    platform: Stack, demo: DemoPeople, holder: Holder
) -> None:
    patient, (heir, client) = activate_account(demo, holder), heir_of(demo)
    patient.set_heirs_opposed(holder.record, True)
    assert patient.circle(holder.record).heirs_opposed
    die(platform, holder.record)
    agent = agent_client(platform)
    refused = expect_refusal("patient.heirs_opposed", 403, lambda: agent.open_to_heir(holder.record, heir, **REQUEST))
    assert "L1110-4" in refused.text
    expect_refusal("record.not_found", 404, lambda: client.list_documents(holder.record))


def test_a_representative_neither_opposes_heirs_nor_sees_that_the_holder_does(
    platform: Stack, demo: DemoPeople
) -> None:
    child, parent = open_record(demo, new_minor()), open_record(demo)
    appoint_representative(platform, demo, child, parent.card)
    minor, guardian = patient_client(platform, child.record), patient_client(platform, parent.record)
    expect_refusal("access.role", 403, lambda: guardian.set_heirs_opposed(child.record, True))
    minor.set_heirs_opposed(child.record, True)
    assert not guardian.circle(child.record).heirs_opposed
    wait_until(
        lambda: bool(journal_lines(minor, child.record, "opposition_ayants_droit", outcome="allowed")), "the line"
    )
    assert not journal_lines(guardian, child.record, "opposition_ayants_droit", outcome="allowed")
    minor.set_heirs_opposed(child.record, False)
    assert not minor.circle(child.record).heirs_opposed
