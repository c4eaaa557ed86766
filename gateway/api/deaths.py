"""A person's identity changes: another INS, a second identity, a death, by two agents who send the same request."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import post, put
from litestar.status_codes import HTTP_200_OK

from contracts.identity.api import Identity
from contracts.identity.deaths import Death, DeathUndone, ReportDeath, UndoDeath
from contracts.identity.joins import IdentitiesSeparated, Join, JoinIdentities, SeparateIdentities
from contracts.identity.numbers import ChangeIns, InsNumbers
from contracts.vocabulary import Ins, PatientId
from gateway.api.parameters import FreeText, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example

_RECORD = "/dmp/records/{patient_id:uuid}"
_PATH = f"{_RECORD}/death"
_OTHER = "0b8ec1f0-8d58-4f0c-9d0e-5a0c6a1f4a11"


class DeathReport(msgspec.Struct, frozen=True, kw_only=True):
    """The day of death, and the reference of the certificate, 4 to 200 characters, the same for both agents."""

    died_on: date
    certificate: FreeText


class DeathCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """The reference of what shows that the person lives, 4 to 200 characters, the same for both agents."""

    evidence: FreeText


class SecondIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """The other identity's record id, and the reference of what both agents saw, 4 to 200 characters.

    Both agents send the same, in the same order of the two ids: the account of the one in the path stays open.
    """

    other: PatientId
    evidence: FreeText


class InsChange(msgspec.Struct, frozen=True, kw_only=True):
    """The new INS, and the reference of what shows it, 4 to 200 characters, the same for both agents.

    `sex`: F or M, if it is corrected too. `keeps_former`: the number so far finds the person still; False if it never
    was theirs.
    """

    ins: Ins
    evidence: FreeText
    sex: str = ""
    keeps_former: bool = True


@put(
    f"{_RECORD}/ins",
    opt={ROLES: Identity.change_ins.roles},
    status_code=HTTP_200_OK,
    tags=["Dossier"],
    summary="Changer l'INS d'une personne",
)
async def change_ins(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[
        InsChange,
        example(
            ins={"matricule": "285079999900187", "oid": "1.2.250.1.213.1.4.8"},
            evidence="Réponse INSi du 2026-11-02, n° 4411",
        ),
    ],
) -> InsNumbers:
    """Give a person another INS; by the one of before, searches and documents find the same record."""
    message = ChangeIns(
        patient_id=PatientId(patient_id),
        ins=data.ins,
        evidence=data.evidence,
        sex=data.sex,
        keeps_former=data.keeps_former,
    )
    return await request.call(Identity.change_ins, message)


@put(
    f"{_RECORD}/join",
    opt={ROLES: Identity.join_identities.roles},
    status_code=HTTP_200_OK,
    tags=["Dossier"],
    summary="Réunir deux identités d'une personne",
)
async def join_identities(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[SecondIdentity, example(other=_OTHER, evidence="Réponse INSi du 2026-11-02, n° 4411")],
) -> Join:
    """State that two identities are of one person: by either id both records are read; nothing moves.

    The account, apps, representatives and médecins traitants of `other` have no effect from now on. It takes effect
    when a second agent of the organisation has sent the same within a day. Both accounts are told.
    """
    message = JoinIdentities(patient_id=PatientId(patient_id), other=data.other, evidence=data.evidence)
    return await request.call(Identity.join_identities, message)


@post(
    f"{_RECORD}/join/undoing",
    opt={ROLES: Identity.separate_identities.roles},
    status_code=HTTP_200_OK,
    tags=["Dossier"],
    summary="Séparer deux identités réunies à tort",
)
async def separate_identities(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[SecondIdentity, example(other=_OTHER, evidence="Deux cartes d'identité, vues au guichet")],
) -> IdentitiesSeparated:
    """Undo a join, also by two agents: each identity has what was done in its name, deposits too.

    The answer lists what does not come back by itself.
    """
    message = SeparateIdentities(patient_id=PatientId(patient_id), other=data.other, evidence=data.evidence)
    return await request.call(Identity.separate_identities, message)


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


ROUTES = [change_ins, join_identities, separate_identities, report_death, undo_death]
