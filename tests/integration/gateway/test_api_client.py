"""The client of the gateway calls the right routes and reads their answers."""

from collections.abc import Callable
from typing import Any

import pytest

from client.api_client import ApiClient
from client.errors import ApiError
from client.operator import OperatorClient
from client.patient import PatientClient
from contracts.api import Method
from contracts.audit import Audit, SearchJournal, SignedHead, VerifierKey
from contracts.consent.api import Consent
from contracts.errors.request import NotShared
from contracts.identity.api import Identity
from contracts.identity.apps import ClientKind, RegisterClient
from contracts.notify import Notify
from contracts.records.api import Records
from contracts.vocabulary import Act, Ins, Role
from tests.integration.gateway.builders import DOCUMENT, PATIENT, TokenHolders, content_of
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway
from tests.integration.gateway.route_cases.all_cases import ROUTE_CASES
from tests.integration.gateway.route_cases.values import FINESS, OTHER_ID, RPPS
from tests.support.staff import BIRTH_EVIDENCE, JUDGMENT

RECORD, DOC = str(PATIENT), str(DOCUMENT)
ANSWERS = {case.method: case.answer for case in ROUTE_CASES}

CLIENT_CALLS: list[tuple[Method[Any, Any], Callable[[PatientClient], Any]]] = [
    (Identity.activate_account, lambda client: client.activate({
        "proof": "p", "identifier": "i", "password": "w", "email": "e", "mobile": "m", "channel": "sms"})),
    (Identity.confirm_account, lambda client: client.confirm_account("a", "1")),
    (Identity.start_login, lambda client: client.start_login("i", "w", "sms")),
    (Identity.finish_login, lambda client: client.finish_login("a", "1")),
    (Records.open_record, lambda client: client.open_record("p")),
    (Records.find_record, lambda client: client.find_record("1", "2")),
    (Records.get_record, lambda client: client.record(RECORD)),
    (Records.set_default_visibility, lambda client: client.set_default_masked(RECORD, True)),
    (Records.close_record, lambda client: client.close_record(RECORD)),
    (Records.reopen_record, lambda client: client.reopen_record(RECORD)),
    (Records.request_destruction, lambda client: client.request_destruction(RECORD)),
    (Records.list_documents, lambda client: client.list_documents(RECORD, archived="true")),
    (Records.get_document, lambda client: client.document(RECORD, DOC)),
    (Records.set_visibility, lambda client: client.set_masked(RECORD, DOC, True)),
    (Records.show_to_patient, lambda client: client.announce(RECORD, DOC)),
    (Records.archive_document, lambda client: client.set_archived(RECORD, DOC, True)),
    (Records.archive_document, lambda client: client.set_archived(RECORD, DOC, False)),
    (Records.delete_document, lambda client: client.delete_document(RECORD, DOC)),
    (Consent.declare_authorisation, lambda client: client.declare_consent(RECORD, "p")),
    (Consent.list_authorisations, lambda client: client.circle(RECORD)),
    (Consent.give_authorisation, lambda client: client.authorise(RECORD, RPPS, "2027-06-30T00:00:00Z")),
    (Consent.set_heir_opposition, lambda client: client.set_heirs_opposed(RECORD, True)),
    (Consent.set_heir_opposition, lambda client: client.set_heirs_opposed(RECORD, False)),
    (Consent.open_to_heir, lambda client: client.open_to_heir(
        RECORD, OTHER_ID, quality="ayant_droit", purpose="droits", sections=["synthese"], evidence="Acte 1234")),
    (Consent.end_heir_access, lambda client: client.end_heir_access(RECORD, OTHER_ID)),
    (Identity.change_ins, lambda client: client.change_ins(RECORD, Ins("285079999900187", "1.2"), "Acte 1234")),
    (Identity.join_identities, lambda client: client.join_identities(RECORD, OTHER_ID, "Acte 1234")),
    (Identity.separate_identities, lambda client: client.separate_identities(RECORD, OTHER_ID, "Acte 1234")),
    (Identity.report_death, lambda client: client.report_death(RECORD, "2026-11-02", "Acte 1234")),
    (Identity.undo_death, lambda client: client.undo_death(RECORD, "Acte 1234")),
    (Consent.end_authorisation, lambda client: client.end_authorisation(RECORD, RPPS)),
    (Consent.give_team_authorisation, lambda client: client.authorise_team(RECORD, FINESS)),
    (Consent.end_team_authorisation, lambda client: client.end_team_authorisation(RECORD, FINESS)),
    (Identity.search_professionals, lambda client: client.search_professionals("sorgue", structure="halle")),
    (Identity.name_professionals, lambda client: client.name_professionals([RPPS], [FINESS])),
    (Consent.name_medecin_traitant, lambda client: client.name_medecin_traitant(RECORD, RPPS)),
    (Consent.dismiss_medecin_traitant, lambda client: client.dismiss_medecin_traitant(RECORD, RPPS)),
    (Consent.block_professional, lambda client: client.block(RECORD, RPPS)),
    (Consent.unblock_professional, lambda client: client.unblock(RECORD, RPPS)),
    (Consent.open_emergency, lambda client: client.break_glass(RECORD, "inconscient")),
    (Consent.set_opposition, lambda client: client.set_opposed(RECORD, "centre_15", True)),
    (Consent.set_opposition, lambda client: client.set_opposed(RECORD, "centre_15", False)),
    (Consent.set_unmasking, lambda client: client.set_unmasking(RECORD, True)),
    (Consent.name_representative, lambda client: client.name_representative(
        RECORD, "p", "mineur", BIRTH_EVIDENCE)),
    (Consent.end_representation, lambda client: client.request_end_of_representation(
        RECORD, str(OTHER_ID), JUDGMENT)),
    (Consent.confirm_representation, lambda client: client.confirm_representation(RECORD, OTHER_ID, ends=True)),
    (Consent.withdraw_representation, lambda client: client.withdraw_representation(RECORD, OTHER_ID)),
    (Consent.contest_representation, lambda client: client.contest_representation(RECORD, OTHER_ID)),
    (Consent.end_representation, lambda client: client.end_representation(RECORD, str(OTHER_ID))),
    (Notify.list_notices, lambda client: client.notices(RECORD)),
    (Notify.mark_seen, lambda client: client.mark_seen(RECORD, "n1")),
    (Audit.read_journal, lambda client: client.journal(RECORD)),
    (Audit.read_proofs, lambda client: client.proofs(RECORD, before="12")),
    (Audit.list_heads, lambda client: client.heads(count="5")),
    (Audit.prove_consistency, lambda client: client.consistency(3, 7)),
]  # fmt: skip

