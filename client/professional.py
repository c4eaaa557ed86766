"""Client of a professional's business software."""

import msgspec

from client.api_client import ApiClient
from client.connection import decoded

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class AccessToken(msgspec.Struct, frozen=True, kw_only=True):
    """What a login answers; `expires_in`: seconds."""

    access_token: str
    expires_in: int


class ProfessionalClient(ApiClient):
    """Client of one professional."""

    def log_in_with_card(self, assertion: str) -> AccessToken:
        """Log in with a CPS card's assertion (RFC 7523)."""
        form = {"grant_type": JWT_BEARER, "assertion": assertion}
        found = decoded(self._request("POST", "/oauth/token", data=form), AccessToken)
        self.set_token(found.access_token)
        return found
