"""Authorisations of care teams: everybody who works in a structure."""

from litestar import delete, put

from contracts.consent.api import Consent
from contracts.consent.authorisations import AboutTeam, GiveTeamAuthorisation, TeamAuthorisation
from contracts.vocabulary import Finess, PatientId
from gateway.api.authorisations import TermBody
from gateway.api.parameters import FinessInPath, PatientInPath, in_utc
from gateway.clients import ApiRequest
from gateway.guards import ROLES


@put(
    "/dmp/records/{patient_id:uuid}/care-teams/{finess:str}",
    opt={ROLES: Consent.give_team_authorisation.roles},
    tags=["Accès"],
    summary="Autoriser une équipe de soins",
)
async def give_team_authorisation(
    request: ApiRequest, patient_id: PatientInPath, finess: FinessInPath, data: TermBody
) -> TeamAuthorisation:
    """Authorise everybody who works in a structure to read; repeated, it sets the new end."""
    until = in_utc(data.until, field="until")
    return await request.call(
        Consent.give_team_authorisation,
        GiveTeamAuthorisation(patient_id=PatientId(patient_id), structure=Finess(finess), until=until),
    )


@delete(
    "/dmp/records/{patient_id:uuid}/care-teams/{finess:str}",
    opt={ROLES: Consent.end_team_authorisation.roles},
    tags=["Accès"],
    summary="Mettre fin à l'autorisation d'une équipe de soins",
)
async def end_team_authorisation(request: ApiRequest, patient_id: PatientInPath, finess: FinessInPath) -> None:
    """End a care team's authorisation; has no effect without one."""
    await request.call(
        Consent.end_team_authorisation,
        AboutTeam(patient_id=PatientId(patient_id), structure=Finess(finess)),
    )


ROUTES = [give_team_authorisation, end_team_authorisation]
