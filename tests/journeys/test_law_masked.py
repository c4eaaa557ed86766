"""A document hidden from professionals is seen by its author and the médecin traitant, and by nobody else of them."""

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.vocabulary import Visibility
from tests.support.people import Holder, activate, authorised, deposited, open_record
from tests.support.refusing import expect
from tests.support.ways import comes_across

REASON = "Patient inconscient, traitement inconnu"


@pytest.fixture(scope="module")
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture(scope="module")
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    client = activate(demo, holder)
    client.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
    return client


@pytest.fixture(scope="module")
def hidden(demo: DemoPeople, holder: Holder, patient: ApiClient) -> str:
    """Deposited by the hospital's doctor."""
    return deposited(demo, holder, Visibility.MASQUE_PS)


@pytest.mark.parametrize("name", ["hospital", "gp"])
def test_author_and_medecin_traitant_see_it(demo: DemoPeople, holder: Holder, hidden: str, name: str) -> None:
    doctor = demo.logged_in(name)
    assert doctor.document(holder.record, hidden)["visibility"] == [Visibility.MASQUE_PS]
    assert doctor.download(holder.record, hidden)
    assert comes_across(doctor, holder.record, hidden)


def test_its_holder_sees_it(holder: Holder, patient: ApiClient, hidden: str) -> None:
    assert patient.document(holder.record, hidden)["visibility"] == [Visibility.MASQUE_PS]


def test_an_authorised_professional_does_not(demo: DemoPeople, holder: Holder, hidden: str) -> None:
    doctor = authorised(demo, holder)
    assert comes_across(doctor, holder.record, hidden) == []
    for read in (doctor.document, doctor.download):
        expect("document.not_found", 404, read, holder.record, hidden)


def test_a_colleague_of_the_author_does_not(demo: DemoPeople, holder: Holder, hidden: str) -> None:
    colleague = authorised(demo, holder, "emergency")
    assert comes_across(colleague, holder.record, hidden) == []
    expect("document.not_found", 404, colleague.document, holder.record, hidden)


def test_an_emergency_shows_it_only_while_the_patient_permits_it(demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient, doctor = activate(demo, holder), demo.logged_in("emergency")
    hidden, shown = deposited(demo, holder, Visibility.MASQUE_PS), deposited(demo, holder)
    doctor.break_glass(holder.record, REASON)
    in_emergency = {"mode": "bris_de_glace"}
    for permits in (False, True, False):
        if permits or patient.circle(holder.record).get("unmasks_in_emergency"):
            patient.set_unmasking(holder.record, permits)
        assert bool(comes_across(doctor, holder.record, hidden, **in_emergency)) is permits
        assert comes_across(doctor, holder.record, shown, **in_emergency)
        if not permits:
            expect("document.not_found", 404, doctor.download, holder.record, hidden, **in_emergency)
        else:
            assert doctor.download(holder.record, hidden, **in_emergency)


def test_a_patients_default_masks_what_comes_in(demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient, doctor = activate(demo, holder), authorised(demo, holder)
    assert patient.set_default_masked(holder.record, True)["default_masked"]
    masked = deposited(demo, holder)
    assert patient.document(holder.record, masked)["visibility"] == [Visibility.MASQUE_PS]
    expect("document.not_found", 404, doctor.document, holder.record, masked)
    patient.set_masked(holder.record, masked, False)
    assert doctor.document(holder.record, masked)
    patient.set_default_masked(holder.record, False)
    assert doctor.document(holder.record, deposited(demo, holder))
