"""Deposit of a file, chosen or dropped: its type is suggested, the professional decides; the same page replaces."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_201_CREATED,
    HTTP_303_SEE_OTHER,
    HTTP_422_UNPROCESSABLE_ENTITY,
)

from contracts.codes.documents import document_types
from contracts.errors.base import Conflict, Contradiction, Malformed, Refusal, TooLarge, Unsupported
from contracts.errors.execution import HeaderContradicts, MetadataMissing, PatientContradicted, TypeNotForDepositor
from contracts.errors.request import InvalidRequest, NotAuthor, SecretRequired, VisibilityForbidden
from contracts.identity.browser_sessions import BrowserAccess
from contracts.records.api import Records
from contracts.records.deposits import DepositDocument, DepositResult, PrepareDeposit
from contracts.records.documents import Document, ReadDocument
from contracts.records.entries import ClaimedMetadata
from contracts.vocabulary import DocumentId, PatientId, Section, Visibility
from gateway.api.parameters import DocumentInPath, PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.portal.documents_shown import row_of
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.file_suggestions import FileKind, suggest
from gateway.portal.languages import language_of
from gateway.portal.pages import is_part, render
from gateway.portal.professional.deposit_form import (
    FILE,
    MASKED,
    TYPE,
    UNTIL,
    DepositFields,
    ReadyFile,
    WrongField,
    empty_fields,
    fields_of,
    fields_replacing,
    ready_file,
    shows_marks_of,
    stated_metadata,
    suggested_fields,
    types_by_section,
    visible_from,
    with_marks_of,
)
from gateway.portal.professional.patient_head import head_of, head_without_holder
from gateway.portal.professional.record_view import RecordView, view_of
from gateway.portal.routes import PROFESSIONAL_PAGE, PROFESSIONAL_UPLOAD
from gateway.request_state import request_state_of
from gateway.upload_forms import HEAD, UploadForm, read_upload_form
from translations.catalogue import catalogue

DEPOSITED = "depose"
"""Parameter of the record's address: ids of documents that were just deposited there."""
_RECORD = "/pro/d/{patient_id:uuid}"
_NEW, _NEWER = f"{_RECORD}/deposer", f"{_RECORD}/document/{{document_id:uuid}}/remplacer"
_MOST_NAMED = 20
_TEXTS = catalogue("portal")
_WRONG = _TEXTS.of_codes(
    "deposit.{}",
    ("file_missing", "file_empty", "type_missing", "date_wrong", "until_wrong", "other_patient", "marks_changed"),
)
_SECTIONS = catalogue("pages").of_codes("section.{}", Section)


@dataclass(frozen=True)
class DepositPage:
    """One form of a deposit; `replaces`: the document that the new one takes the place of."""

    view: RecordView
    replaces: DocumentId | None = None

    @property
    def action(self) -> str:
        path = "deposer" if self.replaces is None else f"document/{self.replaces}/remplacer"
        return f"{self.view.base}/{path}{self.view.query}"


_SUGGESTION_BYTES = 2 * HEAD
"""Of a form by whose file a type is suggested: scripts send its beginning."""


