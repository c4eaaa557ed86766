"""Steps: a record is closed, reopened, suspended and destroyed; an account is locked, a name erased."""

from datetime import date

from contracts.audit import Audit, EraseIdentity
from contracts.identity.api import Identity
from contracts.identity.deaths import GetDeath, ReportDeath, UndoDeath
from contracts.identity.logins import LockAccount
from contracts.records.api import Records
from contracts.records.lifecycle import AboutRecord, CloseRecord
from contracts.vocabulary import PLATFORM, PatientId
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import allowed, by_two, by_two_agents, refused


def about(run: ScenarioRun) -> AboutRecord:
    return AboutRecord(patient_id=run.id("holder"))


def closes(run: ScenarioRun) -> CloseRecord:
    return CloseRecord(patient_id=run.id("holder"))


def dies(run: ScenarioRun) -> ReportDeath:
    return ReportDeath(patient_id=run.id("namesake"), died_on=date(2026, 11, 2), certificate="Acte 1234/2026")


def lives(run: ScenarioRun) -> UndoDeath:
    return UndoDeath(patient_id=run.id("namesake"), evidence="Carte d'identité 880692310285")


DEATHS = (
    refused("patient.death_not_reported", Identity.undo_death, "agent", lives),
    *by_two_agents(allowed(Identity.report_death, "agent", dies)),
    refused("patient.death_reported", Identity.report_death, "agent", dies),
    allowed(Identity.death_of, "consent", lambda run: GetDeath(patient_id=run.id("namesake"))),
    *by_two_agents(allowed(Identity.undo_death, "agent", lives)),
)

STEPS = (
    *DEATHS,
    refused("record.transition", Records.resume_record, "operator", about),
    *by_two(allowed(Records.suspend_record, "operator", about)),
    refused("record.transition", Records.request_destruction, "holder", about),
    refused("record.transition", Records.suspend_record, "operator", about),
    *by_two(allowed(Records.resume_record, "operator", about)),
    refused("record.transition", Records.reopen_record, "agent", about),
    refused(
        "record.not_found", Records.close_record, "stranger", lambda run: CloseRecord(patient_id=run.id("holder"))
    ),
    allowed(Records.close_record, "holder", lambda run: CloseRecord(patient_id=run.id("holder"))),
    allowed(Records.reopen_record, "agent", about),
    allowed(Records.request_destruction, "holder", about),
    *by_two(
        allowed(
            Identity.lock_account,
            "operator",
            lambda run: LockAccount(patient_id=run.id("holder"), locked=True),
        )
    ),
    refused(
        "record.not_found",
        Identity.lock_account,
        "operator",
        lambda run: LockAccount(patient_id=PatientId(run.unknown_id()), locked=True),
    ),
    refused(
        "record.not_destroyed",
        Audit.erase_identity,
        "operator",
        lambda run: EraseIdentity(patient_id=run.id("holder")),
    ),
    *by_two(
        allowed(
            Audit.erase_identity,
            "operator",
            lambda run: EraseIdentity(patient_id=run.id("carer")),
        )
    ),
    refused("request.invalid", Audit.erase_identity, "operator", lambda _: EraseIdentity(patient_id=PLATFORM)),
)
