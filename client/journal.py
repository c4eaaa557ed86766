"""Requests about notices, the journal and its proofs."""

from client.connection import HttpConnection, Id
from contracts.audit import ConsistencyProof, Heads, HeadSummary, Journal, JournalLine, Proofs
from contracts.notify import Notice, Notices, NoticesSeen


class JournalRequests(HttpConnection):
    """Requests about notices and the journal; `query` holds the route's parameters."""

    def notices(self, patient_id: Id, **query: str) -> tuple[Notice, ...]:
        """Notices of a record, newest first."""
        return self._get(f"/dmp/records/{patient_id}/notices", Notices, **{"count": "100"} | query).notices

    def mark_seen(self, patient_id: Id, until: str) -> NoticesSeen:
        """Mark notices as seen, up to the one of this id."""
        return self._send("POST", f"/dmp/records/{patient_id}/notices/seen", NoticesSeen, {"until": until})

    def journal(self, patient_id: Id, **query: str) -> tuple[JournalLine, ...]:
        """Journal lines of a record, newest first."""
        return self._get(f"/dmp/records/{patient_id}/journal", Journal, **{"count": "100"} | query).lines

    def proofs(self, patient_id: Id, **query: str) -> Proofs:
        """Leaves of the journal, each with its path to a signed head."""
        return self._get(f"/dmp/records/{patient_id}/journal/proofs", Proofs, **query)

    def journal_key(self) -> str:
        """Verifier key of tree heads."""
        return self._request("GET", "/journal/key").text

    def head(self, size: int | None = None) -> str:
        """Signed head of a tree of this size; None: the newest."""
        return self._request("GET", "/journal/head" if size is None else f"/journal/heads/{size}").text

    def timestamp(self, size: int) -> bytes:
        """RFC 3161 time-stamp token of a head."""
        return self._request("GET", f"/journal/heads/{size}", params={"timestamp": "1"}).content

    def heads(self, **query: str) -> tuple[HeadSummary, ...]:
        """Sizes and times of signed heads, newest first."""
        return self._get("/journal/heads", Heads, **query).heads

    def consistency(self, first: int, second: int) -> ConsistencyProof:
        """Proof that the tree of size `second` extends the tree of size `first`."""
        return self._get("/journal/consistency", ConsistencyProof, first=str(first), second=str(second))