@get(_NEW, opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_deposit(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """The form for a new document."""
    return await _show(request, DepositPage(view_of(request, PatientId(patient_id))), empty_fields())


@get(_NEWER, opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_replacement(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[bytes]:
    """The form for a new version of a document."""
    page = DepositPage(view_of(request, PatientId(patient_id)), DocumentId(document_id))
    read = asyncio.ensure_future(_read_older(request, page.view, document_id))
    head = asyncio.ensure_future(head_of(request, page.view))
    # Both are answered before the page is, also where one is refused.
    await asyncio.wait((read, head))
    older = read.result()
    if _is_secret(older):
        return _secret_page(request, head.result())
    return await _show(request, page, fields_replacing(older, datetime.now(UTC)), head=head.result())


@post(
    f"{_NEW}/proposition",
    opt=PROFESSIONAL_UPLOAD,
    request_max_body_size=None,
    status_code=HTTP_200_OK,
    **PAGE_ROUTE,
)
async def suggest_fields(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """The part of the form for one file, of whose beginning its type is suggested; no service is asked."""
    page = DepositPage(view_of(request, PatientId(patient_id)))
    with await read_upload_form(request, limit=_SUGGESTION_BYTES) as form:
        file = form.file
        name, head = (file.name, file.head) if file else ("", b"")
    suggestion = await asyncio.to_thread(suggest, name, head)
    values = _form_values(request, page, suggested_fields(suggestion))
    values |= {"file_name": name, "states_itself": suggestion.kind is FileKind.STRUCTURED}
    values |= {"is_suggested": bool(suggestion.type_code)}
    return render(request, "professional/deposit_fields", **values)


@post(_NEW, opt=PROFESSIONAL_UPLOAD, request_max_body_size=None, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def deposit(request: ApiRequest, patient_id: PatientInPath) -> Response[Any]:
    """Deposit the file; the record follows, and says what was filed."""
    return await _deposit(request, DepositPage(view_of(request, PatientId(patient_id))))


@post(_NEWER, opt=PROFESSIONAL_UPLOAD, request_max_body_size=None, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def replace_document(
    request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath
) -> Response[Any]:
    """Deposit the file in place of a document."""
    return await _deposit(request, DepositPage(view_of(request, PatientId(patient_id)), DocumentId(document_id)))


def deposited_in(request: ApiRequest) -> frozenset[str]:
    """Ids that the address names as just deposited: a page names those of them that it shows anyway."""
    return frozenset(request.query_params.getall(DEPOSITED, [])[:_MOST_NAMED])


async def _deposit(request: ApiRequest, page: DepositPage) -> Response[Any]:
    with await read_upload_form(request) as form:
        fields = fields_of(form)
        older = await _read_older(request, page.view, page.replaces) if page.replaces else None
        if older is not None and _is_secret(older):
            return _secret_page(request, await head_of(request, page.view))
        if older is not None and not shows_marks_of(older, fields, datetime.now(UTC)):
            fields = with_marks_of(older, fields, datetime.now(UTC))
            errors = {MASKED: _WRONG.text("marks_changed", language_of(request))}
            return await _show(request, page, fields, form, errors, status=HTTP_422_UNPROCESSABLE_ENTITY)
        try:
            deposited = await _send(request, page, form, fields, older)
        except WrongField as wrong:
            errors = {wrong.name: _WRONG.text(wrong.text, language_of(request))}
            return await _show(request, page, fields, form, errors, status=HTTP_422_UNPROCESSABLE_ENTITY)
        except (Malformed, Conflict, Contradiction, TooLarge, Unsupported, NotAuthor) as refusal:
            record_refusal(request, refusal, refusal)
            status = status_of(refusal) if isinstance(refusal, TooLarge) else HTTP_422_UNPROCESSABLE_ENTITY
            return await _show(request, page, fields, form, _error_of(request, refusal), status=status)
    if is_part(request):
        row = row_of(deposited.document, language_of(request))
        return render(request, "professional/deposited_row", status=HTTP_201_CREATED, row=row)
    query = urlencode({DEPOSITED: str(deposited.document.document_id)})
    mode = f"&{page.view.query[1:]}" if page.view.query else ""
    return Redirect(f"{page.view.base}?{query}{mode}", status_code=HTTP_303_SEE_OTHER)


async def _read_older(request: ApiRequest, view: RecordView, document_id: UUID) -> Document:
    """The document that is to be replaced, whose marks the newer version begins with; raises Refusal."""
    message = ReadDocument(patient_id=view.patient_id, document_id=DocumentId(document_id), mode=view.mode)
    return await request.call(Records.get_document, message)


def _is_secret(document: Document) -> bool:
    return Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in document.visibility


def _secret_page(request: ApiRequest, head: dict[str, Any]) -> Response[bytes]:
    """That pages replace nothing that is kept from representatives: they have no secret connection."""
    refusal = SecretRequired()
    record_refusal(request, refusal, refusal)
    return render(request, "professional/replacement_secret", status=status_of(refusal), **head)


async def _send(
    request: ApiRequest, page: DepositPage, form: UploadForm, fields: DepositFields, older: Document | None
) -> DepositResult:
    """Permission, content, entry: as any software deposits; raises WrongField before anything is asked."""
    ready = await asyncio.to_thread(ready_file, form)
    claimed = stated_metadata(fields, ready, author_of(request), page.replaces, datetime.now(UTC))
    until = visible_from(fields, older)
    return await file_content(request, page.view.patient_id, ready, claimed, fields, until)


async def file_content(
    request: ApiRequest,
    patient_id: PatientId,
    ready: ReadyFile,
    claimed: ClaimedMetadata | None,
    fields: DepositFields,
    until: datetime | None,
) -> DepositResult:
    """Upload a content and enter it in the record; raises Refusal."""
    ticket = await request.call(Records.prepare_deposit, PrepareDeposit(patient_id=patient_id))
    receipt = await request.clients.data_plane.upload(ticket, ready.file.receive(), ready.file.size)
    message = DepositDocument(
        patient_id=patient_id, receipt=receipt, visibility=fields.marks, invisible_until=until, stated=claimed
    )
    return await request.call(Records.deposit_document, message)


def author_of(request: ApiRequest) -> BrowserAccess:
    """Who is logged in, and writes."""
    browser = request_state_of(request.scope).browser
    assert browser is not None, "a page of professionals is for whoever is logged in"
    return browser


def _error_of(request: ApiRequest, refusal: Refusal) -> dict[str, str]:
    """The field that a refusal is about, and its text."""
    text, field = text_of(request, refusal), refusal.details.get("field", "")
    match refusal:
        case VisibilityForbidden():
            return {MASKED: text}
        case InvalidRequest() if field == "invisible_until":
            return {UNTIL: _WRONG.text("until_wrong", language_of(request))}
        case TypeNotForDepositor() | MetadataMissing(details={"field": "type"}):
            return {TYPE: text}
        case PatientContradicted():
            return {FILE: _WRONG.text("other_patient", language_of(request))}
        case HeaderContradicts() if field.startswith("recordTarget"):
            return {FILE: _WRONG.text("other_patient", language_of(request))}
    return {FILE: text}


async def _show(
    request: ApiRequest,
    page: DepositPage,
    fields: DepositFields,
    form: UploadForm | None = None,
    errors: dict[str, str] | None = None,
    *,
    head: dict[str, Any] | None = None,
    status: int = HTTP_200_OK,
) -> Response[bytes]:
    """The form, with what was filled in; what was sent as a file has to be chosen again."""
    file = form.file if form else None
    suggestion = await asyncio.to_thread(suggest, file.name, file.head) if file and file.size else None
    is_suggested = bool(suggestion and suggestion.type_code and not fields.type_code)
    values = _form_values(request, page, fields) | {"errors": errors or {}, "is_suggested": is_suggested}
    if suggestion:
        values["suggested"] = suggestion.type_code
    if is_part(request):
        # A script keeps the file; of any other, the next one may be of another kind.
        values["file_name"] = file.name if file else ""
        values["states_itself"] = bool(suggestion and suggestion.kind is FileKind.STRUCTURED)
        return render(request, "professional/deposit_form", status=status, **values, **head_without_holder(page.view))
    head = head or await head_of(request, page.view)
    return render(request, "professional/deposit", status=status, **values, **head)


def _form_values(request: ApiRequest, page: DepositPage, fields: DepositFields) -> dict[str, Any]:
    language = language_of(request)
    rows = document_types()
    return {
        "action": page.action,
        "replaces": page.replaces,
        "suggest": f"{page.view.base}/deposer/proposition",
        "fields": fields,
        "errors": {},
        "file_name": "",
        "suggested": None,
        "is_suggested": False,
        "states_itself": False,
        "types": [
            (
                _SECTIONS.text(section, language),
                [(code, rows[code].en if language == "en" else rows[code].fr) for code in codes],
            )
            for section, codes in types_by_section().items()
        ],
        "today": f"{datetime.now(UTC).date()}",
    }


ROUTES = [show_deposit, show_replacement, suggest_fields, deposit, replace_document]
