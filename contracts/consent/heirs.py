"""Messages about heirs: what the holder opposes while alive, and what two agents open after the death (L1110-4 V)."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.vocabulary import PatientId, Section


class HeirQuality(StrEnum):
    """What the law calls those who may ask."""

    AYANT_DROIT = "ayant_droit"
    CONCUBIN = "concubin"
    PARTENAIRE = "partenaire"
    """Of a pacte civil de solidarité."""


class HeirPurpose(StrEnum):
    """The three purposes for which the law gives them information; nothing else is one."""

    CAUSE_DECES = "cause_deces"
    """To know the cause of death."""
    MEMOIRE = "memoire"
    """To defend the memory of the deceased."""
    DROITS = "droits"
    """To assert their rights."""


class SetHeirOpposition(msgspec.Struct, frozen=True, kw_only=True):
    """Oppose that heirs read anything after the holder's death, or withdraw it; by the holder alone."""

    patient_id: PatientId
    opposed: bool


class OpenToHeir(msgspec.Struct, frozen=True, kw_only=True):
    """Let an heir read these sections for a time, by two agents who send the same.

    `evidence`: reference of what shows the quality (acte de notoriété, livret de famille, pacte). `sections`: those
    that the purpose needs, one at least.
    """

    patient_id: PatientId
    heir: PatientId
    quality: HeirQuality
    purpose: HeirPurpose
    sections: tuple[Section, ...]
    evidence: str


class HeirAccess(msgspec.Struct, frozen=True, kw_only=True):
    """What an heir reads, and until when."""

    patient_id: PatientId
    heir: PatientId
    sections: tuple[Section, ...]
    until: datetime


class AboutHeir(msgspec.Struct, frozen=True, kw_only=True):
    """End what was opened to an heir, by one agent."""

    patient_id: PatientId
    heir: PatientId
