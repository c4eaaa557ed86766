"""Time-stamps of heads: what an authority outside the house signs of when a head was there (RFC 3161)."""

from hashlib import sha256

import requests

_PATIENCE = (3.0, 5.0)
"""Seconds to reach the authority, and for its answer."""
_GRANTED = frozenset({0, 1})
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


class TimestampMissing(Exception):
    """The authority is away, says no, or answers something else than was asked."""


class TimestampAuthority:
    """One authority, reached over HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url

    def stamp(self, note: str) -> bytes:
        """A time-stamp token over a note: DER, as `openssl ts -verify -token_in` takes it.

        It is held against the question, not against a root: whoever checks it decides whom to believe.

        Raises:
            TimestampMissing.
        """
        # A library of native code that only hosts with an authority need.
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

        asked = TimestampRequestBuilder().data(note.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
        try:
            answer = decode_timestamp_response(self._answer(asked.as_bytes()))
            is_granted = answer.status in _GRANTED
            said = answer.tst_info if is_granted else None
        except (requests.RequestException, ValueError):
            raise TimestampMissing from None
        if (
            said is None
            or said.nonce != asked.nonce
            or said.message_imprint.message != sha256(note.encode()).digest()
        ):
            raise TimestampMissing
        return answer.time_stamp_token()

    def _answer(self, query: bytes) -> bytes:
        headers = {"content-type": _QUERY, "accept": _REPLY}
        answer = requests.post(self._url, data=query, headers=headers, timeout=_PATIENCE)
        answer.raise_for_status()
        return answer.content
