"""What a legal representative decided in the holder's place holds while they represent them, and no longer."""

from datetime import date

import pytest

from client.patient import PatientClient
from client.people import DemoPeople
from deploy.dev.people import Professional
from deploy.dev.stack import Stack
from tests.support.clock import reach_majority
from tests.support.people import activate_account, deposit_new, new_patient, open_record
from tests.support.refusals import expect_refusal
from tests.support.staff import appoint_representative, dismiss_representative
from tests.support.waiting import wait_until

_REASON = "Patient inconscient, sans proche"


class Guardianship:
    """A child with an account, and a parent who represents them."""

    def __init__(self, platform: Stack, demo: DemoPeople) -> None:
        self.platform = platform
        self.child = open_record(demo, new_patient(birth_date=date(2018, 5, 4)))
        self.parent = open_record(demo)
        appoint_representative(platform, demo, self.child, self.parent.card)
        self.holder = activate_account(demo, self.child)
        self.representative = activate_account(demo, self.parent)

    @property
    def record(self) -> str:
        return self.child.record

    def end(self) -> None:
        """The parent represents the child no longer."""
        dismiss_representative(self.platform, self.record, self.parent.record)


@pytest.fixture
def guardianship(platform: Stack, demo: DemoPeople) -> Guardianship:
    return Guardianship(platform, demo)


@pytest.fixture
def specialist(demo: DemoPeople) -> Professional:
    return demo.professional("specialist")


def new_person(demo: DemoPeople) -> PatientClient:
    return activate_account(demo, open_record(demo))


def invited(by: PatientClient, record: str) -> str:
    """The code of an invitation."""
    return by.invite_carer(record, ("synthese",), "Une proche", "L'enfant").code


def test_a_representative_does_not_become_carer_while_they_represent(guardianship: Guardianship) -> None:
    code = invited(guardianship.representative, guardianship.record)
    expect_refusal(
        "carer.represents", 409, lambda: guardianship.representative.answer_invitation(code, accepted=True)
    )


def test_carers_whom_a_representative_invited_lose_access_with_them(
    demo: DemoPeople, guardianship: Guardianship
) -> None:
    record, carer, chosen = guardianship.record, new_person(demo), new_person(demo)
    carer.answer_invitation(invited(guardianship.representative, record), accepted=True)
    chosen.answer_invitation(invited(guardianship.holder, record), accepted=True)
    open_code = invited(guardianship.representative, record)
    carer.list_documents(record)

    reach_majority(guardianship.platform, record)

    expect_refusal("record.not_found", 404, lambda: carer.list_documents(record))
    assert carer.profiles() == ()
    chosen.list_documents(record)
    assert len(guardianship.holder.carers(record).carers) == 1
    expect_refusal("carer.invitation_gone", 404, lambda: carer.answer_invitation(open_code, accepted=True))


def test_invitations_of_a_former_representative_leave_their_places_to_the_holder(
    demo: DemoPeople, guardianship: Guardianship
) -> None:
    record, holder = guardianship.record, guardianship.holder
    new_person(demo).answer_invitation(invited(guardianship.representative, record), accepted=True)
    for _open in range(2):
        invited(guardianship.representative, record)
    expect_refusal("carer.full", 409, lambda: invited(holder, record))

    guardianship.end()

    invited(holder, record)
    carers = holder.carers(record)
    assert carers.carers == ()
    assert len(carers.invitations) == 1


def test_professionals_whom_a_representative_allowed_lose_access_with_them(
    demo: DemoPeople, guardianship: Guardianship, specialist: Professional
) -> None:
    record, representative = guardianship.record, guardianship.representative
    doctor = demo.logged_in("specialist")
    for allow in (
        lambda: representative.authorise(record, specialist.rpps),
        lambda: representative.authorise_team(record, specialist.structure),
        lambda: representative.name_medecin_traitant(record, specialist.rpps),
    ):
        expect_refusal("consent.missing", 403, lambda: doctor.list_documents(record))
        allow()
        doctor.list_documents(record)
        guardianship.end()
        expect_refusal("consent.missing", 403, lambda: doctor.list_documents(record))
        assert guardianship.holder.circle(record).medecins_traitants == ()
        appoint_representative(guardianship.platform, demo, guardianship.child, guardianship.parent.card)


def test_what_the_holder_refused_is_refused_again_after_a_representative_allowed_it(
    demo: DemoPeople, guardianship: Guardianship, specialist: Professional
) -> None:
    record, holder, representative = guardianship.record, guardianship.holder, guardianship.representative
    doctor = demo.logged_in("specialist")
    holder.authorise(record, specialist.rpps)
    holder.block(record, specialist.rpps)
    holder.set_opposed(record, "bris_de_glace", True)
    representative.unblock(record, specialist.rpps)
    representative.set_opposed(record, "bris_de_glace", False)
    doctor.list_documents(record)
    doctor.break_glass(record, _REASON)

    reach_majority(guardianship.platform, record)

    expect_refusal("consent.blocked", 403, lambda: doctor.list_documents(record))
    holder.unblock(record, specialist.rpps)
    doctor.list_documents(record)
    expect_refusal("emergency.opposed", 403, lambda: doctor.break_glass(record, _REASON))


def test_what_protects_the_holder_outlives_the_representative(
    demo: DemoPeople, guardianship: Guardianship, specialist: Professional
) -> None:
    record = guardianship.record
    guardianship.holder.authorise(record, specialist.rpps)
    guardianship.representative.block(record, specialist.rpps)
    guardianship.end()
    expect_refusal("consent.blocked", 403, lambda: demo.logged_in("specialist").list_documents(record))


def test_the_default_of_a_representative_ends_with_them(demo: DemoPeople, guardianship: Guardianship) -> None:
    holder, record = guardianship.holder, guardianship.record
    holder.set_default_masked(record, True)
    assert not guardianship.representative.set_default_masked(record, False).default_masked
    assert not holder.document(record, deposit_new(demo, guardianship.child)).visibility

    guardianship.end()

    wait_until(lambda: holder.record(record).default_masked, "the holder's own default")
    assert holder.document(record, deposit_new(demo, guardianship.child)).visibility
