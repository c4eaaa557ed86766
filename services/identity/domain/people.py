"""Rules about people, cards and accounts: numbers and keys, lives of proofs, passwords, delays."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from stdnum import luhn
from stdnum.fr import nir

from contracts.codes.profession_codes import is_retired, professions
from contracts.envelope import Actor
from contracts.errors.request import (
    IdentityNotAdmitted,
    InvalidIns,
    InvalidRequest,
    ProfessionalSuspended,
    ProfessionalUnknown,
    ProfessionRetired,
    SoftwareRefused,
    WeakPassword,
)
from contracts.identity.apps import Software
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Finess, Ins, Role, Rpps, SoftwareProfile

TOKEN_SECONDS = 600
TOKEN_LIFE = timedelta(seconds=TOKEN_SECONDS)
CODE_SECONDS = 600
FRESH_LOGIN = timedelta(minutes=5)
"""How long after a login the holder may change how the account is opened."""
CODE_TRIES = 5
FORGET_LOGINS_AFTER = timedelta(days=1)
"""A count of unfinished logins this old is reset."""

DEVICE_LIFE = timedelta(days=365)
"""A known device not used for so long is forgotten."""
MOST_DEVICES = 10

_TEST_OIDS = frozenset({OID_TEST, OID_DEMO})
_OIDS = _TEST_OIDS | {OID_NIR, OID_NIA}
_MATRICULE = re.compile(r"[0-9]{5}(?:[0-9]{2}|2A|2B)[0-9]{8}")
_RPPS = re.compile(r"[0-9]{11}")
_FINESS = re.compile(r"[0-9][0-9AB][0-9]{7}")
_RETIRED_AT_ONCE = 0.05

PROOF_MAX_LIFE = 300
"""Seconds a proof signed by a card or a client may live."""
CLOCK_SKEW = 30

FREE_LOGINS = 5
"""Unfinished before the next one waits."""
DELAYS = (30, 60, 120, 240, 480, 900)
"""Seconds before the next, by the number unfinished beyond those; the last value for all higher numbers."""

_IDENTIFIER = re.compile(r"[\w.@+-]{3,64}")
_PASSWORD_LENGTHS = range(12, 257)
_SEARCHING_PROFILES = frozenset({SoftwareProfile.CONSULTATION, SoftwareProfile.GESTION})
MOST_PERSONS = 10
"""A search by traits that finds more names nobody."""


@dataclass(frozen=True)
class DirectoryEntry:
    """A professional as the directory states them, with the structures they work in."""

    rpps: Rpps
    name: str
    profession: str
    structures: frozenset[Finess]
    is_suspended: bool = False


def check_ins(ins: Ins, *, test_identities: bool) -> bool:
    """Whether the key is right; False only for a test identity, which is then stored as such.

    Key: 97 - (N mod 97), Corsica's 2A and 2B read as 19 and 18 at the department position only.

    Raises:
        InvalidIns: unknown issuing list, wrong shape, or wrong key of a real identity.
        IdentityNotAdmitted: a test identity where none are admitted.
    """
    if ins.oid not in _OIDS or not _MATRICULE.fullmatch(ins.matricule):
        raise InvalidIns
    is_test = ins.oid in _TEST_OIDS
    if is_test and not test_identities:
        raise IdentityNotAdmitted
    right = bool(nir.is_valid(ins.matricule))
    if not right and not is_test:
        raise InvalidIns
    return right


def is_rpps(number: str) -> bool:
    """Eleven digits closed by a Luhn key."""
    return _RPPS.fullmatch(number) is not None and bool(luhn.is_valid(number))


def is_finess(number: str) -> bool:
    """Nine characters, digits but for Corsica's letter."""
    return _FINESS.fullmatch(number) is not None


def retires_too_many(gone: int, known: int) -> bool:
    """Whether an extract that leaves out `gone` of the `known` is more likely truncated than right."""
    return gone > known * _RETIRED_AT_ONCE


def professional_actor(
    entry: DirectoryEntry | None,
    software: Software | None,
    *,
    profession: str,
    structure: Finess,
) -> Actor:
    """The actor a professional's token speaks for, once directory and software list agree with the card.

    Raises:
        ProfessionalUnknown: the directory does not state this person, profession or structure so.
        ProfessionalSuspended: the operator keeps this person out.
        ProfessionRetired: TRE_G15 codes 35 to 39 and 93 are no longer given.
        SoftwareRefused: the software is not on the list.
    """
    if entry is None or entry.profession != profession or structure not in entry.structures:
        raise ProfessionalUnknown
    if entry.is_suspended:
        raise ProfessionalSuspended
    if profession in professions() and is_retired(profession):
        raise ProfessionRetired
    if software is None:
        raise SoftwareRefused
    return Actor(
        role=Role.PROFESSIONAL,
        subject=entry.rpps,
        name=entry.name,
        profession=profession,
        structure=structure,
        software=software.number,
        profile=software.profile,
        quota=software.quota,
    )


def check_may_search(actor: Actor) -> None:
    """Searching people by traits is for agents, and for software that reads or manages.

    Raises:
        SoftwareRefused.
    """
    if actor.role is Role.PROFESSIONAL and actor.profile not in _SEARCHING_PROFILES:
        raise SoftwareRefused


def fold_identifier(identifier: str) -> str:
    """The form under which an identifier is looked up: NFKC, trimmed, without case."""
    return unicodedata.normalize("NFKC", identifier).strip().casefold()


def check_identifier(folded: str) -> None:
    """Raises InvalidRequest unless it is 3 to 64 letters, digits or `. _ @ + -`."""
    if not _IDENTIFIER.fullmatch(folded):
        raise InvalidRequest(field="identifier")


def check_password(password: str, is_guessable: Callable[[str], bool]) -> None:
    """Raises WeakPassword when shorter than 12 characters or guessable; InvalidRequest beyond 256."""
    if len(password) >= _PASSWORD_LENGTHS.stop:
        raise InvalidRequest(field="password")
    if len(password) not in _PASSWORD_LENGTHS or is_guessable(password):
        raise WeakPassword


def seconds_to_wait(unfinished: int, last: datetime, now: datetime, *, free: int = FREE_LOGINS) -> int:
    """Seconds until the next login may start, 0 when at once.

    Every start counts until a login succeeds, right password or not: so the delay reveals nothing about either,
    and nobody is flooded with codes.
    """
    if unfinished < free:
        return 0
    delay = DELAYS[min(unfinished - free, len(DELAYS) - 1)]
    left = last + timedelta(seconds=delay) - now
    return max(0, -(-left // timedelta(seconds=1)))
