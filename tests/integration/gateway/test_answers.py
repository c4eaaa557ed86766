"""What goes through: each route asks the right question in its sender's name and answers what came back."""

import json
from typing import Any

import pytest

from contracts.api import Method
from contracts.audit import Audit, Journal, ReadJournal
from contracts.consent import (
    AboutProfessional,
    Authorisation,
    AuthorisationStatus,
    Circle,
    Consent,
    DeclareAuthorisation,
    Done,
    EmergencyOpened,
    ListAuthorisations,
    OpenEmergency,
    SetOpposition,
)
from contracts.envelope import Actor
from contracts.identity import (
    ActivateAccount,
    CodeSent,
    Identity,
    PresentCode,
    ProfessionalAssertion,
    StartLogin,
    Token,
)
from contracts.notify import ListNotices, Notices, Notify
from contracts.records import (
    DocumentList,
    FindRecord,
    ListDocuments,
    OpenRecord,
    ReadDocument,
    Record,
    RecordFound,
    Records,
    SetVisibility,
)
from contracts.vocabulary import AccessMode, Channel, Ins, RecordStatus, Role, Rpps, Section
from tests.integration.gateway.builders import DOCUMENT, DOCUMENTS, NAME, PATIENT, TITLE, People, a_document
from tests.integration.gateway.flats import Flats
from tests.integration.gateway.process import Gateway, eventually

RPPS = Rpps("10100000001")
RECORD = f"/dmp/records/{PATIENT}"
NOW = a_document().created_at
SENT = CodeSent(attempt="at.te-mpt_1", expires_in=300)
TOKEN = Token(access_token="a.b.c", expires_in=600, actor=Actor(role=Role.PATIENT, subject=str(PATIENT)))
ACCOUNT = ActivateAccount(
    proof="p", identifier="camille", password="w", email="c@example.org", mobile="+33612345678", channel=Channel.SMS
)
A_RECORD = Record(patient_id=PATIENT, status=RecordStatus.ACTIVE, opened_at=NOW)
FOUND = RecordFound(record=A_RECORD, authorisation=AuthorisationStatus.NONE, medecin_traitant=False)
ALLOWED = Authorisation(patient_id=PATIENT, rpps=RPPS, since=NOW, until=NOW)
ABOUT = AboutProfessional(patient_id=PATIENT, rpps=RPPS)
OPENED = EmergencyOpened(patient_id=PATIENT, mode=AccessMode.BRIS_DE_GLACE, until=NOW)
CIRCLE = Circle(authorisations=(ALLOWED,), medecins_traitants=(RPPS,), blocked=())

