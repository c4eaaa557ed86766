"""Calls about documents: deposit, list, read, hide, archive, delete."""

from typing import Any

from client.connection import HttpConnection


class DocumentCalls(HttpConnection):
    """Calls about documents; `query` holds the route's parameters."""

    def deposit(self, patient_id: str, content: bytes, **query: str) -> dict[str, Any]:
        headers = {"Content-Type": "application/xml"}
        path = f"/dmp/records/{patient_id}/documents"
        return self._request_json("POST", path, data=content, headers=headers, params=query)

    def list_documents(self, patient_id: str, **query: str) -> dict[str, Any]:
        return self._request_json("GET", f"/dmp/records/{patient_id}/documents", params=query)

    def document(self, patient_id: str, document_id: str, **query: str) -> dict[str, Any]:
        """The document's entry."""
        return self._request_json("GET", _path(patient_id, document_id), params=query)

    def download(self, patient_id: str, document_id: str, **query: str) -> bytes:
        """The document's bytes."""
        return self._request("GET", f"{_path(patient_id, document_id)}/content", params=query).content

    def page(self, patient_id: str, document_id: str, **query: str) -> bytes:
        """The document as an HTML page."""
        return self._request("GET", f"{_path(patient_id, document_id)}/page", params=query).content

    def facts(self, patient_id: str, document_id: str, **query: str) -> dict[str, Any]:
        """Coded data of a structured document."""
        return self._request_json("GET", f"{_path(patient_id, document_id)}/facts", params=query)

    def all_facts(self, patient_id: str, **query: str) -> dict[str, Any]:
        """Coded data of all structured documents."""
        return self._request_json("GET", f"/dmp/records/{patient_id}/facts", params=query)

    def trends(self, patient_id: str, **query: str) -> dict[str, Any]:
        """Laboratory results over time, by analyte."""
        return self._request_json("GET", f"/dmp/records/{patient_id}/trends", params=query)

    def trends_page(self, patient_id: str, **query: str) -> str:
        """Laboratory results over time, as plots."""
        return self._request("GET", f"/dmp/records/{patient_id}/trends/page", params=query).text

    def folders(self, patient_id: str) -> dict[str, Any]:
        """The holder's folders and pins."""
        return self._request_json("GET", f"/dmp/records/{patient_id}/folders")

    def save_folder(self, patient_id: str, folder_id: str, name: str) -> dict[str, Any]:
        """Create or rename a folder."""
        return self._request_json("PUT", f"/dmp/records/{patient_id}/folders/{folder_id}", json={"name": name})

    def delete_folder(self, patient_id: str, folder_id: str) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/folders/{folder_id}")

    def arrange(self, patient_id: str, document_id: str, *folders: str, pinned: bool = False) -> dict[str, Any]:
        """Set the folders of a document, and pin or unpin it."""
        place = {"folders": folders, "pinned": pinned}
        return self._request_json("PUT", f"{_path(patient_id, document_id)}/place", json=place)

    def set_masked(self, patient_id: str, document_id: str, masked: bool) -> dict[str, Any]:
        """Hide a document from professionals, or show it again."""
        return self._request_json("PATCH", _path(patient_id, document_id), json={"masque_ps": masked})

    def announce(self, patient_id: str, document_id: str) -> dict[str, Any]:
        """Make a withheld document visible: the patient was informed."""
        return self._request_json("POST", f"{_path(patient_id, document_id)}/announcement")

    def set_archived(self, patient_id: str, document_id: str, archived: bool) -> dict[str, Any]:
        """Archive or restore a document."""
        return self._request_json("PUT" if archived else "DELETE", f"{_path(patient_id, document_id)}/archive")

    def delete_document(self, patient_id: str, document_id: str) -> None:
        self._request("DELETE", _path(patient_id, document_id))


def _path(patient_id: str, document_id: str) -> str:
    return f"/dmp/records/{patient_id}/documents/{document_id}"
