"""Share a record with a carer: invite with a code, keep a former representative, answer an invitation."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.consent.api import Consent
from contracts.consent.carers import AnswerInvitation, Invitation, InviteCarer, KeepRepresentative
from contracts.errors.base import Conflict, Malformed, Missing, Refusal, TooMany
from contracts.vocabulary import PatientId, Section
from gateway.api.parameters import PatientInPath, RepresentativeInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.record_view import RECORD, base_of, frame_of
from gateway.portal.patient.relatives import caller_of
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE, PATIENT_SITE
from translations.catalogue import catalogue

_INVITE = f"{RECORD}/proches/inviter"
_KEEP = f"{RECORD}/proches/anciens/{{representative:uuid}}/garder"
_ANSWER = f"{PATIENT_SITE}/proches/invitation"
_ANSWERS = ("acceptee", "refusee")
_LABELS = ("carer_label", "holder_label")
_LONGEST_LABEL = 60
_NOT_SAVED = (Malformed, Conflict, Missing, TooMany)
_TEXTS = catalogue("portal")


@get(_INVITE, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_invitation(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """What a carer may do, and the fields."""
    return _form_page(request, PatientId(patient_id), _INVITE_PATH, {})


@post(_INVITE, opt=PATIENT_FORM, status_code=HTTP_200_OK, **PAGE_ROUTE)
async def invite(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """The code, which is shown only here: no later page has it."""
    record = PatientId(patient_id)
    fields, errors = await _read_sharing(request)
    if errors:
        return _form_page(request, record, _INVITE_PATH, fields, errors)
    message = InviteCarer(
        patient_id=record,
        sections=fields["sections"],
        carer_label=fields["carer_label"],
        holder_label=fields["holder_label"],
    )
    try:
        invitation = await request.call(Consent.invite_carer, message)
    except (Malformed, Conflict, TooMany) as refusal:
        return _form_page(request, record, _INVITE_PATH, fields, refusal=refusal)
    return _code_page(request, record, invitation)


@get(_KEEP, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_keeping(
    request: ApiRequest, patient_id: PatientInPath, representative: RepresentativeInPath
) -> Response[bytes]:
    """The same fields, for who represented the holder until they came of age."""
    return _form_page(request, PatientId(patient_id), f"/proches/anciens/{representative}/garder", {})


@post(_KEEP, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def keep(request: ApiRequest, patient_id: PatientInPath, representative: RepresentativeInPath) -> Response[Any]:
    """They are a carer from now on."""
    record, path = PatientId(patient_id), f"/proches/anciens/{representative}/garder"
    fields, errors = await _read_sharing(request)
    if errors:
        return _form_page(request, record, path, fields, errors)
    message = KeepRepresentative(
        patient_id=record,
        representative=PatientId(representative),
        sections=fields["sections"],
        carer_label=fields["carer_label"],
        holder_label=fields["holder_label"],
    )
    try:
        await request.call(Consent.keep_representative, message)
    except (Malformed, Conflict, TooMany) as refusal:
        return _form_page(request, record, path, fields, refusal=refusal)
    return Redirect(f"{base_of(record)}/proches", status_code=HTTP_303_SEE_OTHER)


@get(_ANSWER, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_answer(request: ApiRequest) -> Response[bytes]:
    """The field for the code; after an answer, what follows from it."""
    done = request.query_params.get("fait", "")
    return _answer_page(request, "", None, done if done in _ANSWERS else "")


@post(_ANSWER, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def answer(request: ApiRequest) -> Response[Any]:
    """Accept or decline; the holder is told of a carer."""
    sent = await form_of(request)
    code = "".join(single_value(sent, "code").split()).replace("\0", "")
    is_accepted = single_value(sent, "answer") != "refuser"
    try:
        await request.call(Consent.answer_invitation, AnswerInvitation(code=code, accepted=is_accepted))
    except _NOT_SAVED as refusal:
        return _answer_page(request, code, refusal, "")
    done = _ANSWERS[0] if is_accepted else _ANSWERS[1]
    return Redirect(f"{_ANSWER}?fait={done}", status_code=HTTP_303_SEE_OTHER)


_INVITE_PATH = "/proches/inviter"


async def _read_sharing(request: ApiRequest) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields of the form, and what is wrong with each."""
    sent, _ = await form_of(request), _TEXTS.in_language(language_of(request))
    fields: dict[str, Any] = {name: single_value(sent, name).replace("\0", "").strip() for name in _LABELS}
    chosen = frozenset(sent.get("sections", ()))
    fields["sections"] = tuple(section for section in Section if section in chosen)
    errors = {name: _("relatives.label_wrong") for name in _LABELS if not 0 < len(fields[name]) <= _LONGEST_LABEL}
    if not fields["sections"]:
        errors["sections"] = _("relatives.sections_missing")
    return fields, errors


def _form_page(
    request: ApiRequest,
    record: PatientId,
    path: str,
    fields: dict[str, Any],
    errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[bytes]:
    status = HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK
    if refusal is not None:
        record_refusal(request, refusal, refusal)
        status, errors = status_of(refusal), {"carer_label": text_of(request, refusal)}
    return render(
        request,
        "patient/sharing",
        status=status,
        fields={"carer_label": "", "holder_label": "", "sections": ()} | fields,
        errors=errors or {},
        action=f"{base_of(record)}{path}",
        is_invitation=path == _INVITE_PATH,
        **frame_of(request, record),
    )


def _code_page(request: ApiRequest, record: PatientId, invitation: Invitation) -> Response[bytes]:
    page = render(
        request,
        "patient/invited",
        invitation=invitation,
        answer=f"{request.clients.settings.public_url}{_ANSWER}",
        **frame_of(request, record),
    )
    page.headers["cache-control"] = "no-store"
    return page


def _answer_page(request: ApiRequest, code: str, refusal: Refusal | None, done: str) -> Response[bytes]:
    if refusal is not None:
        record_refusal(request, refusal, refusal)
    return render(
        request,
        "patient/answer",
        status=HTTP_200_OK if refusal is None else status_of(refusal),
        code=code,
        errors={} if refusal is None else {"code": text_of(request, refusal)},
        done=done,
        own=f"{PATIENT_SITE}/d/{caller_of(request)}/proches",
    )


ROUTES = [show_invitation, invite, show_keeping, keep, show_answer, answer]
