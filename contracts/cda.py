"""The header of a CDA R2 document, parsed into values."""

from datetime import datetime

import msgspec

from contracts.traits import ClaimedTraits
from contracts.vocabulary import Finess, Ins, Rpps

OID_PROFESSIONALS = "1.2.250.1.71.4.2.1"
"""Root of professionals' ids; the extension is `8` + RPPS, or a structure's own number."""

OID_STRUCTURES = "1.2.250.1.71.4.2.2"
"""Root of structures' ids; the extension is `1` + FINESS, or `3` + SIRET."""


class CdaIdentifier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An HL7 instance identifier: OID of the issuing authority (`root`) and the number in it."""

    root: str
    extension: str = ""


class CdaPatient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The patient of the document."""

    ins: Ins
    identifiers: tuple[CdaIdentifier, ...]
    """Every id in the header, the INS included (local numbers, social security number)."""
    traits: ClaimedTraits = ClaimedTraits()
    """Compared with the record's when the document is deposited, and not stored."""


class CdaAuthor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person or device that wrote or signed the document; None for what the header omits."""

    identifier: CdaIdentifier | None = None
    family_name: str | None = None
    given_name: str | None = None
    device_name: str | None = None
    specialty: str | None = None
    """Profession and specialty (JDV_J01), such as `G15_10/SM26`, or the kind of device."""
    profession: str | None = None
    """Profession code (TRE_G15) of the specialty; None for devices and patients."""
    function: str | None = None
    """Functional role (JDV_J47), such as `PCP` for the médecin traitant."""
    structure: CdaIdentifier | None = None
    structure_name: str | None = None
    time: datetime | None = None
    more_given_names: tuple[str, ...] = ()
    """After the first."""
    other_identifiers: tuple[CdaIdentifier, ...] = ()
    display: str | None = None
    """The name, where it is known in one piece only."""
    is_patient: bool = False

    @property
    def rpps(self) -> Rpps | None:
        """The 11-digit RPPS number, if the id is one."""
        number = _number_under(self.identifier, OID_PROFESSIONALS, prefix="8", digits=11)
        return Rpps(number) if number else None

    @property
    def finess(self) -> Finess | None:
        """The 9-character FINESS number of the structure, if its id is one."""
        number = _number_under(self.structure, OID_STRUCTURES, prefix="1", digits=9)
        return Finess(number) if number else None


class CdaOrganisation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The custodian: the structure that keeps the document."""

    identifier: CdaIdentifier | None = None
    name: str | None = None


class CdaServiceEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An act that the document reports, from its first to its last moment.

    `start_on`, `stop_on`: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, where no hour is written.
    """

    code: str | None = None
    system: str | None = None
    display: str | None = None
    start: datetime | None = None
    stop: datetime | None = None
    start_on: str | None = None
    stop_on: str | None = None


class NonXmlBody(msgspec.Struct, frozen=True, tag="N1"):
    """Level 1 body: one embedded file and its declared media type, which matches its first bytes."""

    media_type: str


class StructuredBody(msgspec.Struct, frozen=True, tag="N3"):
    """Level 3 body; `sections` counts those at the top level."""

    sections: int


class CdaHeader(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Metadata of one CDA R2 document (CI-SIS, volet structuration minimale)."""

    unique_id: str
    """`root` or `root^extension`, at most 128 characters."""
    set_id: str | None = None
    """Shared by successive versions of the document; formatted like `unique_id`."""
    version: int = 1
    type_code: str
    type_system: str
    title: str
    confidentiality: str
    """N, R or V."""
    effective_time: datetime
    language: str
    template_ids: tuple[str, ...]
    """`root` or `root:extension`, in header order."""
    format_code: str | None = None
    """None if neither template nor media type is in the tables."""
    class_code: str
    patient: CdaPatient
    authors: tuple[CdaAuthor, ...]
    legal_authenticator: CdaAuthor | None = None
    custodian: CdaOrganisation
    service_events: tuple[CdaServiceEvent, ...] = ()
    facility_type_code: str | None = None
    facility_type_system: str | None = None
    facility_type_display: str | None = None
    practice_setting_code: str | None = None
    practice_setting_system: str | None = None
    practice_setting_display: str | None = None
    replaced_unique_id: str | None = None
    """unique_id of the document that this one replaces (RPLC)."""
    body: NonXmlBody | StructuredBody


def _number_under(identifier: CdaIdentifier | None, root: str, *, prefix: str, digits: int) -> str | None:
    if identifier is None or identifier.root != root:
        return None
    number = identifier.extension.removeprefix(prefix)
    matches = number != identifier.extension and len(number) == digits and number.isalnum()
    return number if matches else None
