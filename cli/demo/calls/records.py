"""The life of a record, from its opening to its destruction."""

from typing import Any

from cli.demo.calls.connection import HttpConnection


class RecordCalls(HttpConnection):
    """What is asked about a record as a whole."""

    def open_record(self, vitale_proof: str) -> dict[str, Any]:
        """Open a record for the person whose card is in the reader."""
        return self._answer("POST", "/dmp/records", json={"vitale_proof": vitale_proof, "consent_collected": True})

    def find_record(self, matricule: str, oid: str) -> dict[str, Any]:
        """Is there a record for this INS?"""
        return self._answer("POST", "/dmp/records/search", json={"ins": {"matricule": matricule, "oid": oid}})

    def my_records(self, **query: str) -> dict[str, Any]:
        """The records one may read."""
        return self._answer("GET", "/dmp/records", params=query)

    def find_by_traits(self, **traits: str) -> list[dict[str, Any]]:
        """Who answers to these traits?"""
        found: list[dict[str, Any]] = self._answer("POST", "/dmp/patients/search", json=traits)["persons"]
        return found

    def record(self, patient_id: str) -> dict[str, Any]:
        """How the record stands."""
        return self._answer("GET", f"/dmp/records/{patient_id}")

    def set_default_masked(self, patient_id: str, masked: bool) -> dict[str, Any]:
        """Whether new documents are hidden from professionals."""
        return self._answer("PUT", f"/dmp/records/{patient_id}/default-visibility", json={"masque_ps": masked})

    def close_record(self, patient_id: str, reason: str = "demande") -> dict[str, Any]:
        """Close the record; `reason`: demande, deces or erreur."""
        return self._answer("POST", f"/dmp/records/{patient_id}/closing", json={"reason": reason})

    def reopen_record(self, patient_id: str) -> dict[str, Any]:
        """Reopen a closed record."""
        return self._answer("POST", f"/dmp/records/{patient_id}/reopening")

    def request_destruction(self, patient_id: str) -> dict[str, Any]:
        """Ask for a closed record to be destroyed early."""
        return self._answer("POST", f"/dmp/records/{patient_id}/destruction")
