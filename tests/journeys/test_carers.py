"""A carer is invited, accepts, and reads what was shared and nothing else, until either side ends it."""

from datetime import date

import pytest

from client.patient import PatientClient
from client.people import DemoPeople
from contracts.consent.carers import Carers
from contracts.vocabulary import Capacity
from deploy.dev.stack import Stack
from tests.support.clock import reach_majority
from tests.support.journal_and_notices import expect_notices, wait_for_line
from tests.support.people import Holder, activate_account, deposit_new, new_patient, open_record
from tests.support.refusals import expect_refusal
from tests.support.staff import appoint_representative


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def new_person(demo: DemoPeople) -> tuple[Holder, PatientClient]:
    other = open_record(demo)
    return other, activate_account(demo, other)


def invite(patient: PatientClient, record: str, *sections: str) -> str:
    return str(patient.invite_carer(record, sections or ("synthese",), "Mon fils Paul", "Maman").code)


def test_a_carer_reads_shared_sections_and_nothing_else(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    shared = deposit_new(demo, holder)
    son, carer = new_person(demo)
    profiles = carer.answer_invitation(invite(patient, holder.record, "synthese"), accepted=True)
    assert [(str(profile.patient_id), profile.capacity, profile.label) for profile in profiles] == [
        (holder.record, Capacity.AIDANT, "Maman")
    ]
    assert [str(document.document_id) for document in carer.list_documents(holder.record).documents] == [shared]
    for action in (
        lambda: carer.journal(holder.record),
        lambda: carer.circle(holder.record),
        lambda: carer.carers(holder.record),
        lambda: invite(carer, holder.record),
        lambda: carer.apps(holder.record),
    ):
        expect_refusal("access.not_shared", 403, action)
    expect_notices(patient, holder.record, "PARTAGE_PROFIL_AIDANT")
    assert [entry.label for entry in patient.carers(holder.record).carers] == ["Mon fils Paul"]
    assert wait_for_line(patient, holder.record, "nommer_aidant").who == "votre aidant"
    assert son.record not in str(patient.journal(holder.record))


def test_sections_that_were_not_shared_are_hidden_from_the_carer(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    deposit_new(demo, holder)
    _, carer = new_person(demo)
    carer.answer_invitation(invite(patient, holder.record, "imagerie"), accepted=True)
    assert carer.list_documents(holder.record).documents == ()


@pytest.mark.parametrize("who", ["holder", "carer"])
def test_holder_or_carer_ends_the_sharing_at_once_and_the_other_is_notified(
    demo: DemoPeople, holder: Holder, patient: PatientClient, who: str
) -> None:
    son, carer = new_person(demo)
    carer.answer_invitation(invite(patient, holder.record), accepted=True)
    by = patient if who == "holder" else carer
    by.end_carer(holder.record, son.record)
    expect_refusal("record.not_found", 404, lambda: carer.list_documents(holder.record))
    assert carer.profiles() == ()
    assert patient.carers(holder.record) == Carers(carers=(), invitations=())
    if who == "holder":
        expect_notices(carer, son.record, "REVOCATION_AIDANT")
    else:
        expect_notices(patient, holder.record, "REVOCATION_AIDANT")


def test_an_invitation_code_is_used_once_not_by_the_holder_and_not_after_withdrawal(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    _, carer = new_person(demo)
    code = invite(patient, holder.record)
    expect_refusal("carer.invitation_gone", 404, lambda: patient.answer_invitation(code, accepted=True))
    assert carer.answer_invitation(code, accepted=False) == ()
    expect_refusal("carer.invitation_gone", 404, lambda: carer.answer_invitation(code, accepted=True))
    again = patient.invite_carer(holder.record, ("synthese",), "Paul", "Maman")
    patient.withdraw_invitation(holder.record, again.invitation_id)
    expect_refusal("carer.invitation_gone", 404, lambda: carer.answer_invitation(again.code, accepted=True))
    expect_refusal("carer.invitation_gone", 404, lambda: carer.answer_invitation("x" * 22, accepted=True))


def test_a_record_has_three_carers_at_most_and_a_carer_five_records(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    _, carer = new_person(demo)
    carer.answer_invitation(invite(patient, holder.record), accepted=True)
    codes = [invite(patient, holder.record) for _ in range(2)]
    expect_refusal("carer.full", 409, lambda: invite(patient, holder.record))
    for _ in range(4):
        other, neighbour = new_person(demo)
        carer.answer_invitation(invite(neighbour, other.record), accepted=True)
    last, neighbour = new_person(demo)
    code = invite(neighbour, last.record)
    expect_refusal("carer.full", 409, lambda: carer.answer_invitation(code, accepted=True))
    assert carer.answer_invitation(codes[0], accepted=True), "an invitation of the same carer counts no further one"


@pytest.mark.parametrize(
    ("sections", "label", "field"), [((), "Paul", "sections"), (("synthese",), " ", "carer_label")]
)
def test_an_invitation_requires_sections_and_a_name_for_the_carer(
    demo: DemoPeople, holder: Holder, patient: PatientClient, sections: tuple[str, ...], label: str, field: str
) -> None:
    refused = expect_refusal(
        "request.invalid", 400, lambda: patient.invite_carer(holder.record, sections, label, "Maman")
    )
    assert field in refused.text


def test_a_representative_lists_the_child_as_a_profile_and_invites_carers_for_them(
    platform: Stack, demo: DemoPeople
) -> None:
    child = open_record(demo, new_patient(birth_date=date(2018, 5, 4)))
    parent, parent_client = new_person(demo)
    appoint_representative(platform, demo, child, parent.card)
    assert [(str(profile.patient_id), profile.capacity) for profile in parent_client.profiles()] == [
        (child.record, Capacity.REPRESENTANT_LEGAL)
    ]
    _, grandmother = new_person(demo)
    grandmother.answer_invitation(invite(parent_client, child.record), accepted=True)
    assert grandmother.list_documents(child.record).documents == ()


def new_adult(platform: Stack, demo: DemoPeople) -> tuple[Holder, PatientClient, Holder, PatientClient]:
    """A child who has just come of age and their former representative, each with a logged-in client."""
    child = open_record(demo, new_patient(birth_date=date(2018, 5, 4)))
    parent, parent_client = new_person(demo)
    appoint_representative(platform, demo, child, parent.card)
    reach_majority(platform, child.record)
    return child, activate_account(demo, child), parent, parent_client


def test_at_majority_a_representative_loses_access_unless_kept_as_a_carer(platform: Stack, demo: DemoPeople) -> None:
    child, adult, parent, parent_client = new_adult(platform, demo)
    shared = deposit_new(demo, child)
    assert parent_client.profiles() == ()
    expect_refusal("record.not_found", 404, lambda: parent_client.list_documents(child.record))
    assert [str(entry.representative) for entry in adult.carers(child.record).former] == [parent.record]
    kept = adult.keep_representative(child.record, parent.record, ("synthese",), "Mon père", "Ma fille")
    assert [str(entry.carer) for entry in kept.carers] == [parent.record]
    assert kept.former == ()
    assert [(profile.capacity, profile.label) for profile in parent_client.profiles()] == [
        (Capacity.AIDANT, "Ma fille")
    ]
    assert [str(document.document_id) for document in parent_client.list_documents(child.record).documents] == [
        shared
    ]
    expect_refusal("access.not_shared", 403, lambda: parent_client.journal(child.record))
    adult.end_carer(child.record, parent.record)
    expect_refusal("record.not_found", 404, lambda: parent_client.list_documents(child.record))
    assert adult.carers(child.record) == Carers(carers=(), invitations=())


def test_only_the_new_adult_keeps_a_former_representative_and_only_once(platform: Stack, demo: DemoPeople) -> None:
    child, adult, parent, parent_client = new_adult(platform, demo)

    def keep(by: PatientClient, whom: str) -> None:
        by.keep_representative(child.record, whom, ("synthese",), "Mon père", "Ma fille")

    stranger, _ = new_person(demo)
    expect_refusal("consent.unknown", 404, lambda: keep(adult, stranger.record))
    expect_refusal("record.not_found", 404, lambda: keep(parent_client, parent.record))
    keep(adult, parent.record)
    expect_refusal("consent.unknown", 404, lambda: keep(adult, parent.record))


def test_a_current_representative_cannot_be_kept_as_a_carer(platform: Stack, demo: DemoPeople) -> None:
    child = open_record(demo, new_patient(birth_date=date(2018, 5, 4)))
    parent, parent_client = new_person(demo)
    appoint_representative(platform, demo, child, parent.card)
    assert parent_client.carers(child.record).former == ()
    kept = (child.record, parent.record, ("synthese",), "Mon père", "Ma fille")
    expect_refusal("consent.unknown", 404, lambda: parent_client.keep_representative(*kept))
