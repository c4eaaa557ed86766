"""Legal representatives of a patient: requested and confirmed by agents, contested by holder and representatives."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import delete, post
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from contracts.consent.api import Consent
from contracts.consent.representations import (
    AboutRepresentationRequest,
    AboutRepresentative,
    EvidenceKind,
    NameRepresentative,
    Representation,
    RepresentationEnding,
    RepresentationKind,
)
from contracts.vocabulary import PatientId
from gateway.api.parameters import FreeText, PatientInPath, RepresentativeInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example

_PATH = "/dmp/records/{patient_id:uuid}/representatives"
_OF_ONE = f"{_PATH}/{{representative:uuid}}"


class RepresentativeNaming(msgspec.Struct, frozen=True, kw_only=True):
    """The representative's carte Vitale, the kind of representation, and the document that proves it.

    `evidence`: its reference, 4 to 200 characters; its kind and date are required too.
    """

    representative_proof: str
    kind: RepresentationKind
    evidence: FreeText
    evidence_kind: EvidenceKind | None = None
    evidence_on: date | None = None


class RepresentationEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The document that ends the representation, as in RepresentativeNaming; all three fields are required."""

    evidence: FreeText = ""
    evidence_kind: EvidenceKind | None = None
    evidence_on: date | None = None


class RequestedChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which request about the representative is meant: to name them, or, `ends`, to end the representation.

    Unknown fields are refused: a misspelt `ends` would mean a naming.
    """

    ends: bool = False


ChangeBody = Annotated[RequestedChange, example(ends=False)]


@post(
    _PATH,
    opt={ROLES: Consent.name_representative.roles},
    tags=["Accès"],
    summary="Demander l'enregistrement d'un représentant légal",
)
async def name_representative(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[
        RepresentativeNaming,
        example(
            representative_proof="eyJhbGciOiJF...",
            kind="mineur",
            evidence_kind="livret_de_famille",
            evidence_on="2019-05-04",
            evidence="Livret de famille n° 1234",
        ),
    ],
) -> Representation:
    """Request that a person be named legal representative, whose card was read; for a minor it ends at majority.

    It gives no right until a second agent of the organisation confirms it, or until `takes_effect_at` unless it is
    contested. Holder and representatives are notified.
    """
    return await request.call(
        Consent.name_representative,
        NameRepresentative(
            patient_id=PatientId(patient_id),
            representative_proof=data.representative_proof,
            kind=data.kind,
            evidence=data.evidence,
            evidence_kind=data.evidence_kind,
            evidence_on=data.evidence_on,
        ),
    )


@delete(
    _OF_ONE,
    opt={ROLES: Consent.end_representation.roles},
    tags=["Accès"],
    summary="Mettre fin à une représentation légale",
)
async def end_representation(
    request: ApiRequest, patient_id: PatientInPath, representative: RepresentativeInPath
) -> None:
    """End one's own representation; has no effect without one. Agents request an end with its evidence (`ending`)."""
    await request.call(
        Consent.end_representation,
        AboutRepresentative(patient_id=PatientId(patient_id), representative=PatientId(representative)),
    )


@post(
    f"{_OF_ONE}/ending",
    opt={ROLES: Consent.end_representation.roles},
    status_code=HTTP_202_ACCEPTED,
    tags=["Accès"],
    summary="Demander la fin d'une représentation légale",
)
async def request_end_of_representation(
    request: ApiRequest,
    patient_id: PatientInPath,
    representative: RepresentativeInPath,
    data: Annotated[
        RepresentationEvidence,
        example(evidence_kind="jugement", evidence_on="2026-02-12", evidence="TJ Nantes, RG 26/00123"),
    ],
) -> RepresentationEnding:
    """Request the end of a representation, by an agent; it takes effect as a naming does."""
    return await request.call(
        Consent.end_representation,
        AboutRepresentative(
            patient_id=PatientId(patient_id),
            representative=PatientId(representative),
            evidence_kind=data.evidence_kind,
            evidence_on=data.evidence_on,
            evidence=data.evidence,
        ),
    )


@post(
    f"{_OF_ONE}/confirmation",
    opt={ROLES: Consent.confirm_representation.roles},
    status_code=HTTP_204_NO_CONTENT,
    tags=["Accès"],
    summary="Confirmer la demande d'un collègue",
)
async def confirm_representation(
    request: ApiRequest, patient_id: PatientInPath, representative: RepresentativeInPath, data: ChangeBody
) -> None:
    """Put a request into effect, by a second agent of the organisation that made it."""
    await request.call(Consent.confirm_representation, _about_request(patient_id, representative, data))


@post(
    f"{_OF_ONE}/withdrawal",
    opt={ROLES: Consent.withdraw_representation.roles},
    status_code=HTTP_204_NO_CONTENT,
    tags=["Accès"],
    summary="Retirer une demande",
)
async def withdraw_representation(
    request: ApiRequest, patient_id: PatientInPath, representative: RepresentativeInPath, data: ChangeBody
) -> None:
    """Withdraw a waiting request, by an agent of the organisation that made it."""
    await request.call(Consent.withdraw_representation, _about_request(patient_id, representative, data))


@post(
    f"{_OF_ONE}/contestation",
    opt={ROLES: Consent.contest_representation.roles},
    status_code=HTTP_204_NO_CONTENT,
    tags=["Accès"],
    summary="Contester une demande",
)
async def contest_representation(
    request: ApiRequest, patient_id: PatientInPath, representative: RepresentativeInPath, data: ChangeBody
) -> None:
    """Contest a waiting request, by the holder or a representative: only a second agent can confirm it then."""
    await request.call(Consent.contest_representation, _about_request(patient_id, representative, data))


def _about_request(
    patient_id: PatientInPath, representative: RepresentativeInPath, data: RequestedChange
) -> AboutRepresentationRequest:
    return AboutRepresentationRequest(
        patient_id=PatientId(patient_id), representative=PatientId(representative), ends=data.ends
    )


ROUTES = [
    name_representative,
    end_representation,
    request_end_of_representation,
    confirm_representation,
    withdraw_representation,
    contest_representation,
]
