"""Steps: the patient authorises professionals, teams, apps and carers, and takes back what was given."""

from contracts.consent.api import Consent
from contracts.consent.apps import AboutApp, GrantApp, ListApps
from contracts.consent.authorisations import (
    AboutProfessional,
    AboutTeam,
    DeclareAuthorisation,
    GetAuthorisationStatus,
    GiveAuthorisation,
    GiveTeamAuthorisation,
    ListAuthorisations,
    ListMyPatients,
    OpenEmergency,
    SetOpposition,
    SetUnmasking,
)
from contracts.consent.decisions import Decide, Purpose
from contracts.identity.api import Identity
from contracts.identity.apps import NameApps
from contracts.identity.directory import NameProfessionals, SearchProfessionals
from contracts.records.api import Records
from contracts.records.lifecycle import AboutRecord, SetDefaultVisibility
from contracts.vocabulary import AccessMode, Finess, RecordStatus, Rpps
from deploy.dev.people import HOSPITAL
from tests.journeys.entries.callers import STAFF
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import allowed, refused

_REASON = "Patient inconscient, traitement inconnu"
_REGULATOR = Rpps(STAFF["regulator"].subject)


def about_regulator(run: ScenarioRun) -> AboutProfessional:
    return AboutProfessional(patient_id=run.id("holder"), rpps=_REGULATOR)


def about_nobody(run: ScenarioRun) -> AboutProfessional:
    """A number whose key is wrong."""
    return AboutProfessional(patient_id=run.id("holder"), rpps=Rpps("10000000000"))


PROFESSIONALS = (
    refused(
        "card.proof_invalid",
        Consent.declare_authorisation,
        "gp",
        lambda run: DeclareAuthorisation(patient_id=run.id("holder"), vitale_proof=run.proof("minor")),
    ),
    allowed(
        Consent.declare_authorisation,
        "gp",
        lambda run: DeclareAuthorisation(patient_id=run.id("holder"), vitale_proof=run.proof("holder")),
    ),
    allowed(Consent.my_standing, "gp", lambda run: GetAuthorisationStatus(patient_id=run.id("holder"))),
    allowed(Consent.list_my_patients, "gp", lambda _: ListMyPatients(count=10)),
    allowed(
        Consent.decide,
        "gp",
        lambda run: Decide(patient_id=run.id("holder"), purpose=Purpose.READ, record_status=RecordStatus.ACTIVE),
    ),
    allowed(
        Consent.give_authorisation,
        "holder",
        lambda run: GiveAuthorisation(patient_id=run.id("holder"), rpps=_REGULATOR),
    ),
    refused(
        "request.invalid",
        Consent.give_authorisation,
        "holder",
        lambda run: GiveAuthorisation(patient_id=run.id("holder"), rpps=Rpps("1")),
    ),
    allowed(Consent.end_authorisation, "holder", about_regulator),
    refused("record.not_found", Consent.end_authorisation, "stranger", about_regulator),
    allowed(
        Consent.give_team_authorisation,
        "holder",
        lambda run: GiveTeamAuthorisation(patient_id=run.id("holder"), structure=HOSPITAL.finess),
    ),
    refused(
        "record.not_found",
        Consent.give_team_authorisation,
        "stranger",
        lambda run: GiveTeamAuthorisation(patient_id=run.id("holder"), structure=HOSPITAL.finess),
    ),
    allowed(
        Consent.end_team_authorisation,
        "holder",
        lambda run: AboutTeam(patient_id=run.id("holder"), structure=HOSPITAL.finess),
    ),
    refused(
        "request.invalid",
        Consent.end_team_authorisation,
        "holder",
        lambda run: AboutTeam(patient_id=run.id("holder"), structure=Finess("1")),
    ),
    allowed(Identity.search_professionals, "holder", lambda _: SearchProfessionals(name="sorgue")),
    refused("request.invalid", Identity.search_professionals, "holder", lambda _: SearchProfessionals(name="s")),
    allowed(Identity.name_professionals, "holder", lambda _: NameProfessionals(rpps=(_REGULATOR,))),
    refused(
        "request.invalid",
        Identity.name_professionals,
        "holder",
        lambda _: NameProfessionals(rpps=(_REGULATOR,) * 201),
    ),
    allowed(Identity.name_apps, "holder", lambda _: NameApps(apps=("a-b-c",))),
    refused("request.invalid", Identity.name_apps, "holder", lambda _: NameApps(apps=("a-b-c",) * 101)),
    allowed(Consent.list_authorisations, "holder", lambda run: ListAuthorisations(patient_id=run.id("holder"))),
    refused(
        "record.not_found",
        Consent.list_authorisations,
        "stranger",
        lambda run: ListAuthorisations(patient_id=run.id("holder")),
    ),
    allowed(Consent.name_medecin_traitant, "holder", about_regulator),
    refused("request.invalid", Consent.name_medecin_traitant, "holder", about_nobody),
    # A médecin traitant may block another.
    refused(
        "access.role",
        Consent.block_professional,
        "gp",
        about_regulator,
    ),
    allowed(
        Consent.block_professional,
        "regulator",
        lambda run: AboutProfessional(patient_id=run.id("holder"), rpps=Rpps(STAFF["nurse"].subject)),
    ),
    allowed(Consent.dismiss_medecin_traitant, "holder", about_regulator),
    refused("record.not_found", Consent.dismiss_medecin_traitant, "stranger", about_regulator),
    allowed(
        Consent.unblock_professional,
        "holder",
        lambda run: AboutProfessional(patient_id=run.id("holder"), rpps=Rpps(STAFF["nurse"].subject)),
    ),
    refused("request.invalid", Consent.unblock_professional, "holder", about_nobody),
)

