"""Calls about notices, the journal and its proofs."""

from typing import Any

from client.connection import HttpConnection


class JournalCalls(HttpConnection):
    """Calls about notices and the journal; `query` holds the route's parameters."""

    def notices(self, patient_id: str, **query: str) -> list[dict[str, Any]]:
        """Notices of a record, newest first."""
        answer = self._request_json("GET", f"/dmp/records/{patient_id}/notices", params={"count": "100"} | query)
        notices: list[dict[str, Any]] = answer["notices"]
        return notices

    def journal(self, patient_id: str, **query: str) -> list[dict[str, Any]]:
        """Journal lines of a record, newest first."""
        answer = self._request_json("GET", f"/dmp/records/{patient_id}/journal", params={"count": "100"} | query)
        lines: list[dict[str, Any]] = answer["lines"]
        return lines

    def proofs(self, patient_id: str, **query: str) -> dict[str, Any]:
        """Leaves of the journal, each with its path to a signed head."""
        return self._request_json("GET", f"/dmp/records/{patient_id}/journal/proofs", params=query)

    def journal_key(self) -> str:
        """Verifier key of tree heads."""
        return self._request("GET", "/journal/key").text

    def head(self, size: int | None = None) -> str:
        """Signed head of a tree of this size; None: the newest."""
        return self._request("GET", "/journal/head" if size is None else f"/journal/heads/{size}").text

    def timestamp(self, size: int) -> bytes:
        """RFC 3161 time-stamp token of a head."""
        return self._request("GET", f"/journal/heads/{size}", params={"timestamp": "1"}).content

    def heads(self, **query: str) -> list[dict[str, Any]]:
        """Sizes and times of signed heads, newest first."""
        heads: list[dict[str, Any]] = self._request_json("GET", "/journal/heads", params=query)["heads"]
        return heads

    def consistency(self, first: int, second: int) -> dict[str, Any]:
        """Proof that the tree of size `second` extends the tree of size `first`."""
        return self._request_json("GET", "/journal/consistency", params={"first": str(first), "second": str(second)})