ROUTES: list[tuple[str, str, Any, Method[Any, Any], Any, Any, int]] = [
    (
        "POST", "/accounts",
        {"proof": "p", "identifier": "camille", "password": "w", "email": "c@example.org", "mobile": "+33612345678",
         "channel": "sms"},
        Identity.activate_account, ACCOUNT, SENT, 202,
    ),
    ("POST", "/accounts/at.te-mpt_1/code", {"code": "123456"}, Identity.confirm_account,
     PresentCode(attempt="at.te-mpt_1", code="123456"), TOKEN, 201),
    ("POST", "/sessions", {"identifier": "c", "password": "w", "channel": "email"}, Identity.start_login,
     StartLogin(identifier="c", password="w", channel=Channel.EMAIL), SENT, 202),
    ("POST", "/sessions/abc/code", {"code": "1"}, Identity.finish_login, PresentCode(attempt="abc", code="1"), TOKEN,
     200),
    ("POST", "/dmp/records", {"vitale_proof": "p", "consent_collected": True}, Records.open_record,
     OpenRecord(vitale_proof="p", consent_collected=True), A_RECORD, 201),
    ("POST", "/dmp/records/search", {"ins": {"matricule": "1", "oid": "2"}}, Records.find_record,
     FindRecord(ins=Ins(matricule="1", oid="2")), FOUND, 200),
    ("GET", DOCUMENTS, None, Records.list_documents, ListDocuments(patient_id=PATIENT),
     DocumentList(documents=(a_document(),)), 200),
    ("GET", f"{DOCUMENTS}?section=analyses&count=3&cursor=abc_-.=&mode=bris_de_glace", None, Records.list_documents,
     ListDocuments(patient_id=PATIENT, mode=AccessMode.BRIS_DE_GLACE, section=Section.ANALYSES, count=3,
                   cursor="abc_-.="),
     DocumentList(documents=(), next="xyz", emergency=True), 200),
    ("GET", f"{DOCUMENTS}/{DOCUMENT}", None, Records.get_document,
     ReadDocument(patient_id=PATIENT, document_id=DOCUMENT), a_document(), 200),
    ("PATCH", f"{DOCUMENTS}/{DOCUMENT}", {"masque_ps": True}, Records.set_visibility,
     SetVisibility(patient_id=PATIENT, document_id=DOCUMENT, masque_ps=True), a_document(), 200),
    ("POST", f"{RECORD}/authorisations", {"vitale_proof": "p"}, Consent.declare_authorisation,
     DeclareAuthorisation(patient_id=PATIENT, vitale_proof="p"), ALLOWED, 201),
    ("GET", f"{RECORD}/authorisations", None, Consent.list_authorisations, ListAuthorisations(patient_id=PATIENT),
     CIRCLE, 200),
    ("DELETE", f"{RECORD}/authorisations/{RPPS}", None, Consent.end_authorisation, ABOUT, Done(), 204),
    ("PUT", f"{RECORD}/medecins-traitants/{RPPS}", None, Consent.name_medecin_traitant, ABOUT, Done(), 204),
    ("PUT", f"{RECORD}/blocked/{RPPS}", None, Consent.block_professional, ABOUT, Done(), 204),
    ("DELETE", f"{RECORD}/blocked/{RPPS}", None, Consent.unblock_professional, ABOUT, Done(), 204),
    ("POST", f"{RECORD}/emergencies", {"mode": "bris_de_glace", "reason": "inconscient"}, Consent.open_emergency,
     OpenEmergency(patient_id=PATIENT, mode=AccessMode.BRIS_DE_GLACE, reason="inconscient"), OPENED, 201),
    ("PUT", f"{RECORD}/oppositions/centre_15", None, Consent.set_opposition,
     SetOpposition(patient_id=PATIENT, mode=AccessMode.CENTRE_15, opposed=True), Done(), 204),
    ("DELETE", f"{RECORD}/oppositions/centre_15", None, Consent.set_opposition,
     SetOpposition(patient_id=PATIENT, mode=AccessMode.CENTRE_15, opposed=False), Done(), 204),
    ("GET", f"{RECORD}/notices?count=5&before=n1", None, Notify.list_notices,
     ListNotices(patient_id=PATIENT, count=5, before="n1"), Notices(notices=()), 200),
    ("GET", f"{RECORD}/journal?count=5&before=12", None, Audit.read_journal,
     ReadJournal(patient_id=PATIENT, count=5, before=12), Journal(lines=()), 200),
]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "path", "body", "method", "question", "answer", "status"), ROUTES, ids=[f"{r[0]} {r[1]}" for r in ROUTES]
)
def test_a_route_asks_and_answers(
    gateway: Gateway,
    flats: Flats,
    people: People,
    verb: str,
    path: str,
    body: Any,
    method: Method[Any, Any],
    question: Any,
    answer: Any,
    status: int,
) -> None:
    flats.answer(method, answer)
    token = people.patient if Role.PATIENT in method.roles else people.doctor
    reply = gateway.ask(verb, path, token="" if method.anonymous else token, json_body=body)
    assert reply.status == status
    assert [one.question for one in flats.asked] == [question]
    assert flats.last(method).context.token == ("" if method.anonymous else token)
    if status != 204:
        assert method.decode_answer(reply.body) == answer


