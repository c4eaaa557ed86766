"""A patient's decision about a professional or care team, as a Consent, and back."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from contracts.consent.authorisations import PatientDecisions
from contracts.errors.execution import MetadataMissing
from contracts.errors.request import ConsentUnknown, InvalidRequest
from contracts.vocabulary import Finess, PatientId, Rpps
from gateway.fhir.dates import parse_moment
from gateway.fhir.document_parsing import parse_coding
from gateway.fhir.document_resource import instant, subject
from gateway.fhir.systems import without_empty

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
    """Kinds of decisions; the values are part of ids."""

    PERMIT = "permit"
    """A professional may read."""
    TEAM = "team"
    """A care team may read."""
    BLOCK = "block"
    """A professional is blocked."""
    MT = "mt"
    """A professional is médecin traitant."""


class ConsentDecision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: its subject `whom`, and its period."""

    patient_id: PatientId
    kind: DecisionKind
    whom: str
    """RPPS, or FINESS of a care team."""
    since: datetime | None = None
    until: datetime | None = None
    active: bool = True

    @property
    def id(self) -> str:
        """The id of the Consent."""
        return f"{self.patient_id.hex}-{self.kind}-{self.whom}"


def decisions_in(circle: PatientDecisions, patient_id: PatientId) -> list[ConsentDecision]:
    """All decisions in force."""

    def decision(
        kind: DecisionKind, whom: str, since: datetime | None = None, until: datetime | None = None
    ) -> ConsentDecision:
        return ConsentDecision(patient_id=patient_id, kind=kind, whom=whom, since=since, until=until)

    return [
        *(decision(DecisionKind.PERMIT, grant.rpps, grant.since, grant.until) for grant in circle.authorisations),
        *(decision(DecisionKind.TEAM, grant.structure, grant.since, grant.until) for grant in circle.teams),
        *(decision(DecisionKind.MT, rpps) for rpps in circle.medecins_traitants),
        *(decision(DecisionKind.BLOCK, rpps) for rpps in circle.blocked),
    ]


def consent_resource(decision: ConsentDecision) -> dict[str, Any]:
    is_team = decision.kind is DecisionKind.TEAM
    system, number = (_STRUCTURES, f"1{decision.whom}") if is_team else (_PROFESSIONALS, f"8{decision.whom}")
    whom = {"type": "Organization" if is_team else "Practitioner", "identifier": {"system": system, "value": number}}
    period = without_empty(
        start=instant(decision.since) if decision.since else None,
        end=instant(decision.until) if decision.until else None,
    )
    return {
        "resourceType": TYPE,
        "id": decision.id,
        "status": "active" if decision.active else "inactive",
        "scope": {"coding": [_SCOPE]},
        "category": [{"coding": [_CATEGORY]}, {"coding": [{"system": KINDS, "code": decision.kind.value}]}],
        "patient": subject(decision.patient_id),
        "policyRule": {"coding": [_POLICY]},
        "provision": without_empty(
            type="deny" if decision.kind is DecisionKind.BLOCK else "permit",
            period=period,
            actor=[{"role": {"coding": [_RECIPIENT]}, "reference": whom}],
        ),
    }


def parse_consent(consent: Mapping[str, Any], patient_id: PatientId) -> ConsentDecision:
    """The decision in a Consent.

    Raises:
        MetadataMissing, InvalidRequest: with the name of the element.
    """
    if consent.get("resourceType") != TYPE:
        raise InvalidRequest(field="resourceType")
    status, provision = consent.get("status"), consent.get("provision", {})
    actors = provision.get("actor", [])
    if status not in {"active", "inactive"} or len(actors) != 1:
        raise InvalidRequest(
            field="Consent.provision.actor" if status in {"active", "inactive"} else "Consent.status"
        )
    kind, whom = _subject_of(provision.get("type"), actors[0].get("reference", {}), consent)
    return ConsentDecision(
        patient_id=patient_id,
        kind=kind,
        whom=whom,
        until=parse_moment(provision.get("period", {}).get("end"), "Consent.provision.period.end"),
        active=status == "active",
    )


def _subject_of(type_: str | None, whom: Mapping[str, Any], consent: Mapping[str, Any]) -> tuple[DecisionKind, str]:
    identifier = whom.get("identifier", {})
    if not identifier:
        raise MetadataMissing(field="Consent.provision.actor")
    professional = _RPPS.fullmatch(str(identifier.get("value", "")))
    structure = _FINESS.fullmatch(str(identifier.get("value", "")))
    kinds = {found.code for category in consent.get("category", []) if (found := parse_coding(category))}
    if identifier.get("system") == _STRUCTURES and structure and type_ == "permit":
        return DecisionKind.TEAM, structure[1]
    if identifier.get("system") != _PROFESSIONALS or professional is None or type_ not in {"permit", "deny"}:
        raise InvalidRequest(field="Consent.provision")
    if type_ == "deny":
        return DecisionKind.BLOCK, professional[1]
    return DecisionKind.MT if DecisionKind.MT in kinds else DecisionKind.PERMIT, professional[1]


def decision_from_id(resource_id: str) -> ConsentDecision:
    """The decision that an id stands for, in force or not; without its period.

    Raises:
        ConsentUnknown: malformed id.
    """
    found = _ID.fullmatch(resource_id)
    if found is None:
        raise ConsentUnknown
    patient_id = PatientId(UUID(found[1]))
    return ConsentDecision(patient_id=patient_id, kind=DecisionKind(found[2]), whom=found[3])


def rpps_of(decision: ConsentDecision) -> Rpps:
    """The subject of a decision about a professional."""
    return Rpps(decision.whom)


def finess_of(decision: ConsentDecision) -> Finess:
    """The subject of a decision about a care team."""
    return Finess(decision.whom)
