"""Decisions about a professional: médecin traitant or not, blocked or not."""

from uuid import UUID

from litestar import delete, put
from litestar.status_codes import HTTP_204_NO_CONTENT

from contracts.consent.api import Consent
from contracts.consent.authorisations import AboutProfessional
from contracts.vocabulary import PatientId, Rpps
from gateway.api.parameters import PatientInPath, RppsInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES


@put(
    "/dmp/records/{patient_id:uuid}/medecins-traitants/{rpps:str}",
    opt={ROLES: Consent.name_medecin_traitant.roles},
    status_code=HTTP_204_NO_CONTENT,
    tags=["Accès"],
    summary="Nommer un médecin traitant",
)
async def name_medecin_traitant(request: ApiRequest, patient_id: PatientInPath, rpps: RppsInPath) -> None:
    """Name a médecin traitant, who also sees what is hidden from other professionals."""
    await request.call(Consent.name_medecin_traitant, _about(patient_id, rpps))


@delete(
    "/dmp/records/{patient_id:uuid}/medecins-traitants/{rpps:str}",
    opt={ROLES: Consent.dismiss_medecin_traitant.roles},
    tags=["Accès"],
    summary="Ne plus avoir ce médecin traitant",
)
async def dismiss_medecin_traitant(request: ApiRequest, patient_id: PatientInPath, rpps: RppsInPath) -> None:
    """Dismiss a médecin traitant; has no effect on another professional."""
    await request.call(Consent.dismiss_medecin_traitant, _about(patient_id, rpps))


@put(
    "/dmp/records/{patient_id:uuid}/blocked/{rpps:str}",
    opt={ROLES: Consent.block_professional.roles},
    status_code=HTTP_204_NO_CONTENT,
    tags=["Accès"],
    summary="Bloquer un professionnel",
)
async def block_professional(request: ApiRequest, patient_id: PatientInPath, rpps: RppsInPath) -> None:
    """Block a professional, in emergencies too; a médecin traitant may do it for the patient."""
    await request.call(Consent.block_professional, _about(patient_id, rpps))


@delete(
    "/dmp/records/{patient_id:uuid}/blocked/{rpps:str}",
    opt={ROLES: Consent.unblock_professional.roles},
    tags=["Accès"],
    summary="Débloquer un professionnel",
)
async def unblock_professional(request: ApiRequest, patient_id: PatientInPath, rpps: RppsInPath) -> None:
    """Unblock a professional; an earlier authorisation is valid again."""
    await request.call(Consent.unblock_professional, _about(patient_id, rpps))


def _about(patient_id: UUID, rpps: str) -> AboutProfessional:
    return AboutProfessional(patient_id=PatientId(patient_id), rpps=Rpps(rpps))


ROUTES = [name_medecin_traitant, dismiss_medecin_traitant, block_professional, unblock_professional]