def test_a_card_is_exchanged_for_a_token_as_oauth_has_it(gateway: Gateway, flats: Flats) -> None:
    flats.answer(Identity.login_professional, TOKEN)
    reply = gateway.ask(
        "POST",
        "/oauth/token",
        body=b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b%2Bc",
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    assert reply.json() == {"access_token": "a.b.c", "token_type": "Bearer", "expires_in": 600}
    assert flats.last(Identity.login_professional).question == ProfessionalAssertion(assertion="a.b+c")


def test_a_trace_is_taken_up_and_carried_on(gateway: Gateway, flats: Flats, people: People) -> None:
    flats.answer(Records.list_documents, DocumentList(documents=()))
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    given = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    reply = gateway.ask("GET", DOCUMENTS, token=people.doctor, headers=given)
    assert reply.headers["x-trace-id"] == trace
    assert flats.last(Records.list_documents).context.traceparent.split("-")[1] == trace


@pytest.mark.parametrize("nonsense", ["", "00-zz", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "é"])
def test_a_senseless_trace_is_replaced(gateway: Gateway, nonsense: str) -> None:
    trace = gateway.ask("GET", "/health/live", headers={"traceparent": nonsense}).headers["x-trace-id"]
    assert len(trace) == 32
    assert int(trace, 16) > 0


def test_every_answer_bears_the_security_headers(gateway: Gateway) -> None:
    for path in ("/", "/nothing", "/openapi", "/health/live", DOCUMENTS):
        headers = gateway.ask("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "no-store" in headers["cache-control"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_the_page_names_nothing_from_elsewhere(gateway: Gateway) -> None:
    page = gateway.ask("GET", "/")
    assert page.headers["content-type"].startswith("text/html")
    assert b'href="/openapi"' in page.body
    assert b"http" not in page.body


def test_the_description_names_every_question_and_its_refusals(gateway: Gateway) -> None:
    description = gateway.ask("GET", "/openapi").json()
    listing = description["paths"]["/dmp/records/{patient_id}/documents"]["get"]
    assert {"200", "400", "401", "403", "404", "503"} <= set(listing["responses"])
    assert listing["security"] == [{"bearer": []}]
    assert "security" not in description["paths"]["/sessions"]["post"]


def test_figures_are_counted_by_template(gateway: Gateway) -> None:
    gateway.ask("GET", DOCUMENTS)
    figures = gateway.ask("GET", "/metrics").body.decode()
    assert 'name="GET /dmp/records/{patient_id}/documents"' in figures
    assert str(PATIENT) not in figures


def test_one_line_is_logged_per_request_and_says_nothing_personal(
    gateway: Gateway, flats: Flats, people: People
) -> None:
    flats.answer(Records.list_documents, DocumentList(documents=(a_document(),)))
    traces = [
        gateway.ask(verb, path, token=people.doctor).headers["x-trace-id"]
        for verb, path in (("GET", DOCUMENTS), ("GET", f"/lost/{PATIENT}"), ("PUT", f"{RECORD}/blocked/{RPPS}"))
    ]
    eventually(lambda: {*traces} <= {line.get("trace_id") for line in gateway.log()})
    lines = [line for line in gateway.log() if line.get("trace_id") in traces]
    assert [(line["name"], line["status"], line["outcome"]) for line in lines] == [
        ("GET /dmp/records/{patient_id}/documents", 200, "done"),
        ("unmatched", 404, "refused"),
        ("PUT /dmp/records/{patient_id}/blocked/{rpps}", 403, "refused"),
    ]
    everything = json.dumps(gateway.log())
    for secret in (str(PATIENT), str(DOCUMENT), RPPS, NAME, TITLE, people.doctor):
        assert secret not in everything


def test_an_answer_is_one_packet(gateway: Gateway) -> None:
    with gateway.connect() as line:
        for _ in range(50):
            line.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = line.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200")
            assert answer.endswith(b"\r\n\r\nlive\n")
