"""Messages about people: card proofs, identity look-ups, contacts."""

from datetime import date

import msgspec

from contracts.envelope import Actor
from contracts.vocabulary import Ins, PatientId, Rpps


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """Identity traits as the carte Vitale states them."""

    family_name: str
    given_names: str
    birth_date: date
    sex: str


class ProfessionalAssertion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A CPS card's login assertion (RFC 7523), as JWS compact with x5c.

    `certificate`: base64 DER of the TLS client certificate, where an ingress requested one.
    """

    assertion: str
    certificate: str = ""


class AgentAssertion(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation's assertion for one of its agents (RFC 7523), as JWS compact; single use."""

    client_id: str
    assertion: str


class Token(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An access token (JWT, EdDSA) and its validity in seconds.

    `device_token`: by which the device is known at later logins, where that was asked for; it opens nothing.
    `pending`: the account waits for its second factor, and there is no access token.
    """

    access_token: str
    expires_in: int
    actor: Actor
    device_token: str = ""
    pending: bool = False


class VitaleProof(msgspec.Struct, frozen=True, kw_only=True):
    """A carte Vitale's proof of presence, as JWS compact with x5c; single use."""

    proof: str


class AdmittedPatient(msgspec.Struct, frozen=True, kw_only=True):
    """The holder of the card."""

    patient_id: PatientId
    ins: Ins
    birth_date: date | None = None
    traits: Traits | None = None


class GetOrganisationStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Get whether an organisation still vouches for agents."""

    client_id: str


class OrganisationStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`active`: registered as an organisation, and not suspended."""

    active: bool


class GetBirthDate(msgspec.Struct, frozen=True, kw_only=True):
    """Get a patient's birth date."""

    patient_id: PatientId


class BirthDate(msgspec.Struct, frozen=True, kw_only=True):
    """None for an unknown patient."""

    birth_date: date | None


class GetTraits(msgspec.Struct, frozen=True, kw_only=True):
    """Get a patient's identity traits."""

    patient_id: PatientId


class TraitsFound(msgspec.Struct, frozen=True, kw_only=True):
    """None for an unknown patient."""

    traits: Traits | None


class GetTraitsOfSeveral(msgspec.Struct, frozen=True, kw_only=True):
    """Get the identity traits of at most 100 patients."""

    patient_ids: tuple[PatientId, ...]


class TraitsOfSeveral(msgspec.Struct, frozen=True, kw_only=True):
    """By patient id; unknown patients are left out."""

    traits: dict[PatientId, Traits]


class FindPatient(msgspec.Struct, frozen=True, kw_only=True):
    """Find a person by INS."""

    ins: Ins


class PatientFound(msgspec.Struct, frozen=True, kw_only=True):
    """None if nobody has this INS."""

    patient_id: PatientId | None


class FindByTraits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Find people by traits: birth name and birth date; `given_names` matches as a prefix.

    `secret`: in a minor's secret connection.
    """

    family_name: str
    birth_date: date
    given_names: str = ""
    sex: str = ""
    secret: bool = False


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person whose card was presented on this platform."""

    patient_id: PatientId
    ins: Ins
    traits: Traits
    former: tuple[Ins, ...] = ()
    """Numbers of before, where the holder or their app reads it."""


class PersonsFound(msgspec.Struct, frozen=True, kw_only=True):
    """At most ten people."""

    persons: tuple[Person, ...]


class GetContact(msgspec.Struct, frozen=True, kw_only=True):
    """Get the addresses of a patient or of a professional."""

    patient_id: PatientId | None = None
    rpps: Rpps | None = None


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Verified addresses; None where there is none."""

    email: str | None = None
    mobile: str | None = None
