"""HTTP connection to the gateway: requests with a token, typed answers, refusals as exceptions."""

from collections.abc import Iterable, Mapping
from typing import TypeVar
from uuid import UUID

import msgspec
import requests

from client.errors import ApiError

T = TypeVar("T")

Id = UUID | str
"""Of a record, a document, a session ..., as an answer gives it or as text."""

_SECONDS = 30
_LONGEST_TEXT = 500


class _RefusalBody(msgspec.Struct, frozen=True):
    code: str
    fr: str
    en: str


class HttpConnection:
    """HTTP session of one person.

    Methods raise ApiError if a request is refused, requests.RequestException if nothing answers.
    """

    def __init__(self, gateway: str, token: str = "") -> None:
        self.gateway = gateway.rstrip("/")
        self.token = ""
        self._session = requests.Session()
        if token:
            self.set_token(token)

    def set_token(self, token: str) -> None:
        """Send this access token with every further request."""
        self.token = token
        self._session.headers["Authorization"] = f"Bearer {token}"

    def _get(self, path: str, answer: type[T], **query: str) -> T:
        return decoded(self._request("GET", path, params=query), answer)

    def _send(self, method: str, path: str, answer: type[T], body: object = None, **query: str) -> T:
        """The answer to a request with this JSON body, if any."""
        return decoded(self._request(method, path, body, params=query), answer)

    def _request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        data: bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int | Iterable[str]] | None = None,
    ) -> requests.Response:
        if body is not None:
            data, headers = msgspec.json.encode(body), {"Content-Type": "application/json"}
        response = self._session.request(
            method, self.gateway + path, data=data, headers=headers, params=params, timeout=_SECONDS
        )
        if not response.ok:
            raise _error_of(response)
        return response


def decoded(response: requests.Response, answer: type[T]) -> T:
    """The JSON body; ApiError if it is not of this type."""
    try:
        return msgspec.json.decode(response.content, type=answer)
    except msgspec.MsgspecError as error:
        raise ApiError(response.status_code, "", f"réponse illisible / unreadable answer: {error}", "") from None


def _error_of(response: requests.Response) -> ApiError:
    try:
        refusal = msgspec.json.decode(response.content, type=_RefusalBody)
    except msgspec.MsgspecError:
        return ApiError(response.status_code, "", response.text[:_LONGEST_TEXT], "")
    return ApiError(response.status_code, refusal.code, refusal.fr, refusal.en)
