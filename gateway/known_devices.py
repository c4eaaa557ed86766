"""The cookie by which a browser is a known device of a patient, whose logins others' failures do not delay."""

from litestar.datastructures import Cookie

from contracts.identity.people import Token
from gateway.clients import ApiRequest
from gateway.cookies import cookie_name, host_cookie

_DEVICE = "carnet-device"
_SECONDS = 365 * 24 * 3600


def known_as(request: ApiRequest) -> str:
    """The token by which this browser is a known device; empty if it is not."""
    return request.cookies.get(cookie_name(request.clients.settings.public_url, _DEVICE), "")


def make_known(request: ApiRequest, token: Token) -> list[Cookie]:
    """The cookie by which this browser is a known device from now on; none where that was not asked."""
    if not token.device_token:
        return []
    public_url = request.clients.settings.public_url
    return [host_cookie(public_url, _DEVICE, token.device_token, same_site="strict", seconds=_SECONDS)]
