"""What a patient decides about a professional or a care team with one button, and the call that does it."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from contracts.api import Method
from contracts.consent.api import Consent
from contracts.consent.authorisations import AboutProfessional, AboutTeam, GiveAuthorisation, GiveTeamAuthorisation
from contracts.errors.request import InvalidRequest
from contracts.vocabulary import Finess, PatientId, Rpps

DECISION, UNTIL, DAYS = "decision", "until", "days"
"""Fields of a form: `act party`; an exact end, in seconds since 1970; or days from now. Without: the usual time."""
DAYS_OFFERED = ("1", "7", "30", "180")
_LONGEST = 12


class ReaderAct(StrEnum):
    """The acts, as buttons send them."""

    AUTHORISE = "autoriser"
    END = "terminer"
    BLOCK = "bloquer"
    UNBLOCK = "debloquer"
    NAME = "nommer"
    DISMISS = "retirer"
    AUTHORISE_TEAM = "autoriser-equipe"
    END_TEAM = "terminer-equipe"


UNDONE_BY = {
    ReaderAct.AUTHORISE: ReaderAct.END,
    ReaderAct.END: ReaderAct.AUTHORISE,
    ReaderAct.BLOCK: ReaderAct.UNBLOCK,
    ReaderAct.UNBLOCK: ReaderAct.BLOCK,
    ReaderAct.NAME: ReaderAct.DISMISS,
    ReaderAct.DISMISS: ReaderAct.NAME,
    ReaderAct.AUTHORISE_TEAM: ReaderAct.END_TEAM,
    ReaderAct.END_TEAM: ReaderAct.AUTHORISE_TEAM,
}
_ABOUT_PROFESSIONAL: dict[ReaderAct, Method[AboutProfessional, Any]] = {
    ReaderAct.END: Consent.end_authorisation,
    ReaderAct.BLOCK: Consent.block_professional,
    ReaderAct.UNBLOCK: Consent.unblock_professional,
    ReaderAct.NAME: Consent.name_medecin_traitant,
    ReaderAct.DISMISS: Consent.dismiss_medecin_traitant,
}


def decision_in(value: str) -> tuple[ReaderAct, str]:
    """The act of a button and whom it is about.

    Raises:
        InvalidRequest: no button of ours sends this.
    """
    act, _, party = value.partition(" ")
    if act not in frozenset(ReaderAct) or not party.isascii() or not party.isalnum() or len(party) > _LONGEST:
        raise InvalidRequest(field=DECISION)
    return ReaderAct(act), party


def end_in(fields: dict[str, str], now: datetime) -> datetime | None:
    """The end that a form states, None for the usual time.

    Raises:
        InvalidRequest.
    """
    days, until = fields[DAYS], fields[UNTIL]
    if days:
        if days not in DAYS_OFFERED:
            raise InvalidRequest(field=DAYS)
        return now + timedelta(days=int(days))
    if not until:
        return None
    try:
        return datetime.fromtimestamp(int(until), UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidRequest(field=UNTIL) from None


def call_of(
    decision: ReaderAct, patient_id: PatientId, party: str, until: datetime | None
) -> tuple[Method[Any, Any], Any]:
    """The call that a decision is, with its message."""
    if decision is ReaderAct.AUTHORISE:
        return Consent.give_authorisation, GiveAuthorisation(patient_id=patient_id, rpps=Rpps(party), until=until)
    if decision is ReaderAct.AUTHORISE_TEAM:
        message = GiveTeamAuthorisation(patient_id=patient_id, structure=Finess(party), until=until)
        return Consent.give_team_authorisation, message
    if decision is ReaderAct.END_TEAM:
        return Consent.end_team_authorisation, AboutTeam(patient_id=patient_id, structure=Finess(party))
    return _ABOUT_PROFESSIONAL[decision], AboutProfessional(patient_id=patient_id, rpps=Rpps(party))
