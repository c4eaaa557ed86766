"""What is new to a professional since their last visit to a record: their own fact, within what they may see."""

from uuid import UUID

from client.people import DemoPeople
from contracts.records.api import Records
from contracts.records.documents import DocumentList, ListDocuments
from contracts.vocabulary import AccessMode, PatientId
from deploy.dev.stack import Stack
from tests.support.broker import call
from tests.support.clock import let_an_hour_pass
from tests.support.people import activate_account, authorised_doctor, deposit_new, open_record


def test_what_came_since_the_last_visit_is_new_until_the_next_one(demo: DemoPeople, platform: Stack) -> None:
    holder = open_record(demo)
    doctor, patient = authorised_doctor(demo, holder), activate_account(demo, holder)
    old = deposit_new(demo, holder)

    def read_list() -> DocumentList:
        message = ListDocuments(patient_id=PatientId(UUID(holder.record)), visit=True, new_only=True)
        return call(platform.addresses.amqp_url, Records.list_documents, message, doctor.token)

    def shown(found: DocumentList) -> tuple[list[str], int, bool]:
        return [str(document.document_id) for document in found.documents], found.new, found.new_only

    for _ in range(2):
        assert (read_list().last_visit, shown(read_list())) == (None, ([old], 0, False)), "the first visit"
    let_an_hour_pass(platform, holder.record)
    new = deposit_new(demo, holder)
    deposit_new(demo, holder, by="specialist")
    for _ in range(2):
        found = read_list()
        assert found.last_visit is not None
        assert shown(found) == ([new], 1, True), "what they deposited themselves is not new to them"
    patient.set_masked(holder.record, new, True)
    assert shown(read_list())[1:] == (0, False), "what is hidden is not counted, and all else is shown"
    let_an_hour_pass(platform, holder.record)
    read_list()
    patient.set_masked(holder.record, new, False)
    assert shown(read_list()) == ([new], 1, True), "what is shown again is new again"


def test_a_visit_is_told_to_nobody_else_and_an_emergency_is_none(demo: DemoPeople, platform: Stack) -> None:
    holder = open_record(demo)
    doctor, patient = authorised_doctor(demo, holder), activate_account(demo, holder)
    other = authorised_doctor(demo, holder, "gp")
    record = PatientId(UUID(holder.record))

    def read_list(token: str, mode: AccessMode = AccessMode.NORMAL) -> DocumentList:
        message = ListDocuments(patient_id=record, mode=mode, visit=True)
        return call(platform.addresses.amqp_url, Records.list_documents, message, token)

    read_list(doctor.token)
    read_list(patient.token)
    let_an_hour_pass(platform, holder.record)
    for reader in (other, patient):
        assert read_list(reader.token).last_visit is None
    other.open_emergency(holder.record, "bris_de_glace", "Patient inconscient")
    read_list(other.token, AccessMode.BRIS_DE_GLACE)
    let_an_hour_pass(platform, holder.record)
    assert read_list(doctor.token).last_visit is not None
    assert read_list(other.token, AccessMode.BRIS_DE_GLACE).last_visit is None
