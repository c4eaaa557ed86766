"""Which professionals a patient lets read: declared with the carte Vitale, or given and ended by the patient."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, post, put

from contracts.consent import (
    AboutProfessional,
    Authorisation,
    Circle,
    Consent,
    DeclareAuthorisation,
    GiveAuthorisation,
    ListAuthorisations,
)
from contracts.vocabulary import PatientId, Rpps
from gateway.api.parameters import PatientInPath, RppsInPath, in_utc
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """The carte Vitale's proof that the patient is there."""

    vitale_proof: str


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Until when; without it for the usual time, renewed by use.

    A misspelt field is refused, for it would give longer than was meant.
    """

    until: datetime | None = None


TermBody = Annotated[Term, example(until="2027-06-30T00:00:00+02:00")]


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
    summary="Voir qui est autorisé, médecin traitant, représentant ou bloqué",
)
async def list_authorisations(request: Caller, patient_id: PatientInPath) -> Circle:
    """Those the patient has decided about, and who acts for the patient."""
    return await request.ask(Consent.list_authorisations, ListAuthorisations(patient_id=PatientId(patient_id)))


@put(
    "/dmp/records/{patient_id:uuid}/authorisations/{rpps:str}",
    opt={ROLES: Consent.give_authorisation.roles},
    tags=["Accès"],
    summary="Autoriser un professionnel",
)
async def give_authorisation(
    request: Caller, patient_id: PatientInPath, rpps: RppsInPath, data: TermBody
) -> Authorisation:
    """Authorise a professional to read; given again, the new term counts."""
    until = in_utc(data.until, field="until")
    return await request.ask(
        Consent.give_authorisation,
        GiveAuthorisation(patient_id=PatientId(patient_id), rpps=Rpps(rpps), until=until),
    )


@delete(
    "/dmp/records/{patient_id:uuid}/authorisations/{rpps:str}",
    opt={ROLES: Consent.end_authorisation.roles},
    tags=["Accès"],
    summary="Mettre fin à une autorisation",
)
async def end_authorisation(request: Caller, patient_id: PatientInPath, rpps: RppsInPath) -> None:
    """End a professional's authorisation; without one, nothing happens."""
    await request.ask(Consent.end_authorisation, AboutProfessional(patient_id=PatientId(patient_id), rpps=Rpps(rpps)))


ROUTES = [declare_authorisation, list_authorisations, give_authorisation, end_authorisation]
