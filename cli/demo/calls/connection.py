"""The wire between a visitor and the gateway: requests with a token, refusals as exceptions."""

from typing import Any

import requests

_SECONDS = 20


class ApiError(Exception):
    """The gateway said no: the HTTP status, the stable code and the French text."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(f"{status} {code}: {text}")
        self.status = status
        self.code = code
        self.text = text


class HttpConnection:
    """One person's requests; the token is carried once there is one."""

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        self.token = ""
        self._session = requests.Session()

    def carry(self, token: str) -> None:
        """From now on speak with this token."""
        self.token = token
        self._session.headers["Authorization"] = f"Bearer {token}"

    def _answer(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        body: dict[str, Any] = self._send(method, path, **options).json()
        return body

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        response = self._session.request(method, self.gateway + path, timeout=_SECONDS, **options)
        if not response.ok:
            problem = response.json()
            raise ApiError(response.status_code, problem["code"], problem["fr"])
        return response
