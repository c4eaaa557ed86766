"""Which care teams a patient lets read: whoever works in a structure."""

from litestar import delete, put

from contracts.consent import AboutTeam, Consent, GiveTeamAuthorisation, TeamAuthorisation
from contracts.vocabulary import Finess, PatientId
from gateway.api.authorisations import TermBody
from gateway.api.parameters import FinessInPath, PatientInPath, in_utc
from gateway.clients import Caller
from gateway.guards import ROLES


@put(
    "/dmp/records/{patient_id:uuid}/care-teams/{finess:str}",
    opt={ROLES: Consent.give_team_authorisation.roles},
    tags=["Accès"],
    summary="Autoriser une équipe de soins",
)
async def give_team_authorisation(
    request: Caller, patient_id: PatientInPath, finess: FinessInPath, data: TermBody
) -> TeamAuthorisation:
    """Authorise whoever works in a structure to read; given again, the new term counts."""
    until = in_utc(data.until, field="until")
    return await request.ask(
        Consent.give_team_authorisation,
        GiveTeamAuthorisation(patient_id=PatientId(patient_id), structure=Finess(finess), until=until),
    )


@delete(
    "/dmp/records/{patient_id:uuid}/care-teams/{finess:str}",
    opt={ROLES: Consent.end_team_authorisation.roles},
    tags=["Accès"],
    summary="Mettre fin à l'autorisation d'une équipe de soins",
)
async def end_team_authorisation(request: Caller, patient_id: PatientInPath, finess: FinessInPath) -> None:
    """End a care team's authorisation; without one, nothing happens."""
    await request.ask(
        Consent.end_team_authorisation,
        AboutTeam(patient_id=PatientId(patient_id), structure=Finess(finess)),
    )


ROUTES = [give_team_authorisation, end_team_authorisation]
