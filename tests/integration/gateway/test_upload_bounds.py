"""A form with a file announces how many bytes it has: of one that has too many, none is read."""

from contracts.identity.api import Identity
from contracts.vocabulary import Role
from gateway.upload_forms import HEAD
from tests.integration.gateway.builders import PATIENT, TokenHolders
from tests.integration.gateway.fake_services import FakeServices
from tests.integration.gateway.process import Gateway
from tests.integration.gateway.test_page_roles import log_in


def test_a_form_that_is_too_large_for_its_page_is_refused(
    gateway: Gateway, services: FakeServices, people: TokenHolders
) -> None:
    cookie = log_in(services, people, Role.PROFESSIONAL)
    headers = {
        "origin": gateway.url,
        "cookie": f"carnet-session={cookie}",
        "content-type": "multipart/form-data; boundary=x",
    }
    path = f"/pro/d/{PATIENT}/deposer/proposition"
    assert gateway.request("POST", path, body=bytes(2 * HEAD + 1), headers=headers).status == 413
    assert [each.route for each in services.received] == [Identity.renew_browser_session.route]
