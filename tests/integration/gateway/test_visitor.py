"""The visitor of demonstrations and journeys knocks where the door is."""

from collections.abc import Callable
from typing import Any

import pytest

from cli.demo.client import ApiClient, ApiError
from contracts.api import Method
from contracts.audit import Audit, SignedHead, VerifierKey
from contracts.consent import Consent
from contracts.errors import NotShared
from contracts.identity import Identity
from contracts.notify import Notify
from contracts.records import Records
from tests.integration.gateway.builders import DOCUMENT, PATIENT, People, content_of
from tests.integration.gateway.fake_documents import FakeDocuments
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import HOST, Gateway
from tests.integration.gateway.route_cases import FINESS, PARENT, ROUTE_CASES, RPPS

RECORD, DOC = str(PATIENT), str(DOCUMENT)
ANSWERS = {ask.method: ask.answer for ask in ROUTE_CASES}
RequestState = Callable[[ApiClient], Any]

CALLS_OF_CLIENT: list[tuple[Method[Any, Any], RequestState]] = [
    (Identity.activate_account, lambda one: one.activate({
        "proof": "p", "identifier": "i", "password": "w", "email": "e", "mobile": "m", "channel": "sms"})),
    (Identity.confirm_account, lambda one: one.confirm_account("a", "1")),
    (Identity.start_login, lambda one: one.start_login("i", "w", "sms")),
    (Identity.finish_login, lambda one: one.finish_login("a", "1")),
    (Records.open_record, lambda one: one.open_record("p")),
    (Records.find_record, lambda one: one.find_record("1", "2")),
    (Records.get_record, lambda one: one.record(RECORD)),
    (Records.set_default_visibility, lambda one: one.set_default_masked(RECORD, True)),
    (Records.close_record, lambda one: one.close_record(RECORD)),
    (Records.reopen_record, lambda one: one.reopen_record(RECORD)),
    (Records.request_destruction, lambda one: one.request_destruction(RECORD)),
    (Records.list_documents, lambda one: one.list_documents(RECORD, archived="true")),
    (Records.get_document, lambda one: one.document(RECORD, DOC)),
    (Records.set_visibility, lambda one: one.set_masked(RECORD, DOC, True)),
    (Records.show_to_patient, lambda one: one.announce(RECORD, DOC)),
    (Records.archive_document, lambda one: one.set_archived(RECORD, DOC, True)),
    (Records.archive_document, lambda one: one.set_archived(RECORD, DOC, False)),
    (Records.delete_document, lambda one: one.delete_document(RECORD, DOC)),
    (Consent.declare_authorisation, lambda one: one.declare_consent(RECORD, "p")),
    (Consent.list_authorisations, lambda one: one.circle(RECORD)),
    (Consent.give_authorisation, lambda one: one.authorise(RECORD, RPPS, "2027-06-30T00:00:00Z")),
    (Consent.end_authorisation, lambda one: one.end_authorisation(RECORD, RPPS)),
    (Consent.give_team_authorisation, lambda one: one.authorise_team(RECORD, FINESS)),
    (Consent.end_team_authorisation, lambda one: one.end_team_authorisation(RECORD, FINESS)),
    (Consent.name_medecin_traitant, lambda one: one.name_medecin_traitant(RECORD, RPPS)),
    (Consent.dismiss_medecin_traitant, lambda one: one.dismiss_medecin_traitant(RECORD, RPPS)),
    (Consent.block_professional, lambda one: one.block(RECORD, RPPS)),
    (Consent.unblock_professional, lambda one: one.unblock(RECORD, RPPS)),
    (Consent.open_emergency, lambda one: one.break_glass(RECORD, "inconscient")),
    (Consent.set_opposition, lambda one: one.set_opposed(RECORD, "centre_15", True)),
    (Consent.set_opposition, lambda one: one.set_opposed(RECORD, "centre_15", False)),
    (Consent.set_unmasking, lambda one: one.set_unmasking(RECORD, True)),
    (Consent.name_representative, lambda one: one.name_representative(RECORD, "p", "mineur", "livret")),
    (Consent.end_representation, lambda one: one.end_representation(RECORD, str(PARENT))),
    (Notify.list_notices, lambda one: one.notices(RECORD)),
    (Audit.read_journal, lambda one: one.journal(RECORD)),
    (Audit.read_proofs, lambda one: one.proofs(RECORD, before="12")),
    (Audit.list_heads, lambda one: one.heads(count="5")),
    (Audit.prove_consistency, lambda one: one.consistency(3, 7)),
]  # fmt: skip


@pytest.mark.parametrize(("method", "state"), CALLS_OF_CLIENT, ids=[method.route for method, _ in CALLS_OF_CLIENT])
def test_every_visit_reaches_its_question(
    gateway: Gateway, services: FakeServices, people: People, method: Method[Any, Any], state: RequestState
) -> None:
    services.answer(method, ANSWERS[method])
    state(a_client(gateway, people.admitted_by(method)))
    assert [one.route for one in services.asked] == [method.route]


def test_a_visitor_without_a_token_takes_heads_home(gateway: Gateway, services: FakeServices) -> None:
    services.answer(Audit.key_of_heads, VerifierKey(key="carnet.example/journal+0a0b0c0d+AQ=="))
    services.answer(Audit.latest_head, SignedHead(note="newest\n"))
    services.answer(Audit.head_of, SignedHead(note="of seven\n", timestamp="dG9rZW4="))
    client = ApiClient(f"http://{HOST}:{gateway.port}")
    assert client.journal_key() == "carnet.example/journal+0a0b0c0d+AQ==\n"
    assert client.head() == "newest\n"
    assert client.head(7) == "of seven\n"
    assert client.timestamp(7) == b"token"


def test_a_visitor_downloads(
    gateway: Gateway, services: FakeServices, documents: FakeDocuments, people: People
) -> None:
    services.answer(Records.open_content, content_of(4))
    documents.content = b"<x/>"
    assert a_client(gateway, people.doctor).download(RECORD, DOC, mode="bris_de_glace") == b"<x/>"


def test_a_visitor_hears_a_refusal(gateway: Gateway, services: FakeServices, people: People) -> None:
    services.answer(Records.get_record, NotShared())
    with pytest.raises(ApiError) as refused:
        a_client(gateway, people.patient).record(RECORD)
    assert (refused.value.status, refused.value.code) == (403, "access.not_shared")


def a_client(gateway: Gateway, token: str) -> ApiClient:
    client = ApiClient(f"http://{HOST}:{gateway.port}")
    client.carry(token)
    return client
