"""Declarations of FHIR resources: their interactions, for the CapabilityStatement, and their routes."""

from typing import Annotated, Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

_CONDITIONAL_PATCH = (
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-CapabilityStatement.rest.resource.conditionalPatch"
)
"""R4 has no element for it; this is R5's as an extension."""
ResourceInPath = Annotated[str, PathParameter(description="La ressource · The resource")]


class ResourceDeclaration(msgspec.Struct, frozen=True, kw_only=True):
    """One resource of the FHIR API; `conditional_patch`: a PATCH may name it by a search parameter."""

    type: str
    interactions: tuple[str, ...]
    handlers: tuple[HTTPRouteHandler, ...] = ()
    profiles: tuple[str, ...] = ()
    conditional_patch: bool = False
    documentation: str = ""

    def routes(self) -> tuple[HTTPRouteHandler, ...]:
        """All its routes."""
        return self.handlers

    def capability(self) -> dict[str, Any]:
        """The entry in the CapabilityStatement."""
        entry: dict[str, Any] = {
            "type": self.type,
            "interaction": [{"code": code} for code in self.interactions],
            "versioning": "versioned" if self.type == "DocumentReference" else "no-version",
            "readHistory": False,
            "updateCreate": False,
            "conditionalCreate": False,
            "conditionalUpdate": False,
            "conditionalDelete": "not-supported",
            "documentation": self.documentation,
        }
        if self.profiles:
            entry["supportedProfile"] = list(self.profiles)
        if self.conditional_patch:
            entry["extension"] = [{"url": _CONDITIONAL_PATCH, "valueBoolean": True}]
        return entry
