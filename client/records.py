"""Requests about a record as a whole, from opening to destruction."""

from client.connection import HttpConnection, Id
from contracts.identity.people import Person, PersonsFound
from contracts.records.consent_texts import OPENING_TEXTS
from contracts.records.lifecycle import MyRecords, Record, RecordDetails, RecordFound


class RecordRequests(HttpConnection):
    """Requests about a record."""

    def open_record(self, vitale_proof: str) -> Record:
        """Open a record for the holder of the carte Vitale, who was shown the current text."""
        body = {"vitale_proof": vitale_proof, "consent_collected": True, "consent_text": OPENING_TEXTS[-1]}
        return self._send("POST", "/dmp/records", Record, body)

    def find_record(self, matricule: str, oid: str, *, secret: bool = False) -> RecordFound:
        """Find a record by INS."""
        body = {"ins": {"matricule": matricule, "oid": oid}, "secret": secret}
        return self._send("POST", "/dmp/records/search", RecordFound, body)

    def my_records(self, **query: str) -> MyRecords:
        """Records the caller may read."""
        return self._get("/dmp/records", MyRecords, **query)

    def find_by_traits(self, **traits: str | bool) -> tuple[Person, ...]:
        """Find people by identity traits."""
        return self._send("POST", "/dmp/patients/search", PersonsFound, traits).persons

    def record(self, patient_id: Id) -> RecordDetails:
        """The record as its holder sees it."""
        return self._get(f"/dmp/records/{patient_id}", RecordDetails)

    def set_default_masked(self, patient_id: Id, masked: bool) -> RecordDetails:
        """Set whether new documents are hidden from professionals."""
        path = f"/dmp/records/{patient_id}/default-visibility"
        return self._send("PUT", path, RecordDetails, {"masque_ps": masked})

    def close_record(self, patient_id: Id, reason: str = "demande") -> RecordDetails:
        """`reason`: demande, deces or erreur."""
        return self._send("POST", f"/dmp/records/{patient_id}/closing", RecordDetails, {"reason": reason})

    def reopen_record(self, patient_id: Id) -> RecordDetails:
        return self._send("POST", f"/dmp/records/{patient_id}/reopening", RecordDetails)

    def request_destruction(self, patient_id: Id) -> RecordDetails:
        """Request early destruction of a closed record."""
        return self._send("POST", f"/dmp/records/{patient_id}/destruction", RecordDetails)
