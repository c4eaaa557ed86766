"""Professionals who log in by a browser: whom Pro Santé Connect names, where they work, how long they stay."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from contracts.errors.request import GrantInvalid, ProfessionalSuspended, ProfessionalUnknown
from contracts.identity.apps import Client
from contracts.vocabulary import Finess, Rpps
from services.identity.domain.granting import challenge_of, is_verifier
from services.identity.domain.people import DirectoryEntry, is_rpps

SESSION_LIFE = timedelta(hours=4)
"""The longest session, with refreshes: as long as one of Pro Santé Connect itself."""
REQUESTED_ASSURANCE = "eidas1"
ASSURANCE = frozenset({REQUESTED_ASSURANCE, "eidas2", "eidas3"})
"""Levels of authentication (`acr`): the one requested, and those accepted."""
_NAME_MAX = 255
_RPPS_TYPE = "8"
"""First digit of a national identifier of professionals that is an RPPS number (ANS, identifiant national PS)."""


@dataclass(frozen=True)
class ProviderSession:
    """A session at Pro Santé Connect: `sub` and `sid` of its id token; empty where there is none."""

    subject: str = ""
    session: str = ""


@dataclass(frozen=True)
class Confirmed:
    """Whom Pro Santé Connect confirms: national identifier and professions (TRE_G15), in which session there."""

    national_id: str
    professions: frozenset[str]
    at_provider: ProviderSession = ProviderSession()


@dataclass(frozen=True)
class ProfessionalCode:
    """The session that a code given to a software opens: a professional at a place of work."""

    session_id: UUID
    client_id: str
    redirect_uri: str
    challenge: str
    rpps: Rpps
    structure: Finess
    until: datetime
    provider_subject: str = ""
    provider_session: str = ""

    @property
    def at_provider(self) -> ProviderSession:
        """The session at Pro Santé Connect in which they were confirmed."""
        return ProviderSession(self.provider_subject, self.provider_session)


def provider_session(subject: str, session: str) -> ProviderSession:
    """The session that a token of Pro Santé Connect names.

    Raises:
        ValueError: `sub` or `sid` is longer than OpenID Connect has it, or has control characters.
    """
    if not all(len(name) <= _NAME_MAX and (not name or name.isprintable()) for name in (subject, session)):
        raise ValueError("not the name of a session")
    return ProviderSession(subject, session)


def rpps_of(confirmed: Confirmed) -> Rpps:
    """The RPPS number in a national identifier; raises ProfessionalUnknown where it is another kind of number."""
    number = confirmed.national_id.removeprefix(_RPPS_TYPE)
    if not confirmed.national_id.startswith(_RPPS_TYPE) or not is_rpps(number):
        raise ProfessionalUnknown
    return Rpps(number)


def check_confirmed(confirmed: Confirmed, entry: DirectoryEntry | None) -> DirectoryEntry:
    """The directory's entry, if it states a place of work and a profession that Pro Santé Connect states too.

    Raises:
        ProfessionalUnknown. ProfessionalSuspended: the operator keeps this person out.
    """
    if entry is None or entry.profession not in confirmed.professions or not entry.structures:
        raise ProfessionalUnknown
    if entry.is_suspended:
        raise ProfessionalSuspended
    return entry


def check_professional_code(
    shown: ProfessionalCode, client: Client, redirect_uri: str, verifier: str, now: datetime
) -> None:
    """Check that a code is presented by its software, with its redirect_uri and code verifier, in its time.

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
