"""What a carte Vitale states, to compare with who is present; identity verifies the proof when it is used."""

from datetime import date

import msgspec

from chassis.jose import TokenFlawed, TokenReader
from contracts.errors.request import ProofInvalid
from contracts.vocabulary import Ins

# The certificates are in the header.
_READER = TokenReader(max_length=16_384, max_header_length=12_288, algorithms=["ES256"])


class StatedIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a proof names, which is not verified yet; `sub`: the matricule."""

    sub: str
    ins_oid: str
    family_name: str
    given_names: str
    birth_date: date
    sex: str

    @property
    def ins(self) -> Ins:
        return Ins(matricule=self.sub, oid=self.ins_oid)


def stated_identity(proof: str) -> StatedIdentity:
    """Read a proof without verifying it; raises ProofInvalid: it is no proof of a carte Vitale."""
    try:
        return _READER.parse(proof).claims(StatedIdentity)
    except TokenFlawed as flawed:
        raise ProofInvalid(cause=flawed.cause) from None
