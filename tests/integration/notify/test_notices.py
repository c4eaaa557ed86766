"""A notice is written once and sent once, whatever happens to events, providers and processes."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from client.waiting import wait_for
from contracts.consent.events import EmergencyAccessOpened
from contracts.envelope import Event
from contracts.errors.request import InvalidRequest, RecordNotFound
from contracts.notify import ListNotices, Notice, NoticeCode, Notify
from contracts.records.events import (
    DocumentAppeared,
    DocumentDeleted,
    DocumentDeposited,
    MajorityReached,
    RecordClosed,
    RecordFirstRead,
    RecordPurged,
    RecordReopened,
    VisibilityChanged,
)
from contracts.vocabulary import AccessMode, Channel, ContentId, DocumentId, PatientId, Rpps
from services.notify.tables import deliveries
from tests.integration.notify.people import AccountHolder, doctor_with_email
from tests.support.service_stack import ServiceStack

DOCTOR = Rpps("80000000019")
PURGE_ON = date(2040, 1, 1)


def deposited(patient_id: PatientId) -> DocumentDeposited:
    return DocumentDeposited(
        patient_id=patient_id, document_id=DocumentId(uuid4()), content_id=ContentId(uuid4()), depositor=DOCTOR
    )


def notices_of(stack: ServiceStack, person: AccountHolder, **options: object) -> tuple[Notice, ...]:
    request = ListNotices(patient_id=person.patient_id, **options)  # type: ignore[arg-type]
    return stack.call(Notify.list_notices, request, person.actor).notices


def wait_for_all_sent(stack: ServiceStack, person: AccountHolder, count: int) -> tuple[Notice, ...]:
    def all_sent() -> tuple[Notice, ...]:
        found = notices_of(stack, person)
        return found if len(found) == count and all(notice.sent for notice in found) else ()

    return wait_for(all_sent)


def test_each_event_becomes_its_notice(stack: ServiceStack) -> None:
    person = AccountHolder(stack).with_account()
    events: list[Event] = [
        deposited(person.patient_id),
        VisibilityChanged(patient_id=person.patient_id, document_id=DocumentId(uuid4()), by_patient=False),
        RecordFirstRead(patient_id=person.patient_id, rpps=DOCTOR),
        EmergencyAccessOpened(patient_id=person.patient_id, rpps=DOCTOR, mode=AccessMode.CENTRE_15),
    ]
    for event in events:
        stack.deliver("notify", [event])
    by_patient = VisibilityChanged(patient_id=person.patient_id, document_id=DocumentId(uuid4()), by_patient=True)
    stack.deliver("notify", [by_patient])

    sent = {notice.code: notice.sent for notice in wait_for_all_sent(stack, person, 4)}

    assert sent == {
        NoticeCode.AJOUT_DOCUMENT: (Channel.EMAIL,),
        NoticeCode.MODIF_DOCUMENT: (Channel.EMAIL,),
        NoticeCode.ACCES_DMP_PS: (Channel.EMAIL,),
        NoticeCode.ACCES_CENTRE_15: (Channel.SMS,),
    }
    assert len(stack.mailbox.messages(person.email)) == 3
    assert len(stack.mailbox.messages(person.mobile)) == 1


def test_notices_about_documents_go_by_email(stack: ServiceStack) -> None:
    person = AccountHolder(stack).with_account()
    patient_id, document_id = person.patient_id, DocumentId(uuid4())
    stack.deliver("notify", [DocumentAppeared(patient_id=patient_id, document_id=document_id)])
    for by_patient in (True, False):
        deleted = DocumentDeleted(patient_id=patient_id, document_id=document_id, by_patient=by_patient)
        stack.deliver("notify", [deleted])

    sent = {notice.code: notice.sent for notice in wait_for_all_sent(stack, person, 2)}

    assert sent == {NoticeCode.REMISE_VISIBILITE_AUTO: (Channel.EMAIL,), NoticeCode.SUPP_DOC: (Channel.EMAIL,)}


def test_notices_about_the_record_itself_go_by_text_message(stack: ServiceStack) -> None:
    person = AccountHolder(stack).with_account()
    events: list[Event] = [
        RecordClosed(patient_id=person.patient_id, purge_on=PURGE_ON),
        RecordReopened(patient_id=person.patient_id),
        RecordClosed(patient_id=person.patient_id, purge_on=PURGE_ON, destruction_asked=True),
        RecordPurged(patient_id=person.patient_id),
        MajorityReached(patient_id=person.patient_id),
    ]
    for event in events:
        stack.deliver("notify", [event])

    sent = {notice.code: notice.sent for notice in wait_for_all_sent(stack, person, 5)}

    assert sent == dict.fromkeys(
        (
            NoticeCode.FERMETURE_DOSSIER,
            NoticeCode.REOUVERTURE_DOSSIER,
            NoticeCode.SUPPRESSION_DEMANDEE,
            NoticeCode.DOSSIER_DETRUIT,
            NoticeCode.PASSAGE_MAJORITE,
        ),
        (Channel.SMS,),
    )
    assert len(stack.mailbox.messages(person.mobile)) == 5


def test_an_event_delivered_twice_is_one_notice(stack: ServiceStack) -> None:
    person = AccountHolder(stack).with_account()
    event = deposited(person.patient_id)
    ids = stack.deliver("notify", [event])
    stack.deliver("notify", [event], ids=ids)
    wait_for_all_sent(stack, person, 1)
    stack.deliver("notify", [deposited(person.patient_id)])

    wait_for_all_sent(stack, person, 2)

    assert len(stack.mailbox.messages(person.email)) == 2


def test_holder_and_medecin_traitant_are_notified_of_an_emergency_access(stack: ServiceStack) -> None:
    person, (medecin_traitant, email) = AccountHolder(stack).with_account(), doctor_with_email(stack)
    event = EmergencyAccessOpened(
        patient_id=person.patient_id,
        rpps=DOCTOR,
        mode=AccessMode.BRIS_DE_GLACE,
        medecins_traitants=(medecin_traitant,),
    )
    stack.deliver("notify", [event])

    [to_doctor] = wait_for(lambda: stack.mailbox.messages(email))
    [to_holder] = wait_for(lambda: stack.mailbox.messages(person.mobile))

    assert "médecin traitant" in to_doctor.body
    assert "bris de glace" in to_holder.body
    # The doctor's notice is not among the patient's.
    assert [notice.code for notice in notices_of(stack, person)] == [NoticeCode.ACCES_BRIS_GLACE]


def test_what_an_unavailable_provider_did_not_take_is_sent_once_later(stack: ServiceStack) -> None:
    person = AccountHolder(stack).with_account()
    stack.mailbox.set_outage(sms=True, mail=True)
    stack.deliver("notify", [deposited(person.patient_id)])
    stack.deliver(
        "notify",
        [EmergencyAccessOpened(patient_id=person.patient_id, rpps=DOCTOR, mode=AccessMode.BRIS_DE_GLACE)],
    )

    def tried() -> bool:
        with stack.database("notify") as connection:
            query = select(deliveries.c.attempts).where(deliveries.c.patient_id == person.patient_id)
            attempts = list(connection.execute(query).scalars())
        return len(attempts) == 2 and all(attempts)

    wait_for(tried)
    assert [notice.sent for notice in notices_of(stack, person)] == [(), ()]
    stack.mailbox.set_outage(sms=False, mail=False)

    wait_for_all_sent(stack, person, 2)
    assert len(stack.mailbox.messages(person.email)) == len(stack.mailbox.messages(person.mobile)) == 1


def test_notices_from_before_the_account_are_sent_at_its_activation(stack: ServiceStack) -> None:
    person = AccountHolder(stack)
    stack.deliver("notify", [deposited(person.patient_id)])
    [notice] = wait_for(lambda: notices_of(stack, person))
    assert notice.sent == ()

    person.activates_account()

    wait_for_all_sent(stack, person, 2)
    assert len(stack.mailbox.messages(person.email)) == len(stack.mailbox.messages(person.mobile)) == 1


def test_a_patient_with_one_verified_address_is_notified_there(stack: ServiceStack) -> None:
    person = AccountHolder(stack).with_account(email=False)
    stack.deliver("notify", [deposited(person.patient_id)])

    [notice] = wait_for_all_sent(stack, person, 1)

    assert notice.sent == (Channel.SMS,)


def test_a_process_killed_during_an_outage_sends_nothing_twice(stack: ServiceStack) -> None:
    person = AccountHolder(stack).with_account()
    stack.mailbox.set_outage(mail=True)
    stack.deliver("notify", [deposited(person.patient_id)])
    wait_for(lambda: notices_of(stack, person))
    stack.kill("notify")
    stack.mailbox.set_outage(mail=False)
    stack.start("notify")

    wait_for_all_sent(stack, person, 1)
    assert len(stack.mailbox.messages(person.email)) == 1


def test_notices_are_read_in_pages_newest_first(stack: ServiceStack) -> None:
    person = AccountHolder(stack)
    for count in range(1, 4):
        stack.deliver("notify", [deposited(person.patient_id)])
        wait_for(lambda count=count: len(notices_of(stack, person)) == count)  # type: ignore[misc]

    all_notices = notices_of(stack, person)
    first = notices_of(stack, person, count=2)
    rest = notices_of(stack, person, count=2, before=first[-1].id)

    assert [*first, *rest] == list(all_notices)
    assert [notice.at for notice in all_notices] == sorted((notice.at for notice in all_notices), reverse=True)


@pytest.mark.parametrize("options", [{"count": 0}, {"count": 101}, {"before": "yesterday"}])
def test_an_invalid_page_is_refused(stack: ServiceStack, options: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        notices_of(stack, AccountHolder(stack), **options)


def test_nobody_reads_anothers_notices(stack: ServiceStack) -> None:
    person, other = AccountHolder(stack), AccountHolder(stack)
    stack.deliver("notify", [deposited(person.patient_id)])
    wait_for(lambda: notices_of(stack, person))

    with pytest.raises(RecordNotFound):
        stack.call(Notify.list_notices, ListNotices(patient_id=person.patient_id), other.actor)


def test_memory_stays_small_and_the_log_names_nobody(stack: ServiceStack) -> None:
    person = AccountHolder(stack).with_account()
    stack.deliver("notify", [deposited(person.patient_id)])
    wait_for_all_sent(stack, person, 1)

    log = stack.log_of("notify")

    assert stack.memory("notify") // 1024 <= 120
    assert str(person.patient_id) not in log
    assert "people.example" not in log
    assert person.mobile not in log
