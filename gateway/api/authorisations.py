"""Whom a patient lets read: declared with the carte Vitale, listed and ended by the patient."""

from typing import Annotated

import msgspec
from litestar import delete, get, post

from contracts.consent import (
    AboutProfessional,
    Authorisation,
    Circle,
    Consent,
    DeclareAuthorisation,
    ListAuthorisations,
)
from contracts.vocabulary import PatientId, Rpps
from gateway.api.parameters import PatientInPath, RppsInPath
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """The carte Vitale's proof that the patient is there."""

    vitale_proof: str


@post(
    "/dmp/records/{patient_id:uuid}/authorisations",
    opt={ROLES: Consent.declare_authorisation.roles},
    tags=["Accès"],
    summary="Déclarer l'autorisation du patient",
)
async def declare_authorisation(
    request: Caller, patient_id: PatientInPath, data: Annotated[Presence, example(vitale_proof="eyJhbGciOiJF...")]
) -> Authorisation:
    """Declare that the patient, whose card is here, authorises the caller to read (TD0.3)."""
    return await request.ask(
        Consent.declare_authorisation,
        DeclareAuthorisation(patient_id=PatientId(patient_id), vitale_proof=data.vitale_proof),
    )


@get(
    "/dmp/records/{patient_id:uuid}/authorisations",
    opt={ROLES: Consent.list_authorisations.roles},
    tags=["Accès"],
    summary="Voir qui est autorisé, médecin traitant ou bloqué",
)
async def list_authorisations(request: Caller, patient_id: PatientInPath) -> Circle:
    """The professionals the patient has decided about."""
    return await request.ask(Consent.list_authorisations, ListAuthorisations(patient_id=PatientId(patient_id)))


@delete(
    "/dmp/records/{patient_id:uuid}/authorisations/{rpps:str}",
    opt={ROLES: Consent.end_authorisation.roles},
    tags=["Accès"],
    summary="Mettre fin à une autorisation",
)
async def end_authorisation(request: Caller, patient_id: PatientInPath, rpps: RppsInPath) -> None:
    """End a professional's authorisation; without one, nothing happens."""
    await request.ask(Consent.end_authorisation, AboutProfessional(patient_id=PatientId(patient_id), rpps=Rpps(rpps)))


ROUTES = [declare_authorisation, list_authorisations, end_authorisation]
