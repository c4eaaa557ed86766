"""Authorisations of professionals: declared with the carte Vitale, or given and ended by the patient."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, post, put

from contracts.consent.api import Consent
from contracts.consent.authorisations import (
    AboutProfessional,
    Authorisation,
    DeclareAuthorisation,
    GiveAuthorisation,
    ListAuthorisations,
    PatientDecisions,
)
from contracts.vocabulary import PatientId, Rpps
from gateway.api.parameters import PatientInPath, RppsInPath, Secret, in_utc
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example


class PatientPresence(msgspec.Struct, frozen=True, kw_only=True):
    """The carte Vitale's proof that the patient is present."""

    vitale_proof: str


class AuthorisationTerm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the authorisation ends; without it after the default time, renewed by each use.

    Unknown fields are refused: a misspelt `until` would authorise for longer than intended.
    """

    until: datetime | None = None


TermBody = Annotated[AuthorisationTerm, example(until="2027-06-30T00:00:00+02:00")]


@post(
    "/dmp/records/{patient_id:uuid}/authorisations",
    opt={ROLES: Consent.declare_authorisation.roles},
    tags=["Accès"],
    summary="Déclarer l'autorisation du patient",
)
async def declare_authorisation(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[PatientPresence, example(vitale_proof="eyJhbGciOiJF...")],
    secret: Secret = False,
) -> Authorisation:
    """Declare that the patient, whose carte Vitale was read, authorises the caller to read (TD0.3).

    In a minor's secret connection representatives do not see it, and it permits reading in that connection only."""
    return await request.call(
        Consent.declare_authorisation,
        DeclareAuthorisation(patient_id=PatientId(patient_id), vitale_proof=data.vitale_proof, secret=secret),
    )


@get(
    "/dmp/records/{patient_id:uuid}/authorisations",
    opt={ROLES: Consent.list_authorisations.roles},
    tags=["Accès"],
    summary="Voir qui est autorisé, médecin traitant, représentant ou bloqué",
)
async def list_authorisations(request: ApiRequest, patient_id: PatientInPath) -> PatientDecisions:
    """List the professionals and care teams the patient has decided about, and the patient's representatives."""
    return await request.call(Consent.list_authorisations, ListAuthorisations(patient_id=PatientId(patient_id)))


@put(
    "/dmp/records/{patient_id:uuid}/authorisations/{rpps:str}",
    opt={ROLES: Consent.give_authorisation.roles},
    tags=["Accès"],
    summary="Autoriser un professionnel",
)
async def give_authorisation(
    request: ApiRequest, patient_id: PatientInPath, rpps: RppsInPath, data: TermBody
) -> Authorisation:
    """Authorise a professional to read; repeated, it sets the new end."""
    until = in_utc(data.until, field="until")
    return await request.call(
        Consent.give_authorisation,
        GiveAuthorisation(patient_id=PatientId(patient_id), rpps=Rpps(rpps), until=until),
    )


@delete(
    "/dmp/records/{patient_id:uuid}/authorisations/{rpps:str}",
    opt={ROLES: Consent.end_authorisation.roles},
    tags=["Accès"],
    summary="Mettre fin à une autorisation",
)
async def end_authorisation(request: ApiRequest, patient_id: PatientInPath, rpps: RppsInPath) -> None:
    """End a professional's authorisation; has no effect without one."""
    await request.call(
        Consent.end_authorisation, AboutProfessional(patient_id=PatientId(patient_id), rpps=Rpps(rpps))
    )


ROUTES = [declare_authorisation, list_authorisations, give_authorisation, end_authorisation]
