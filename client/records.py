"""Calls about a record as a whole, from opening to destruction."""

from typing import Any

from client.connection import HttpConnection


class RecordCalls(HttpConnection):
    """Calls about a record."""

    def open_record(self, vitale_proof: str) -> dict[str, Any]:
        """Open a record for the holder of the carte Vitale."""
        return self._request_json(
            "POST", "/dmp/records", json={"vitale_proof": vitale_proof, "consent_collected": True}
        )

    def find_record(self, matricule: str, oid: str) -> dict[str, Any]:
        """Find a record by INS."""
        return self._request_json("POST", "/dmp/records/search", json={"ins": {"matricule": matricule, "oid": oid}})

    def my_records(self, **query: str) -> dict[str, Any]:
        """Records the caller may read."""
        return self._request_json("GET", "/dmp/records", params=query)

    def find_by_traits(self, **traits: str) -> list[dict[str, Any]]:
        """Find people by identity traits."""
        found: list[dict[str, Any]] = self._request_json("POST", "/dmp/patients/search", json=traits)["persons"]
        return found

    def record(self, patient_id: str) -> dict[str, Any]:
        """The record as its holder sees it."""
        return self._request_json("GET", f"/dmp/records/{patient_id}")

    def set_default_masked(self, patient_id: str, masked: bool) -> dict[str, Any]:
        """Set whether new documents are hidden from professionals."""
        return self._request_json("PUT", f"/dmp/records/{patient_id}/default-visibility", json={"masque_ps": masked})

    def close_record(self, patient_id: str, reason: str = "demande") -> dict[str, Any]:
        """`reason`: demande, deces or erreur."""
        return self._request_json("POST", f"/dmp/records/{patient_id}/closing", json={"reason": reason})

    def reopen_record(self, patient_id: str) -> dict[str, Any]:
        return self._request_json("POST", f"/dmp/records/{patient_id}/reopening")

    def request_destruction(self, patient_id: str) -> dict[str, Any]:
        """Request early destruction of a closed record."""
        return self._request_json("POST", f"/dmp/records/{patient_id}/destruction")
