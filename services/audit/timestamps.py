"""Time-stamps of tree heads by an external authority (RFC 3161)."""

from hashlib import sha256

import requests

_TIMEOUTS = (3.0, 5.0)
"""Seconds to connect to the authority, and for its answer."""
_GRANTED = frozenset({0, 1})
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


class TimestampMissing(Exception):
    """The authority does not answer, refuses, or its token does not match the request."""


class TimestampAuthority:
    """Requests time-stamps over HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url

    def stamp(self, note: str) -> bytes:
        """A time-stamp token over a note: DER, as `openssl ts -verify -token_in` takes it.

        Checked against the request, not against a root certificate: that is for whoever verifies it later.

        Raises:
            TimestampMissing.
        """
        # Native code that only hosts with an authority need.
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

        request = TimestampRequestBuilder().data(note.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
        try:
            answer = decode_timestamp_response(self._answer(request.as_bytes()))
            is_granted = answer.status in _GRANTED
            token_info = answer.tst_info if is_granted else None
        except (requests.RequestException, ValueError):
            raise TimestampMissing from None
        if (
            token_info is None
            or token_info.nonce != request.nonce
            or token_info.message_imprint.message != sha256(note.encode()).digest()
        ):
            raise TimestampMissing
        return answer.time_stamp_token()

    def _answer(self, query: bytes) -> bytes:
        headers = {"content-type": _QUERY, "accept": _REPLY}
        answer = requests.post(self._url, data=query, headers=headers, timeout=_TIMEOUTS)
        answer.raise_for_status()
        return answer.content
