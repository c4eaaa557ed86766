"""A professional struck off or without their card is refused everywhere within a minute, until that is undone."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from client.errors import ApiError
from client.people import DemoPeople
from client.professional import ProfessionalClient
from contracts.audit import SearchJournal
from contracts.vocabulary import Act
from deploy.dev import authority
from deploy.dev.keys import OPERATORS
from deploy.dev.stack import Stack
from tests.support.people import Holder, activate_account, deposit_new, open_record
from tests.support.professionals import Practitioner, import_lines, listed, new_practitioner
from tests.support.refusals import expect_refusal
from tests.support.staff import operators
from tests.support.waiting import wait_until


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def doctor(platform: Stack, demo: DemoPeople, tmp_path: Path) -> Practitioner:
    return new_practitioner(platform, demo, tmp_path)


def reading(demo: DemoPeople, doctor: Practitioner, holder: Holder) -> ProfessionalClient:
    """The doctor, authorised by the holder, who reads the record."""
    client = doctor.logged_in()
    client.declare_consent(holder.record, demo.vitale_proof(holder.card))
    client.list_documents(holder.record)
    return client


def expect_shut_out(client: ProfessionalClient, holder: Holder, document: str) -> None:
    """Whatever service a token of the ended session is shown to, it is refused: the gateway and all behind it."""

    def is_refused(attempt: Callable[[], object]) -> bool:
        try:
            attempt()
        except ApiError as refused:
            return (refused.status, refused.code) == (401, "token.invalid")
        return False

    for attempt in (
        lambda: client.list_documents(holder.record),
        lambda: client.download(holder.record, document),
        lambda: client.open_emergency(holder.record, "bris_de_glace", "Patient inconscient"),
        lambda: client.find_record(holder.patient.ins.matricule, holder.patient.ins.oid),
        client.sessions,
    ):
        wait_until(partial(is_refused, attempt), "refused")


def test_a_card_reported_lost_shuts_its_holder_out_until_two_operators_lift_it(
    platform: Stack, demo: DemoPeople, holder: Holder, doctor: Practitioner, operator_cli: CliRunner
) -> None:
    patient, document = activate_account(demo, holder), deposit_new(demo, holder)
    client = reading(demo, doctor, holder)
    before = patient.circle(holder.record)
    assert operator_cli.invoke(app, ["professional", "suspend", doctor.rpps, "carte_perdue"]).exit_code == 0
    expect_shut_out(client, holder, document)
    expect_refusal("professional.suspended", 403, doctor.logged_in)
    assert patient.circle(holder.record) == before, "what the holder decided stays on file"
    wait_until(lambda: bool(demo.mailbox.messages(doctor.person.email)), "the doctor is told")

    alone = operators(platform, OPERATORS[0])
    expect_refusal(
        "operator.second_signature",
        409,
        lambda: alone.suspend_professional(doctor.rpps, "carte_perdue", suspended=False),
    )
    expect_refusal("professional.suspended", 403, doctor.logged_in)
    assert operator_cli.invoke(app, ["professional", "resume", doctor.rpps, "carte_perdue"]).exit_code == 0
    doctor.logged_in().list_documents(holder.record)
    wait_until(
        lambda: {Act.SUSPENSION_PROFESSIONNEL, Act.REPRISE_PROFESSIONNEL} <= acts_of_operators(platform), "lines"
    )


def acts_of_operators(platform: Stack) -> set[Act]:
    found = operators(platform, OPERATORS[0]).search_journal(SearchJournal(actor=OPERATORS[1], count=100))
    return {line.act for line in found.lines}


def test_who_is_left_out_of_the_next_extract_is_shut_out_until_an_extract_lists_them(
    platform: Stack, demo: DemoPeople, holder: Holder, doctor: Practitioner, tmp_path: Path
) -> None:
    document, client = deposit_new(demo, holder), reading(demo, doctor, holder)
    colleague = new_practitioner(platform, demo, tmp_path)
    import_lines(platform, tmp_path, listed(colleague.person), whole=True)
    expect_shut_out(client, holder, document)
    expect_refusal("professional.unknown", 403, doctor.logged_in)
    import_lines(platform, tmp_path, listed(doctor.person))
    doctor.logged_in().list_documents(holder.record)


def test_a_card_that_its_authority_revokes_ends_the_session_it_began(
    demo: DemoPeople, holder: Holder, doctor: Practitioner
) -> None:
    document, client = deposit_new(demo, holder), reading(demo, doctor, holder)
    authority.revoke(demo.cards, doctor.card)
    expect_shut_out(client, holder, document)
    expect_refusal("card.revoked", 401, doctor.logged_in)
    doctor.with_new_card().logged_in().list_documents(holder.record)
