"""A medical summary in one click: what the record states in codes, without the lines that are left out."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.errors.base import Conflict, Contradiction, Malformed, TooLarge
from contracts.errors.request import DocumentNotFound, InvalidRequest
from contracts.records.api import Records
from contracts.records.deposits import DepositDocument, PrepareDeposit
from contracts.records.documents import ListDocuments, OpenClinicalData, RecordHolder
from contracts.vocabulary import DocumentId, PatientId
from gateway.api.clinical_data import RecordClinicalData, read_clinical_data
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal
from gateway.forms import form_of, single_value
from gateway.portal.documents_shown import holder_of
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.professional.deposit import DEPOSITED, author_of
from gateway.portal.professional.medical_entries import can_be_coded
from gateway.portal.professional.medical_summary import KINDS, SummaryAuthor, SummaryLine, medical_summary
from gateway.portal.professional.record_view import MODE, RecordView, view_of
from gateway.portal.routes import PROFESSIONAL_FORM, PROFESSIONAL_PAGE
from gateway.portal.statements import Statement, is_incomplete, statements_of, without_hidden
from gateway.spooling import Spool, SpooledContent
from translations.catalogue import catalogue

_PATH = "/pro/d/{patient_id:uuid}/synthese"
_LINE, _NUMBER, _AT = "ligne", "deposit", "at"
_MOST_HOURS = 12
_KEY_LENGTH = 32
_TEXTS = catalogue("portal")
_TITLES = _TEXTS.of_codes("summary.{}", KINDS)
_MARK_NAMES = _TEXTS.of_codes("summary.mark.{}", ("absent", "uncertain", "inactive", "planned"))
_FRENCH = "fr"
"""Of the document, in whatever language the page is shown."""


class SummaryForm(msgspec.Struct, frozen=True):
    """What was sent: the chosen lines by their keys, and what makes a second sending the same document."""

    number: UUID
    at: datetime
    chosen: frozenset[str]


class SummarisedRecord(msgspec.Struct, frozen=True):
    """Whose record it is, and what of it a summary may repeat; `is_more_hidden`: hidden documents say things, too."""

    holder: RecordHolder
    data: RecordClinicalData
    is_more_hidden: bool


class SummaryChoice(msgspec.Struct, frozen=True):
    """A statement and the key that names it in the form."""

    key: str
    statement: Statement


@get(_PATH, opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_summary_form(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """What a summary would say; every line is chosen at first. It is a reading."""
    view = _view_of(request, patient_id)
    return _page(request, view, await _read(request, view), None)


@post(_PATH, opt=PROFESSIONAL_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def deposit_summary(request: ApiRequest, patient_id: PatientInPath) -> Response[Any]:
    """Deposit a summary of the chosen lines, which are read again: the record may have changed meanwhile."""
    view = _view_of(request, patient_id)
    form = _form_of(await form_of(request))
    record = await _read(request, view)
    lines = _lines_of(record.data)
    _ = _TEXTS.in_language(language_of(request))
    if not form.chosen:
        return _page(request, view, record, form, _("vsm.nothing_chosen"))
    if form.chosen - {line.key for of_kind in lines.values() for line in of_kind}:
        return _page(request, view, record, form, _("vsm.changed"))
    try:
        document_id = await _deposit(request, view, record.holder, lines, form)
    except (Malformed, Conflict, Contradiction, TooLarge) as refusal:
        record_refusal(request, refusal, refusal)
        return _page(request, view, record, form, text_of(request, refusal))
    return Redirect(f"{view.base}?{urlencode({DEPOSITED: str(document_id)})}", status_code=HTTP_303_SEE_OTHER)


def _view_of(request: ApiRequest, patient_id: PatientInPath) -> RecordView:
    """A record that is read in normal access: in an emergency more is read than is to be told on.

    Raises:
        InvalidRequest.
    """
    view = view_of(request, PatientId(patient_id))
    if view.is_emergency:
        raise InvalidRequest(field=MODE)
    return view


async def _read(request: ApiRequest, view: RecordView) -> SummarisedRecord:
    """The record as a summary may repeat it, for others read the summary; raises Refusal, also DocumentNotFound."""
    message = ListDocuments(patient_id=view.patient_id, mode=view.mode, count=1, holder=True)
    listed = asyncio.ensure_future(request.call(Records.list_documents, message))
    opened = OpenClinicalData(patient_id=view.patient_id, mode=view.mode)
    data = asyncio.ensure_future(read_clinical_data(request, opened))
    # Both are answered before the page is, also where one is refused.
    await asyncio.wait((listed, data))
    holder = listed.result().holder
    if holder is None:
        raise DocumentNotFound
    repeatable = without_hidden(data.result())
    return SummarisedRecord(holder, repeatable, len(repeatable.sources) < len(data.result().sources))


def _form_of(fields: dict[str, list[str]]) -> SummaryForm:
    """Raises InvalidRequest."""
    try:
        number = UUID(single_value(fields, _NUMBER))
        at = datetime.fromtimestamp(int(single_value(fields, _AT)), UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidRequest(field=_NUMBER) from None
    if not timedelta() <= datetime.now(UTC) - at <= timedelta(hours=_MOST_HOURS):
        raise InvalidRequest(field=_AT)
    return SummaryForm(number, at, frozenset(fields.get(_LINE, [])))


def _lines_of(data: RecordClinicalData) -> dict[str, list[SummaryChoice]]:
    """The statements that a summary can repeat as they are meant."""
    return {
        kind: [
            SummaryChoice(_key_of(statement), statement)
            for statement in statements_of(kind, data.sources)
            if can_be_coded(statement.entry)
        ]
        for kind in KINDS
    }


def _key_of(statement: Statement) -> str:
    """Of what is stated, so that it names nothing else when the record is read again."""
    kind = type(statement.entry).__name__
    return hashlib.sha256(msgspec.json.encode((kind, statement.entry))).hexdigest()[:_KEY_LENGTH]


async def _deposit(
    request: ApiRequest,
    view: RecordView,
    holder: RecordHolder,
    lines: Mapping[str, Sequence[SummaryChoice]],
    form: SummaryForm,
) -> DocumentId:
    author = author_of(request)
    chosen = {
        kind: [_summary_line(line.statement) for line in of_kind if line.key in form.chosen]
        for kind, of_kind in lines.items()
    }
    content = medical_summary(
        chosen,
        holder=holder.traits,
        ins=holder.ins,
        author=SummaryAuthor(author.actor, author.workplace),
        # Going back and choosing other lines makes another document.
        number=uuid5(form.number, " ".join(sorted(form.chosen))),
        at=form.at,
    )
    ticket = await request.call(Records.prepare_deposit, PrepareDeposit(patient_id=view.patient_id))
    spool = Spool()
    try:
        spooled = SpooledContent(spool)
        spooled.write(content)
        receipt = await request.clients.data_plane.upload(ticket, spooled.receive(), spooled.size)
    finally:
        spool.close()
    message = DepositDocument(patient_id=view.patient_id, receipt=receipt)
    return (await request.call(Records.deposit_document, message)).document.document_id


def _summary_line(statement: Statement) -> SummaryLine:
    """What stands beside the name: of an allergy the agent too, by which the page calls it."""
    called = [] if statement.name == statement.entry.name else [statement.name]
    marks = [_MARK_NAMES.text(mark, _FRENCH) for mark in statement.marks]
    detail = statement.detail.removeprefix(statement.entry.name).removeprefix(" · ") if called else statement.detail
    return SummaryLine(" · ".join(filter(None, (*called, *marks, detail))), statement.entry)


def _page(
    request: ApiRequest,
    view: RecordView,
    record: SummarisedRecord,
    form: SummaryForm | None,
    error: str = "",
) -> Response[bytes]:
    language, now = language_of(request), datetime.now(UTC)
    lines = _lines_of(record.data)
    keys = {line.key for of_kind in lines.values() for line in of_kind}
    return render(
        request,
        "professional/summary_form",
        status=HTTP_422_UNPROCESSABLE_ENTITY if error else HTTP_200_OK,
        base=view.base,
        query=view.query,
        emergency=False,
        until=None,
        holder=holder_of(record.holder, now),
        number=form.number if form else uuid4(),
        at=int(now.timestamp()),
        lists=[(_TITLES.text(kind, language), lines[kind]) for kind in KINDS if lines[kind]],
        chosen=form.chosen if form else keys,
        mark_names={mark: _MARK_NAMES.text(mark, language) for mark in _MARK_NAMES.keys},
        errors={_LINE: error} if error else {},
        is_incomplete=is_incomplete(record.data),
        is_more_hidden=record.is_more_hidden,
    )


ROUTES = [show_summary_form, deposit_summary]
