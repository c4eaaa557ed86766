"""Bundles: one page of search results with its links, and the reduction of resources by _summary and _elements."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from contracts.errors.request import InvalidRequest
from gateway.fhir.systems import without_empty

_ALWAYS = ("resourceType", "id", "meta")
_SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_SUMMARIES = {"true", "false", "count", "text", "data"}


class Shape(msgspec.Struct, frozen=True):
    """The parameters `_summary` and `_elements` of a request."""

    summary: str = "false"
    elements: tuple[str, ...] = ()

    @property
    def only_count(self) -> bool:
        """Whether only the number of matches is requested."""
        return self.summary == "count"


def parse_shape(summary: str, elements: str) -> Shape:
    """From the parameters as sent.

    Raises:
        InvalidRequest.
    """
    if summary and summary not in _SUMMARIES:
        raise InvalidRequest(field="_summary")
    names = tuple(filter(None, (name.strip() for name in elements.split(","))))
    if not all(name.isalnum() for name in names):
        raise InvalidRequest(field="_elements")
    return Shape(summary or "false", names)


class ElementLists(msgspec.Struct, frozen=True):
    """Elements of a type of resource: those of its summary, and those that stay whatever is requested."""

    summary: tuple[str, ...]
    mandatory: tuple[str, ...]


def apply_shape(complete: dict[str, Any], shape: Shape, elements: ElementLists) -> dict[str, Any]:
    """A resource reduced to the requested elements and tagged SUBSETTED."""
    if shape.elements:
        kept = {*_ALWAYS, *elements.mandatory, *shape.elements}
    elif shape.summary == "true":
        kept = {*_ALWAYS, *elements.summary}
    elif shape.summary == "text":
        kept = {*_ALWAYS, *elements.mandatory}
    else:
        return complete
    reduced = {name: value for name, value in complete.items() if name in kept}
    if len(reduced) < len(complete):
        reduced["meta"] = {**complete.get("meta", {}), "tag": [_SUBSETTED]}
    return _without_unreferenced(reduced)


def _without_unreferenced(reduced: dict[str, Any]) -> dict[str, Any]:
    # Contained resources are kept only as long as something refers to them.
    if "contained" in reduced:
        outer = str({name: value for name, value in reduced.items() if name != "contained"})
        inner = str(reduced["contained"])
        kept = [contained for contained in reduced["contained"] if f"#{contained['id']}'" in outer + inner]
        if any(f"#{contained['id']}'" in outer for contained in kept):
            reduced["contained"] = kept
        else:
            del reduced["contained"]
    return reduced


def searchset(
    base: str,
    path: str,
    parameters: Sequence[tuple[str, str]],
    matches: Sequence[dict[str, Any]],
    *,
    included: Sequence[dict[str, Any]] = (),
    total: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """One page of results; `parameters` are those that were applied, for its links."""
    plain = [(name, value) for name, value in parameters if name != "_cursor"]
    links = [{"relation": "self", "url": _url(base, path, parameters)}]
    if cursor:
        links.append({"relation": "next", "url": _url(base, path, [*plain, ("_cursor", cursor)])})
    entries = [_entry(base, match, "match") for match in matches]
    entries += [_entry(base, extra, "include") for extra in included]
    bundle = without_empty(resourceType="Bundle", type="searchset", link=links, entry=entries)
    if total is not None:
        bundle["total"] = total
    return bundle


def _entry(base: str, result: dict[str, Any], mode: str) -> dict[str, Any]:
    return {
        "fullUrl": f"{base}/{result['resourceType']}/{result['id']}",
        "resource": result,
        "search": {"mode": mode},
    }


def _url(base: str, path: str, parameters: Sequence[tuple[str, str]]) -> str:
    query = urlencode(parameters, safe=":|,")
    return f"{base}/{path}?{query}" if query else f"{base}/{path}"
