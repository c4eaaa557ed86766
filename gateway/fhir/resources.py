"""Declarations of FHIR resources: interactions and search parameters, for the CapabilityStatement."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from litestar.params import PathParameter

from gateway.fhir.parameters import Parameter, capability_of_parameter

ResourceInPath = Annotated[str, PathParameter(description="La ressource · The resource")]


class ResourceDeclaration(msgspec.Struct, frozen=True, kw_only=True):
    """One resource of the FHIR API; `handlers` are its routes."""

    type: str
    interactions: tuple[str, ...]
    handlers: tuple[Any, ...]
    parameters: Mapping[str, Parameter] = {}
    includes: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    conditional_patch: bool = False
    documentation: str = ""

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
        if self.includes:
            entry["searchInclude"] = list(self.includes)
        if self.parameters:
            entry["searchParam"] = [capability_of_parameter(parameter) for parameter in self.parameters.values()]
        return entry


def by_name(parameters: Sequence[Parameter]) -> dict[str, Parameter]:
    return {parameter.name: parameter for parameter in parameters}
