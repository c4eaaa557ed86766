"""Messages about legal representatives: named and ended by two agents of an organisation, or by one after a delay."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from contracts.vocabulary import PatientId


class RepresentationKind(StrEnum):
    """Why a person has a legal representative."""

    MINEUR = "mineur"
    MAJEUR_PROTEGE = "majeur_protege"


class EvidenceKind(StrEnum):
    """Documents by which a legal representation begins or ends."""

    LIVRET_DE_FAMILLE = "livret_de_famille"
    ACTE_DE_NAISSANCE = "acte_de_naissance"
    JUGEMENT = "jugement"
    """Of parental authority, tutelle, curatelle with representation, or their end."""
    HABILITATION_FAMILIALE = "habilitation_familiale"
    MANDAT_DE_PROTECTION_FUTURE = "mandat_de_protection_future"
    """With the visa of the court that put it into effect."""
    ACTE_DE_DECES = "acte_de_deces"
    """Of the representative."""


class NameRepresentative(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Request that a legal representative be named, by an agent; the representative's carte Vitale is shown.

    `evidence`: reference of the document shown, `evidence_on` its date. For a minor it ends at the age of majority.
    """

    patient_id: PatientId
    representative_proof: str
    kind: RepresentationKind
    evidence: str
    evidence_kind: EvidenceKind | None = None
    evidence_on: date | None = None


class Representation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A legal representative of the holder; `until` None: until it is ended.

    `waiting`: only requested, `since` then: it gives no right. `takes_effect_at`: when it takes effect unless it is
    contested; None: only when a second agent confirms it.
    """

    patient_id: PatientId
    representative: PatientId
    since: datetime
    until: datetime | None = None
    waiting: bool = False
    takes_effect_at: datetime | None = None


class AboutRepresentative(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """End a representation; an agent gives the evidence, as in NameRepresentative, the representative none."""

    patient_id: PatientId
    representative: PatientId
    evidence_kind: EvidenceKind | None = None
    evidence_on: date | None = None
    evidence: str = ""


class RepresentationEnding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """There is no such representation any more, or, `waiting`, its end is requested, as in Representation."""

    waiting: bool = False
    takes_effect_at: datetime | None = None


class AboutRepresentationRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The waiting request to name this person, or, `ends`, to end their representation.

    Agents mean that of their own organisation; holder and representatives those of all organisations.
    """

    patient_id: PatientId
    representative: PatientId
    ends: bool = False


class RepresentationRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A waiting request of an organisation, as holder and representatives see it.

    `kind`, `until`: of a naming. `takes_effect_at` None: it takes effect only by a second agent, for it was
    contested, or nobody who could contest it had an address.
    """

    representative: PatientId
    ends: bool
    organisation: str
    evidence_kind: EvidenceKind
    evidence_on: date
    requested_at: datetime
    takes_effect_at: datetime | None = None
    kind: RepresentationKind | None = None
    until: datetime | None = None
    contested: bool = False
