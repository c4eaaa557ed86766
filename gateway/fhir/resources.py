"""What a FHIR resource declares of itself, its interactions and search parameters, for the CapabilityStatement."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from litestar.params import PathParameter

from gateway.fhir.parameters import Parameter, as_capability

ResourceInPath = Annotated[str, PathParameter(description="La ressource · The resource")]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One resource of the door; `handlers` are its routes."""

    type: str
    interactions: tuple[str, ...]
    handlers: tuple[Any, ...]
    parameters: Mapping[str, Parameter] = {}
    includes: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    conditional_patch: bool = False
    documentation: str = ""

    def capability(self) -> dict[str, Any]:
        """As the CapabilityStatement lists it."""
        said: dict[str, Any] = {
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
            said["supportedProfile"] = list(self.profiles)
        if self.includes:
            said["searchInclude"] = list(self.includes)
        if self.parameters:
            said["searchParam"] = [as_capability(one) for one in self.parameters.values()]
        return said


def by_name(parameters: Sequence[Parameter]) -> dict[str, Parameter]:
    """Parameters by their names."""
    return {one.name: one for one in parameters}
