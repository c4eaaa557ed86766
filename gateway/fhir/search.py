"""Searches of FHIR resources: a declaration gives the routes, the Bundle and the entry of the CapabilityStatement."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Response, post, route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_200_OK

from contracts.errors.request import FieldMissing, InvalidRequest
from contracts.records.api import Records
from contracts.records.lifecycle import FindRecord
from contracts.vocabulary import PatientId, Role
from gateway.clients import ApiRequest
from gateway.fhir.bundles import ElementLists, Shape, apply_shape, parse_shape, searchset
from gateway.fhir.parameters import (
    MAX_PARAMETERS,
    Parameter,
    ParameterKind,
    SearchParameters,
    select_parameters,
    wants_only_total,
)
from gateway.fhir.request_parsing import base_of, parse_ins, parse_patient_reference
from gateway.fhir.resources import ResourceDeclaration
from gateway.fhir.responses import check_acceptable, fhir_response, preference_of
from gateway.guards import ROLES

PATIENT = Parameter("patient", ParameterKind.REFERENCE, "Required: the record.")
PATIENT_OR_INS = (
    Parameter("patient", ParameterKind.REFERENCE, "The record; this, subject or patient.identifier is required."),
    Parameter("subject", ParameterKind.REFERENCE, "As patient."),
    Parameter("patient.identifier", ParameterKind.TOKEN, "The patient's INS, `urn:oid:<list>|<matricule>`."),
)
_HOLDER = ("patient", "subject", "patient.identifier")
_EXPECTED_PATIENT = "patient=Patient/<id>, patient.identifier=urn:oid:1.2.250.1.213.1.4.8|<INS>"
_FORM = "application/x-www-form-urlencoded"


class ResultPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of results, complete; `shape`: what the client wants of them.

    `record`: names the record in the links, in place of what was sent; without it, links have no parameters.
    """

    matches: Sequence[dict[str, Any]]
    included: Sequence[dict[str, Any]] = ()
    record: PatientId | None = None
    shape: Shape = Shape()
    total: int | None = None
    cursor: str | None = None


class SearchResource(ResourceDeclaration, frozen=True, kw_only=True):
    """A resource that can be searched; `roles` may.

    `ask`: fetches and renders one page. `elements`: without them, `_summary` and `_elements` reduce no resource.
    """

    roles: frozenset[Role]
    parameters: tuple[Parameter, ...]
    ask: Callable[[ApiRequest, SearchParameters], Awaitable[ResultPage]]
    includes: tuple[str, ...] = ()
    elements: ElementLists | None = None

    def routes(self) -> tuple[HTTPRouteHandler, ...]:
        """Search by GET, and by POST of a form, so that no URL has to contain an INS; then the other routes."""
        path, opt = f"/fhir/{self.type}", {ROLES: self.roles}
        by_query = route(path, http_method=[HttpMethod.GET, HttpMethod.HEAD], opt=opt, include_in_schema=False)
        by_form = post(
            f"{path}/_search", opt={**opt, "takes": _FORM}, status_code=HTTP_200_OK, include_in_schema=False
        )
        return by_query(self.search), by_form(self.search), *super().routes()

    async def search(self, request: ApiRequest) -> Response[bytes]:
        """One page of results as a Bundle.

        Raises:
            NotAcceptable, ParameterUnknown, InvalidRequest; Refusal: of the service.
        """
        parameters = await self._parameters_in(request)
        page = await self.ask(request, parameters)
        bundle = searchset(
            base_of(request),
            self.type,
            _link_parameters(parameters, page.record) if page.record else [],
            self._reduced(page),
            included=page.included,
            total=page.total,
            cursor=page.cursor,
        )
        return fhir_response(bundle)

    def capability(self) -> dict[str, Any]:
        """As for any resource, with its search parameters."""
        entry = super().capability()
        if self.includes:
            entry["searchInclude"] = list(self.includes)
        entry["searchParam"] = [parameter.capability() for parameter in self.parameters]
        return entry

    def _reduced(self, page: ResultPage) -> Sequence[dict[str, Any]]:
        if page.shape.only_count:
            return ()
        if self.elements is None:
            return page.matches
        return [apply_shape(match, page.shape, self.elements) for match in page.matches]

    async def _parameters_in(self, request: ApiRequest) -> SearchParameters:
        """From the query string and, for POST, the form."""
        check_acceptable(request)
        sent = [(str(name), str(value)) for name, value in request.query_params.multi_items()]
        if request.method == "POST":
            try:
                body = (await request.body()).decode()
                sent += parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
            except ValueError:
                raise InvalidRequest(field="body") from None
        known = {name for parameter in self.parameters for name in parameter.names}
        if self.includes:
            known.add("_include")
        return select_parameters(sent, known, strict=preference_of(request).strict)


async def record_of(request: ApiRequest, parameters: SearchParameters) -> PatientId:
    """The record that is searched, given by its id or, where that is declared, by an INS.

    Raises:
        InvalidRequest: neither, or both. RecordNotFound, RoleForbidden: finding by INS is refused.
    """
    sent = {name: value for name in _HOLDER if (value := parameters.single(name))}
    if not sent:
        raise FieldMissing(field="patient", expected=_EXPECTED_PATIENT)
    if len(sent) > 1:
        raise InvalidRequest(field=", ".join(sent))
    by_id, by_ins = sent.get("patient") or sent.get("subject"), sent.get("patient.identifier", "")
    if by_id:
        return parse_patient_reference(by_id, base_of(request), next(iter(sent)))
    found = await request.call(Records.find_record, FindRecord(ins=parse_ins(by_ins, "patient.identifier")))
    return found.record.patient_id


def shape_of(parameters: SearchParameters) -> Shape:
    """Raises InvalidRequest."""
    summary = "count" if wants_only_total(parameters) else parameters.single("_summary")
    return parse_shape(summary, parameters.single("_elements"))


def _link_parameters(parameters: SearchParameters, record: PatientId) -> list[tuple[str, str]]:
    others = [pair for pair in parameters.pairs if pair[0] not in _HOLDER]
    return [("patient", str(record)), *others]
