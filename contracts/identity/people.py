"""Who people are: what their cards say, how they are found and reached."""

from datetime import date

import msgspec

from contracts.envelope import Actor
from contracts.vocabulary import Ins, PatientId, Rpps


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """Who a person is, as the carte Vitale states it."""

    family_name: str
    given_names: str
    birth_date: date
    sex: str


class ProfessionalAssertion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A CPS card's signed assertion (RFC 7523), as JWS compact with x5c.

    `certificate`: in base64 DER, what the card showed when TLS was set up, where an ingress asked for it.
    """

    assertion: str
    certificate: str = ""


class AgentAssertion(msgspec.Struct, frozen=True, kw_only=True):
    """What an organisation has signed for one of its agents (RFC 7523), as JWS compact; it is spent by the call."""

    client_id: str
    assertion: str


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An access token (JWT, EdDSA) and its life in seconds."""

    access_token: str
    expires_in: int
    actor: Actor


class VitaleProof(msgspec.Struct, frozen=True, kw_only=True):
    """A carte Vitale's signed proof of presence, as JWS compact with x5c; it is spent by the call."""

    proof: str


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """The person whose card was shown."""

    patient_id: PatientId
    ins: Ins
    birth_date: date | None = None


class BirthDateOf(msgspec.Struct, frozen=True, kw_only=True):
    """When was this patient born?"""

    patient_id: PatientId


class BirthDate(msgspec.Struct, frozen=True, kw_only=True):
    """None where the patient is not known."""

    birth_date: date | None


class FindPatient(msgspec.Struct, frozen=True, kw_only=True):
    """Look a person up by INS."""

    ins: Ins


class PatientFound(msgspec.Struct, frozen=True, kw_only=True):
    """None when nobody bears this INS here."""

    patient_id: PatientId | None


class FindByTraits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Look a person up by traits; the family name is the birth name, `given_names` may be its beginning."""

    family_name: str
    birth_date: date
    given_names: str = ""
    sex: str = ""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose card was shown here."""

    patient_id: PatientId
    ins: Ins
    traits: Traits


class PersonsFound(msgspec.Struct, frozen=True, kw_only=True):
    """Ten at most."""

    persons: tuple[Person, ...]


class ContactOf(msgspec.Struct, frozen=True, kw_only=True):
    """Where may this patient, or this professional, be told something."""

    patient_id: PatientId | None = None
    rpps: Rpps | None = None


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Verified addresses; None where there is none."""

    email: str | None = None
    mobile: str | None = None
