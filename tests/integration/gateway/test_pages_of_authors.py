"""The record of a patient who has given no permission, as the author of a document in it sees it."""

from contracts.records.api import Records
from contracts.records.documents import DocumentList
from contracts.vocabulary import Role
from tests.integration.gateway.builders import PATIENT, TITLE, TokenHolders, a_document
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway
from tests.integration.gateway.test_page_roles import log_in


def test_an_author_who_is_not_told_whose_record_it_is_may_declare_a_permission(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    services.reset()
    headers = {"cookie": f"carnet-session={log_in(services, people, Role.PROFESSIONAL)}"}
    services.answer(Records.list_documents, DocumentList(documents=(a_document(),)))
    page = gateway.request("GET", f"/pro/d/{PATIENT}?vue=tous", headers=headers).body.decode()
    shown = (TITLE, f'href="/pro/d/{PATIENT}/autorisation"', f'href="/pro/d/{PATIENT}/urgence"')
    assert [each for each in shown if each not in page] == []
