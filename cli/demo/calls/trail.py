"""What was done and told: notices, the journal, and the proofs of it anybody may check."""

from typing import Any

from cli.demo.calls.connection import HttpConnection


class TrailCalls(HttpConnection):
    """What is asked about the past; `query` are the route's own parameters, as text."""

    def notices(self, patient_id: str, **query: str) -> list[dict[str, Any]]:
        """A record's notices, newest first."""
        answer = self._answer("GET", f"/dmp/records/{patient_id}/notices", params={"count": "100"} | query)
        notices: list[dict[str, Any]] = answer["notices"]
        return notices

    def journal(self, patient_id: str, **query: str) -> list[dict[str, Any]]:
        """A record's journal, newest first."""
        answer = self._answer("GET", f"/dmp/records/{patient_id}/journal", params={"count": "100"} | query)
        lines: list[dict[str, Any]] = answer["lines"]
        return lines

    def proofs(self, patient_id: str, **query: str) -> dict[str, Any]:
        """The journal's lines as leaves, each with its path to a signed head."""
        return self._answer("GET", f"/dmp/records/{patient_id}/journal/proofs", params=query)

    def journal_key(self) -> str:
        """The verifier key of heads."""
        return self._send("GET", "/journal/key").text

    def head(self, size: int | None = None) -> str:
        """The signed head of a tree of that size; without it the newest."""
        return self._send("GET", "/journal/head" if size is None else f"/journal/heads/{size}").text

    def timestamp(self, size: int) -> bytes:
        """The time-stamp token of a head."""
        return self._send("GET", f"/journal/heads/{size}", params={"timestamp": "1"}).content

    def heads(self, **query: str) -> list[dict[str, Any]]:
        """Sizes and times of signed heads, newest first."""
        heads: list[dict[str, Any]] = self._answer("GET", "/journal/heads", params=query)["heads"]
        return heads

    def consistency(self, first: int, second: int) -> dict[str, Any]:
        """The proof that the tree of size `second` still holds that of size `first`."""
        return self._answer("GET", "/journal/consistency", params={"first": str(first), "second": str(second)})
