"""Bundles: one page of a search with its links, and how much of each resource is asked for."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from contracts.errors import InvalidRequest
from gateway.fhir.systems import present

_ALWAYS = ("resourceType", "id", "meta")
_SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_SUMMARIES = {"true", "false", "count", "text", "data"}


class Shape(msgspec.Struct, frozen=True):
    """How much of a search is answered: `summary` as _summary says it, `elements` as _elements does."""

    summary: str = "false"
    elements: tuple[str, ...] = ()

    @property
    def only_count(self) -> bool:
        """Nothing but the number of what is found."""
        return self.summary == "count"


def shape_of(summary: str, elements: str) -> Shape:
    """From the parameters as they were sent.

    Raises:
        InvalidRequest.
    """
    if summary and summary not in _SUMMARIES:
        raise InvalidRequest(field="_summary")
    named = tuple(filter(None, (one.strip() for one in elements.split(","))))
    if not all(one.isalnum() for one in named):
        raise InvalidRequest(field="_elements")
    return Shape(summary or "false", named)


def shaped(
    resource: dict[str, Any], shape: Shape, *, summary: Sequence[str], mandatory: Sequence[str]
) -> dict[str, Any]:
    """A resource cut down to what is asked for, and tagged as such; what it must have stays."""
    if shape.elements:
        kept = {*_ALWAYS, *mandatory, *shape.elements}
    elif shape.summary == "true":
        kept = {*_ALWAYS, *summary}
    elif shape.summary == "text":
        kept = {*_ALWAYS, *mandatory}
    else:
        return resource
    cut = {name: value for name, value in resource.items() if name in kept}
    if len(cut) < len(resource):
        cut["meta"] = {**resource.get("meta", {}), "tag": [_SUBSETTED]}
    return _without_dangling(cut)


def _without_dangling(cut: dict[str, Any]) -> dict[str, Any]:
    # What is contained is nothing by itself: it goes, or stays, with what refers to it.
    if "contained" in cut:
        written = str({name: value for name, value in cut.items() if name != "contained"})
        inner = str(cut["contained"])
        cut["contained"] = [one for one in cut["contained"] if f"#{one['id']}'" in written + inner]
        if not cut["contained"] or not any(f"#{one['id']}'" in written for one in cut["contained"]):
            del cut["contained"]
    return cut


def searchset(
    base: str,
    path: str,
    parameters: Sequence[tuple[str, str]],
    resources: Sequence[dict[str, Any]],
    *,
    included: Sequence[dict[str, Any]] = (),
    total: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """One page; `parameters` are those that were understood, and stand in its links."""
    plain = [(name, value) for name, value in parameters if name != "_cursor"]
    links = [{"relation": "self", "url": _url(base, path, parameters)}]
    if cursor:
        links.append({"relation": "next", "url": _url(base, path, [*plain, ("_cursor", cursor)])})
    entries = [_entry(base, resource, "match") for resource in resources]
    entries += [_entry(base, resource, "include") for resource in included]
    bundle = present(resourceType="Bundle", type="searchset", link=links, entry=entries)
    if total is not None:
        bundle["total"] = total
    return bundle


def _entry(base: str, resource: dict[str, Any], mode: str) -> dict[str, Any]:
    return {
        "fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}",
        "resource": resource,
        "search": {"mode": mode},
    }


def _url(base: str, path: str, parameters: Sequence[tuple[str, str]]) -> str:
    query = urlencode(parameters, safe=":|,")
    return f"{base}/{path}?{query}" if query else f"{base}/{path}"
