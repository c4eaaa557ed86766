"""Resolution of references to contained resources, to resources of the same Bundle, or to identifiers."""

from collections.abc import Mapping
from typing import Any

from contracts.cda import CdaAuthor, CdaIdentifier, CdaOrganisation
from contracts.errors.request import InvalidRequest
from contracts.traits import ClaimedTraits
from gateway.fhir.patient_traits import traits_of
from gateway.fhir.systems import parse_identifier


class References:
    """Resolves the references in a resource `referrer`; `bundled`: the other resources of its Bundle, by fullUrl."""

    def __init__(self, referrer: Mapping[str, Any], bundled: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._contained = {f"#{part.get('id', '')}": part for part in referrer.get("contained", [])}
        self._bundled = bundled or {}

    def follow(self, reference: Mapping[str, Any] | None, field: str) -> Mapping[str, Any]:
        """The target of a reference; empty without one, or if it has only an identifier.

        Raises:
            InvalidRequest: the target is missing.
        """
        if not reference or "reference" not in reference:
            return {}
        target = str(reference["reference"])
        resolved = self._contained.get(target) or self._bundled.get(target)
        if resolved is None and target.startswith(("#", "urn:uuid:")):
            raise InvalidRequest(field=field)
        return resolved or {}

    def author(self, reference: Mapping[str, Any] | None, field: str) -> CdaAuthor | None:
        """A person, a person in a role, or a device; None without a reference."""
        if not reference:
            return None
        author = self.follow(reference, field)
        person = self.follow(author.get("practitioner"), field) or author
        structure = self.follow(author.get("organization"), field)
        identifier = (
            first_identifier(person)
            or first_identifier(author)
            or (parse_identifier(reference["identifier"]) if "identifier" in reference else None)
        )
        is_person = person.get("resourceType") in {"Practitioner", "Patient", "RelatedPerson"}
        name: Mapping[str, Any] = next(iter(person.get("name", [])), {}) if is_person else {}
        return CdaAuthor(
            identifier=identifier,
            family_name=name.get("family"),
            given_name=next(iter(name.get("given", [])), None),
            device_name=_device_name(author),
            structure=first_identifier(structure),
            structure_name=structure.get("name") or _organisation_name(author),
        )

    def organisation(self, reference: Mapping[str, Any] | None, field: str) -> CdaOrganisation | None:
        """A structure; None without a reference."""
        if not reference:
            return None
        organisation = self.follow(reference, field)
        identifier = first_identifier(organisation)
        if identifier is None and "identifier" in reference:
            identifier = parse_identifier(reference["identifier"])
        return CdaOrganisation(identifier=identifier, name=organisation.get("name"))

    def patient(self, reference: Mapping[str, Any] | None, field: str) -> tuple[CdaIdentifier, ...]:
        """The identifiers of a patient in the source system."""
        return tuple(
            parse_identifier(identifier) for identifier in self.follow(reference, field).get("identifier", [])
        )

    def patient_traits(self, reference: Mapping[str, Any] | None, field: str) -> ClaimedTraits:
        """The traits of a patient in the source system; see `traits_of`."""
        return traits_of(self.follow(reference, field), field)


def first_identifier(holder: Mapping[str, Any]) -> CdaIdentifier | None:
    found = next(iter(holder.get("identifier", [])), None)
    return parse_identifier(found) if found else None


def _device_name(device: Mapping[str, Any]) -> str | None:
    return next((name.get("name") for name in device.get("deviceName", [])), None)


def _organisation_name(organisation: Mapping[str, Any]) -> str | None:
    return organisation.get("name") if organisation.get("resourceType") == "Organization" else None
