"""Notices of secret acts are shown to the minor only; withheld documents cause none."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from client.waiting import wait_for
from contracts.envelope import Event
from contracts.errors.execution import DeadlineExceeded
from contracts.errors.request import RecordNotFound
from contracts.notify import ListNotices, Notice, NoticeCode, Notify
from contracts.records.events import (
    DocumentAppeared,
    DocumentDeleted,
    DocumentDeposited,
    RecordFirstRead,
    VisibilityChanged,
)
from contracts.vocabulary import ContentId, DocumentId, PatientId, Rpps
from services.notify.tables import deliveries
from tests.integration.notify.people import AccountHolder
from tests.support.fake_consent import FakeConsent
from tests.support.service_stack import ServiceStack

DOCTOR = Rpps("80000000019")
DOCUMENT = DocumentId(uuid4())


def deposited(child: AccountHolder, *, secret: bool = False, withheld: bool = False) -> DocumentDeposited:
    return DocumentDeposited(
        patient_id=child.patient_id,
        document_id=DOCUMENT,
        content_id=ContentId(uuid4()),
        depositor=DOCTOR,
        secret=secret,
        withheld=withheld,
    )


def changed(child: AccountHolder, *, secret: bool = False, withheld: bool = False) -> VisibilityChanged:
    return VisibilityChanged(
        patient_id=child.patient_id, document_id=DOCUMENT, by_patient=False, secret=secret, withheld=withheld
    )


def codes(stack: ServiceStack, record: AccountHolder, reader: AccountHolder, **options: object) -> list[NoticeCode]:
    return [notice.code for notice in notices(stack, record, reader, **options)]


def notices(
    stack: ServiceStack, record: AccountHolder, reader: AccountHolder, **options: object
) -> tuple[Notice, ...]:
    request = ListNotices(patient_id=record.patient_id, **options)  # type: ignore[arg-type]
    return stack.call(Notify.list_notices, request, reader.actor).notices


def deliver(stack: ServiceStack, child: AccountHolder, event: Event) -> None:
    """Deliver an event and wait until the child reads its notice."""
    before = len(notices(stack, child, child))
    stack.deliver("notify", [event])
    wait_for(lambda: len(notices(stack, child, child)) == before + 1)


def deliveries_of(stack: ServiceStack, patient_id: PatientId) -> int:
    with stack.database("notify") as connection:
        query = select(deliveries.c.notice_id).where(deliveries.c.patient_id == patient_id)
        return len(connection.execute(query).all())


def test_a_secret_notice_is_shown_to_the_holder_but_not_to_the_representative(
    stack: ServiceStack, consent: FakeConsent
) -> None:
    child, parent = AccountHolder(stack), AccountHolder(stack)
    consent.name_representative(child.patient_id, parent.patient_id)
    deliver(stack, child, deposited(child))
    deliver(stack, child, deposited(child, secret=True))
    deliver(stack, child, RecordFirstRead(patient_id=child.patient_id, rpps=DOCTOR, secret=True))

    assert codes(stack, child, child) == [
        NoticeCode.ACCES_DMP_PS,
        NoticeCode.AJOUT_DOCUMENT,
        NoticeCode.AJOUT_DOCUMENT,
    ]
    assert codes(stack, child, parent) == [NoticeCode.AJOUT_DOCUMENT]


def test_the_pages_of_a_representative_have_no_gap(stack: ServiceStack, consent: FakeConsent) -> None:
    child, parent = AccountHolder(stack), AccountHolder(stack)
    consent.name_representative(child.patient_id, parent.patient_id)
    deliver(stack, child, deposited(child))
    deliver(stack, child, deposited(child, secret=True))
    deliver(stack, child, RecordFirstRead(patient_id=child.patient_id, rpps=DOCTOR))

    [first] = notices(stack, child, parent, count=1)
    [second] = notices(stack, child, parent, count=1, before=first.id)

    assert (first.code, second.code) == (NoticeCode.ACCES_DMP_PS, NoticeCode.AJOUT_DOCUMENT)
    assert notices(stack, child, parent, count=1, before=second.id) == ()


def test_a_representative_of_one_child_reads_no_other_childs_notices(
    stack: ServiceStack, consent: FakeConsent
) -> None:
    child, other, parent = AccountHolder(stack), AccountHolder(stack), AccountHolder(stack)
    consent.name_representative(child.patient_id, parent.patient_id)

    with pytest.raises(RecordNotFound):
        notices(stack, other, parent)


def test_a_secret_notice_goes_to_no_address(stack: ServiceStack) -> None:
    child = AccountHolder(stack).with_account()
    deliver(stack, child, deposited(child, secret=True))
    deliver(stack, child, changed(child, secret=True))
    deliver(stack, child, deposited(child))
    wait_for(lambda: notices(stack, child, child)[0].sent)

    assert [notice.sent for notice in notices(stack, child, child)[1:]] == [(), ()]
    assert deliveries_of(stack, child.patient_id) == 1
    assert len(stack.mailbox.messages(child.email)) == 1
    assert stack.mailbox.messages(child.mobile) == []


def test_an_activation_sends_no_secret_notice_either(stack: ServiceStack) -> None:
    child = AccountHolder(stack)
    deliver(stack, child, RecordFirstRead(patient_id=child.patient_id, rpps=DOCTOR, secret=True))

    child.activates_account()

    wait_for(lambda: stack.mailbox.messages(child.mobile))
    assert deliveries_of(stack, child.patient_id) == 1
    assert stack.mailbox.messages(child.email) == []


def test_a_withheld_document_causes_one_notice_when_it_appears(stack: ServiceStack) -> None:
    person = AccountHolder(stack).with_account()
    stack.deliver("notify", [deposited(person, withheld=True)])
    stack.deliver("notify", [changed(person, withheld=True)])
    gone = DocumentDeleted(patient_id=person.patient_id, document_id=DOCUMENT, by_patient=False, withheld=True)
    stack.deliver("notify", [gone])

    deliver(stack, person, DocumentAppeared(patient_id=person.patient_id, document_id=DOCUMENT))

    wait_for(lambda: notices(stack, person, person)[0].sent)
    assert codes(stack, person, person) == [NoticeCode.REMISE_VISIBILITE_AUTO]
    assert len(stack.mailbox.messages(person.email)) == 1


def test_without_an_answer_of_consent_nobody_reads_notices(stack: ServiceStack, consent: FakeConsent) -> None:
    person = AccountHolder(stack)

    with consent.unbound(), pytest.raises(DeadlineExceeded):
        notices(stack, person, person)
