"""Resolution of references to contained resources, to resources of the same Bundle, or to identifiers."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from contracts.cda import OID_PROFESSIONALS, CdaAuthor, CdaIdentifier, CdaOrganisation
from contracts.errors.request import InvalidRequest
from contracts.traits import ClaimedTraits
from gateway.fhir.patient_traits import traits_of
from gateway.fhir.systems import parse_identifier

_AUTHORS = frozenset({"Practitioner", "PractitionerRole", "Organization", "Device", "Patient", "RelatedPerson"})
"""FHIR R4, DocumentReference.author; of a List's source, all but an Organization."""
_MOST_PARTS = 50
"""Identifiers or given names of one person, of whom every author may be one."""
_ORGANISATIONS = frozenset({"Organization"})
PATIENTS = frozenset({"Patient"})


class References:
    """Resolves the references in a resource `referrer`; `bundled`: the other resources of its Bundle, by fullUrl."""

    def __init__(self, referrer: Mapping[str, Any], bundled: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._contained = {f"#{part.get('id', '')}": part for part in referrer.get("contained", [])}
        self._bundled = bundled or {}

    def follow(self, reference: Mapping[str, Any] | None, field: str, types: Set[str]) -> Mapping[str, Any]:
        """The target of a reference; empty without one, or if it has only an identifier.

        Raises:
            InvalidRequest: the target is missing, or of another type.
        """
        if not reference or "reference" not in reference:
            return {}
        target = str(reference["reference"])
        resolved = self._contained.get(target) or self._bundled.get(target)
        # Of a resource elsewhere, what the reference says of it must do.
        if resolved is None and (target.startswith(("#", "urn:uuid:")) or reference.keys() == {"reference"}):
            raise InvalidRequest(field=field)
        if resolved and resolved.get("resourceType") not in types:
            raise InvalidRequest(field=field)
        return resolved or {}

    def author(self, reference: Mapping[str, Any] | None, field: str) -> CdaAuthor | None:
        """A person, a person in a role, an organisation or a device; None without a reference.

        Raises:
            InvalidRequest: the target is missing, nothing says who it is, or more than anybody is called.
        """
        if not reference:
            return None
        author = self.follow(reference, field, _AUTHORS)
        kind = author.get("resourceType")
        if kind == "Organization":
            return CdaAuthor(structure=first_identifier(author), structure_name=author.get("name"))
        named = author.get("practitioner", {}) if kind == "PractitionerRole" else reference
        person = self.follow(named, field, _AUTHORS)
        structure = self.follow(author.get("organization"), field, _ORGANISATIONS)
        identifiers = [
            *person.get("identifier", []),
            *(author.get("identifier", []) if kind == "PractitionerRole" else []),
        ]
        identifiers += [each["identifier"] for each in (named, reference) if "identifier" in each]
        name = _name_of(person)
        if max(len(identifiers), len(name.get("given", []))) > _MOST_PARTS:
            raise InvalidRequest(field=field)
        identifier, *others = _by_register(identifiers) or (None,)
        display = name.get("text") or named.get("display") or reference.get("display")
        found = CdaAuthor(
            identifier=identifier,
            other_identifiers=tuple(each for each in others if each),
            family_name=name.get("family"),
            given_name=next(iter(name.get("given", [])), None),
            more_given_names=tuple(name.get("given", [])[1:]),
            display=None if "family" in name else display,
            device_name=_device_name(author),
            structure=first_identifier(structure) or _identifier_in(author.get("organization")),
            structure_name=structure.get("name") or author.get("organization", {}).get("display"),
            is_patient=kind == "Patient",
        )
        if found == CdaAuthor():
            raise InvalidRequest(field=field)
        return found

    def organisation(self, reference: Mapping[str, Any] | None, field: str) -> CdaOrganisation | None:
        """A structure; None without a reference."""
        if not reference:
            return None
        organisation = self.follow(reference, field, _ORGANISATIONS)
        identifier = first_identifier(organisation)
        if identifier is None and "identifier" in reference:
            identifier = parse_identifier(reference["identifier"])
        return CdaOrganisation(identifier=identifier, name=organisation.get("name") or reference.get("display"))

    def patient(self, reference: Mapping[str, Any] | None, field: str) -> tuple[CdaIdentifier, ...]:
        """The identifiers of a patient in the source system."""
        patient = self.follow(reference, field, PATIENTS)
        return tuple(parse_identifier(identifier) for identifier in patient.get("identifier", []))

    def patient_traits(self, reference: Mapping[str, Any] | None, field: str) -> ClaimedTraits:
        """The traits of a patient in the source system; see `traits_of`."""
        return traits_of(self.follow(reference, field, PATIENTS), field)


def first_identifier(holder: Mapping[str, Any]) -> CdaIdentifier | None:
    found = next(iter(holder.get("identifier", [])), None)
    return parse_identifier(found) if found else None


def _identifier_in(reference: Mapping[str, Any] | None) -> CdaIdentifier | None:
    return parse_identifier(reference["identifier"]) if reference and "identifier" in reference else None


def _by_register(identifiers: Sequence[Mapping[str, Any]]) -> list[CdaIdentifier]:
    """Identifiers, each once; that of the national register of professionals first."""
    found = list(dict.fromkeys(parse_identifier(dict(each)) for each in identifiers if "value" in each))
    return sorted(found, key=lambda each: each.root != OID_PROFESSIONALS)


def _name_of(person: Mapping[str, Any]) -> Mapping[str, Any]:
    """The official name, else the usual one, else the first; of a device or an organisation none."""
    names = person.get("name", [])
    if not isinstance(names, list):
        return {}
    by_use = {name.get("use"): name for name in reversed(names)}
    return by_use.get("official") or by_use.get("usual") or next(iter(names), {})


def _device_name(device: Mapping[str, Any]) -> str | None:
    return next((name.get("name") for name in device.get("deviceName", [])), None)
