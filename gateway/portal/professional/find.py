"""Find a patient by traits or INS; the records that the professional may read. An INS is never part of an address."""

import re
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.errors.base import Malformed, Missing, Refusal, TooMany
from contracts.identity.api import Identity
from contracts.identity.people import FindByTraits, PersonsFound
from contracts.records.api import Records
from contracts.records.lifecycle import FindRecord, ListMyRecords
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins
from gateway.clients import ApiRequest
from gateway.errors import record_refusal
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.routes import PROFESSIONAL_FORM, PROFESSIONAL_PAGE, PROFESSIONAL_SITE
from translations.catalogue import catalogue

_BY_TRAITS, _BY_INS = f"{PROFESSIONAL_SITE}/recherche/traits", f"{PROFESSIONAL_SITE}/recherche/ins"
_FIELDS = ("family_name", "birth_date", "given_names", "matricule", "oid")
_OIDS = (OID_NIR, OID_NIA, OID_TEST, OID_DEMO)
_DATE = re.compile(r"(\d{1,2})[ /.-](\d{1,2})[ /.-](\d{4})|(\d{2})(\d{2})(\d{4})")
_SPACES = re.compile(r"[\s\u202f.]+")
_SHOWN_RECORDS = 10

_TEXTS = catalogue("portal")
_LISTS = _TEXTS.of_codes("oid.{}", _OIDS)


@get(PROFESSIONAL_SITE, opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_search(request: ApiRequest) -> Response[bytes]:
    """The two searches, and the records that the professional may read."""
    return await _search_page(request, {}, {})


@post(_BY_TRAITS, opt=PROFESSIONAL_FORM, status_code=HTTP_200_OK, **PAGE_ROUTE)
async def find_by_traits(request: ApiRequest) -> Response[bytes]:
    """Those of this birth name and date; each of them reads in their journal that they were looked for."""
    fields = await _fields_of(request)
    _ = _TEXTS.in_language(language_of(request))
    born = read_date(fields["birth_date"])
    errors = {}
    if not fields["family_name"]:
        errors["family_name"] = _("find.family_name_missing")
    if born is None:
        errors["birth_date"] = _("find.birth_date_wrong")
    if errors or born is None:
        return await _search_page(request, fields, errors)
    message = FindByTraits(family_name=fields["family_name"], birth_date=born, given_names=fields["given_names"])
    try:
        found = await request.call(Identity.find_by_traits, message)
    except (Malformed, TooMany) as refusal:
        return await _refused(request, fields, "family_name", refusal)
    return _found_page(request, found)


@post(_BY_INS, opt=PROFESSIONAL_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def find_by_ins(request: ApiRequest) -> Response[Any]:
    """The record of this INS."""
    fields = await _fields_of(request)
    matricule = _SPACES.sub("", fields["matricule"]).upper()
    oid = fields["oid"] if fields["oid"] in _OIDS else OID_NIR
    try:
        found = await request.call(Records.find_record, FindRecord(ins=Ins(matricule=matricule, oid=oid)))
    except (Malformed, Missing) as refusal:
        return await _refused(request, fields, "matricule", refusal)
    return Redirect(f"{PROFESSIONAL_SITE}/d/{found.record.patient_id}", status_code=HTTP_303_SEE_OTHER)


@get([_BY_TRAITS, _BY_INS], opt=PROFESSIONAL_PAGE, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def search_again() -> Redirect:
    """The search, for who changes the language of its result: what was looked for is in no address."""
    return Redirect(PROFESSIONAL_SITE, status_code=HTTP_303_SEE_OTHER)


def read_date(text: str) -> date | None:
    """A date as people write it in France, 14/07/1985 or 14071985; None for what is none."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    day, month, year = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


async def _fields_of(request: ApiRequest) -> dict[str, str]:
    sent = await form_of(request)
    return {name: single_value(sent, name).strip() for name in _FIELDS}


async def _refused(request: ApiRequest, fields: dict[str, str], field: str, refusal: Refusal) -> Response[bytes]:
    record_refusal(request, refusal, refusal)
    return await _search_page(request, fields, {field: text_of(request, refusal)})


async def _search_page(request: ApiRequest, fields: dict[str, str], errors: dict[str, str]) -> Response[bytes]:
    language = language_of(request)
    mine = await request.call(Records.list_my_records, ListMyRecords(count=_SHOWN_RECORDS, traits=True))
    return render(
        request,
        "professional/find",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK,
        fields=dict.fromkeys(_FIELDS, "") | fields,
        errors=errors,
        oids=[(oid, _LISTS.text(oid, language)) for oid in _OIDS],
        records=mine.records,
    )


def _found_page(request: ApiRequest, found: PersonsFound) -> Response[bytes]:
    return render(request, "found", persons=found.persons)


ROUTES = [show_search, search_again, find_by_traits, find_by_ins]
