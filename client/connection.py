"""HTTP connection to the gateway: requests with a token, refusals as exceptions."""

from typing import Any

import requests

_SECONDS = 20


class ApiError(Exception):
    """A refusal of the gateway: HTTP status, stable code, French text."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status = status
        self.code = code
        self.text = text


class HttpConnection:
    """HTTP session of one person."""

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        self.token = ""
        self._session = requests.Session()

    def set_token(self, token: str) -> None:
        """Send this access token with every further request."""
        self.token = token
        self._session.headers["Authorization"] = f"Bearer {token}"

    def _request_json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        body: dict[str, Any] = self._request(method, path, **options).json()
        return body

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self._session.request(method, self.gateway + path, timeout=_SECONDS, **options)
        if not response.ok:
            problem = response.json()
            raise ApiError(response.status_code, problem["code"], problem["fr"])
        return response
