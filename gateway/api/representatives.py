"""Legal representatives of a patient, registered by an agent who checked their card and documents."""

from typing import Annotated

import msgspec
from litestar import delete, post

from contracts.consent.api import Consent
from contracts.consent.carers import AboutRepresentative, NameRepresentative, Representation, RepresentationKind
from contracts.vocabulary import PatientId
from gateway.api.parameters import FreeText, PatientInPath, RepresentativeInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example


class RepresentativeNaming(msgspec.Struct, frozen=True, kw_only=True):
    """The representative's carte Vitale, the kind of representation, and the document that proves it."""

    representative_proof: str
    kind: RepresentationKind
    evidence: FreeText


@post(
    "/dmp/records/{patient_id:uuid}/representatives",
    opt={ROLES: Consent.name_representative.roles},
    tags=["Accès"],
    summary="Enregistrer un représentant légal",
)
async def name_representative(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[
        RepresentativeNaming,
        example(representative_proof="eyJhbGciOiJF...", kind="mineur", evidence="Livret de famille n° 1234"),
    ],
) -> Representation:
    """Register a legal representative, whose card was read; for a minor it ends automatically at majority."""
    return await request.call(
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
    request: ApiRequest, patient_id: PatientInPath, representative: RepresentativeInPath
) -> None:
    """End a representation; has no effect without one."""
    await request.call(
        Consent.end_representation,
        AboutRepresentative(patient_id=PatientId(patient_id), representative=PatientId(representative)),
    )


ROUTES = [name_representative, end_representation]
