"""Steps: a record is closed, reopened, suspended and destroyed; an account is locked, a name erased."""

from contracts.audit import Audit, EraseIdentity
from contracts.identity.api import Identity
from contracts.identity.logins import LockAccount
from contracts.records.api import Records
from contracts.records.lifecycle import AboutRecord, CloseRecord
from contracts.vocabulary import PLATFORM, PatientId
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import allowed, by_two, refused


def about(run: ScenarioRun) -> AboutRecord:
    return AboutRecord(patient_id=run.id("holder"))


def closes(run: ScenarioRun) -> CloseRecord:
    return CloseRecord(patient_id=run.id("holder"))


STEPS = (
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
