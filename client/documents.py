"""Requests about documents: deposit, list, read, arrange, hide, archive, delete."""

from collections.abc import Iterable
from typing import Any

from client.connection import HttpConnection, Id, decoded
from contracts.clinical_data import ClinicalData
from contracts.records.documents import Document, DocumentList
from contracts.records.folders import Arrangement, Folder, Folders
from contracts.vocabulary import Visibility


class DocumentRequests(HttpConnection):
    """Requests about documents; `query` holds the route's parameters."""

    def deposit(
        self, patient_id: Id, content: bytes, visibility: Iterable[Visibility] = (), **query: str
    ) -> Document:
        """Deposit a document's bytes with these visibility marks."""
        response = self._request(
            "POST",
            f"/dmp/records/{patient_id}/documents",
            data=content,
            headers={"Content-Type": "application/xml"},
            params={"visibility": visibility, **query},
        )
        return decoded(response, Document)

    def list_documents(self, patient_id: Id, **query: str) -> DocumentList:
        return self._get(f"/dmp/records/{patient_id}/documents", DocumentList, **query)

    def document(self, patient_id: Id, document_id: Id, **query: str) -> Document:
        """The document's entry."""
        return self._get(_path(patient_id, document_id), Document, **query)

    def download(self, patient_id: Id, document_id: Id, **query: str) -> bytes:
        """The document's bytes."""
        return self._request("GET", f"{_path(patient_id, document_id)}/content", params=query).content

    def page(self, patient_id: Id, document_id: Id, **query: str) -> bytes:
        """The document as an HTML page."""
        return self._request("GET", f"{_path(patient_id, document_id)}/page", params=query).content

    def facts(self, patient_id: Id, document_id: Id, **query: str) -> ClinicalData:
        """Coded data of a structured document."""
        return self._get(f"{_path(patient_id, document_id)}/facts", ClinicalData, **query)

    def all_facts(self, patient_id: Id, **query: str) -> dict[str, Any]:
        """Coded data of all structured documents, in the JSON of GET /dmp/records/{patient_id}/facts."""
        return self._get(f"/dmp/records/{patient_id}/facts", dict[str, Any], **query)

    def trends(self, patient_id: Id, **query: str) -> dict[str, Any]:
        """Laboratory results over time, by analyte, in the JSON of GET /dmp/records/{patient_id}/trends."""
        return self._get(f"/dmp/records/{patient_id}/trends", dict[str, Any], **query)

    def trends_page(self, patient_id: Id, **query: str) -> str:
        """Laboratory results over time, as plots."""
        return self._request("GET", f"/dmp/records/{patient_id}/trends/page", params=query).text

    def folders(self, patient_id: Id) -> Folders:
        """The holder's folders and pins."""
        return self._get(f"/dmp/records/{patient_id}/folders", Folders)

    def save_folder(self, patient_id: Id, folder_id: Id, name: str) -> Folder:
        """Create or rename a folder."""
        return self._send("PUT", f"/dmp/records/{patient_id}/folders/{folder_id}", Folder, {"name": name})

    def delete_folder(self, patient_id: Id, folder_id: Id) -> None:
        self._request("DELETE", f"/dmp/records/{patient_id}/folders/{folder_id}")

    def arrange(self, patient_id: Id, document_id: Id, *folders: Id, pinned: bool = False) -> Arrangement:
        """Set the folders of a document, and pin or unpin it."""
        place = {"folders": folders, "pinned": pinned}
        return self._send("PUT", f"{_path(patient_id, document_id)}/place", Arrangement, place)

    def set_masked(self, patient_id: Id, document_id: Id, masked: bool) -> Document:
        """Hide a document from professionals, or show it again."""
        return self._send("PATCH", _path(patient_id, document_id), Document, {"masque_ps": masked})

    def announce(self, patient_id: Id, document_id: Id) -> Document:
        """Make a withheld document visible: the patient was informed."""
        return self._send("POST", f"{_path(patient_id, document_id)}/announcement", Document)

    def set_archived(self, patient_id: Id, document_id: Id, archived: bool) -> Document:
        """Archive or restore a document."""
        return self._send("PUT" if archived else "DELETE", f"{_path(patient_id, document_id)}/archive", Document)

    def delete_document(self, patient_id: Id, document_id: Id) -> None:
        self._request("DELETE", _path(patient_id, document_id))


def _path(patient_id: Id, document_id: Id) -> str:
    return f"/dmp/records/{patient_id}/documents/{document_id}"
