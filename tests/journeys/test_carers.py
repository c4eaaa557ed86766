"""A carer is invited, accepts, reads what was shared and nothing else, until either of the two ends it."""

from datetime import date

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.clock import let_majority_come
from tests.support.people import Holder, activate, deposited, new_patient, open_record
from tests.support.refusing import expect
from tests.support.staff import represented
from tests.support.trails import line, told


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


def somebody(demo: DemoPeople) -> tuple[Holder, ApiClient]:
    other = open_record(demo)
    return other, activate(demo, other)


def invited(patient: ApiClient, record: str, *sections: str) -> str:
    return str(patient.invite_carer(record, sections or ("synthese",), "Mon fils Paul", "Maman")["code"])


def test_a_carer_reads_what_was_shared_and_nothing_else(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    shared = deposited(demo, holder)
    son, carer = somebody(demo)
    profiles = carer.answer_invitation(invited(patient, holder.record, "synthese"), accepted=True)
    assert [(one["patient_id"], one["capacity"], one["label"]) for one in profiles] == [
        (holder.record, "aidant", "Maman")
    ]
    assert [one["document_id"] for one in carer.list_documents(holder.record)["documents"]] == [shared]
    for forbidden in (
        lambda: carer.journal(holder.record),
        lambda: carer.circle(holder.record),
        lambda: carer.carers(holder.record),
        lambda: invited(carer, holder.record),
        lambda: carer.apps(holder.record),
    ):
        expect("access.not_shared", 403, forbidden)
    told(patient, holder.record, "PARTAGE_PROFIL_AIDANT")
    assert [one["label"] for one in patient.carers(holder.record)["carers"]] == ["Mon fils Paul"]
    assert line(patient, holder.record, "nommer_aidant")["who"] == "votre aidant"
    assert son.record not in str(patient.journal(holder.record))


def test_what_was_not_shared_stays_out(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    deposited(demo, holder)
    _, carer = somebody(demo)
    carer.answer_invitation(invited(patient, holder.record, "imagerie"), accepted=True)
    assert carer.list_documents(holder.record)["documents"] == []


@pytest.mark.parametrize("who", ["holder", "carer"])
def test_either_ends_it_at_once_and_the_other_is_told(
    demo: DemoPeople, holder: Holder, patient: ApiClient, who: str
) -> None:
    son, carer = somebody(demo)
    carer.answer_invitation(invited(patient, holder.record), accepted=True)
    by = patient if who == "holder" else carer
    by.end_carer(holder.record, son.record)
    expect("record.not_found", 404, lambda: carer.list_documents(holder.record))
    assert carer.profiles() == []
    assert patient.carers(holder.record) == {"carers": [], "invitations": []}
    if who == "holder":
        told(carer, son.record, "REVOCATION_AIDANT")
    else:
        told(patient, holder.record, "REVOCATION_AIDANT")


def test_a_code_opens_once_for_somebody_else_and_not_after_it_was_taken_back(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    _, carer = somebody(demo)
    code = invited(patient, holder.record)
    expect("carer.invitation_gone", 404, lambda: patient.answer_invitation(code, accepted=True))
    assert carer.answer_invitation(code, accepted=False) == []
    expect("carer.invitation_gone", 404, lambda: carer.answer_invitation(code, accepted=True))
    again = patient.invite_carer(holder.record, ("synthese",), "Paul", "Maman")
    patient.withdraw_invitation(holder.record, again["invitation_id"])
    expect("carer.invitation_gone", 404, lambda: carer.answer_invitation(again["code"], accepted=True))
    expect("carer.invitation_gone", 404, lambda: carer.answer_invitation("x" * 22, accepted=True))


def test_three_carers_a_record_and_five_people_a_carer(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    _, carer = somebody(demo)
    carer.answer_invitation(invited(patient, holder.record), accepted=True)
    codes = [invited(patient, holder.record) for _ in range(2)]
    expect("carer.full", 409, lambda: invited(patient, holder.record))
    for _ in range(4):
        other, neighbour = somebody(demo)
        carer.answer_invitation(invited(neighbour, other.record), accepted=True)
    last, neighbour = somebody(demo)
    code = invited(neighbour, last.record)
    expect("carer.full", 409, lambda: carer.answer_invitation(code, accepted=True))
    assert carer.answer_invitation(codes[0], accepted=True), "the same person again is no one more"


@pytest.mark.parametrize(
    ("sections", "label", "field"), [((), "Paul", "sections"), (("synthese",), " ", "carer_label")]
)
def test_an_invitation_says_what_is_shared_and_with_whom(
    demo: DemoPeople, holder: Holder, patient: ApiClient, sections: tuple[str, ...], label: str, field: str
) -> None:
    refused = expect("request.invalid", 400, lambda: patient.invite_carer(holder.record, sections, label, "Maman"))
    assert field in refused.text


def test_a_representative_finds_whom_they_represent_and_shares_for_them(platform: Stack, demo: DemoPeople) -> None:
    child = open_record(demo, new_patient(birth_date=date(2018, 5, 4)))
    parent, signed_in = somebody(demo)
    represented(platform, demo, child, parent.card)
    assert [(one["patient_id"], one["capacity"]) for one in signed_in.profiles()] == [
        (child.record, "representant_legal")
    ]
    _, grandmother = somebody(demo)
    grandmother.answer_invitation(invited(signed_in, child.record), accepted=True)
    assert grandmother.list_documents(child.record)["documents"] == []


def come_of_age(platform: Stack, demo: DemoPeople) -> tuple[Holder, ApiClient, Holder, ApiClient]:
    """Somebody who was represented until this moment, with their own account, and who represented them."""
    child = open_record(demo, new_patient(birth_date=date(2018, 5, 4)))
    parent, signed_in = somebody(demo)
    represented(platform, demo, child, parent.card)
    let_majority_come(platform, child.record)
    return child, activate(demo, child), parent, signed_in


def test_at_majority_a_representative_is_out_unless_the_new_adult_agrees(platform: Stack, demo: DemoPeople) -> None:
    child, grown, parent, signed_in = come_of_age(platform, demo)
    shared = deposited(demo, child)
    assert signed_in.profiles() == []
    expect("record.not_found", 404, lambda: signed_in.list_documents(child.record))
    assert [one["representative"] for one in grown.carers(child.record)["former"]] == [parent.record]
    kept = grown.keep_representative(child.record, parent.record, ("synthese",), "Mon père", "Ma fille")
    assert [one["carer"] for one in kept["carers"]] == [parent.record]
    assert "former" not in kept
    assert [(one["capacity"], one["label"]) for one in signed_in.profiles()] == [("aidant", "Ma fille")]
    assert [one["document_id"] for one in signed_in.list_documents(child.record)["documents"]] == [shared]
    expect("access.not_shared", 403, lambda: signed_in.journal(child.record))
    grown.end_carer(child.record, parent.record)
    expect("record.not_found", 404, lambda: signed_in.list_documents(child.record))
    assert grown.carers(child.record) == {"carers": [], "invitations": []}


def test_nobody_else_is_kept_and_nobody_else_keeps(platform: Stack, demo: DemoPeople) -> None:
    child, grown, parent, signed_in = come_of_age(platform, demo)

    def keep(by: ApiClient, whom: str) -> None:
        by.keep_representative(child.record, whom, ("synthese",), "Mon père", "Ma fille")

    stranger, _ = somebody(demo)
    expect("consent.unknown", 404, lambda: keep(grown, stranger.record))
    expect("record.not_found", 404, lambda: keep(signed_in, parent.record))
    keep(grown, parent.record)
    expect("consent.unknown", 404, lambda: keep(grown, parent.record))


def test_while_somebody_represents_there_is_nobody_to_keep(platform: Stack, demo: DemoPeople) -> None:
    child = open_record(demo, new_patient(birth_date=date(2018, 5, 4)))
    parent, signed_in = somebody(demo)
    represented(platform, demo, child, parent.card)
    assert "former" not in signed_in.carers(child.record)
    kept = (child.record, parent.record, ("synthese",), "Mon père", "Ma fille")
    expect("consent.unknown", 404, lambda: signed_in.keep_representative(*kept))
