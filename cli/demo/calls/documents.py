"""Documents: deposited, found, read, hidden, announced, archived, deleted."""

from typing import Any

from cli.demo.calls.connection import HttpConnection


class DocumentCalls(HttpConnection):
    """What is asked about documents; `query` are the route's own parameters, as text."""

    def deposit(self, patient_id: str, content: bytes, **query: str) -> dict[str, Any]:
        """Deposit one document."""
        headers = {"Content-Type": "application/xml"}
        path = f"/dmp/records/{patient_id}/documents"
        return self._answer("POST", path, data=content, headers=headers, params=query)

    def list_documents(self, patient_id: str, **query: str) -> dict[str, Any]:
        """One page of a record."""
        return self._answer("GET", f"/dmp/records/{patient_id}/documents", params=query)

    def document(self, patient_id: str, document_id: str, **query: str) -> dict[str, Any]:
        """A document's entry."""
        return self._answer("GET", _path(patient_id, document_id), params=query)

    def download(self, patient_id: str, document_id: str, **query: str) -> bytes:
        """A document's bytes."""
        return self._send("GET", f"{_path(patient_id, document_id)}/content", params=query).content

    def page(self, patient_id: str, document_id: str, **query: str) -> bytes:
        """A document as it is shown to people."""
        return self._send("GET", f"{_path(patient_id, document_id)}/page", params=query).content

    def facts(self, patient_id: str, document_id: str, **query: str) -> dict[str, Any]:
        """What a structured document says in codes."""
        return self._answer("GET", f"{_path(patient_id, document_id)}/facts", params=query)

    def all_facts(self, patient_id: str, **query: str) -> dict[str, Any]:
        """What all structured documents say in codes."""
        return self._answer("GET", f"/dmp/records/{patient_id}/facts", params=query)

    def trends(self, patient_id: str, **query: str) -> dict[str, Any]:
        """Results over time, by analyte."""
        return self._answer("GET", f"/dmp/records/{patient_id}/trends", params=query)

    def trends_page(self, patient_id: str, **query: str) -> str:
        """Results over time, as plots."""
        return self._send("GET", f"/dmp/records/{patient_id}/trends/page", params=query).text

    def folders(self, patient_id: str) -> dict[str, Any]:
        """The holder's folders, and what is pinned."""
        return self._answer("GET", f"/dmp/records/{patient_id}/folders")

    def save_folder(self, patient_id: str, folder_id: str, name: str) -> dict[str, Any]:
        """Make or rename a folder."""
        return self._answer("PUT", f"/dmp/records/{patient_id}/folders/{folder_id}", json={"name": name})

    def delete_folder(self, patient_id: str, folder_id: str) -> None:
        """Take a folder off."""
        self._send("DELETE", f"/dmp/records/{patient_id}/folders/{folder_id}")

    def arrange(self, patient_id: str, document_id: str, *folders: str, pinned: bool = False) -> dict[str, Any]:
        """Put a document in these folders, and pin it or not."""
        place = {"folders": folders, "pinned": pinned}
        return self._answer("PUT", f"{_path(patient_id, document_id)}/place", json=place)

    def set_masked(self, patient_id: str, document_id: str, masked: bool) -> dict[str, Any]:
        """Hide a document from professionals, or show it again."""
        return self._answer("PATCH", _path(patient_id, document_id), json={"masque_ps": masked})

    def announce(self, patient_id: str, document_id: str) -> dict[str, Any]:
        """The patient was told: let them see the document."""
        return self._answer("POST", f"{_path(patient_id, document_id)}/announcement")

    def set_archived(self, patient_id: str, document_id: str, archived: bool) -> dict[str, Any]:
        """Put a document out of the usual lists, or back."""
        return self._answer("PUT" if archived else "DELETE", f"{_path(patient_id, document_id)}/archive")

    def delete_document(self, patient_id: str, document_id: str) -> None:
        """Delete a document for everybody."""
        self._send("DELETE", _path(patient_id, document_id))


def _path(patient_id: str, document_id: str) -> str:
    return f"/dmp/records/{patient_id}/documents/{document_id}"
