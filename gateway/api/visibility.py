"""Whom documents are shown to: hidden from professionals, announced to the patient, and what new ones become."""

from typing import Annotated

import msgspec
from litestar import patch, post, put
from litestar.status_codes import HTTP_200_OK

from contracts.records import AboutDocument, Document, RecordFile, Records, SetDefaultVisibility, SetVisibility
from contracts.vocabulary import DocumentId, PatientId
from gateway.api.parameters import DocumentInPath, PatientInPath
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example


class Hiding(msgspec.Struct, frozen=True, kw_only=True):
    """Whether professionals other than the author and the médecin traitant are kept from a document."""

    masque_ps: bool


@patch(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}",
    opt={ROLES: Records.set_visibility.roles},
    tags=["Documents"],
    summary="Masquer un document, ou le montrer de nouveau",
)
async def set_visibility(
    request: Caller,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    data: Annotated[Hiding, example(masque_ps=True)],
) -> Document:
    """Hide a document from professionals, or show it again (TD3.3)."""
    return await request.ask(
        Records.set_visibility,
        SetVisibility(
            patient_id=PatientId(patient_id), document_id=DocumentId(document_id), masque_ps=data.masque_ps
        ),
    )


@post(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}/announcement",
    opt={ROLES: Records.show_to_patient.roles},
    status_code=HTTP_200_OK,
    tags=["Documents"],
    summary="Consultation d'annonce faite : montrer le document au patient",
)
async def show_to_patient(request: Caller, patient_id: PatientInPath, document_id: DocumentInPath) -> Document:
    """The patient has been told: a document they could not see appears to them before its date."""
    return await request.ask(
        Records.show_to_patient,
        AboutDocument(patient_id=PatientId(patient_id), document_id=DocumentId(document_id)),
    )


@put(
    "/dmp/records/{patient_id:uuid}/default-visibility",
    opt={ROLES: Records.set_default_visibility.roles},
    tags=["Dossier"],
    summary="Masquer d'office les nouveaux documents, ou non",
)
async def set_default_visibility(
    request: Caller, patient_id: PatientInPath, data: Annotated[Hiding, example(masque_ps=True)]
) -> RecordFile:
    """Whether documents that come in from now on are hidden from professionals."""
    return await request.ask(
        Records.set_default_visibility,
        SetDefaultVisibility(patient_id=PatientId(patient_id), masque_ps=data.masque_ps),
    )


ROUTES = [set_visibility, show_to_patient, set_default_visibility]
