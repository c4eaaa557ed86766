"""Who a resource speaks of: references followed to what is contained, what comes with it, or a number."""

from collections.abc import Mapping
from typing import Any

from contracts.cda import CdaAuthor, CdaIdentifier, CdaOrganisation
from contracts.errors import InvalidRequest
from gateway.fhir.systems import identified


class References:
    """What may be referred to from inside a resource: its contained ones, and those beside it by their urn."""

    def __init__(self, resource: Mapping[str, Any], beside: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._contained = {f"#{one.get('id', '')}": one for one in resource.get("contained", [])}
        self._beside = beside or {}

    def follow(self, reference: Mapping[str, Any] | None, field: str) -> Mapping[str, Any]:
        """What a reference leads to; nothing where there is none, or where it only names a number.

        Raises:
            InvalidRequest: it leads nowhere.
        """
        if not reference or "reference" not in reference:
            return {}
        target = str(reference["reference"])
        found = self._contained.get(target) or self._beside.get(target)
        if found is None and target.startswith(("#", "urn:uuid:")):
            raise InvalidRequest(field=field)
        return found or {}

    def author(self, reference: Mapping[str, Any] | None, field: str) -> CdaAuthor | None:
        """Somebody who wrote or signed, or a device; None where nobody is named."""
        if not reference:
            return None
        found = self.follow(reference, field)
        person = self.follow(found.get("practitioner"), field) or found
        structure = self.follow(found.get("organization"), field)
        number = (
            first_identifier(person)
            or first_identifier(found)
            or (identified(reference["identifier"]) if "identifier" in reference else None)
        )
        is_person = person.get("resourceType") in {"Practitioner", "Patient", "RelatedPerson"}
        name: Mapping[str, Any] = next(iter(person.get("name", [])), {}) if is_person else {}
        return CdaAuthor(
            identifier=number,
            family_name=name.get("family"),
            given_name=next(iter(name.get("given", [])), None),
            device_name=_device_name(found),
            structure=first_identifier(structure),
            structure_name=structure.get("name") or _organisation_name(found),
        )

    def organisation(self, reference: Mapping[str, Any] | None, field: str) -> CdaOrganisation | None:
        """A structure; None where none is named."""
        if not reference:
            return None
        found = self.follow(reference, field)
        number = first_identifier(found)
        if number is None and "identifier" in reference:
            number = identified(reference["identifier"])
        return CdaOrganisation(identifier=number, name=found.get("name"))

    def patient(self, reference: Mapping[str, Any] | None, field: str) -> tuple[CdaIdentifier, ...]:
        """Every number a source knows the patient by."""
        return tuple(identified(one) for one in self.follow(reference, field).get("identifier", []))


def first_identifier(resource: Mapping[str, Any]) -> CdaIdentifier | None:
    """The first number of somebody."""
    found = next(iter(resource.get("identifier", [])), None)
    return identified(found) if found else None


def _device_name(resource: Mapping[str, Any]) -> str | None:
    return next((one.get("name") for one in resource.get("deviceName", [])), None)


def _organisation_name(resource: Mapping[str, Any]) -> str | None:
    return resource.get("name") if resource.get("resourceType") == "Organization" else None
