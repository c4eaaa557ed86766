"""Client of the tool of an organisation, in an agent's name."""

from client.api_client import ApiClient
from client.connection import decoded
from client.professional import JWT_BEARER, AccessToken


class AgentClient(ApiClient):
    """Client of one agent."""

    def log_in(self, client_id: str, assertion: str) -> AccessToken:
        """Log in with an assertion of the organisation (RFC 7523)."""
        form = {"grant_type": JWT_BEARER, "client_id": client_id, "assertion": assertion}
        found = decoded(self._request("POST", "/oauth/token", data=form), AccessToken)
        self.set_token(found.access_token)
        return found
