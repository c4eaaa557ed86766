"""A replacement hidden from a reader changes nothing for them: the older version is current until it appears."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from client.api_client import ApiClient
from client.fhir import FhirClient
from client.patient import PatientClient
from client.people import DemoPeople
from contracts.records.documents import Document
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.clock import make_document_due
from tests.support.document_access import all_lists, listed_ids
from tests.support.fhir_client import fhir_client, reference_to, refusal_in
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    document_for,
    new_minor,
    new_patient,
    new_unique_id,
    open_record,
)
from tests.support.refusals import expect_refusal
from tests.support.staff import appoint_representative

MASKED, INVISIBLE = Visibility.MASQUE_PS, Visibility.INVISIBLE_PATIENT
SECRET = Visibility.INVISIBLE_REPRESENTANTS_LEGAUX


class Reading(NamedTuple):
    """Who reads, in which mode, and the mark of a replacement (empty: of another section) that hides it from them."""

    client: ApiClient
    mark: tuple[Visibility, ...]
    query: Mapping[str, str] = MappingProxyType({})


def an_authorised_doctor(_: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient) -> Reading:
    return Reading(authorised_doctor(demo, holder), (MASKED,))


def a_doctor_in_an_emergency(_: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient) -> Reading:
    doctor = demo.logged_in("specialist")
    doctor.break_glass(holder.record, "Patient inconscient, traitement inconnu")
    return Reading(doctor, (MASKED,), {"mode": "bris_de_glace"})


def the_patient(_: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient) -> Reading:
    return Reading(patient, (INVISIBLE,))


def a_representative(platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient) -> Reading:
    adult = open_record(demo)
    appoint_representative(platform, demo, holder, adult.card)
    return Reading(activate_account(demo, adult), (SECRET,))


def a_carer(_: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient) -> Reading:
    invitation = patient.invite_carer(holder.record, ("synthese",), "Paul", "Maman")
    carer = activate_account(demo, open_record(demo))
    carer.answer_invitation(str(invitation.code), accepted=True)
    return Reading(carer, ())


READERS = (an_authorised_doctor, a_doctor_in_an_emergency, the_patient, a_representative, a_carer)

Build = Callable[[Stack, DemoPeople, Holder, PatientClient], Reading]


class Replacement(NamedTuple):
    """Ids of a document and its replacement, and the uniqueId of the first."""

    unique_id: str
    older: str
    newer: str


def minor_or_adult(demo: DemoPeople, build: Build) -> Holder:
    return open_record(demo, new_minor() if build is a_representative else new_patient())


def view(demo: DemoPeople, reading: Reading, holder: Holder, document: str) -> dict[str, Any]:
    """Everything a reader is shown of a record and of one document of it."""
    client, record, query = reading.client, holder.record, reading.query
    return {
        "lists": dict(all_lists(client, record, **query)),
        "entry": client.document(record, document, **query),
        "clinical data": client.all_facts(record, **query),
        "trends": client.trends(record, **query),
        "bytes": client.download(record, document, **query),
        # The FHIR API is not for emergencies.
        **({} if query else view_by_fhir(fhir_client(demo, client), record, document)),
    }


def view_by_fhir(software: FhirClient, record: str, document: str) -> dict[str, Any]:
    search = f"DocumentReference?patient={record}&_total=accurate&status="
    read = software.get(f"DocumentReference/{UUID(record).hex}{UUID(document).hex}")
    lists = software.get(f"List?patient={record}&status=current&code=submissionset&_total=accurate")
    return {
        **{status: without_links(software.get(search + status).json()) for status in ("current", "superseded")},
        "read": (read.json(), read.headers["etag"]),
        "sets": without_links(lists.json()),
    }


def without_links(bundle: dict[str, Any]) -> dict[str, Any]:
    """A bundle without what differs between two answers to the same request."""
    return {name: bundle[name] for name in ("total", "entry") if name in bundle}


def superseded_for(client: ApiClient, record: str, versions: Replacement, **query: str) -> bool:
    """Whether the newer version is current, and the older one superseded; they may not be both current."""
    states = {
        str(document.document_id): document.status
        for document in client.list_documents(record, superseded="true", **query).documents
    }
    assert states in ({versions.older: "superseded", versions.newer: "current"}, {versions.older: "current"})
    return versions.newer in states


def replace(author: ApiClient, holder: Holder, demo: DemoPeople, *marks: Visibility) -> Replacement:
    """A document, and its replacement with these marks."""
    unique_id = new_unique_id()
    older = deposit(author, holder, document_for(demo, holder, unique_id=unique_id))
    newer = deposit(author, holder, document_for(demo, holder, replaces=unique_id), *marks)
    return Replacement(unique_id, str(older.document_id), str(newer.document_id))


@pytest.mark.parametrize("build", READERS, ids=lambda build: build.__name__)
def test_a_hidden_replacement_changes_nothing_that_its_reader_is_shown(
    platform: Stack, demo: DemoPeople, build: Build
) -> None:
    holder, author, unique_id = minor_or_adult(demo, build), demo.logged_in("hospital"), new_unique_id()
    older = str(deposit(author, holder, document_for(demo, holder, unique_id=unique_id)).document_id)
    patient = activate_account(demo, holder)
    reading = build(platform, demo, holder, patient)
    before = view(demo, reading, holder, older)
    newer = str(deposit(author, holder, document_for(demo, holder, replaces=unique_id), *reading.mark).document_id)
    assert view(demo, reading, holder, older) == before
    patient.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
    for seeing in (author, demo.logged_in("gp")):
        assert superseded_for(seeing, holder.record, Replacement(unique_id, older, newer))


def test_a_hidden_replacement_takes_effect_for_the_patient_when_it_appears(platform: Stack, demo: DemoPeople) -> None:
    holder, author = open_record(demo), demo.logged_in("hospital")
    patient = activate_account(demo, holder)
    on_its_date, announced = (replace(author, holder, demo, INVISIBLE) for _ in range(2))
    assert set(listed_ids(patient, holder.record)) == {on_its_date.older, announced.older}
    make_document_due(platform, on_its_date.newer)
    author.announce(holder.record, announced.newer)
    assert set(listed_ids(patient, holder.record)) == {on_its_date.newer, announced.newer}
    assert patient.document(holder.record, announced.older).status == "superseded"


def test_a_hidden_replacement_takes_effect_for_doctors_when_it_is_unmasked(demo: DemoPeople) -> None:
    holder, author = open_record(demo), demo.logged_in("hospital")
    versions, doctor = replace(author, holder, demo, MASKED), authorised_doctor(demo, holder)
    assert not superseded_for(doctor, holder.record, versions)
    author.set_masked(holder.record, versions.newer, False)
    assert superseded_for(doctor, holder.record, versions)


def test_a_patient_archives_the_version_that_is_current_for_them(demo: DemoPeople) -> None:
    holder, author = open_record(demo), demo.logged_in("hospital")
    versions, patient = replace(author, holder, demo, INVISIBLE), activate_account(demo, holder)
    software = fhir_client(demo, patient)
    archived = patient.set_archived(holder.record, versions.older, True)
    assert (archived.status, archived.version) == ("archived", 2)
    path = f"DocumentReference/{UUID(holder.record).hex}{UUID(versions.older).hex}"
    test, restore = {"op": "test", "value": "current"}, {"op": "replace", "value": "current"}
    restored = software.patch(path, test | {"path": "/status"}, restore | {"path": "/status"})
    assert (restored.status_code, restored.json()["status"]) == (200, "current")
    assert author.document(holder.record, versions.older).status == "superseded"


# What a depositor learns -------------------------------------------------------------------------


def deposit_replacing(demo: DemoPeople, depositor: ApiClient, holder: Holder, by: str, unique_id: str) -> Document:
    return depositor.deposit(holder.record, document_for(demo, holder, by=by, replaces=unique_id))


@pytest.mark.parametrize("hidden", [(MASKED,), ()], ids=["masked from them", "of a record they may not read"])
def test_to_replace_a_hidden_document_is_answered_as_to_replace_an_unknown_one(
    demo: DemoPeople, hidden: tuple[Visibility, ...]
) -> None:
    holder, unique_id = open_record(demo), new_unique_id()
    deposit(demo.logged_in("hospital"), holder, document_for(demo, holder, unique_id=unique_id), *hidden)
    depositor = authorised_doctor(demo, holder) if hidden else demo.logged_in("specialist")
    for named in (unique_id, new_unique_id()):
        assert deposit_replacing(demo, depositor, holder, "specialist", named).replaces == named
    software = fhir_client(demo, depositor)
    for named in (unique_id, new_unique_id()):
        body = reference_to(
            holder,
            document_for(demo, holder, by="specialist"),
            relatesTo=[{"code": "replaces", "target": {"identifier": {"value": f"urn:oid:{named}"}}}],
        )
        assert refusal_in(software.post("DocumentReference", body)) == (403, "document.not_author")


def test_a_masked_document_of_the_own_organisation_is_unknown_and_an_open_one_replaced_without_reading_it(
    demo: DemoPeople,
) -> None:
    holder, colleague = open_record(demo), demo.logged_in("emergency")
    ids = {mark: new_unique_id() for mark in ((), (MASKED,))}
    for mark, unique_id in ids.items():
        deposit(demo.logged_in("hospital"), holder, document_for(demo, holder, unique_id=unique_id), *mark)
        deposit_replacing(demo, colleague, holder, "emergency", unique_id)
    states = {
        document.unique_id: document.status
        for document in activate_account(demo, holder).list_documents(holder.record, superseded="true").documents
    }
    assert {mark: str(states[unique_id]) for mark, unique_id in ids.items()} == {
        (): "superseded",
        (MASKED,): "current",
    }


def test_a_version_replaced_by_one_hidden_from_the_depositor_is_replaced_again(demo: DemoPeople) -> None:
    holder, author, unique_id = open_record(demo), demo.logged_in("hospital"), new_unique_id()
    content = document_for(demo, holder, unique_id=unique_id)
    older = author.deposit(holder.record, content)
    colleague = authorised_doctor(demo, holder, "emergency")
    by_colleague = document_for(demo, holder, by="emergency", replaces=unique_id)
    first = deposit(colleague, holder, by_colleague, MASKED)
    assert author.deposit(holder.record, content) == older
    second = deposit_replacing(demo, author, holder, "hospital", unique_id)
    assert listed_ids(author, holder.record) == [str(second.document_id)]
    both = {str(first.document_id), str(second.document_id)}
    assert set(listed_ids(activate_account(demo, holder), holder.record)) == both
    expect_refusal("document.not_current", 409, deposit_replacing, demo, author, holder, "hospital", unique_id)
