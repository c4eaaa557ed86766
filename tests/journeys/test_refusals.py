"""Invalid requests at the gateway get a 4xx with a stable code in two languages; nothing is stored or revealed."""

import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from fpdf.enums import EncryptionMethod

from client.errors import ApiError
from client.patient import PatientClient
from client.people import DemoPeople
from client.professional import JWT_BEARER, AccessToken, ProfessionalClient
from contracts.vocabulary import OID_NIR, Ins, Rpps, Visibility
from deploy.dev import authority, people
from deploy.dev.stack import Stack
from tests.support.people import (
    Holder,
    account_form_of,
    activate_account,
    authorised_doctor,
    document_for,
    new_patient,
    new_unique_id,
    open_record,
)
from tests.support.refusals import expect_refusal
from tests.support.waiting import wait_until
from tests.unit.documents.real_files import encrypted_pdf

BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><b>&b;</b>'


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def depositor(demo: DemoPeople) -> ProfessionalClient:
    return demo.logged_in("hospital")


def stored_objects(platform: Stack) -> set[Path]:
    # Unlike rglob, os.walk does not fail on a file that disappears meanwhile.
    return {Path(folder) / name for folder, _, names in os.walk(platform.layout.object_store) for name in names}


# Requests ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("POST", "/sessions", {"json": {"identifier": "a\0b", "password": "x" * 20, "channel": "email"}}),
        ("POST", "/oauth/token", {"data": {"grant_type": "authorization_code", "client_id": "a\0", "code": "x"}}),
        ("POST", "/oauth/token", {"data": {"grant_type": "refresh_token", "client_id": "a", "refresh_token": "\0"}}),
        ("POST", "/oauth/par", {"data": {"client_id": "a\0"}}),
        ("GET", "/oauth/authorize", {"params": {"client_id": "a\0", "response_type": "code"}}),
        ("GET", "/oauth/authorize", {"params": {"client_id": "a", "state": "\0"}}),
    ],
)
def test_a_nul_character_is_refused(
    demo: DemoPeople, method: str, path: str, sent: dict[str, dict[str, str]]
) -> None:
    answer = requests.request(method, f"{demo.gateway}{path}", timeout=20, allow_redirects=False, **sent)  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert "U+0000" in answer.text


# Cards ---------------------------------------------------------------------------------------------


def log_in(demo: DemoPeople, card: authority.CpsCard, when: datetime | None = None) -> AccessToken:
    assertion = authority.cps_assertion(
        card, f"{demo.gateway}/oauth/token", card.structure, card.software, when or datetime.now(UTC)
    )
    return ProfessionalClient(demo.gateway).log_in_with_card(assertion)


def test_a_retired_professional_cannot_log_in(demo: DemoPeople) -> None:
    expect_refusal("profession.retired", 403, lambda: demo.logged_in("retired"))


def test_a_professional_unknown_to_the_directory_cannot_log_in(demo: DemoPeople) -> None:
    stranger = people.Professional(
        "x", Rpps("89990000088"), "Dr", "INCONNU", "Jean", "10", people.HOSPITAL.finess, "", ""
    )
    card = authority.mint_cps(demo.cards, stranger)
    expect_refusal("professional.unknown", 403, lambda: log_in(demo, card))


def test_software_that_is_not_homologated_cannot_log_in(demo: DemoPeople) -> None:
    card = authority.mint_cps(demo.cards, demo.professional("gp"), software="HOM-NOBODY")
    expect_refusal("software.refused", 403, lambda: log_in(demo, card))


def test_an_expired_assertion_is_refused(demo: DemoPeople) -> None:
    card = authority.load_cps(demo.cards, "gp")
    expect_refusal("card.proof_expired", 401, lambda: log_in(demo, card, datetime.now(UTC) - timedelta(hours=1)))


def test_a_replayed_assertion_is_refused(demo: DemoPeople) -> None:
    card = authority.load_cps(demo.cards, "gp")
    assertion = authority.cps_assertion(
        card, f"{demo.gateway}/oauth/token", card.structure, card.software, datetime.now(UTC)
    )
    ProfessionalClient(demo.gateway).log_in_with_card(assertion)
    expect_refusal("card.proof_replayed", 401, lambda: ProfessionalClient(demo.gateway).log_in_with_card(assertion))


@pytest.mark.parametrize(("behind_tls", "status"), [("gp", 200), ("pharmacist", 401)])
def test_the_tls_client_certificate_must_be_the_card_that_signs(
    demo: DemoPeople, behind_tls: str, status: int
) -> None:
    card, shown = authority.load_cps(demo.cards, "gp"), authority.load_cps(demo.cards, behind_tls)
    assertion = authority.cps_assertion(
        card, f"{demo.gateway}/oauth/token", card.structure, card.software, datetime.now(UTC)
    )
    answer = requests.post(
        f"{demo.gateway}/oauth/token",
        data={"grant_type": JWT_BEARER, "assertion": assertion},
        headers={"client-cert": f":{shown.x5c[0]}:"},
        timeout=20,
    )
    assert answer.status_code == status, answer.text


