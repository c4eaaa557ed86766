"""How FHIR is answered: the media type, refusals as OperationOutcome, and what a client prefers."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import MethodNotAllowedException

from contracts import errors
from contracts.errors import NotAcceptable, Refusal
from gateway.errors import as_refusal, headers_of, note_refusal, preferred_language, status_of
from gateway.fhir.systems import REFUSALS, present

FHIR_JSON = "application/fhir+json"
_CONTENT_TYPE = f"{FHIR_JSON}; charset=utf-8; fhirVersion=4.0"
_READ = frozenset({FHIR_JSON, "application/json", "application/json+fhir", "text/json", "application/*", "*/*"})
_FORMATS = _READ | {"json"}
_PREFERENCE = re.compile(r"\b(return|handling)\s*=\s*\"?(\w+)\"?")

_ISSUES: tuple[tuple[type[Refusal], str], ...] = (
    (errors.MetadataMissing, "required"),
    (errors.Malformed, "invalid"),
    (errors.Unauthenticated, "login"),
    (errors.Forbidden, "forbidden"),
    (errors.Missing, "not-found"),
    (errors.UniqueIdTaken, "duplicate"),
    (errors.Conflict, "conflict"),
    (errors.TooLarge, "too-long"),
    (errors.Unsupported, "not-supported"),
    (errors.Contradiction, "business-rule"),
    (errors.TooMany, "throttled"),
    (errors.ServiceFault, "exception"),
    (errors.Unavailable, "transient"),
)
"""Kind of refusal -> IssueType; the first that fits."""


def answer(resource: dict[str, Any], *, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A resource."""
    return Response(msgspec.json.encode(resource), status_code=status, headers=headers, media_type=_CONTENT_TYPE)


def check_acceptable(request: Request[Any, Any, Any]) -> None:
    """The client takes FHIR as JSON, by `_format` or by Accept; who says nothing takes everything.

    Raises:
        NotAcceptable.
    """
    wanted = request.query_params.get("_format")
    if wanted is not None:
        # A plus in an address is a blank to most who decode it.
        if wanted.partition(";")[0].strip().replace(" ", "+") not in _FORMATS:
            raise NotAcceptable(expected=FHIR_JSON)
        return
    accepted = request.headers.get("accept", "*/*")
    ranges = {part.partition(";")[0].strip().lower() for part in accepted[:1000].split(",")}
    if not ranges & _READ and ranges != {""}:
        raise NotAcceptable(expected=FHIR_JSON)


class Preference(msgspec.Struct, frozen=True):
    """What a client prefers: how much it is told of what it wrote, and how its slips are handled."""

    told: str = "representation"
    strict: bool = False


def preference_of(request: Request[Any, Any, Any], *, strict: bool = False) -> Preference:
    """By the Prefer headers; `strict` where nothing is said."""
    said = dict(_PREFERENCE.findall(", ".join(request.headers.getall("prefer", []))[:500]))
    handling = said.get("handling", "strict" if strict else "lenient")
    return Preference(said.get("return", "representation"), handling == "strict")


def refuse(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Whatever was raised, as an OperationOutcome."""
    refusal = as_refusal(error)
    state = note_refusal(request, error, refusal)
    language = preferred_language(request.headers.get("accept-language", ""))
    headers = headers_of(refusal, language)
    if isinstance(error, MethodNotAllowedException) and error.headers:
        headers["allow"] = error.headers["allow"]
    return answer(outcome(refusal, language, state.trace_id), status=status_of(refusal), headers=headers)


def outcome(refusal: Refusal, language: str, trace_id: str) -> dict[str, Any]:
    """The OperationOutcome of one refusal."""
    field = refusal.details.get("field")
    issue = issue_of(refusal, "error", language)
    if trace_id:
        issue["diagnostics"] = f"trace {trace_id}"
    if field and re.fullmatch(r"[A-Za-z.]+", field) and field[0].isupper():
        issue["expression"] = [field]
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def outcome_of_success(said: str, warned: Sequence[str] = ()) -> dict[str, Any]:
    """That something was done, and what of it was corrected, or is missed."""
    issues = [
        {
            "severity": "warning",
            "code": "business-rule",
            "details": {"coding": [{"system": REFUSALS, "code": "document.corrected"}], "text": field},
        }
        for field in warned
    ]
    done = {"severity": "information", "code": "informational", "details": {"text": said}}
    return {"resourceType": "OperationOutcome", "issue": [done, *issues]}


def issue_of(refusal: Refusal, severity: str, language: str) -> dict[str, Any]:
    """One issue: the code for machines, the text for people."""
    kind = next(issue for category, issue in _ISSUES if isinstance(refusal, category))
    coded = {"system": REFUSALS, "code": refusal.code}
    return present(severity=severity, code=kind, details={"coding": [coded], "text": refusal.text(language)})
