"""Visibility of documents to professionals and to the patient, and the default for new ones."""

from typing import Annotated

import msgspec
from litestar import patch, post, put
from litestar.status_codes import HTTP_200_OK

from contracts.records.api import Records
from contracts.records.documents import AboutDocument, Document, SetVisibility
from contracts.records.lifecycle import RecordDetails, SetDefaultVisibility
from contracts.vocabulary import DocumentId, PatientId
from gateway.api.parameters import DocumentInPath, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example


class Masking(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a document is hidden from professionals other than its author and the médecin traitant."""

    masque_ps: bool


@patch(
    "/dmp/records/{patient_id:uuid}/documents/{document_id:uuid}",
    opt={ROLES: Records.set_visibility.roles},
    tags=["Documents"],
    summary="Masquer un document, ou le montrer de nouveau",
)
async def set_visibility(
    request: ApiRequest,
    patient_id: PatientInPath,
    document_id: DocumentInPath,
    data: Annotated[Masking, example(masque_ps=True)],
) -> Document:
    """Hide a document from professionals, or show it again (TD3.3)."""
    return await request.call(
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
async def show_to_patient(request: ApiRequest, patient_id: PatientInPath, document_id: DocumentInPath) -> Document:
    """Show the patient a hidden document before its date, after the consultation that announced it."""
    return await request.call(
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
    request: ApiRequest, patient_id: PatientInPath, data: Annotated[Masking, example(masque_ps=True)]
) -> RecordDetails:
    """Set whether new documents are hidden from professionals by default."""
    return await request.call(
        Records.set_default_visibility,
        SetDefaultVisibility(patient_id=PatientId(patient_id), masque_ps=data.masque_ps),
    )


ROUTES = [set_visibility, show_to_patient, set_default_visibility]
