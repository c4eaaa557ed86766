"""Emergency access with a written reason, and the patient's settings about it."""

from typing import Annotated

import msgspec
from litestar import delete, post, put
from litestar.status_codes import HTTP_204_NO_CONTENT

from contracts.consent.api import Consent
from contracts.consent.authorisations import EmergencyOpened, OpenEmergency, SetOpposition, SetUnmasking
from contracts.vocabulary import AccessMode, PatientId
from gateway.api.parameters import EmergencyModeInPath, FreeText, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example


class Emergency(msgspec.Struct, frozen=True, kw_only=True):
    """Mode and reason of an emergency access."""

    mode: AccessMode
    reason: FreeText


class Unmasking(msgspec.Struct, frozen=True, kw_only=True):
    """Whether emergency access shows documents hidden from professionals."""

    unmasks: bool


@post(
    "/dmp/records/{patient_id:uuid}/emergencies",
    opt={ROLES: Consent.open_emergency.roles},
    tags=["Accès"],
    summary="Ouvrir un accès en urgence",
)
async def open_emergency(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[Emergency, example(mode="bris_de_glace", reason="Patient inconscient, traitement inconnu")],
) -> EmergencyOpened:
    """Open emergency access; the holder and the médecin traitant are notified at once."""
    return await request.call(
        Consent.open_emergency,
        OpenEmergency(patient_id=PatientId(patient_id), mode=data.mode, reason=data.reason),
    )


@put(
    "/dmp/records/{patient_id:uuid}/oppositions/{mode:str}",
    opt={ROLES: Consent.set_opposition.roles},
    status_code=HTTP_204_NO_CONTENT,
    tags=["Accès"],
    summary="S'opposer à un mode d'accès en urgence",
)
async def oppose_emergency(request: ApiRequest, patient_id: PatientInPath, mode: EmergencyModeInPath) -> None:
    """Oppose a mode of emergency access in advance."""
    await request.call(
        Consent.set_opposition, SetOpposition(patient_id=PatientId(patient_id), mode=AccessMode(mode), opposed=True)
    )


@delete(
    "/dmp/records/{patient_id:uuid}/oppositions/{mode:str}",
    opt={ROLES: Consent.set_opposition.roles},
    tags=["Accès"],
    summary="Ne plus s'y opposer",
)
async def lift_opposition(request: ApiRequest, patient_id: PatientInPath, mode: EmergencyModeInPath) -> None:
    """Withdraw the opposition to a mode of emergency access."""
    await request.call(
        Consent.set_opposition, SetOpposition(patient_id=PatientId(patient_id), mode=AccessMode(mode), opposed=False)
    )


@put(
    "/dmp/records/{patient_id:uuid}/unmasking",
    opt={ROLES: Consent.set_unmasking.roles},
    status_code=HTTP_204_NO_CONTENT,
    tags=["Accès"],
    summary="Montrer en urgence les documents masqués, ou non",
)
async def set_unmasking(
    request: ApiRequest, patient_id: PatientInPath, data: Annotated[Unmasking, example(unmasks=True)]
) -> None:
    """Set whether emergency access shows documents hidden from professionals; by default it does not."""
    await request.call(Consent.set_unmasking, SetUnmasking(patient_id=PatientId(patient_id), unmasks=data.unmasks))


ROUTES = [open_emergency, oppose_emergency, lift_opposition, set_unmasking]
