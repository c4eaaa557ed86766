"""FHIR responses: media type, OperationOutcome, and the Prefer header."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import MethodNotAllowedException

from contracts.errors.base import (
    Conflict,
    Contradiction,
    Forbidden,
    Malformed,
    Missing,
    Refusal,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unsupported,
)
from contracts.errors.execution import MetadataMissing, ServiceFault, UniqueIdTaken
from contracts.errors.request import NotAcceptable
from gateway.errors import error_headers, preferred_language, record_refusal, status_of, to_refusal
from gateway.fhir.systems import REFUSALS, without_empty
from translations.refusals import refusal_text

FHIR_JSON = "application/fhir+json"
_CONTENT_TYPE = f"{FHIR_JSON}; charset=utf-8; fhirVersion=4.0"
_ACCEPTED = frozenset({FHIR_JSON, "application/json", "application/json+fhir", "text/json", "application/*", "*/*"})
_FORMATS = _ACCEPTED | {"json"}
_PREFERENCE = re.compile(r"\b(return|handling)\s*=\s*\"?(\w+)\"?")

_ISSUE_TYPES: tuple[tuple[type[Refusal], str], ...] = (
    (MetadataMissing, "required"),
    (Malformed, "invalid"),
    (Unauthenticated, "login"),
    (Forbidden, "forbidden"),
    (Missing, "not-found"),
    (UniqueIdTaken, "duplicate"),
    (Conflict, "conflict"),
    (TooLarge, "too-long"),
    (Unsupported, "not-supported"),
    (Contradiction, "business-rule"),
    (TooMany, "throttled"),
    (ServiceFault, "exception"),
    (Unavailable, "transient"),
)
"""Class of refusal -> IssueType; the first match wins."""


def fhir_response(
    content: dict[str, Any], *, status: int = 200, headers: dict[str, str] | None = None
) -> Response[bytes]:
    """A response with one FHIR resource."""
    return Response(msgspec.json.encode(content), status_code=status, headers=headers, media_type=_CONTENT_TYPE)


def last_modified(moment: datetime) -> dict[str, str]:
    """The header of a resource that last changed at that moment (FHIR R4, http.html#read)."""
    return {"last-modified": format_datetime(moment.astimezone(UTC), usegmt=True)}


def check_acceptable(request: Request[Any, Any, Any]) -> None:
    """Check that `_format`, or else Accept, allows FHIR as JSON; without either, it does.

    Raises:
        NotAcceptable.
    """
    format_ = request.query_params.get("_format")
    if format_ is not None:
        # Most decoders turn a plus in a URL into a space.
        if format_.partition(";")[0].strip().replace(" ", "+") not in _FORMATS:
            raise NotAcceptable(expected=FHIR_JSON)
        return
    accepted = request.headers.get("accept", "*/*")
    ranges = {part.partition(";")[0].strip().lower() for part in accepted[:1000].split(",")}
    if not ranges & _ACCEPTED and ranges != {""}:
        raise NotAcceptable(expected=FHIR_JSON)


class Preference(msgspec.Struct, frozen=True):
    """Prefer header: `returned`: `minimal`, `representation` or `OperationOutcome`; `strict`: handling=strict."""

    returned: str = "representation"
    strict: bool = False


def preference_of(request: Request[Any, Any, Any], *, strict: bool = False) -> Preference:
    """From the Prefer headers; `strict` is the default for handling."""
    preferences = dict(_PREFERENCE.findall(", ".join(request.headers.getall("prefer", []))[:500]))
    handling = preferences.get("handling", "strict" if strict else "lenient")
    return Preference(preferences.get("return", "representation"), handling == "strict")


def error_response(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The response to any exception, as an OperationOutcome."""
    refusal = to_refusal(error)
    state = record_refusal(request, error, refusal)
    language = preferred_language(request.headers.get("accept-language", ""))
    headers = error_headers(refusal, language)
    if isinstance(error, MethodNotAllowedException) and error.headers:
        headers["allow"] = error.headers["allow"]
    return fhir_response(outcome(refusal, language, state.trace_id), status=status_of(refusal), headers=headers)


def outcome(refusal: Refusal, language: str, trace_id: str) -> dict[str, Any]:
    field = refusal.details.get("field")
    issue = issue_of(refusal, "error", language)
    if trace_id:
        issue["diagnostics"] = f"trace {trace_id}"
    if field and re.fullmatch(r"[A-Za-z.]+", field) and field[0].isupper():
        issue["expression"] = [field]
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def success_outcome(text: str, warned: Sequence[str] = ()) -> dict[str, Any]:
    """The OperationOutcome of a write; `warned`: fields that were corrected or are missing."""
    issues = [
        {
            "severity": "warning",
            "code": "business-rule",
            "details": {"coding": [{"system": REFUSALS, "code": "document.corrected"}], "text": field},
            "diagnostics": f"{field} : manquant, corrigé ou non conservé · missing, corrected or not kept",
        }
        for field in warned
    ]
    done = {"severity": "information", "code": "informational", "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [done, *issues]}


def issue_of(refusal: Refusal, severity: str, language: str) -> dict[str, Any]:
    """One issue, with the code of the refusal and its text."""
    kind = next(issue for category, issue in _ISSUE_TYPES if isinstance(refusal, category))
    coding = {"system": REFUSALS, "code": refusal.code}
    return without_empty(
        severity=severity, code=kind, details={"coding": [coding], "text": refusal_text(refusal, language)}
    )
