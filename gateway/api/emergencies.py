"""Access in an emergency, with a written reason; and what the patient decides about it beforehand."""

from typing import Annotated

import msgspec
from litestar import delete, post, put
from litestar.status_codes import HTTP_204_NO_CONTENT

from contracts.consent import Consent, EmergencyOpened, OpenEmergency, SetOpposition, SetUnmasking
from contracts.vocabulary import AccessMode, PatientId
from gateway.api.parameters import EmergencyModeInPath, PatientInPath, Words
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example


class Emergency(msgspec.Struct, frozen=True, kw_only=True):
    """Which mode, and why."""

    mode: AccessMode
    reason: Words


class Unmasking(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an emergency shows what is hidden from professionals."""

    unmasks: bool


@post(
    "/dmp/records/{patient_id:uuid}/emergencies",
    opt={ROLES: Consent.open_emergency.roles},
    tags=["Accès"],
    summary="Ouvrir un accès en urgence",
)
async def open_emergency(
    request: Caller,
    patient_id: PatientInPath,
    data: Annotated[Emergency, example(mode="bris_de_glace", reason="Patient inconscient, traitement inconnu")],
) -> EmergencyOpened:
    """Open an emergency access; the holder and the médecin traitant are told at once."""
    return await request.ask(
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
async def oppose_emergency(request: Caller, patient_id: PatientInPath, mode: EmergencyModeInPath) -> None:
    """Oppose one mode of emergency access beforehand."""
    await request.ask(
        Consent.set_opposition, SetOpposition(patient_id=PatientId(patient_id), mode=mode, opposed=True)
    )


@delete(
    "/dmp/records/{patient_id:uuid}/oppositions/{mode:str}",
    opt={ROLES: Consent.set_opposition.roles},
    tags=["Accès"],
    summary="Ne plus s'y opposer",
)
async def lift_opposition(request: Caller, patient_id: PatientInPath, mode: EmergencyModeInPath) -> None:
    """No longer oppose it."""
    await request.ask(
        Consent.set_opposition, SetOpposition(patient_id=PatientId(patient_id), mode=mode, opposed=False)
    )


@put(
    "/dmp/records/{patient_id:uuid}/unmasking",
    opt={ROLES: Consent.set_unmasking.roles},
    status_code=HTTP_204_NO_CONTENT,
    tags=["Accès"],
    summary="Montrer en urgence les documents masqués, ou non",
)
async def set_unmasking(
    request: Caller, patient_id: PatientInPath, data: Annotated[Unmasking, example(unmasks=True)]
) -> None:
    """Whether an emergency shows documents hidden from professionals; by default it does not."""
    await request.ask(Consent.set_unmasking, SetUnmasking(patient_id=PatientId(patient_id), unmasks=data.unmasks))


ROUTES = [open_emergency, oppose_emergency, lift_opposition, set_unmasking]
