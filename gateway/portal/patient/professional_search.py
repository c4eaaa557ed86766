"""Find a professional in the directory, to authorise, name or block them. Who is looked for is in no address."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.codes.profession_codes import professions
from contracts.errors.base import Malformed, TooMany
from contracts.identity.directory import SEARCHED_LETTERS, DirectoryProfessional, SearchProfessionals
from contracts.traits import fold_name
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.directory_search import find_professionals
from gateway.errors import record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.decisions import DAYS_OFFERED
from gateway.portal.patient.readers import row_of
from gateway.portal.patient.record_view import RECORD, base_of, frame_of
from gateway.portal.patient.search_fields import FIELDS, choices_of
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE
from translations.catalogue import catalogue

_PATH = f"{RECORD}/professionnels/recherche"
_TEXTS = catalogue("portal")
_DAYS = _TEXTS.of_codes("readers.days.{}", DAYS_OFFERED)


@get(_PATH, opt=PATIENT_PAGE, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def search_again(patient_id: PatientInPath) -> Redirect:
    """The page with the search, for who changes the language of its result."""
    return Redirect(f"{base_of(PatientId(patient_id))}/professionnels#search", status_code=HTTP_303_SEE_OTHER)


@post(_PATH, opt=PATIENT_FORM, status_code=HTTP_200_OK, **PAGE_ROUTE)
async def find(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """Those found, each with what may be decided about them."""
    record, sent = PatientId(patient_id), await form_of(request)
    fields = {name: single_value(sent, name).strip() for name in FIELDS}
    if len(fold_name(fields["name"]).replace(" ", "")) < SEARCHED_LETTERS:
        _ = _TEXTS.in_language(language_of(request))
        return _page(
            request, record, fields, status=HTTP_422_UNPROCESSABLE_ENTITY, errors={"name": _("readers.name_short")}
        )
    profession = fields["profession"] if fields["profession"] in professions() else ""
    message = SearchProfessionals(name=fields["name"], profession=profession, structure=fields["structure"])
    try:
        found = await find_professionals(request, message)
    except (Malformed, TooMany) as refusal:
        record_refusal(request, refusal, refusal)
        errors = {"name": text_of(request, refusal)}
        return _page(request, record, fields, status=status_of(refusal), errors=errors)
    return _page(request, record, fields, found=found.professionals, more=found.more)


def _page(
    request: ApiRequest,
    record: PatientId,
    fields: dict[str, str],
    *,
    status: int = HTTP_200_OK,
    errors: dict[str, str] | None = None,
    found: tuple[DirectoryProfessional, ...] | None = None,
    more: bool = False,
) -> Response[bytes]:
    language, now = language_of(request), datetime.now(UTC)
    values: dict[str, Any] = {"fields": fields, "errors": errors or {}, "more": more, **choices_of(language)}
    rows = (
        None
        if found is None
        else [
            (row_of(each, each.rpps, language, None, now, medecin_traitant=False), each.structures) for each in found
        ]
    )
    days = [(days, _DAYS.text(days, language)) for days in DAYS_OFFERED]
    return render(
        request, "patient/search", status=status, rows=rows, days=days, **values, **frame_of(request, record)
    )


ROUTES = [search_again, find]
