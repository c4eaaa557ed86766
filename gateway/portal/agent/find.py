"""An agent finds a person by INS or traits, or by the card; an INS is never in an address."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.errors.base import Malformed, Missing, Refusal, TooMany
from contracts.identity.api import Identity
from contracts.identity.people import FindByTraits
from contracts.records.api import Records
from contracts.records.lifecycle import FindRecord
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins
from gateway.clients import ApiRequest
from gateway.errors import record_refusal
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.professional.find import read_date
from gateway.portal.routes import AGENT_FORM, AGENT_PAGE, AGENT_SITE
from translations.catalogue import catalogue

_BY_TRAITS, _BY_INS = f"{AGENT_SITE}/recherche/traits", f"{AGENT_SITE}/recherche/ins"
_FIELDS = ("family_name", "birth_date", "given_names", "matricule", "oid")
_OIDS = (OID_NIR, OID_NIA, OID_TEST, OID_DEMO)
_SPACES = re.compile(r"[\s\u202f.]+")

_TEXTS = catalogue("portal")
_LISTS = _TEXTS.of_codes("oid.{}", _OIDS)


@get(AGENT_SITE, opt=AGENT_PAGE, **PAGE_ROUTE)
async def show_search(request: ApiRequest) -> Response[bytes]:
    """The searches."""
    return _search_page(request, {}, {})


@post(_BY_TRAITS, opt=AGENT_FORM, status_code=HTTP_200_OK, **PAGE_ROUTE)
async def find_by_traits(request: ApiRequest) -> Response[bytes]:
    """Those of this birth name and date; each of them reads in their journal that they were looked for."""
    fields, _ = await _fields_of(request), _TEXTS.in_language(language_of(request))
    born, errors = read_date(fields["birth_date"]), {}
    if not fields["family_name"]:
        errors["family_name"] = _("find.family_name_missing")
    if born is None:
        errors["birth_date"] = _("find.birth_date_wrong")
    if errors or born is None:
        return _search_page(request, fields, errors)
    message = FindByTraits(family_name=fields["family_name"], birth_date=born, given_names=fields["given_names"])
    try:
        found = await request.call(Identity.find_by_traits, message)
    except (Malformed, TooMany) as refusal:
        return _refused(request, fields, "family_name", refusal)
    return render(request, "found", persons=found.persons)


@post(_BY_INS, opt=AGENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def find_by_ins(request: ApiRequest) -> Response[Any]:
    """The record of this INS."""
    fields = await _fields_of(request)
    oid = fields["oid"] if fields["oid"] in _OIDS else OID_NIR
    ins = Ins(matricule=_SPACES.sub("", fields["matricule"]).upper(), oid=oid)
    try:
        found = await request.call(Records.find_record, FindRecord(ins=ins))
    except (Malformed, Missing) as refusal:
        return _refused(request, fields, "matricule", refusal)
    return Redirect(f"{AGENT_SITE}/d/{found.record.patient_id}", status_code=HTTP_303_SEE_OTHER)


@get([_BY_TRAITS, _BY_INS], opt=AGENT_PAGE, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def search_again() -> Redirect:
    """The search, for who changes the language of its result: what was looked for is in no address."""
    return Redirect(AGENT_SITE, status_code=HTTP_303_SEE_OTHER)


async def _fields_of(request: ApiRequest) -> dict[str, str]:
    sent = await form_of(request)
    return {name: single_value(sent, name).strip() for name in _FIELDS}


def _refused(request: ApiRequest, fields: dict[str, str], field: str, refusal: Refusal) -> Response[bytes]:
    record_refusal(request, refusal, refusal)
    return _search_page(request, fields, {field: text_of(request, refusal)})


def _search_page(request: ApiRequest, fields: dict[str, str], errors: dict[str, str]) -> Response[bytes]:
    language = language_of(request)
    return render(
        request,
        "agent/find",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK,
        fields=dict.fromkeys(_FIELDS, "") | fields,
        errors=errors,
        oids=[(oid, _LISTS.text(oid, language)) for oid in _OIDS],
    )


ROUTES = [show_search, search_again, find_by_traits, find_by_ins]
