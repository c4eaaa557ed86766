"""Documents: listed, read, changed, arranged in folders."""

from contracts.records.api import Records
from contracts.records.documents import (
    AboutDocument,
    ArchiveDocument,
    DeletedDocument,
    DocumentList,
    ListDocuments,
    ReadDocument,
    SetVisibility,
)
from contracts.records.folders import (
    AboutFolder,
    ArrangeDocument,
    Arrangement,
    Folder,
    FolderDeleted,
    Folders,
    ListFolders,
    SaveFolder,
)
from contracts.vocabulary import AccessMode, Section
from tests.integration.gateway.builders import DOCUMENT, DOCUMENTS, PATIENT, RECORD, a_document
from tests.integration.gateway.route_cases.case import RouteCase
from tests.integration.gateway.route_cases.values import DOCUMENT_PATH, OTHER_ID

FOLDER = Folder(folder_id=OTHER_ID, name="Dos", documents=2)

DOCUMENTS_CASES = [
    RouteCase(
        "GET",
        DOCUMENTS,
        None,
        Records.list_documents,
        ListDocuments(patient_id=PATIENT),
        DocumentList(documents=(a_document(),)),
        200,
    ),
    RouteCase(
        "GET",
        f"{DOCUMENTS}?section=analyses&count=3&cursor=abc_-.=&mode=bris_de_glace",
        None,
        Records.list_documents,
        ListDocuments(
            patient_id=PATIENT, mode=AccessMode.BRIS_DE_GLACE, section=Section.ANALYSES, count=3, cursor="abc_-.="
        ),
        DocumentList(documents=(), next="xyz", emergency=True),
        200,
    ),
    RouteCase(
        "GET",
        f"{DOCUMENTS}?superseded=true&archived=1&secret=true",
        None,
        Records.list_documents,
        ListDocuments(patient_id=PATIENT, superseded=True, archived=True, secret=True),
        DocumentList(documents=()),
        200,
    ),
    RouteCase(
        "GET",
        f"{DOCUMENTS}?superseded=false&archived=0",
        None,
        Records.list_documents,
        ListDocuments(patient_id=PATIENT),
        DocumentList(documents=()),
        200,
    ),
    RouteCase(
        "GET",
        DOCUMENT_PATH,
        None,
        Records.get_document,
        ReadDocument(patient_id=PATIENT, document_id=DOCUMENT),
        a_document(),
        200,
    ),
    RouteCase(
        "GET",
        f"{DOCUMENT_PATH}?secret=true&mode=centre_15",
        None,
        Records.get_document,
        ReadDocument(patient_id=PATIENT, document_id=DOCUMENT, mode=AccessMode.CENTRE_15, secret=True),
        a_document(),
        200,
    ),
    RouteCase(
        "PATCH",
        DOCUMENT_PATH,
        {"masque_ps": True},
        Records.set_visibility,
        SetVisibility(patient_id=PATIENT, document_id=DOCUMENT, masque_ps=True),
        a_document(),
        200,
    ),
    RouteCase(
        "DELETE",
        DOCUMENT_PATH,
        None,
        Records.delete_document,
        AboutDocument(patient_id=PATIENT, document_id=DOCUMENT),
        DeletedDocument(),
        204,
    ),
    RouteCase(
        "PUT",
        f"{DOCUMENT_PATH}/archive",
        None,
        Records.archive_document,
        ArchiveDocument(patient_id=PATIENT, document_id=DOCUMENT, archived=True),
        a_document(),
        200,
    ),
    RouteCase(
        "DELETE",
        f"{DOCUMENT_PATH}/archive",
        None,
        Records.archive_document,
        ArchiveDocument(patient_id=PATIENT, document_id=DOCUMENT, archived=False),
        a_document(),
        200,
    ),
    RouteCase(
        "POST",
        f"{DOCUMENT_PATH}/announcement",
        None,
        Records.show_to_patient,
        AboutDocument(patient_id=PATIENT, document_id=DOCUMENT),
        a_document(),
        200,
    ),
    RouteCase(
        "GET",
        f"{RECORD}/folders",
        None,
        Records.list_folders,
        ListFolders(patient_id=PATIENT),
        Folders(folders=(FOLDER,), pinned=(DOCUMENT,)),
        200,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/folders/{OTHER_ID}",
        {"name": "Dos"},
        Records.save_folder,
        SaveFolder(patient_id=PATIENT, folder_id=OTHER_ID, name="Dos"),
        FOLDER,
        200,
    ),
    RouteCase(
        "DELETE",
        f"{RECORD}/folders/{OTHER_ID}",
        None,
        Records.delete_folder,
        AboutFolder(patient_id=PATIENT, folder_id=OTHER_ID),
        FolderDeleted(),
        204,
    ),
    RouteCase(
        "PUT",
        f"{DOCUMENTS}/{DOCUMENT}/place",
        {"folders": [str(OTHER_ID)], "pinned": True},
        Records.arrange_document,
        ArrangeDocument(patient_id=PATIENT, document_id=DOCUMENT, folders=(OTHER_ID,), pinned=True),
        Arrangement(document_id=DOCUMENT, folders=(OTHER_ID,), pinned=True),
        200,
    ),
]