SETTINGS = (
    refused(
        "request.invalid",
        Consent.set_opposition,
        "holder",
        lambda run: SetOpposition(patient_id=run.id("holder"), mode=AccessMode.NORMAL, opposed=True),
    ),
    allowed(
        Consent.set_opposition,
        "holder",
        lambda run: SetOpposition(patient_id=run.id("holder"), mode=AccessMode.CENTRE_15, opposed=True),
    ),
    allowed(
        Consent.set_unmasking,
        "holder",
        lambda run: SetUnmasking(patient_id=run.id("holder"), unmasks=False),
    ),
    refused(
        "record.not_found",
        Consent.set_unmasking,
        "stranger",
        lambda run: SetUnmasking(patient_id=run.id("holder"), unmasks=True),
    ),
    refused(
        "emergency.reason_required",
        Consent.open_emergency,
        "emergency",
        lambda run: OpenEmergency(patient_id=run.id("holder"), mode=AccessMode.BRIS_DE_GLACE, reason=""),
    ),
    allowed(
        Consent.open_emergency,
        "emergency",
        lambda run: OpenEmergency(patient_id=run.id("holder"), mode=AccessMode.BRIS_DE_GLACE, reason=_REASON),
    ),
    allowed(Records.get_record, "holder", lambda run: AboutRecord(patient_id=run.id("holder"))),
    refused("record.not_found", Records.get_record, "stranger", lambda run: AboutRecord(patient_id=run.id("holder"))),
    allowed(
        Records.set_default_visibility,
        "holder",
        lambda run: SetDefaultVisibility(patient_id=run.id("holder"), masque_ps=False),
    ),
    refused(
        "record.not_found",
        Records.set_default_visibility,
        "stranger",
        lambda run: SetDefaultVisibility(patient_id=run.id("holder"), masque_ps=True),
    ),
)

APPS = (
    allowed(Consent.grant_app, "holder", lambda run: GrantApp(patient_id=run.id("holder"), app=run.app.client_id)),
    refused(
        "record.not_found",
        Consent.grant_app,
        "stranger",
        lambda run: GrantApp(patient_id=run.id("holder"), app=run.app.client_id),
    ),
    allowed(Consent.list_apps, "holder", lambda run: ListApps(patient_id=run.id("holder"))),
    refused("record.not_found", Consent.list_apps, "stranger", lambda run: ListApps(patient_id=run.id("holder"))),
    allowed(Consent.revoke_app, "holder", lambda run: AboutApp(patient_id=run.id("holder"), app=run.app.client_id)),
    refused(
        "record.not_found",
        Consent.revoke_app,
        "stranger",
        lambda run: AboutApp(patient_id=run.id("holder"), app=run.app.client_id),
    ),
)

STEPS = (*PROFESSIONALS, *SETTINGS, *APPS)
