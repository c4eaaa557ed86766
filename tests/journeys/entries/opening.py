"""Steps: patients are admitted and found, their records opened."""

import msgspec

from contracts.errors.request import InvalidIns
from contracts.identity.api import Identity
from contracts.identity.people import (
    FindByTraits,
    FindPatient,
    GetBirthDate,
    GetContact,
    GetOrganisationStatus,
    GetTraits,
    GetTraitsOfSeveral,
    VitaleProof,
)
from contracts.records.api import Records
from contracts.records.deposits import CheckContentHeld
from contracts.records.lifecycle import AboutRecord, FindRecord, ListMyRecords, OpenRecord
from contracts.vocabulary import OID_TEST, ContentId, Ins
from tests.journeys.entries.callers import READING_ONLY
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import PLATFORM_JOURNAL, allowed, refused
from tests.support.people import new_patient


def ins_of(run: ScenarioRun, who: str) -> Ins:
    return run.callers.people[who].patient.ins


def opens(run: ScenarioRun, who: str, *, is_willing: bool = True) -> OpenRecord:
    return OpenRecord(vitale_proof=run.proof(who), consent_collected=is_willing)


def traits(run: ScenarioRun, **changed: str) -> FindByTraits:
    patient = run.callers.people["holder"].patient
    plain = FindByTraits(family_name=patient.family_name, birth_date=patient.birth_date)
    return msgspec.structs.replace(plain, **changed)


ADMITTED = (
    allowed(
        Identity.admit_patient,
        "agent",
        lambda run: VitaleProof(proof=run.proof("carer")),
        then=lambda run, answer: run.know("carer", answer.patient_id),
    ),
    refused("card.proof_replayed", Identity.admit_patient, "agent", lambda run: run.sent(Identity.admit_patient)),
    allowed(
        Identity.admit_patient,
        "pharmacist",
        lambda run: VitaleProof(proof=run.proof("namesake")),
        then=lambda run, answer: run.know("namesake", answer.patient_id),
    ),
    allowed(Identity.find_patient, "gp", lambda run: FindPatient(ins=ins_of(run, "carer"))),
    refused(InvalidIns.code, Identity.find_patient, "gp", lambda run: FindPatient(ins=Ins("x", OID_TEST))),
    allowed(Identity.birth_date_of, "consent", lambda run: GetBirthDate(patient_id=run.id("carer"))),
    allowed(Identity.organisation_status_of, "consent", lambda _: GetOrganisationStatus(client_id="cpam-essai")),
    allowed(Identity.traits_of, "records", lambda run: GetTraits(patient_id=run.id("carer"))),
    allowed(
        Identity.traits_of_several,
        "records",
        lambda run: GetTraitsOfSeveral(patient_ids=(run.id("carer"), run.id("namesake"))),
    ),
    allowed(Identity.contact_of, "notify", lambda run: GetContact(patient_id=run.id("carer"))),
    refused("request.invalid", Identity.contact_of, "notify", lambda _: GetContact()),
)

OPENED = (
    refused(
        "record.consent_not_collected",
        Records.open_record,
        "pharmacist",
        lambda run: opens(run, "holder", is_willing=False),
    ),
    refused("software.refused", Records.open_record, READING_ONLY, lambda run: opens(run, "holder")),
    allowed(
        Records.open_record,
        "pharmacist",
        lambda run: opens(run, "holder"),
        journal_of=("holder",),
        then=lambda run, answer: run.know("holder", answer.patient_id),
    ),
    # Nobody's record: the card was not accepted.
    refused("card.proof_replayed", Records.open_record, "pharmacist", lambda run: run.sent(Records.open_record)),
    refused(
        "record.already_open",
        Records.open_record,
        "hospital",
        lambda run: opens(run, "holder"),
        journal_of=("holder",),
    ),
    allowed(
        Records.open_record,
        "pharmacist",
        lambda run: opens(run, "minor"),
        journal_of=("minor",),
        then=lambda run, answer: run.know("minor", answer.patient_id),
    ),
)

FOUND = (
    allowed(Records.find_record, "gp", lambda run: FindRecord(ins=ins_of(run, "holder")), journal_of=("holder",)),
    refused("record.not_found", Records.find_record, "gp", lambda _: FindRecord(ins=new_patient().ins)),
    # Known to the platform, without a record.
    refused(
        "record.not_found",
        Records.find_record,
        "agent",
        lambda run: FindRecord(ins=ins_of(run, "carer")),
        journal_of=("carer",),
    ),
    allowed(Identity.find_by_traits, "gp", traits, items=2, journal_of=("holder", "namesake")),
    # Nobody is found: that somebody was looked for is the platform's to know.
    allowed(
        Identity.find_by_traits,
        "gp",
        lambda run: traits(run, given_names="Zénobie"),
        journal_of=(PLATFORM_JOURNAL,),
    ),
    refused("request.invalid", Identity.find_by_traits, "gp", lambda run: traits(run, family_name="-")),
    allowed(Records.show_state, "agent", lambda run: AboutRecord(patient_id=run.id("holder"))),
    refused("record.not_found", Records.show_state, "agent", lambda run: AboutRecord(patient_id=run.id("stranger"))),
    allowed(Records.list_my_records, "gp", lambda _: ListMyRecords()),
    refused("request.invalid", Records.list_my_records, "gp", lambda _: ListMyRecords(count=0)),
    allowed(Records.status_of, "gp", lambda run: AboutRecord(patient_id=run.id("holder"))),
    allowed(
        Records.holds_content,
        "documents",
        lambda run: CheckContentHeld(patient_id=run.id("holder"), content_id=ContentId(run.unknown_id())),
    ),
)

STEPS = (*ADMITTED, *OPENED, *FOUND)
