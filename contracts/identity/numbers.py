"""Messages about a person's INS: changed by two agents, known to services with those the person had before."""

import msgspec

from contracts.identity.people import Traits
from contracts.vocabulary import Ins, PatientId


class ChangeIns(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Give a person another INS, by two agents who send the same.

    `evidence`: reference of what shows it (attestation of rights, answer of the INSi teleservice). `sex`: F or M, if
    it is corrected too. `keeps_former`: the number so far was the person's, and finds them still; False: it never
    was, and is removed.
    """

    patient_id: PatientId
    ins: Ins
    evidence: str
    sex: str = ""
    keeps_former: bool = True


class GetIns(msgspec.Struct, frozen=True, kw_only=True):
    """Get a person's numbers."""

    patient_id: PatientId


class InsNumbers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person's INS, and those they had before; None of a person whom nobody knows."""

    ins: Ins | None
    former: tuple[Ins, ...] = ()
    traits: Traits | None = None