def test_a_vitale_proof_is_used_once_and_expires(demo: DemoPeople, holder: Holder) -> None:
    agent = demo.logged_in("pharmacist")
    proof = demo.vitale_proof(holder.card)
    agent.open_record(proof)
    expect_refusal("card.proof_replayed", 401, lambda: agent.open_record(proof))
    old = authority.vitale_proof(holder.card, demo.gateway, datetime.now(UTC) - timedelta(hours=1))
    expect_refusal("card.proof_expired", 401, lambda: agent.open_record(old))


def test_a_wrong_ins_key_is_refused(demo: DemoPeople) -> None:
    real = people.Patient("x", Ins("221042545611404", OID_NIR), "ESSAI", "A", new_patient().birth_date, "F", "", "")
    proof = demo.vitale_proof(demo.card_for(real))
    expect_refusal("ins.invalid", 400, lambda: demo.logged_in("pharmacist").open_record(proof))


def test_a_malformed_assertion_is_refused(demo: DemoPeople) -> None:
    expect_refusal("card.proof_invalid", 401, lambda: ProfessionalClient(demo.gateway).log_in_with_card("garbage"))


# Opening -------------------------------------------------------------------------------------------


def test_opening_twice_by_one_channel_is_idempotent_and_by_another_a_conflict(
    demo: DemoPeople, holder: Holder
) -> None:
    again = demo.logged_in("pharmacist").open_record(demo.vitale_proof(holder.card))
    assert str(again.patient_id) == holder.record
    gp = demo.logged_in("gp")
    expect_refusal("record.already_open", 409, lambda: gp.open_record(demo.vitale_proof(holder.card)))


def test_an_unknown_patient_has_no_record(demo: DemoPeople) -> None:
    unknown = new_patient()
    gp = demo.logged_in("gp")
    expect_refusal("record.not_found", 404, lambda: gp.find_record(unknown.ins.matricule, unknown.ins.oid))
    expect_refusal("record.not_found", 404, lambda: gp.list_documents(str(uuid4())))
    expect_refusal("record.not_found", 404, lambda: gp.break_glass(str(uuid4()), "Patient inconscient"))


# Accounts ------------------------------------------------------------------------------------------


def test_wrong_password_wrong_code_and_unknown_identifier_look_the_same(demo: DemoPeople, holder: Holder) -> None:
    activate_account(demo, holder)
    wrong_password = PatientClient(demo.gateway)
    attempt = wrong_password.start_login(holder.login.identifier, "not the password", "email")
    refused = expect_refusal("login.failed", 401, lambda: wrong_password.finish_login(attempt, "000000"))
    unknown = PatientClient(demo.gateway)
    attempt = unknown.start_login("nobody@carnet", "not the password", "email")
    same = expect_refusal("login.failed", 401, lambda: unknown.finish_login(attempt, "000000"))
    assert refused.text == same.text


def test_a_weak_password_is_refused(demo: DemoPeople, holder: Holder) -> None:
    account = account_form_of(demo, holder) | {"password": "short"}
    expect_refusal("account.password_weak", 400, lambda: PatientClient(demo.gateway).activate(account))


# Documents -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"%PDF-1.7\n1 0 obj", "document.content_contradicted", 422),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "document.content_contradicted", 422),
        (encrypted_pdf(EncryptionMethod.AES_128, user_password="a"), "document.password_needed", 422),
        (b'<?xml version="1.0"?><note>bonjour</note>', "document.not_a_cda", 422),
        (BOMB, "document.not_a_cda", 422),
        (b"", "document.not_a_cda", 422),
    ],
    ids=["pdf", "png", "locked pdf", "other xml", "bomb", "empty"],
)
def test_a_file_that_is_not_a_cda_is_refused(
    holder: Holder, depositor: ProfessionalClient, content: bytes, code: str, status: int
) -> None:
    with pytest.raises(ApiError) as refused:
        depositor.deposit(holder.record, content)
    assert 400 <= refused.value.status < 500
    if content:
        assert (refused.value.code, refused.value.status) == (code, status)
    assert depositor_sees_nothing(depositor, holder)


def depositor_sees_nothing(depositor: ProfessionalClient, holder: Holder) -> bool:
    """Whether the author has no document to read, as after a refused deposit."""
    with pytest.raises(ApiError) as refused:
        depositor.list_documents(holder.record)
    return refused.value.code == "consent.missing"


