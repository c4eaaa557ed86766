"""Carers: invited with a code the holder passes on, reading what was shared; and the records one may turn to."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post
from litestar.params import PathParameter
from litestar.status_codes import HTTP_200_OK

from contracts.consent import (
    AboutCarer,
    AboutInvitation,
    AnswerInvitation,
    Carers,
    Consent,
    Invitation,
    InviteCarer,
    KeepRepresentative,
    ListCarers,
    ListProfiles,
    Profiles,
)
from contracts.vocabulary import PatientId, Section
from gateway.api.parameters import PatientInPath, RepresentativeInPath, Words
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example

InvitationInPath = Annotated[UUID, PathParameter(description="L'invitation · The invitation")]
CarerInPath = Annotated[UUID, PathParameter(description="L'aidant · The carer")]


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """What is shared, and how holder and carer call each other: 1 to 60 characters."""

    sections: tuple[Section, ...]
    carer_label: Words
    holder_label: Words


@post(
    "/dmp/records/{patient_id:uuid}/carers",
    opt={ROLES: Consent.invite_carer.roles},
    tags=["Accès"],
    summary="Inviter un aidant",
)
async def invite_carer(
    request: Caller,
    patient_id: PatientInPath,
    data: Annotated[
        Sharing, example(sections=["analyses", "traitements"], carer_label="Mon fils Paul", holder_label="Maman")
    ],
) -> Invitation:
    """An invitation whose code is told once; three carers at most, seven days to answer."""
    question = InviteCarer(
        patient_id=PatientId(patient_id),
        sections=data.sections,
        carer_label=data.carer_label,
        holder_label=data.holder_label,
    )
    return await request.ask(Consent.invite_carer, question)


@get(
    "/dmp/records/{patient_id:uuid}/carers",
    opt={ROLES: Consent.list_carers.roles},
    tags=["Accès"],
    summary="Voir ses aidants",
)
async def list_carers(request: Caller, patient_id: PatientInPath) -> Carers:
    """Carers with what they read, invitations that wait, and former representatives the holder may keep."""
    return await request.ask(Consent.list_carers, ListCarers(patient_id=PatientId(patient_id)))


@post(
    "/dmp/records/{patient_id:uuid}/representatives/{representative:uuid}/keeping",
    opt={ROLES: Consent.keep_representative.roles},
    status_code=HTTP_200_OK,
    tags=["Accès"],
    summary="Garder un ancien représentant légal comme aidant",
)
async def keep_representative(
    request: Caller,
    patient_id: PatientInPath,
    representative: RepresentativeInPath,
    data: Annotated[
        Sharing, example(sections=["synthese", "prevention"], carer_label="Mon père", holder_label="Ma fille Inès")
    ],
) -> Carers:
    """Of age, the holder agrees that who represented them goes on reading, as a carer; ended like any other."""
    question = KeepRepresentative(
        patient_id=PatientId(patient_id),
        representative=PatientId(representative),
        sections=data.sections,
        carer_label=data.carer_label,
        holder_label=data.holder_label,
    )
    return await request.ask(Consent.keep_representative, question)


@delete(
    "/dmp/records/{patient_id:uuid}/invitations/{invitation_id:uuid}",
    opt={ROLES: Consent.withdraw_invitation.roles},
    tags=["Accès"],
    summary="Retirer une invitation",
)
async def withdraw_invitation(request: Caller, patient_id: PatientInPath, invitation_id: InvitationInPath) -> None:
    """Take an invitation back that was not accepted."""
    question = AboutInvitation(patient_id=PatientId(patient_id), invitation_id=invitation_id)
    await request.ask(Consent.withdraw_invitation, question)


@delete(
    "/dmp/records/{patient_id:uuid}/carers/{carer:uuid}",
    opt={ROLES: Consent.end_carer.roles},
    tags=["Accès"],
    summary="Mettre fin au partage avec un aidant",
)
async def end_carer(request: Caller, patient_id: PatientInPath, carer: CarerInPath) -> None:
    """By the holder, or by the carer who steps back; the other one is told."""
    question = AboutCarer(patient_id=PatientId(patient_id), carer=PatientId(carer))
    await request.ask(Consent.end_carer, question)


@post(
    "/me/invitations",
    opt={ROLES: Consent.answer_invitation.roles},
    status_code=HTTP_200_OK,
    tags=["Accès"],
    summary="Répondre à une invitation",
)
async def answer_invitation(
    request: Caller, data: Annotated[AnswerInvitation, example(code="Jv6c2Vq0uT1xk1m0Z0bq3w", accepted=True)]
) -> Profiles:
    """Become a carer with the code one was given, or decline; whom one helps now."""
    return await request.ask(Consent.answer_invitation, data)


@get(
    "/me/profiles",
    opt={ROLES: Consent.list_profiles.roles},
    tags=["Accès"],
    summary="Voir pour qui l'on peut agir",
)
async def list_profiles(request: Caller) -> Profiles:
    """The records the caller may turn to as a legal representative or a carer, always as themself."""
    return await request.ask(Consent.list_profiles, ListProfiles())


ROUTES = [
    invite_carer,
    keep_representative,
    list_carers,
    withdraw_invitation,
    end_carer,
    answer_invitation,
    list_profiles,
]
