"""Steps: a record is closed, reopened, suspended and destroyed; an account is locked, a name erased."""

from contracts.audit import Audit, EraseIdentity
from contracts.identity.api import Identity
from contracts.identity.logins import LockAccount
from contracts.records.api import Records
from contracts.records.lifecycle import AboutRecord, CloseRecord
from contracts.vocabulary import PLATFORM, PatientId
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import PLATFORM_JOURNAL, allowed, refused


def about(run: ScenarioRun) -> AboutRecord:
    return AboutRecord(patient_id=run.id("holder"))


def closes(run: ScenarioRun) -> CloseRecord:
    return CloseRecord(patient_id=run.id("holder"))


STEPS = (
    refused("record.transition", Records.resume_record, "operator", about),
    allowed(Records.suspend_record, "operator", about),
    refused("record.transition", Records.request_destruction, "holder", about),
    refused("record.transition", Records.suspend_record, "operator", about),
    allowed(Records.resume_record, "operator", about),
    refused("record.transition", Records.reopen_record, "agent", about),
    refused(
        "record.not_found", Records.close_record, "stranger", lambda run: CloseRecord(patient_id=run.id("holder"))
    ),
    allowed(Records.close_record, "holder", lambda run: CloseRecord(patient_id=run.id("holder"))),
    allowed(Records.reopen_record, "agent", about),
    allowed(Records.request_destruction, "holder", about),
    allowed(
        Identity.lock_account,
        "operator",
        lambda run: LockAccount(patient_id=run.id("holder"), locked=True),
    ),
    refused(
        "record.not_found",
        Identity.lock_account,
        "operator",
        lambda run: LockAccount(patient_id=PatientId(run.unknown_id()), locked=True),
    ),
    # Whose names are erased is not written in their journal, whose names are erased.
    allowed(
        Audit.erase_identity,
        "operator",
        lambda run: EraseIdentity(patient_id=run.id("carer")),
        journal_of=(PLATFORM_JOURNAL,),
    ),
    refused("request.invalid", Audit.erase_identity, "operator", lambda _: EraseIdentity(patient_id=PLATFORM)),
)