def test_a_truncated_document_is_refused(demo: DemoPeople, holder: Holder, depositor: ProfessionalClient) -> None:
    content = document_for(demo, holder)
    expect_refusal("document.not_a_cda", 422, lambda: depositor.deposit(holder.record, content[: len(content) // 2]))


def test_another_patients_document_is_refused_and_its_bytes_destroyed(
    platform: Stack, demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    before = stored_objects(platform)
    stray = document_for(demo, open_record(demo))
    expect_refusal("document.header_contradicts", 422, lambda: depositor.deposit(holder.record, stray))
    wait_until(lambda: stored_objects(platform) <= before, "the bytes of the refused document are gone")
    assert depositor_sees_nothing(depositor, holder)


def test_an_oversized_document_is_refused(demo: DemoPeople, holder: Holder, depositor: ProfessionalClient) -> None:
    content = document_for(demo, holder).replace(b"<title>", b"<!--" + b"x" * 20_000_001 + b"--><title>", 1)
    expect_refusal("document.too_large", 413, lambda: depositor.deposit(holder.record, content))


def test_repeating_a_deposit_is_idempotent_and_other_bytes_are_refused(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    unique_id = new_unique_id()
    content = document_for(demo, holder, unique_id=unique_id)
    first = depositor.deposit(holder.record, content)
    assert depositor.deposit(holder.record, content).document_id == first.document_id
    other = document_for(demo, holder, unique_id=unique_id) + b"\n"
    expect_refusal("document.unique_id_taken", 409, lambda: depositor.deposit(holder.record, other))


def test_an_invalid_invisible_until_is_refused(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    content = document_for(demo, holder)
    late = (datetime.now(UTC) + timedelta(days=60)).isoformat()
    for marks in ((), (Visibility.INVISIBLE_PATIENT,)):
        expect_refusal("request.invalid", 400, depositor.deposit, holder.record, content, marks, invisible_until=late)


def test_unknown_and_hidden_documents_get_the_same_answer(demo: DemoPeople, holder: Holder) -> None:
    depositor, doctor = demo.logged_in("hospital"), authorised_doctor(demo, holder)
    hidden = depositor.deposit(holder.record, document_for(demo, holder), [Visibility.MASQUE_PS])
    answers = [
        expect_refusal("document.not_found", 404, partial(doctor.download, holder.record, document_id)).text
        for document_id in (str(hidden.document_id), str(uuid4()))
    ]
    assert answers[0] == answers[1]


# The gateway ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "route.not_found"),
        ("GET", "/dmp/records/0a7b1c52-6d0e-4f3a-9c55-3d1f8e2b7a90/documents", 401, "token.missing"),
        ("GET", "/dmp/records/not-a-uuid/documents", 404, None),
        ("POST", "/sessions", 415, "request.type_unsupported"),
    ],
)
def test_every_routing_error_has_a_code_and_two_languages(
    demo: DemoPeople, method: str, path: str, status: int, code: str | None
) -> None:
    response = requests.request(method, demo.gateway + path, timeout=10)
    assert response.status_code in ({status} if code else {400, 401, 404})
    body = response.json()
    assert body["fr"] and body["en"] and body["code"]
    assert code in (None, body["code"])


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_an_invalid_token_is_refused(demo: DemoPeople, token: str) -> None:
    response = requests.get(
        f"{demo.gateway}/dmp/records/{uuid4()}/documents", headers={"Authorization": f"Bearer {token}"}, timeout=10
    )
    assert (response.status_code, response.json()["code"]) == (401, "token.invalid")


@pytest.mark.parametrize("name", ["journal", "notices"])
def test_a_professional_reads_neither_journal_nor_notices(demo: DemoPeople, holder: Holder, name: str) -> None:
    doctor = authorised_doctor(demo, holder)
    read = {"journal": doctor.journal, "notices": doctor.notices}[name]
    expect_refusal("access.role", 403, lambda: read(holder.record))


def test_a_patient_cannot_read_another_record(demo: DemoPeople, holder: Holder) -> None:
    other = open_record(demo)
    client = activate_account(demo, holder)
    for read in (client.list_documents, client.notices, client.journal):
        expect_refusal("record.not_found", 404, read, other.record)


def test_an_invalid_token_request_is_refused(demo: DemoPeople) -> None:
    response = requests.post(f"{demo.gateway}/oauth/token", data={"grant_type": "password"}, timeout=10)
    assert response.status_code == 400
    response = requests.post(f"{demo.gateway}/oauth/token", data={"grant_type": JWT_BEARER}, timeout=10)
    assert 400 <= response.status_code < 500
