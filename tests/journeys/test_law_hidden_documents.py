"""A hidden document is indistinguishable from one that does not exist: by id, in lists, counts, versions, journal."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import uuid4

import pytest

from client.api_client import ApiClient
from client.people import DemoPeople
from contracts.vocabulary import Visibility
from tests.support.document_access import ACCESS_BY_ID, listed_ids, lists_containing
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    document_for,
    new_unique_id,
    open_record,
)
from tests.support.refusals import refusal_of

REASON = "Patient inconscient, traitement inconnu"


class HiddenCase(NamedTuple):
    """A client, a record, and a document hidden from the client; `query` holds the mode of access."""

    client: ApiClient
    record: str
    hidden: str
    query: dict[str, str]


def masked_from_an_authorised_doctor(demo: DemoPeople, holder: Holder) -> HiddenCase:
    hidden = deposit_new(demo, holder, Visibility.MASQUE_PS)
    return HiddenCase(authorised_doctor(demo, holder), holder.record, hidden, {})


def masked_from_a_care_team(demo: DemoPeople, holder: Holder) -> HiddenCase:
    activate_account(demo, holder).authorise_team(holder.record, demo.professional("nurse").structure)
    return HiddenCase(demo.logged_in("nurse"), holder.record, deposit_new(demo, holder, Visibility.MASQUE_PS), {})


def masked_from_the_author_of_another_document(demo: DemoPeople, holder: Holder) -> HiddenCase:
    deposit_new(demo, holder, by="specialist")
    return HiddenCase(
        demo.logged_in("specialist"), holder.record, deposit_new(demo, holder, Visibility.MASQUE_PS), {}
    )


def masked_in_an_emergency(demo: DemoPeople, holder: Holder) -> HiddenCase:
    hidden, doctor = deposit_new(demo, holder, Visibility.MASQUE_PS), demo.logged_in("emergency")
    doctor.break_glass(holder.record, REASON)
    return HiddenCase(doctor, holder.record, hidden, {"mode": "bris_de_glace"})


def invisible_to_the_patient(demo: DemoPeople, holder: Holder) -> HiddenCase:
    hidden = deposit_new(demo, holder, Visibility.INVISIBLE_PATIENT)
    return HiddenCase(activate_account(demo, holder), holder.record, hidden, {})


def deleted_and_read_by_its_author(demo: DemoPeople, holder: Holder) -> HiddenCase:
    hidden, author = deposit_new(demo, holder), demo.logged_in("hospital")
    author.delete_document(holder.record, hidden)
    return HiddenCase(author, holder.record, hidden, {})


def deleted_and_read_by_the_holder(demo: DemoPeople, holder: Holder) -> HiddenCase:
    hidden = deposit_new(demo, holder)
    demo.logged_in("hospital").delete_document(holder.record, hidden)
    return HiddenCase(activate_account(demo, holder), holder.record, hidden, {})


def of_another_record_under_ones_own(demo: DemoPeople, holder: Holder) -> HiddenCase:
    return HiddenCase(activate_account(demo, holder), holder.record, deposit_new(demo, open_record(demo)), {})


def in_another_patients_record(demo: DemoPeople, holder: Holder) -> HiddenCase:
    other = open_record(demo)
    return HiddenCase(activate_account(demo, holder), other.record, deposit_new(demo, other), {})


def without_authorisation(demo: DemoPeople, holder: Holder) -> HiddenCase:
    return HiddenCase(demo.logged_in("gp"), holder.record, deposit_new(demo, holder), {})


CASES = (
    masked_from_an_authorised_doctor,
    masked_from_a_care_team,
    masked_from_the_author_of_another_document,
    masked_in_an_emergency,
    invisible_to_the_patient,
    deleted_and_read_by_its_author,
    deleted_and_read_by_the_holder,
    of_another_record_under_ones_own,
    in_another_patients_record,
    without_authorisation,
)
READABLE = CASES[:-2]
"""The cases in which the record itself may be read."""

Build = Callable[[DemoPeople, Holder], HiddenCase]


@pytest.mark.parametrize("build", CASES, ids=lambda build: build.__name__)
def test_a_hidden_id_and_an_unknown_id_get_the_same_answer(demo: DemoPeople, build: Build) -> None:
    client, record, hidden, query = build(demo, open_record(demo))
    for name, access in ACCESS_BY_ID.items():
        existing = refusal_of(lambda access=access: access(client, record, hidden))  # type: ignore[misc]
        unknown = refusal_of(lambda access=access: access(client, record, str(uuid4())))  # type: ignore[misc]
        assert existing == unknown, name
    for read in (client.document, client.download):
        existing = refusal_of(lambda read=read: read(record, hidden, **query))  # type: ignore[misc]
        unknown = refusal_of(lambda read=read: read(record, str(uuid4()), **query))  # type: ignore[misc]
        assert existing == unknown


@pytest.mark.parametrize("build", READABLE, ids=lambda build: build.__name__)
def test_no_list_page_or_count_includes_a_hidden_document(demo: DemoPeople, build: Build) -> None:
    holder = open_record(demo)
    before = deposit_new(demo, holder)
    client, record, hidden, query = build(demo, holder)
    after = deposit_new(demo, holder)
    assert lists_containing(client, record, hidden, **query) == []
    is_own_only = before not in listed_ids(client, record, **query)
    if not is_own_only:
        assert {before, after} <= set(listed_ids(client, record, **query))
        everything = client.list_documents(record, count=str(len(listed_ids(client, record, **query))), **query)
        assert everything.next is None


def test_a_replacement_does_not_reveal_the_hidden_version(demo: DemoPeople) -> None:
    holder, author, unique_id = open_record(demo), demo.logged_in("hospital"), new_unique_id()
    content = document_for(demo, holder, unique_id=unique_id)
    hidden = str(deposit(author, holder, content, Visibility.MASQUE_PS).document_id)
    newest = str(deposit(author, holder, document_for(demo, holder, replaces=unique_id)).document_id)
    doctor = authorised_doctor(demo, holder)
    assert listed_ids(doctor, holder.record, superseded="true", archived="true") == [newest]
    existing = refusal_of(lambda: doctor.download(holder.record, hidden))
    assert existing == refusal_of(lambda: doctor.download(holder.record, str(uuid4())))


def test_the_patients_journal_reveals_nothing_about_an_invisible_document(demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient, hidden = activate_account(demo, holder), deposit_new(demo, holder, Visibility.INVISIBLE_PATIENT)
    assert patient.journal(holder.record, document_id=hidden) == patient.journal(
        holder.record, document_id=str(uuid4())
    )
