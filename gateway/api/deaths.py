"""Deaths: reported and undone by two agents who send the same request."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import post, put
from litestar.status_codes import HTTP_200_OK

from contracts.identity.api import Identity
from contracts.identity.deaths import Death, DeathUndone, ReportDeath, UndoDeath
from contracts.vocabulary import PatientId
from gateway.api.parameters import FreeText, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example

_PATH = "/dmp/records/{patient_id:uuid}/death"


class DeathReport(msgspec.Struct, frozen=True, kw_only=True):
    """The day of death, and the reference of the certificate, 4 to 200 characters, the same for both agents."""

    died_on: date
    certificate: FreeText


class DeathCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """The reference of what shows that the person lives, 4 to 200 characters, the same for both agents."""

    evidence: FreeText


@put(
    _PATH,
    opt={ROLES: Identity.report_death.roles},
    status_code=HTTP_200_OK,
    tags=["Dossier"],
    summary="Signaler un décès",
)
async def report_death(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[DeathReport, example(died_on="2026-11-02", certificate="Acte 1234/2026, mairie de Nantes")],
) -> Death:
    """Report a death: the record is closed, and every access to it, and the person's to others', ends.

    It takes effect when a second agent of the organisation has sent the same within a day.
    """
    message = ReportDeath(patient_id=PatientId(patient_id), died_on=data.died_on, certificate=data.certificate)
    return await request.call(Identity.report_death, message)


@post(
    f"{_PATH}/undoing",
    opt={ROLES: Identity.undo_death.roles},
    status_code=HTTP_200_OK,
    tags=["Dossier"],
    summary="Annuler un décès signalé à tort",
)
async def undo_death(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[DeathCorrection, example(evidence="Carte d'identité 880692310285, vue au guichet")],
) -> DeathUndone:
    """Undo a wrong report, also by two agents: what it suspended is in force again, and the person is told."""
    message = UndoDeath(patient_id=PatientId(patient_id), evidence=data.evidence)
    return await request.call(Identity.undo_death, message)


ROUTES = [report_death, undo_death]
