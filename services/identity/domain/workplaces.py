"""Professionals who come in by a browser: whom Pro Santé Connect names, where they work, how long they stay."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from contracts.errors import GrantInvalid, ProfessionalUnknown
from contracts.identity import Client
from contracts.vocabulary import Finess, Rpps
from services.identity.domain.granting import challenge_of, is_verifier
from services.identity.domain.people import DirectoryEntry, is_rpps

SESSION_LIFE = timedelta(hours=4)
"""Refreshed so long at most: as long as a session of Pro Santé Connect itself."""
ASKED_ASSURANCE = "eidas1"
ASSURANCE = frozenset({ASKED_ASSURANCE, "eidas2", "eidas3"})
"""Levels of authentication (`acr`): the one that is asked for, and those that are believed."""
_RPPS_TYPE = "8"
"""First digit of a national identifier of professionals that is an RPPS number (ANS, identifiant national PS)."""


@dataclass(frozen=True)
class Confirmed:
    """Whom Pro Santé Connect confirms: the national identifier, and the professions (TRE_G15) it states."""

    national_id: str
    professions: frozenset[str]


@dataclass(frozen=True)
class ProfessionalCode:
    """What a code given to a software opens: the session of a professional at a place of work."""

    session_id: UUID
    client_id: str
    redirect_uri: str
    challenge: str
    rpps: Rpps
    structure: Finess
    until: datetime


def rpps_of(confirmed: Confirmed) -> Rpps:
    """The RPPS number in a national identifier; raises ProfessionalUnknown where it is another kind of number."""
    number = confirmed.national_id.removeprefix(_RPPS_TYPE)
    if not confirmed.national_id.startswith(_RPPS_TYPE) or not is_rpps(number):
        raise ProfessionalUnknown
    return Rpps(number)


def check_confirmed(confirmed: Confirmed, entry: DirectoryEntry | None) -> DirectoryEntry:
    """The directory's entry, if it states a place of work and a profession that Pro Santé Connect states too.

    Raises:
        ProfessionalUnknown.
    """
    if entry is None or entry.profession not in confirmed.professions or not entry.structures:
        raise ProfessionalUnknown
    return entry


def check_professional_code(
    shown: ProfessionalCode, client: Client, redirect_uri: str, verifier: str, now: datetime
) -> None:
    """A code serves the software it was given to, at the address it was sent to, and who asked for it.

    Raises:
        GrantInvalid.
    """
    if not (
        now < shown.until
        and shown.client_id == client.client_id
        and shown.redirect_uri == redirect_uri
        and is_verifier(verifier)
        and compare_digest(challenge_of(verifier), shown.challenge)
    ):
        raise GrantInvalid
