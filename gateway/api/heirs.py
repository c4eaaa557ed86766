"""Heirs: opposed by the holder while alive, admitted by two agents after the death."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, put
from litestar.params import PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from contracts.consent.api import Consent
from contracts.consent.heirs import AboutHeir, HeirAccess, HeirPurpose, HeirQuality, OpenToHeir, SetHeirOpposition
from contracts.vocabulary import PatientId, Section
from gateway.api.parameters import FreeText, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example

_RECORD = "/dmp/records/{patient_id:uuid}"
_HEIR = f"{_RECORD}/heirs/{{heir:uuid}}"

HeirInPath = Annotated[UUID, PathParameter(description="L'ayant droit · The heir")]


class HeirAdmission(msgspec.Struct, frozen=True, kw_only=True):
    """In what quality, for which of the law's purposes, which sections; and the reference of what shows it."""

    quality: HeirQuality
    purpose: HeirPurpose
    sections: tuple[Section, ...]
    evidence: FreeText


@put(
    f"{_RECORD}/heirs-opposition",
    opt={ROLES: Consent.set_heir_opposition.roles},
    status_code=HTTP_204_NO_CONTENT,
    tags=["Accès"],
    summary="S'opposer à ce que des ayants droit lisent le dossier après son décès",
)
async def oppose_heirs(request: ApiRequest, patient_id: PatientInPath) -> None:
    """Oppose that heirs read anything after one's death; representatives neither do this nor see it."""
    message = SetHeirOpposition(patient_id=PatientId(patient_id), opposed=True)
    await request.call(Consent.set_heir_opposition, message)


@delete(
    f"{_RECORD}/heirs-opposition",
    opt={ROLES: Consent.set_heir_opposition.roles},
    tags=["Accès"],
    summary="Ne plus s'y opposer",
)
async def lift_heirs_opposition(request: ApiRequest, patient_id: PatientInPath) -> None:
    """Withdraw the opposition to heirs."""
    message = SetHeirOpposition(patient_id=PatientId(patient_id), opposed=False)
    await request.call(Consent.set_heir_opposition, message)


@put(
    _HEIR,
    opt={ROLES: Consent.open_to_heir.roles},
    status_code=HTTP_200_OK,
    tags=["Accès"],
    summary="Ouvrir à un ayant droit des rubriques du dossier d'une personne décédée",
)
async def open_to_heir(
    request: ApiRequest,
    patient_id: PatientInPath,
    heir: HeirInPath,
    data: Annotated[
        HeirAdmission,
        example(
            quality="ayant_droit",
            purpose="cause_deces",
            sections=["comptes_rendus"],
            evidence="Acte de notoriété 77/2026, étude Morel",
        ),
    ],
) -> HeirAccess:
    """Let an heir read these sections for some days with their own account, when a second agent has sent the same."""
    message = OpenToHeir(
        patient_id=PatientId(patient_id),
        heir=PatientId(heir),
        quality=data.quality,
        purpose=data.purpose,
        sections=data.sections,
        evidence=data.evidence,
    )
    return await request.call(Consent.open_to_heir, message)


@delete(
    _HEIR, opt={ROLES: Consent.end_heir_access.roles}, tags=["Accès"], summary="Mettre fin à l'accès d'un ayant droit"
)
async def end_heir_access(request: ApiRequest, patient_id: PatientInPath, heir: HeirInPath) -> None:
    """End what was opened to an heir, at once and by one agent."""
    await request.call(Consent.end_heir_access, AboutHeir(patient_id=PatientId(patient_id), heir=PatientId(heir)))


ROUTES = [oppose_heirs, lift_heirs_opposition, open_to_heir, end_heir_access]
