"""A document hidden from professionals is seen by its author and the médecin traitant, and by nobody else of them."""

import pytest

from cli.demo.cast import Cast
from cli.demo.visitor import Visitor
from contracts.vocabulary import Visibility
from tests.support.people import Holder, activate, authorised, deposited, open_record
from tests.support.refusing import expect
from tests.support.ways import comes_across

REASON = "Patient inconscient, traitement inconnu"


@pytest.fixture(scope="module")
def holder(cast: Cast) -> Holder:
    return open_record(cast)


@pytest.fixture(scope="module")
def patient(cast: Cast, holder: Holder) -> Visitor:
    visitor = activate(cast, holder)
    visitor.name_medecin_traitant(holder.record, cast.professional("gp").rpps)
    return visitor


@pytest.fixture(scope="module")
def hidden(cast: Cast, holder: Holder, patient: Visitor) -> str:
    """Deposited by the hospital's doctor."""
    return deposited(cast, holder, Visibility.MASQUE_PS)


@pytest.mark.parametrize("name", ["hospital", "gp"])
def test_author_and_medecin_traitant_see_it(cast: Cast, holder: Holder, hidden: str, name: str) -> None:
    doctor = cast.logged_in(name)
    assert doctor.document(holder.record, hidden)["visibility"] == [Visibility.MASQUE_PS]
    assert doctor.download(holder.record, hidden)
    assert comes_across(doctor, holder.record, hidden)


def test_its_holder_sees_it(holder: Holder, patient: Visitor, hidden: str) -> None:
    assert patient.document(holder.record, hidden)["visibility"] == [Visibility.MASQUE_PS]


def test_an_authorised_professional_does_not(cast: Cast, holder: Holder, hidden: str) -> None:
    doctor = authorised(cast, holder)
    assert comes_across(doctor, holder.record, hidden) == []
    for read in (doctor.document, doctor.download):
        expect("document.not_found", 404, read, holder.record, hidden)


def test_a_colleague_of_the_author_does_not(cast: Cast, holder: Holder, hidden: str) -> None:
    colleague = authorised(cast, holder, "emergency")
    assert comes_across(colleague, holder.record, hidden) == []
    expect("document.not_found", 404, colleague.document, holder.record, hidden)


def test_an_emergency_shows_it_only_while_the_patient_permits_it(cast: Cast) -> None:
    holder = open_record(cast)
    patient, doctor = activate(cast, holder), cast.logged_in("emergency")
    hidden, shown = deposited(cast, holder, Visibility.MASQUE_PS), deposited(cast, holder)
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


def test_a_patients_default_masks_what_comes_in(cast: Cast) -> None:
    holder = open_record(cast)
    patient, doctor = activate(cast, holder), authorised(cast, holder)
    assert patient.set_default_masked(holder.record, True)["default_masked"]
    masked = deposited(cast, holder)
    assert patient.document(holder.record, masked)["visibility"] == [Visibility.MASQUE_PS]
    expect("document.not_found", 404, doctor.document, holder.record, masked)
    patient.set_masked(holder.record, masked, False)
    assert doctor.document(holder.record, masked)
    patient.set_default_masked(holder.record, False)
    assert doctor.document(holder.record, deposited(cast, holder))
