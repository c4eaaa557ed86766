"""Carers: invited by the holder with a code; and the records a caller may act on."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post
from litestar.params import PathParameter
from litestar.status_codes import HTTP_200_OK

from contracts.consent.api import Consent
from contracts.consent.carers import (
    AboutCarer,
    AboutInvitation,
    AnswerInvitation,
    Carers,
    Invitation,
    InviteCarer,
    KeepRepresentative,
    ListCarers,
    ListProfiles,
    Profiles,
)
from contracts.vocabulary import PatientId, Section
from gateway.api.parameters import FreeText, PatientInPath, RepresentativeInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example

InvitationInPath = Annotated[UUID, PathParameter(description="L'invitation · The invitation")]
CarerInPath = Annotated[UUID, PathParameter(description="L'aidant · The carer")]


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """The shared sections, and labels of 1 to 60 characters by which holder and carer know each other."""

    sections: tuple[Section, ...]
    carer_label: FreeText
    holder_label: FreeText


@post(
    "/dmp/records/{patient_id:uuid}/carers",
    opt={ROLES: Consent.invite_carer.roles},
    tags=["Accès"],
    summary="Inviter un aidant",
)
async def invite_carer(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[
        Sharing, example(sections=["analyses", "traitements"], carer_label="Mon fils Paul", holder_label="Maman")
    ],
) -> Invitation:
    """Create an invitation, whose code is shown only once; at most three carers, valid for seven days."""
    message = InviteCarer(
        patient_id=PatientId(patient_id),
        sections=data.sections,
        carer_label=data.carer_label,
        holder_label=data.holder_label,
    )
    return await request.call(Consent.invite_carer, message)


@get(
    "/dmp/records/{patient_id:uuid}/carers",
    opt={ROLES: Consent.list_carers.roles},
    tags=["Accès"],
    summary="Voir ses aidants",
)
async def list_carers(request: ApiRequest, patient_id: PatientInPath) -> Carers:
    """List carers with their sections, pending invitations, and former representatives the holder may keep."""
    return await request.call(Consent.list_carers, ListCarers(patient_id=PatientId(patient_id)))


@post(
    "/dmp/records/{patient_id:uuid}/representatives/{representative:uuid}/keeping",
    opt={ROLES: Consent.keep_representative.roles},
    status_code=HTTP_200_OK,
    tags=["Accès"],
    summary="Garder un ancien représentant légal comme aidant",
)
async def keep_representative(
    request: ApiRequest,
    patient_id: PatientInPath,
    representative: RepresentativeInPath,
    data: Annotated[
        Sharing, example(sections=["synthese", "prevention"], carer_label="Mon père", holder_label="Ma fille Inès")
    ],
) -> Carers:
    """Keep a former legal representative as a carer, once the holder is of age; it ends like any sharing."""
    message = KeepRepresentative(
        patient_id=PatientId(patient_id),
        representative=PatientId(representative),
        sections=data.sections,
        carer_label=data.carer_label,
        holder_label=data.holder_label,
    )
    return await request.call(Consent.keep_representative, message)


@delete(
    "/dmp/records/{patient_id:uuid}/invitations/{invitation_id:uuid}",
    opt={ROLES: Consent.withdraw_invitation.roles},
    tags=["Accès"],
    summary="Retirer une invitation",
)
async def withdraw_invitation(
    request: ApiRequest, patient_id: PatientInPath, invitation_id: InvitationInPath
) -> None:
    """Withdraw an invitation that was not accepted."""
    message = AboutInvitation(patient_id=PatientId(patient_id), invitation_id=invitation_id)
    await request.call(Consent.withdraw_invitation, message)


@delete(
    "/dmp/records/{patient_id:uuid}/carers/{carer:uuid}",
    opt={ROLES: Consent.end_carer.roles},
    tags=["Accès"],
    summary="Mettre fin au partage avec un aidant",
)
async def end_carer(request: ApiRequest, patient_id: PatientInPath, carer: CarerInPath) -> None:
    """End the sharing with a carer, by the holder or by the carer; the other one is notified."""
    message = AboutCarer(patient_id=PatientId(patient_id), carer=PatientId(carer))
    await request.call(Consent.end_carer, message)


@post(
    "/me/invitations",
    opt={ROLES: Consent.answer_invitation.roles},
    status_code=HTTP_200_OK,
    tags=["Accès"],
    summary="Répondre à une invitation",
)
async def answer_invitation(
    request: ApiRequest, data: Annotated[AnswerInvitation, example(code="Jv6c2Vq0uT1xk1m0Z0bq3w", accepted=True)]
) -> Profiles:
    """Accept or decline an invitation by its code; returns the records the caller may act on."""
    return await request.call(Consent.answer_invitation, data)


@get(
    "/me/profiles",
    opt={ROLES: Consent.list_profiles.roles},
    tags=["Accès"],
    summary="Voir pour qui l'on peut agir",
)
async def list_profiles(request: ApiRequest) -> Profiles:
    """List the records the caller may open as a legal representative or a carer, always under their own identity."""
    return await request.call(Consent.list_profiles, ListProfiles())


ROUTES = [
    invite_carer,
    keep_representative,
    list_carers,
    withdraw_invitation,
    end_carer,
    answer_invitation,
    list_profiles,
]
