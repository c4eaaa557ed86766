"""Each way of reaching a hidden document is refused as if there were none: by its id, by lists, pages and chains."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import uuid4

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.vocabulary import Visibility
from tests.support.people import (
    Holder,
    activate,
    authorised,
    deposit,
    deposited,
    document_for,
    new_unique_id,
    open_record,
)
from tests.support.refusing import answer_to
from tests.support.ways import BY_ID, comes_across, found

REASON = "Patient inconscient, traitement inconnu"


class Case(NamedTuple):
    """Somebody, a record, and a document they are not to reach; `query` says how they come in."""

    client: ApiClient
    record: str
    hidden: str
    query: dict[str, str]


def masked_from_an_authorised_doctor(demo: DemoPeople, holder: Holder) -> Case:
    hidden = deposited(demo, holder, Visibility.MASQUE_PS)
    return Case(authorised(demo, holder), holder.record, hidden, {})


def masked_from_a_care_team(demo: DemoPeople, holder: Holder) -> Case:
    activate(demo, holder).authorise_team(holder.record, demo.professional("nurse").structure)
    return Case(demo.logged_in("nurse"), holder.record, deposited(demo, holder, Visibility.MASQUE_PS), {})


def masked_from_an_author_of_others(demo: DemoPeople, holder: Holder) -> Case:
    deposited(demo, holder, by="specialist")
    return Case(demo.logged_in("specialist"), holder.record, deposited(demo, holder, Visibility.MASQUE_PS), {})


def masked_in_an_emergency(demo: DemoPeople, holder: Holder) -> Case:
    hidden, doctor = deposited(demo, holder, Visibility.MASQUE_PS), demo.logged_in("emergency")
    doctor.break_glass(holder.record, REASON)
    return Case(doctor, holder.record, hidden, {"mode": "bris_de_glace"})


def invisible_to_the_patient(demo: DemoPeople, holder: Holder) -> Case:
    hidden = deposited(demo, holder, Visibility.INVISIBLE_PATIENT)
    return Case(activate(demo, holder), holder.record, hidden, {})


def deleted_by_its_author(demo: DemoPeople, holder: Holder) -> Case:
    hidden, author = deposited(demo, holder), demo.logged_in("hospital")
    author.delete_document(holder.record, hidden)
    return Case(author, holder.record, hidden, {})


def deleted_and_its_holder(demo: DemoPeople, holder: Holder) -> Case:
    hidden = deposited(demo, holder)
    demo.logged_in("hospital").delete_document(holder.record, hidden)
    return Case(activate(demo, holder), holder.record, hidden, {})


def anothers_under_ones_own_record(demo: DemoPeople, holder: Holder) -> Case:
    return Case(activate(demo, holder), holder.record, deposited(demo, open_record(demo)), {})


def anothers_record(demo: DemoPeople, holder: Holder) -> Case:
    other = open_record(demo)
    return Case(activate(demo, holder), other.record, deposited(demo, other), {})


def without_any_leave(demo: DemoPeople, holder: Holder) -> Case:
    return Case(demo.logged_in("gp"), holder.record, deposited(demo, holder), {})


CASES = (
    masked_from_an_authorised_doctor,
    masked_from_a_care_team,
    masked_from_an_author_of_others,
    masked_in_an_emergency,
    invisible_to_the_patient,
    deleted_by_its_author,
    deleted_and_its_holder,
    anothers_under_ones_own_record,
    anothers_record,
    without_any_leave,
)
READABLE = CASES[:-2]
"""Where the record itself may be read."""

Build = Callable[[DemoPeople, Holder], Case]


@pytest.mark.parametrize("build", CASES, ids=lambda build: build.__name__)
def test_by_its_id_it_is_as_if_there_were_none(demo: DemoPeople, build: Build) -> None:
    client, record, hidden, query = build(demo, open_record(demo))
    for name, reach in BY_ID.items():
        there = answer_to(lambda reach=reach: reach(client, record, hidden))  # type: ignore[misc]
        nowhere = answer_to(lambda reach=reach: reach(client, record, str(uuid4())))  # type: ignore[misc]
        assert there == nowhere, name
    for read in (client.document, client.download):
        there = answer_to(lambda read=read: read(record, hidden, **query))  # type: ignore[misc]
        nowhere = answer_to(lambda read=read: read(record, str(uuid4()), **query))  # type: ignore[misc]
        assert there == nowhere


@pytest.mark.parametrize("build", READABLE, ids=lambda build: build.__name__)
def test_no_list_no_page_and_no_count_holds_it(demo: DemoPeople, build: Build) -> None:
    holder = open_record(demo)
    before = deposited(demo, holder)
    client, record, hidden, query = build(demo, holder)
    after = deposited(demo, holder)
    assert comes_across(client, record, hidden, **query) == []
    is_own_only = before not in found(client, record, **query)
    if not is_own_only:
        assert {before, after} <= set(found(client, record, **query))
        everything = client.list_documents(record, count=str(len(found(client, record, **query))), **query)
        assert "next" not in everything


def test_the_version_that_replaced_it_does_not_lead_to_it(demo: DemoPeople) -> None:
    holder, author, unique_id = open_record(demo), demo.logged_in("hospital"), new_unique_id()
    content = document_for(demo, holder, unique_id=unique_id)
    hidden = str(deposit(author, holder, content, Visibility.MASQUE_PS)["document_id"])
    newest = str(deposit(author, holder, document_for(demo, holder, replaces=unique_id))["document_id"])
    doctor = authorised(demo, holder)
    assert found(doctor, holder.record, superseded="true", archived="true") == [newest]
    there = answer_to(lambda: doctor.download(holder.record, hidden))
    assert there == answer_to(lambda: doctor.download(holder.record, str(uuid4())))


def test_the_patients_journal_says_nothing_more_of_it_by_its_id(demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient, hidden = activate(demo, holder), deposited(demo, holder, Visibility.INVISIBLE_PATIENT)
    assert patient.journal(holder.record, document_id=hidden) == patient.journal(
        holder.record, document_id=str(uuid4())
    )
