"""Messages about two identities of one person, joined and separated by two agents who send the same request."""

from datetime import datetime

import msgspec

from contracts.vocabulary import PatientId


class JoinIdentities(msgspec.Struct, frozen=True, kw_only=True):
    """State that two identities are of one person.

    `patient_id`: the one whose account, representatives, apps and médecins traitants are the person's from now on;
    those of `other` have no effect. `evidence`: reference of what both agents saw.
    """

    patient_id: PatientId
    other: PatientId
    evidence: str


class Join(msgspec.Struct, frozen=True, kw_only=True):
    """Two identities of one person: whatever names one of them reads the records of both."""

    patient_id: PatientId
    other: PatientId
    since: datetime


class SeparateIdentities(msgspec.Struct, frozen=True, kw_only=True):
    """Undo a join; `evidence`: reference of what shows that they are two persons, or that it was wrong otherwise."""

    patient_id: PatientId
    other: PatientId
    evidence: str


class IdentitiesSeparated(msgspec.Struct, frozen=True, kw_only=True):
    """Each identity has what it had before the join, and what was done since in its name.

    `not_restored`: what the join ended and the person has to begin again.
    """

    patient_id: PatientId
    other: PatientId
    not_restored: tuple[str, ...]


class GetJoin(msgspec.Struct, frozen=True, kw_only=True):
    """Get the other identity of a person."""

    patient_id: PatientId


class JoinStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The other identity; None where there is none, or nobody is known by this id.

    `closed`: it is the account of the other one that opens. `since`: of the join.
    """

    other: PatientId | None
    closed: bool = False
    since: datetime | None = None
