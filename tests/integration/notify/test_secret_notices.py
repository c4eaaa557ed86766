"""What a minor does in secret is told where only they read it; what nobody may know yet is not told at all."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from contracts.envelope import Event
from contracts.errors import RecordNotFound, ServiceUnavailable
from contracts.notify import ListNotices, Notice, Notify
from contracts.records import DocumentAppeared, DocumentDeleted, DocumentDeposited, RecordFirstRead, VisibilityChanged
from contracts.vocabulary import ContentId, DocumentId, NoticeCode, PatientId, Rpps
from services.notify.tables import deliveries
from tests.integration.notify.counsel import Counsel
from tests.integration.notify.house import House, wait_for
from tests.integration.notify.people import Person

DOCTOR = Rpps("80000000019")
DOCUMENT = DocumentId(uuid4())


def deposited(child: Person, *, secret: bool = False, withheld: bool = False) -> DocumentDeposited:
    return DocumentDeposited(
        patient_id=child.patient_id,
        document_id=DOCUMENT,
        content_id=ContentId(uuid4()),
        depositor=DOCTOR,
        secret=secret,
        withheld=withheld,
    )


def changed(child: Person, *, secret: bool = False, withheld: bool = False) -> VisibilityChanged:
    return VisibilityChanged(
        patient_id=child.patient_id, document_id=DOCUMENT, by_patient=False, secret=secret, withheld=withheld
    )


def codes(house: House, record: Person, reader: Person, **options: object) -> list[NoticeCode]:
    return [one.code for one in notices(house, record, reader, **options)]


def notices(house: House, record: Person, reader: Person, **options: object) -> tuple[Notice, ...]:
    question = ListNotices(patient_id=record.patient_id, **options)  # type: ignore[arg-type]
    return house.call(Notify.list_notices, question, reader.actor).notices


def told(house: House, child: Person, event: Event) -> None:
    """The event has become a notice that the child finds on top."""
    before = len(notices(house, child, child))
    house.deliver("notify", [event])
    wait_for(lambda: len(notices(house, child, child)) == before + 1)


def deliveries_of(house: House, patient_id: PatientId) -> int:
    with house.database("notify") as connection:
        query = select(deliveries.c.notice_id).where(deliveries.c.patient_id == patient_id)
        return len(connection.execute(query).all())


def test_a_secret_notice_is_there_for_the_holder_and_not_for_the_representative(
    house: House, counsel: Counsel
) -> None:
    child, parent = Person(house), Person(house)
    counsel.name_representative(child.patient_id, parent.patient_id)
    told(house, child, deposited(child))
    told(house, child, deposited(child, secret=True))
    told(house, child, RecordFirstRead(patient_id=child.patient_id, rpps=DOCTOR, secret=True))

    assert codes(house, child, child) == [
        NoticeCode.ACCES_DMP_PS,
        NoticeCode.AJOUT_DOCUMENT,
        NoticeCode.AJOUT_DOCUMENT,
    ]
    assert codes(house, child, parent) == [NoticeCode.AJOUT_DOCUMENT]


def test_the_pages_of_a_representative_show_no_gap(house: House, counsel: Counsel) -> None:
    child, parent = Person(house), Person(house)
    counsel.name_representative(child.patient_id, parent.patient_id)
    told(house, child, deposited(child))
    told(house, child, deposited(child, secret=True))
    told(house, child, RecordFirstRead(patient_id=child.patient_id, rpps=DOCTOR))

    [first] = notices(house, child, parent, count=1)
    [second] = notices(house, child, parent, count=1, before=first.id)

    assert (first.code, second.code) == (NoticeCode.ACCES_DMP_PS, NoticeCode.AJOUT_DOCUMENT)
    assert notices(house, child, parent, count=1, before=second.id) == ()


def test_a_representative_of_one_child_reads_no_other_childs_notices(house: House, counsel: Counsel) -> None:
    child, other, parent = Person(house), Person(house), Person(house)
    counsel.name_representative(child.patient_id, parent.patient_id)

    with pytest.raises(RecordNotFound):
        notices(house, other, parent)


def test_a_secret_notice_goes_to_no_address(house: House) -> None:
    child = Person(house).with_account()
    told(house, child, deposited(child, secret=True))
    told(house, child, changed(child, secret=True))
    told(house, child, deposited(child))
    wait_for(lambda: notices(house, child, child)[0].sent)

    assert [one.sent for one in notices(house, child, child)[1:]] == [(), ()]
    assert deliveries_of(house, child.patient_id) == 1
    assert len(house.messages(child.email)) == 1
    assert house.messages(child.mobile) == []


def test_an_activation_sends_no_secret_notice_either(house: House) -> None:
    child = Person(house)
    told(house, child, RecordFirstRead(patient_id=child.patient_id, rpps=DOCTOR, secret=True))

    child.activates_account()

    wait_for(lambda: house.messages(child.mobile))
    assert deliveries_of(house, child.patient_id) == 1
    assert house.messages(child.email) == []


def test_what_the_patient_may_not_know_yet_is_told_once_when_it_appears(house: House) -> None:
    person = Person(house).with_account()
    house.deliver("notify", [deposited(person, withheld=True)])
    house.deliver("notify", [changed(person, withheld=True)])
    gone = DocumentDeleted(patient_id=person.patient_id, document_id=DOCUMENT, by_patient=False, withheld=True)
    house.deliver("notify", [gone])

    told(house, person, DocumentAppeared(patient_id=person.patient_id, document_id=DOCUMENT))

    wait_for(lambda: notices(house, person, person)[0].sent)
    assert codes(house, person, person) == [NoticeCode.REMISE_VISIBILITE_AUTO]
    assert len(house.messages(person.email)) == 1


def test_without_consents_answer_nobody_reads_notices(house: House, counsel: Counsel) -> None:
    person = Person(house)

    with counsel.gone(), pytest.raises(ServiceUnavailable):
        notices(house, person, person)
