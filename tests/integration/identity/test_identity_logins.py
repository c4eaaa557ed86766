"""Patients admitted, opening accounts, logging in, on PostgreSQL: who is admitted, and what stays after a refusal."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select

from contracts.audit import JournalEntry
from contracts.errors.base import Refusal
from contracts.errors.execution import AccountExists, ServiceUnavailable, TooManyAttempts
from contracts.errors.request import (
    IdentityNotAdmitted,
    InvalidContact,
    InvalidIns,
    InvalidRequest,
    LoginFailed,
    ProofReplayed,
    WeakPassword,
)
from contracts.identity.events import AccountActivated
from contracts.identity.people import Contact, FindPatient, GetBirthDate, GetContact
from contracts.vocabulary import OID_NIR, Act, Channel, Ins, Outcome, PatientId, Role
from deploy.dev import people
from services.identity import tables
from services.identity.handlers import patients
from tests.integration.identity.harness import LOGINS_PER_ADDRESS, PASSWORD, PATIENT, IdentityHarness

NEIGHBOUR = people.PATIENTS[1]


def journal(harness: IdentityHarness) -> list[tuple[Act, Outcome, str]]:
    return [(event.act, event.outcome, event.reason) for event in harness.events if isinstance(event, JournalEntry)]


# Patients


def test_a_patient_admitted_twice_is_the_same_and_is_found(harness: IdentityHarness) -> None:
    first, again = harness.admit(harness.vitale_proof()), harness.admit(harness.vitale_proof())
    assert first == again
    assert (first.ins, first.birth_date) == (PATIENT.ins, PATIENT.birth_date)
    found = harness.run(patients.find_patient, FindPatient(ins=PATIENT.ins))
    nobody = harness.run(patients.find_patient, FindPatient(ins=NEIGHBOUR.ins))
    assert found.patient_id == first.patient_id
    assert nobody.patient_id is None


def test_a_proof_of_presence_serves_one_thing_only(harness: IdentityHarness) -> None:
    shown = harness.vitale_proof()
    harness.admit(shown)
    with pytest.raises(ProofReplayed):
        harness.admit(shown)
    with pytest.raises(ProofReplayed):
        harness.activate(shown)
    spent = harness.vitale_proof()
    harness.activate(spent)
    with pytest.raises(ProofReplayed):
        harness.admit(spent)
    assert len(harness.sent) == 1


def test_a_test_identity_with_a_wrong_key_is_stored_as_such(harness: IdentityHarness) -> None:
    for patient in (PATIENT, people.PATIENTS[2]):
        harness.admit(harness.vitale_proof(patient))
    with harness.repositories() as repositories:
        columns = tables.patients.c
        is_right = dict(repositories.connection.execute(select(columns.matricule, columns.key_is_right)).all())
    assert is_right == {PATIENT.ins.matricule: True, people.PATIENTS[2].ins.matricule: False}


def test_an_identity_that_is_not_taken_here_leaves_nothing(harness: IdentityHarness) -> None:
    wrong = replace(PATIENT, ins=Ins("222127505611201", OID_NIR))
    strict = IdentityHarness(harness.engine, harness.cards, test_identities=False)
    with pytest.raises(InvalidIns):
        harness.admit(harness.vitale_proof(wrong))
    with pytest.raises(IdentityNotAdmitted):
        strict.admit(strict.vitale_proof())
    with harness.repositories() as repositories:
        assert repositories.connection.scalar(select(func.count()).select_from(tables.patients)) == 0
    with pytest.raises(InvalidIns):
        harness.run(patients.find_patient, FindPatient(ins=wrong.ins))
    with pytest.raises(IdentityNotAdmitted):
        strict.run(patients.find_patient, FindPatient(ins=PATIENT.ins))


def test_a_patients_birth_date_is_what_the_card_shown_last_states(harness: IdentityHarness) -> None:
    corrected = replace(PATIENT, birth_date=PATIENT.birth_date - timedelta(days=1))
    patient_id = harness.admit(harness.vitale_proof()).patient_id
    for patient in (PATIENT, corrected):
        assert harness.admit(harness.vitale_proof(patient)).birth_date == patient.birth_date
        found = harness.run(patients.birth_date_of, GetBirthDate(patient_id=patient_id))
        assert found.birth_date == patient.birth_date


def test_an_unknown_patient_has_no_birth_date(harness: IdentityHarness) -> None:
    assert harness.run(patients.birth_date_of, GetBirthDate(patient_id=PatientId(uuid4()))).birth_date is None


def test_contact_of_gives_verified_addresses_only(harness: IdentityHarness) -> None:
    stranger = harness.admit(harness.vitale_proof(NEIGHBOUR)).patient_id
    holder = PatientId(UUID(harness.open_account().actor.subject))
    gp = next(professional for professional in people.PROFESSIONALS if professional.name == "gp")
    for request, contact in (
        (GetContact(patient_id=holder), Contact(mobile=PATIENT.mobile)),
        (GetContact(patient_id=stranger), Contact()),
        (GetContact(rpps=gp.rpps), Contact(email=gp.email, mobile=gp.mobile)),
    ):
        assert harness.run(patients.contact_of, request) == contact
    for unclear in (GetContact(), GetContact(patient_id=holder, rpps=gp.rpps)):
        with pytest.raises(InvalidRequest):
            harness.run(patients.contact_of, unclear)


# Accounts


def test_an_account_is_opened_by_card_and_code(harness: IdentityHarness) -> None:
    prepared = harness.activate(harness.vitale_proof(), identifier=" Adele ", channel=Channel.EMAIL)
    (code,) = harness.sent
    assert (code.channel, code.address, code.minutes) == (Channel.EMAIL, PATIENT.email, 10)
    token = harness.confirm(prepared.attempt, code.code)
    assert token.actor.role is Role.PATIENT
    assert token.actor.is_patient(harness.admit(harness.vitale_proof()).patient_id)
    assert [type(event) for event in harness.events] == [AccountActivated, JournalEntry]
    assert journal(harness) == [(Act.ACTIVATION_COMPTE, Outcome.ALLOWED, "card_and_code")]
    assert harness.start_login("ADELE").attempt != prepared.attempt
    assert harness.sent[-1].channel is Channel.EMAIL


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"password": "trop court"}, WeakPassword),
        ({"password": "MotDePasse123"}, WeakPassword),
        ({"identifier": "a"}, InvalidRequest),
        ({"email": "adele"}, InvalidContact),
        ({"mobile": "0639980011"}, InvalidContact),
    ],
)
def test_a_refused_activation_spends_no_proof(
    harness: IdentityHarness, terms: dict[str, str], refusal: type[Refusal]
) -> None:
    proof = harness.vitale_proof()
    with pytest.raises(refusal):
        harness.activate(proof, **terms)  # type: ignore[arg-type]
    assert harness.sent == []
    harness.activate(proof)


def test_a_second_account_or_a_taken_identifier_is_refused_and_nothing_is_sent(harness: IdentityHarness) -> None:
    harness.open_account()
    sent = len(harness.sent)
    with pytest.raises(AccountExists):
        harness.activate(harness.vitale_proof(), identifier="other")
    with pytest.raises(AccountExists):
        harness.activate(harness.vitale_proof(NEIGHBOUR), identifier="ADELE")
    assert len(harness.sent) == sent


def test_of_two_who_request_the_same_identifier_the_first_to_confirm_has_it(harness: IdentityHarness) -> None:
    first = harness.activate(harness.vitale_proof()).attempt
    second = harness.activate(harness.vitale_proof(NEIGHBOUR)).attempt
    harness.confirm(second, harness.sent[1].code)
    with pytest.raises(AccountExists):
        harness.confirm(first, harness.sent[0].code)
    assert sum(isinstance(event, AccountActivated) for event in harness.events) == 1


def test_a_later_activation_of_the_same_patient_ends_the_earlier_one(harness: IdentityHarness) -> None:
    first = harness.activate(harness.vitale_proof()).attempt
    second = harness.activate(harness.vitale_proof(), identifier="second").attempt
    with pytest.raises(LoginFailed):
        harness.confirm(first, harness.sent[0].code)
    harness.confirm(second, harness.sent[1].code)


# Logins


def test_a_patient_logs_in_by_password_and_code(harness: IdentityHarness) -> None:
    opened = harness.open_account()
    prepared = harness.start_login("aDeLe")
    assert harness.sent[-1].address == PATIENT.mobile
    token = harness.finish_login(prepared.attempt, harness.sent[-1].code)
    assert (token.actor.role, token.actor.subject) == (opened.actor.role, opened.actor.subject)
    assert token.actor.session != opened.actor.session
    assert journal(harness)[-1] == (Act.CONNEXION, Outcome.ALLOWED, "password_and_code")
    with pytest.raises(LoginFailed):
        harness.finish_login(prepared.attempt, harness.sent[-1].code)


def test_a_code_goes_to_a_verified_address_only(harness: IdentityHarness) -> None:
    harness.open_account()
    harness.start_login(channel=Channel.EMAIL)
    assert (harness.sent[-1].channel, harness.sent[-1].address) == (Channel.SMS, PATIENT.mobile)


@pytest.mark.parametrize(("identifier", "password"), [("adele", "une autre phrase"), ("nobody", PASSWORD)])
def test_wrong_password_and_unknown_identifier_are_answered_alike_and_nothing_is_sent(
    harness: IdentityHarness, identifier: str, password: str
) -> None:
    harness.open_account()
    sent = len(harness.sent)
    right = harness.start_login()
    wrong = harness.start_login(identifier, password)
    assert len(harness.sent) == sent + 1
    assert (len(wrong.attempt), wrong.expires_in) == (len(right.attempt), right.expires_in)
    with pytest.raises(LoginFailed):
        harness.finish_login(wrong.attempt, harness.sent[-1].code)
    harness.finish_login(right.attempt, harness.sent[-1].code)


def test_one_who_tries_many_identifiers_from_one_place_is_slowed_and_nobody_elsewhere_is(
    harness: IdentityHarness,
) -> None:
    harness.open_account()
    for number in range(LOGINS_PER_ADDRESS):
        harness.start_login(f"somebody-{number}", "une phrase devinée", origin="198.51.100.7")
    with pytest.raises(TooManyAttempts):
        harness.start_login(origin="198.51.100.7")
    assert harness.start_login(origin="198.51.100.8")
    harness.wait(30)
    assert harness.start_login(origin="198.51.100.7")


def test_whoever_finishes_their_logins_is_never_slowed_for_them(harness: IdentityHarness) -> None:
    harness.open_account()
    for _ in range(LOGINS_PER_ADDRESS + 2):
        attempt = harness.start_login(origin="198.51.100.7").attempt
        assert harness.finish_login(attempt, harness.sent[-1].code, origin="198.51.100.7").access_token


@pytest.mark.parametrize("identifier", ["adele", "nobody"])
def test_unfinished_logins_are_delayed_whether_or_not_the_identifier_exists(
    harness: IdentityHarness, identifier: str
) -> None:
    harness.open_account()
    for _ in range(5):
        harness.start_login(identifier, "une autre phrase")
    for expected in ("30", "60"):
        for _ in range(2):
            with pytest.raises(TooManyAttempts) as refused:
                harness.start_login(identifier)
            assert refused.value.details == {"seconds": expected}
        harness.wait(int(expected))
        harness.start_login(identifier)


def test_a_finished_login_clears_the_count(harness: IdentityHarness) -> None:
    harness.open_account()
    for _ in range(3):
        for _ in range(4):
            harness.start_login()
        attempt = harness.start_login().attempt
        assert harness.finish_login(attempt, harness.sent[-1].code).access_token


def test_wrong_codes_are_counted_and_journalled_though_each_is_refused(harness: IdentityHarness) -> None:
    harness.open_account()
    prepared = harness.start_login()
    right = harness.sent[-1].code
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(LoginFailed):
            harness.finish_login(prepared.attempt, wrong)
    assert journal(harness)[1:] == [(Act.CONNEXION, Outcome.REFUSED, "login.failed")] * 5
    with pytest.raises(LoginFailed):
        harness.finish_login(prepared.attempt, right)


def test_a_code_opens_its_own_attempt_within_its_time(harness: IdentityHarness) -> None:
    harness.open_account()
    first, second = harness.start_login(), harness.start_login()
    with pytest.raises(LoginFailed):
        harness.finish_login(first.attempt, harness.sent[-1].code)
    with pytest.raises(LoginFailed):
        harness.confirm(second.attempt, harness.sent[-1].code)
    harness.wait(600)
    with pytest.raises(LoginFailed):
        harness.finish_login(second.attempt, harness.sent[-1].code)


@pytest.mark.parametrize("attempt", ["", "nonsense", "00000000-0000-0000-0000-000000000000", "é" * 50])
def test_an_attempt_that_never_was_is_answered_like_a_wrong_code(harness: IdentityHarness, attempt: str) -> None:
    for present in (harness.finish_login, harness.confirm):
        with pytest.raises(LoginFailed):
            present(attempt, "123456")


def test_while_notify_is_away_the_caller_gets_an_error(harness: IdentityHarness) -> None:
    harness.remote.is_away = True
    with pytest.raises(ServiceUnavailable):
        harness.activate(harness.vitale_proof())


def test_nothing_that_opens_an_account_is_stored_readable(harness: IdentityHarness, engine: Engine) -> None:
    harness.open_account()
    harness.start_login()
    with engine.connect() as connection:
        rows = [
            str(tuple(bytes(value) if isinstance(value, memoryview) else value for value in row))
            for table in tables.metadata.sorted_tables
            for row in connection.execute(table.select())
        ]
    everything = "\n".join(rows)
    assert PASSWORD not in everything
    assert not any(f"'{code.code}'" in everything or f"b'{code.code}" in everything for code in harness.sent)
