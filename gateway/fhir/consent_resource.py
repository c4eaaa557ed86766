"""What a patient has decided about one professional or care team, as a Consent."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from contracts.consent import Circle
from contracts.errors import ConsentUnknown, InvalidRequest, MetadataMissing
from contracts.vocabulary import Finess, PatientId, Rpps
from gateway.fhir.document_in import coded, moment_in
from gateway.fhir.document_resource import instant, subject
from gateway.fhir.systems import present

TYPE = "Consent"
KINDS = "https://carnet.example/fhir/CodeSystem/consent-kinds"
_PROFESSIONALS, _STRUCTURES = "urn:oid:1.2.250.1.71.4.2.1", "urn:oid:1.2.250.1.71.4.2.2"
_ID = re.compile(r"([0-9a-f]{32})-(permit|team|block|mt)-([0-9A-Z]{9,11})")
_RPPS, _FINESS = re.compile(r"8(\d{11})", re.ASCII), re.compile(r"1([0-9A-Z]{9})", re.ASCII)
_SCOPE = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
_CATEGORY = {"system": "http://terminology.hl7.org/CodeSystem/consentcategorycodes", "code": "hipaa-auth"}
_POLICY = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTIN"}
_RECIPIENT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}


class DecisionKind(StrEnum):
    """What is decided."""

    PERMIT = "permit"
    """A professional may read."""
    TEAM = "team"
    """A care team may."""
    BLOCK = "block"
    """A professional is kept out."""
    MT = "mt"
    """A professional is médecin traitant."""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: about whom, and until when."""

    patient_id: PatientId
    kind: DecisionKind
    whom: str
    """RPPS, or FINESS of a care team."""
    since: datetime | None = None
    until: datetime | None = None
    active: bool = True

    @property
    def id(self) -> str:
        """The id of the resource."""
        return f"{self.patient_id.hex}-{self.kind}-{self.whom}"


def decided_in(circle: Circle, patient_id: PatientId) -> list[Decided]:
    """All that is in force."""

    def one(kind: DecisionKind, whom: str, since: datetime | None = None, until: datetime | None = None) -> Decided:
        return Decided(patient_id=patient_id, kind=kind, whom=whom, since=since, until=until)

    return [
        *(one(DecisionKind.PERMIT, each.rpps, each.since, each.until) for each in circle.authorisations),
        *(one(DecisionKind.TEAM, each.structure, each.since, each.until) for each in circle.teams),
        *(one(DecisionKind.MT, rpps) for rpps in circle.medecins_traitants),
        *(one(DecisionKind.BLOCK, rpps) for rpps in circle.blocked),
    ]


def consent_resource(decided: Decided) -> dict[str, Any]:
    """The Consent."""
    is_team = decided.kind is DecisionKind.TEAM
    system, number = (_STRUCTURES, f"1{decided.whom}") if is_team else (_PROFESSIONALS, f"8{decided.whom}")
    whom = {"type": "Organization" if is_team else "Practitioner", "identifier": {"system": system, "value": number}}
    period = present(
        start=instant(decided.since) if decided.since else None, end=instant(decided.until) if decided.until else None
    )
    return {
        "resourceType": TYPE,
        "id": decided.id,
        "status": "active" if decided.active else "inactive",
        "scope": {"coding": [_SCOPE]},
        "category": [{"coding": [_CATEGORY]}, {"coding": [{"system": KINDS, "code": decided.kind.value}]}],
        "patient": subject(decided.patient_id),
        "policyRule": {"coding": [_POLICY]},
        "provision": present(
            type="deny" if decided.kind is DecisionKind.BLOCK else "permit",
            period=period,
            actor=[{"role": {"coding": [_RECIPIENT]}, "reference": whom}],
        ),
    }


def decided_by(resource: Mapping[str, Any], patient_id: PatientId) -> Decided:
    """The decision a Consent states.

    Raises:
        MetadataMissing, InvalidRequest: naming the element.
    """
    if resource.get("resourceType") != TYPE:
        raise InvalidRequest(field="resourceType")
    status, provision = resource.get("status"), resource.get("provision", {})
    actors = provision.get("actor", [])
    if status not in {"active", "inactive"} or len(actors) != 1:
        raise InvalidRequest(
            field="Consent.provision.actor" if status in {"active", "inactive"} else "Consent.status"
        )
    kind, whom = _about(provision.get("type"), actors[0].get("reference", {}), resource)
    return Decided(
        patient_id=patient_id,
        kind=kind,
        whom=whom,
        until=moment_in(provision.get("period", {}).get("end"), "Consent.provision.period"),
        active=status == "active",
    )


def _about(type_: str | None, whom: Mapping[str, Any], resource: Mapping[str, Any]) -> tuple[DecisionKind, str]:
    number = whom.get("identifier", {})
    if not number:
        raise MetadataMissing(field="Consent.provision.actor")
    professional = _RPPS.fullmatch(str(number.get("value", "")))
    structure = _FINESS.fullmatch(str(number.get("value", "")))
    kinds = {found.code for one in resource.get("category", []) if (found := coded(one))}
    if number.get("system") == _STRUCTURES and structure and type_ == "permit":
        return DecisionKind.TEAM, structure[1]
    if number.get("system") != _PROFESSIONALS or professional is None or type_ not in {"permit", "deny"}:
        raise InvalidRequest(field="Consent.provision")
    if type_ == "deny":
        return DecisionKind.BLOCK, professional[1]
    return DecisionKind.MT if DecisionKind.MT in kinds else DecisionKind.PERMIT, professional[1]


def named(resource_id: str) -> Decided:
    """What an id names, whether it is in force or not.

    Raises:
        ConsentUnknown: no id of ours.
    """
    found = _ID.fullmatch(resource_id)
    if found is None:
        raise ConsentUnknown
    patient_id = PatientId(UUID(found[1]))
    return Decided(patient_id=patient_id, kind=DecisionKind(found[2]), whom=found[3])


def rpps_of(decided: Decided) -> Rpps:
    """Whom it is about, a professional."""
    return Rpps(decided.whom)


def finess_of(decided: Decided) -> Finess:
    """Whom it is about, a structure."""
    return Finess(decided.whom)
