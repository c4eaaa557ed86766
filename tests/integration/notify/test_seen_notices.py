"""Each reader of a record has seen notices up to one: what is newer is unread, for them alone."""

import pytest

from client.waiting import wait_for
from contracts.errors.request import InvalidRequest, RecordNotFound
from contracts.notify import ListNotices, MarkSeen, Notices, Notify
from contracts.records.events import RecordFirstRead
from contracts.vocabulary import Rpps
from tests.integration.notify.people import AccountHolder
from tests.support.fake_consent import FakeConsent
from tests.support.service_stack import ServiceStack

FUTURE = "ffffffff-ffff-7fff-bfff-ffffffffffff"


def read(stack: ServiceStack, record: AccountHolder, reader: AccountHolder) -> Notices:
    return stack.call(Notify.list_notices, ListNotices(patient_id=record.patient_id), reader.actor)


def mark(stack: ServiceStack, record: AccountHolder, reader: AccountHolder, until: str) -> int:
    return stack.call(Notify.mark_seen, MarkSeen(patient_id=record.patient_id, until=until), reader.actor).unread


def receive(stack: ServiceStack, person: AccountHolder, *, secret: bool = False) -> None:
    before = len(read(stack, person, person).notices)
    event = RecordFirstRead(patient_id=person.patient_id, rpps=Rpps("80000000019"), secret=secret)
    stack.deliver("notify", [event])
    wait_for(lambda: len(read(stack, person, person).notices) > before)


def test_what_came_after_the_newest_seen_is_unread_and_nothing_is_unseen(stack: ServiceStack) -> None:
    person = AccountHolder(stack)
    receive(stack, person)
    receive(stack, person)
    newest, older = read(stack, person, person).notices
    assert (newest.unread, older.unread, read(stack, person, person).unread) == (True, True, 2)

    assert mark(stack, person, person, older.id) == 1
    assert mark(stack, person, person, newest.id) == 0
    assert mark(stack, person, person, older.id) == 0

    receive(stack, person)
    found = read(stack, person, person)
    assert [notice.unread for notice in found.notices] == [True, False, False]
    assert found.unread == 1


def test_marking_what_is_not_there_yet_hides_nothing_that_comes(stack: ServiceStack) -> None:
    person = AccountHolder(stack)
    mark(stack, person, person, FUTURE)
    receive(stack, person)
    assert mark(stack, person, person, FUTURE) == 0
    receive(stack, person)
    assert read(stack, person, person).unread == 1
    with pytest.raises(InvalidRequest):
        mark(stack, person, person, "the last one")


def test_readers_of_one_record_mark_each_for_themselves(stack: ServiceStack, consent: FakeConsent) -> None:
    child, parent = AccountHolder(stack), AccountHolder(stack)
    consent.name_representative(child.patient_id, parent.patient_id)
    receive(stack, child)
    receive(stack, child, secret=True)
    assert read(stack, child, parent).unread == 1
    assert mark(stack, child, parent, FUTURE) == 0
    assert read(stack, child, child).unread == 2


def test_nobody_marks_the_notices_of_a_record_that_they_may_not_read(stack: ServiceStack) -> None:
    person, other = AccountHolder(stack), AccountHolder(stack)
    receive(stack, person)
    with pytest.raises(RecordNotFound):
        mark(stack, person, other, FUTURE)
