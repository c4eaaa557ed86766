"""Each way of reaching a hidden document is refused as if there were none: by its id, by lists, pages and chains."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import uuid4

import pytest

from cli.demo.cast import Cast
from cli.demo.visitor import Visitor
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

    visitor: Visitor
    record: str
    hidden: str
    query: dict[str, str]


def masked_from_an_authorised_doctor(cast: Cast, holder: Holder) -> Case:
    hidden = deposited(cast, holder, Visibility.MASQUE_PS)
    return Case(authorised(cast, holder), holder.record, hidden, {})


def masked_from_a_care_team(cast: Cast, holder: Holder) -> Case:
    activate(cast, holder).authorise_team(holder.record, cast.professional("nurse").structure)
    return Case(cast.logged_in("nurse"), holder.record, deposited(cast, holder, Visibility.MASQUE_PS), {})


def masked_from_an_author_of_others(cast: Cast, holder: Holder) -> Case:
    deposited(cast, holder, by="specialist")
    return Case(cast.logged_in("specialist"), holder.record, deposited(cast, holder, Visibility.MASQUE_PS), {})


def masked_in_an_emergency(cast: Cast, holder: Holder) -> Case:
    hidden, doctor = deposited(cast, holder, Visibility.MASQUE_PS), cast.logged_in("emergency")
    doctor.break_glass(holder.record, REASON)
    return Case(doctor, holder.record, hidden, {"mode": "bris_de_glace"})


def invisible_to_the_patient(cast: Cast, holder: Holder) -> Case:
    hidden = deposited(cast, holder, Visibility.INVISIBLE_PATIENT)
    return Case(activate(cast, holder), holder.record, hidden, {})


def deleted_by_its_author(cast: Cast, holder: Holder) -> Case:
    hidden, author = deposited(cast, holder), cast.logged_in("hospital")
    author.delete_document(holder.record, hidden)
    return Case(author, holder.record, hidden, {})


def deleted_and_its_holder(cast: Cast, holder: Holder) -> Case:
    hidden = deposited(cast, holder)
    cast.logged_in("hospital").delete_document(holder.record, hidden)
    return Case(activate(cast, holder), holder.record, hidden, {})


def anothers_under_ones_own_record(cast: Cast, holder: Holder) -> Case:
    return Case(activate(cast, holder), holder.record, deposited(cast, open_record(cast)), {})


def anothers_record(cast: Cast, holder: Holder) -> Case:
    other = open_record(cast)
    return Case(activate(cast, holder), other.record, deposited(cast, other), {})


def without_any_leave(cast: Cast, holder: Holder) -> Case:
    return Case(cast.logged_in("gp"), holder.record, deposited(cast, holder), {})


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

Build = Callable[[Cast, Holder], Case]


@pytest.mark.parametrize("build", CASES, ids=lambda build: build.__name__)
def test_by_its_id_it_is_as_if_there_were_none(cast: Cast, build: Build) -> None:
    visitor, record, hidden, query = build(cast, open_record(cast))
    for name, reach in BY_ID.items():
        there = answer_to(lambda reach=reach: reach(visitor, record, hidden))  # type: ignore[misc]
        nowhere = answer_to(lambda reach=reach: reach(visitor, record, str(uuid4())))  # type: ignore[misc]
        assert there == nowhere, name
    for read in (visitor.document, visitor.download):
        there = answer_to(lambda read=read: read(record, hidden, **query))  # type: ignore[misc]
        nowhere = answer_to(lambda read=read: read(record, str(uuid4()), **query))  # type: ignore[misc]
        assert there == nowhere


@pytest.mark.parametrize("build", READABLE, ids=lambda build: build.__name__)
def test_no_list_no_page_and_no_count_holds_it(cast: Cast, build: Build) -> None:
    holder = open_record(cast)
    before = deposited(cast, holder)
    visitor, record, hidden, query = build(cast, holder)
    after = deposited(cast, holder)
    assert comes_across(visitor, record, hidden, **query) == []
    is_own_only = before not in found(visitor, record, **query)
    if not is_own_only:
        assert {before, after} <= set(found(visitor, record, **query))
        everything = visitor.list_documents(record, count=str(len(found(visitor, record, **query))), **query)
        assert "next" not in everything


def test_the_version_that_replaced_it_does_not_lead_to_it(cast: Cast) -> None:
    holder, author, unique_id = open_record(cast), cast.logged_in("hospital"), new_unique_id()
    content = document_for(cast, holder, unique_id=unique_id)
    hidden = str(deposit(author, holder, content, Visibility.MASQUE_PS)["document_id"])
    newest = str(deposit(author, holder, document_for(cast, holder, replaces=unique_id))["document_id"])
    doctor = authorised(cast, holder)
    assert found(doctor, holder.record, superseded="true", archived="true") == [newest]
    there = answer_to(lambda: doctor.download(holder.record, hidden))
    assert there == answer_to(lambda: doctor.download(holder.record, str(uuid4())))


def test_the_patients_journal_says_nothing_more_of_it_by_its_id(cast: Cast) -> None:
    holder = open_record(cast)
    patient, hidden = activate(cast, holder), deposited(cast, holder, Visibility.INVISIBLE_PATIENT)
    assert patient.journal(holder.record, document_id=hidden) == patient.journal(
        holder.record, document_id=str(uuid4())
    )
