"""Who acts for a patient: legal representatives, filed by an agent who saw their card and papers."""

from typing import Annotated

import msgspec
from litestar import delete, post

from contracts.consent import (
    AboutRepresentative,
    Consent,
    NameRepresentative,
    Representation,
    RepresentationKind,
)
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath, RepresentativeInPath, Words
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example


class Representing(msgspec.Struct, frozen=True, kw_only=True):
    """The representative's carte Vitale, why they represent, and the paper they showed."""

    representative_proof: str
    kind: RepresentationKind
    evidence: Words


@post(
    "/dmp/records/{patient_id:uuid}/representatives",
    opt={ROLES: Consent.name_representative.roles},
    tags=["Accès"],
    summary="Enregistrer un représentant légal",
)
async def name_representative(
    request: Caller,
    patient_id: PatientInPath,
    data: Annotated[
        Representing,
        example(representative_proof="eyJhbGciOiJF...", kind="mineur", evidence="Livret de famille n° 1234"),
    ],
) -> Representation:
    """File a legal representative, whose card is in the reader; for a minor it ends by itself at majority."""
    return await request.ask(
        Consent.name_representative,
        NameRepresentative(
            patient_id=PatientId(patient_id),
            representative_proof=data.representative_proof,
            kind=data.kind,
            evidence=data.evidence,
        ),
    )


@delete(
    "/dmp/records/{patient_id:uuid}/representatives/{representative:uuid}",
    opt={ROLES: Consent.end_representation.roles},
    tags=["Accès"],
    summary="Mettre fin à une représentation légale",
)
async def end_representation(
    request: Caller, patient_id: PatientInPath, representative: RepresentativeInPath
) -> None:
    """End a representation; where there is none, nothing happens."""
    await request.ask(
        Consent.end_representation,
        AboutRepresentative(patient_id=PatientId(patient_id), representative=PatientId(representative)),
    )


ROUTES = [name_representative, end_representation]