OPERATOR_CALLS: list[tuple[Method[Any, Any], Callable[[OperatorClient], Any]]] = [
    (Identity.list_clients, lambda client: client.registered_apps()),
    (Identity.register_client, lambda client: client.register_app(RegisterClient(
        client_id="essai-1", name="n", publisher="p", purpose="q", kind=ClientKind.PUBLIC))),
    (Identity.suspend_client, lambda client: client.suspend_app("essai-1", suspended=True)),
    (Identity.list_software, lambda client: client.software()),
    (Identity.suspend_software, lambda client: client.suspend_software("HOM-1", suspended=True)),
    (Identity.suspend_professional, lambda client: client.suspend_professional(RPPS, "radiation", suspended=True)),
    (Identity.set_quota, lambda client: client.set_quota("HOM-1", 600)),
    (Identity.lock_account, lambda client: client.lock_account(RECORD, locked=True)),
    (Identity.end_sessions_of, lambda client: client.end_sessions_of(Role.PATIENT, RECORD)),
    (Records.suspend_record, lambda client: client.suspend_record(RECORD)),
    (Records.resume_record, lambda client: client.resume_record(RECORD)),
    (Records.show_filing, lambda client: client.filing_plan()),
    (Records.load_filing, lambda client: client.load_filing_plan("{}", load=False)),
    (Consent.list_matrices, lambda client: client.matrices()),
    (Consent.load_matrix, lambda client: client.load_matrix("{}", load=False)),
    (Consent.withdraw_matrix, lambda client: client.withdraw_matrix("v2", withdraw=False)),
    (Audit.search_journal, lambda client: client.search_journal(SearchJournal(actor=RPPS))),
    (Audit.erase_identity, lambda client: client.erase_identity(PATIENT)),
    (Audit.attest_act, lambda client: client.attest_act(Act.ROTATION_CLES, "key")),
]  # fmt: skip


@pytest.mark.parametrize(("method", "call"), CLIENT_CALLS, ids=[method.route for method, _ in CLIENT_CALLS])
def test_every_call_reaches_its_method(
    gateway: Gateway,
    services: FakeServices,
    people: TokenHolders,
    method: Method[Any, Any],
    call: Callable[[PatientClient], Any],
) -> None:
    services.answer(method, ANSWERS[method])
    call(PatientClient(gateway.url, people.allowed_to_call(method)))
    assert [received.route for received in services.received] == [method.route]


@pytest.mark.parametrize(("method", "call"), OPERATOR_CALLS, ids=[method.route for method, _ in OPERATOR_CALLS])
def test_every_call_of_the_operator_reaches_its_method(
    gateway: Gateway,
    services: FakeServices,
    people: TokenHolders,
    method: Method[Any, Any],
    call: Callable[[OperatorClient], Any],
) -> None:
    services.answer(method, ANSWERS[method])
    call(OperatorClient(gateway.url, people.of[Role.OPERATOR]))
    assert [received.route for received in services.received] == [method.route]


def test_client_without_a_token_reads_heads(gateway: Gateway, services: FakeServices) -> None:
    services.answer(Audit.key_of_heads, VerifierKey(key="carnet.example/journal+0a0b0c0d+AQ=="))
    services.answer(Audit.latest_head, SignedHead(note="newest\n"))
    services.answer(Audit.head_of, SignedHead(note="of seven\n", timestamp="dG9rZW4="))
    client = ApiClient(gateway.url)
    assert client.journal_key() == "carnet.example/journal+0a0b0c0d+AQ==\n"
    assert client.head() == "newest\n"
    assert client.head(7) == "of seven\n"
    assert client.timestamp(7) == b"token"


def test_client_downloads(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: TokenHolders
) -> None:
    services.answer(Records.open_content, content_of(4))
    documents.content = b"<x/>"
    assert ApiClient(gateway.url, people.doctor).download(RECORD, DOC, mode="bris_de_glace") == b"<x/>"


def test_client_raises_a_refusal(gateway: Gateway, services: FakeServices, people: TokenHolders) -> None:
    services.answer(Records.get_record, NotShared())
    with pytest.raises(ApiError) as refused:
        ApiClient(gateway.url, people.patient).record(RECORD)
    assert (refused.value.status, refused.value.code) == (403, "access.not_shared")
