"""The documents of a record: by month, filtered, found by words. What is looked for is never part of an address."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.errors.request import InvalidRequest, RecordNotActive
from contracts.records.api import Records
from contracts.records.documents import DocumentList
from contracts.records.folders import Folders, ListFolders
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal
from gateway.forms import form_of, single_value
from gateway.portal.documents_shown import is_new, row_of
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.patient.list_view import NAMES, ListView, list_view_of
from gateway.portal.patient.profiles import ShownProfile, profile_of
from gateway.portal.patient.record_view import RECORD, base_of, record_page, together
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE
from translations.catalogue import catalogue

_PATH, _SEARCH = f"{RECORD}/documents", f"{RECORD}/documents/recherche"
_WORDS, _DONE = "mots", "fait"
_NOTHING = DocumentList(documents=())
_NO_FOLDERS = Folders(folders=(), pinned=())
_TEXTS = catalogue("portal")


@get(_PATH, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_documents(request: ApiRequest, patient_id: PatientInPath) -> Response[Any]:
    """One page of the documents, newest first."""
    view = list_view_of({name: request.query_params.get(name, "") for name in NAMES})
    return await _list(request, PatientId(patient_id), view, "")


@post(_SEARCH, opt=PATIENT_FORM, status_code=HTTP_200_OK, **PAGE_ROUTE)
async def find_documents(request: ApiRequest, patient_id: PatientInPath) -> Response[Any]:
    """Those with all these words."""
    sent = await form_of(request)
    words = single_value(sent, _WORDS).replace("\0", "").strip()
    view = list_view_of({name: single_value(sent, name) for name in NAMES})
    return await _list(request, PatientId(patient_id), view, words)


@get(_SEARCH, opt=PATIENT_PAGE, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def search_documents_again(patient_id: PatientInPath) -> Redirect:
    """The list, for who changes the language of a result."""
    return Redirect(f"{base_of(PatientId(patient_id))}/documents", status_code=HTTP_303_SEE_OTHER)


async def _list(request: ApiRequest, patient_id: PatientId, view: ListView, words: str) -> Response[Any]:
    profile = await profile_of(request, patient_id)
    try:
        documents, folders = await _ask(request, profile, view, words)
    except RecordNotActive:
        if not profile.may_manage:
            raise
        return Redirect(f"{base_of(patient_id)}/dossier", status_code=HTTP_303_SEE_OTHER)
    except InvalidRequest as refusal:
        if refusal.details.get("field") != "words":
            raise
        record_refusal(request, refusal, refusal)
        return _page(request, profile, view, words, _NOTHING, _NO_FOLDERS, is_wrong=True)
    return _page(request, profile, view, words, documents, folders)


async def _ask(
    request: ApiRequest, profile: ShownProfile, view: ListView, words: str
) -> tuple[DocumentList, Folders]:
    """The documents, and the folders of those who may arrange them."""
    documents = request.call(Records.list_documents, view.message(profile.patient_id, words))
    if not profile.may_manage:
        return await documents, _NO_FOLDERS
    return await together(documents, request.call(Records.list_folders, ListFolders(patient_id=profile.patient_id)))


def _page(
    request: ApiRequest,
    profile: ShownProfile,
    view: ListView,
    words: str,
    documents: DocumentList,
    folders: Folders,
    *,
    is_wrong: bool = False,
) -> Response[bytes]:
    language, now = language_of(request), datetime.now(UTC)
    folder = next((each for each in folders.folders if each.folder_id == view.folder), None)
    _ = _TEXTS.in_language(language)
    return record_page(
        request,
        profile.patient_id,
        "patient/documents",
        status=HTTP_422_UNPROCESSABLE_ENTITY if is_wrong else HTTP_200_OK,
        errors={_WORDS: _("documents.words_wrong")} if is_wrong else {},
        # A folder of the address that is none is not repeated: another site may have chosen it.
        view=view if folder else view.with_folder(None),
        words=words,
        rows=[row_of(document, language) for document in documents.documents],
        new={document.document_id for document in documents.documents if is_new(document, now)},
        counts=documents.counts,
        total=sum(documents.counts.values()),
        next=documents.next,
        folders=folders.folders,
        folder=folder,
        is_filtered=view.is_filtered or bool(view.after),
        pinned=frozenset(folders.pinned),
        done=_what_was_done(request),
    )


def _what_was_done(request: ApiRequest) -> str:
    """What to say of the act that led here; only an act of this list is named."""
    _ = _TEXTS.in_language(language_of(request))
    done = {"classeur": _("folders.renamed"), "sans-classeur": _("folders.deleted")}
    return done.get(request.query_params.get(_DONE, ""), "")


ROUTES = [show_documents, find_documents, search_documents_again]
