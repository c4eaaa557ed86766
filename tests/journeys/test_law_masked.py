"""A masked document is visible to its author and the médecin traitant, and to no other professional."""

import pytest

from client.patient import PatientClient
from client.people import DemoPeople
from contracts.vocabulary import Visibility
from tests.support.document_access import lists_containing
from tests.support.people import Holder, activate_account, authorised_doctor, deposit_new, open_record
from tests.support.refusals import expect_refusal

REASON = "Patient inconscient, traitement inconnu"


@pytest.fixture(scope="module")
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture(scope="module")
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    client = activate_account(demo, holder)
    client.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
    return client


@pytest.fixture(scope="module")
def hidden(demo: DemoPeople, holder: Holder, patient: PatientClient) -> str:
    """Deposited by the hospital's doctor."""
    return deposit_new(demo, holder, Visibility.MASQUE_PS)


@pytest.mark.parametrize("name", ["hospital", "gp"])
def test_author_and_medecin_traitant_see_a_masked_document(
    demo: DemoPeople, holder: Holder, hidden: str, name: str
) -> None:
    doctor = demo.logged_in(name)
    assert doctor.document(holder.record, hidden).visibility == (Visibility.MASQUE_PS,)
    assert doctor.download(holder.record, hidden)
    assert lists_containing(doctor, holder.record, hidden)


def test_the_holder_sees_a_masked_document(holder: Holder, patient: PatientClient, hidden: str) -> None:
    assert patient.document(holder.record, hidden).visibility == (Visibility.MASQUE_PS,)


def test_an_authorised_professional_does_not_see_a_masked_document(
    demo: DemoPeople, holder: Holder, hidden: str
) -> None:
    doctor = authorised_doctor(demo, holder)
    assert lists_containing(doctor, holder.record, hidden) == []
    for read in (doctor.document, doctor.download):
        expect_refusal("document.not_found", 404, read, holder.record, hidden)


def test_a_colleague_of_the_author_does_not_see_a_masked_document(
    demo: DemoPeople, holder: Holder, hidden: str
) -> None:
    colleague = authorised_doctor(demo, holder, "emergency")
    assert lists_containing(colleague, holder.record, hidden) == []
    expect_refusal("document.not_found", 404, colleague.document, holder.record, hidden)


def test_an_emergency_shows_masked_documents_only_while_the_patient_permits_it(demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient, doctor = activate_account(demo, holder), demo.logged_in("emergency")
    hidden, shown = deposit_new(demo, holder, Visibility.MASQUE_PS), deposit_new(demo, holder)
    doctor.break_glass(holder.record, REASON)
    in_emergency = {"mode": "bris_de_glace"}
    for permits in (False, True, False):
        if permits or patient.circle(holder.record).unmasks_in_emergency:
            patient.set_unmasking(holder.record, permits)
        assert bool(lists_containing(doctor, holder.record, hidden, **in_emergency)) is permits
        assert lists_containing(doctor, holder.record, shown, **in_emergency)
        if not permits:
            expect_refusal("document.not_found", 404, doctor.download, holder.record, hidden, **in_emergency)
        else:
            assert doctor.download(holder.record, hidden, **in_emergency)


def test_a_patients_default_masks_new_deposits(demo: DemoPeople) -> None:
    holder = open_record(demo)
    patient, doctor = activate_account(demo, holder), authorised_doctor(demo, holder)
    assert patient.set_default_masked(holder.record, True).default_masked
    masked = deposit_new(demo, holder)
    assert patient.document(holder.record, masked).visibility == (Visibility.MASQUE_PS,)
    expect_refusal("document.not_found", 404, doctor.document, holder.record, masked)
    patient.set_masked(holder.record, masked, False)
    assert doctor.document(holder.record, masked)
    patient.set_default_masked(holder.record, False)
    assert doctor.document(holder.record, deposit_new(demo, holder))
