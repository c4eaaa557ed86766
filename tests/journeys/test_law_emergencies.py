"""Emergency access: who may open it, the reason required, oppositions, duration and notices."""

import pytest

from client.patient import PatientClient
from client.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.clock import end_facts
from tests.support.journal_and_notices import expect_notices, wait_for_line
from tests.support.people import Holder, activate_account, deposit_new, open_record
from tests.support.refusals import expect_refusal
from tests.support.waiting import wait_until

REASON = "Patient inconscient, traitement inconnu"
GLASS, CENTRE_15 = "bris_de_glace", "centre_15"
WHO = {GLASS: "emergency", CENTRE_15: "regulator"}
NOTICE = {GLASS: "ACCES_BRIS_GLACE", CENTRE_15: "ACCES_CENTRE_15"}


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


@pytest.mark.parametrize("reason", ["", "urgence", " " * 30])
def test_a_bris_de_glace_requires_a_written_reason(
    demo: DemoPeople, holder: Holder, patient: PatientClient, reason: str
) -> None:
    doctor = demo.logged_in("emergency")
    expect_refusal("emergency.reason_required", 400, doctor.break_glass, holder.record, reason)
    expect_refusal("emergency.not_open", 403, doctor.list_documents, holder.record, mode=GLASS)
    refused = wait_for_line(patient, holder.record, act="ouverture_urgence", outcome="refused")
    assert "motif écrit manquant" in refused.fr


@pytest.mark.parametrize("mode", [GLASS, CENTRE_15])
def test_an_emergency_access_reads_flags_itself_and_notifies_patient_and_medecin_traitant(
    demo: DemoPeople, holder: Holder, patient: PatientClient, mode: str
) -> None:
    gp = demo.professional("gp")
    patient.name_medecin_traitant(holder.record, gp.rpps)
    document = deposit_new(demo, holder)
    before = demo.mailbox.newest(gp.email)
    doctor = demo.logged_in(WHO[mode])
    doctor.open_emergency(holder.record, mode, REASON)
    page = doctor.list_documents(holder.record, mode=mode)
    assert page.emergency
    assert [str(document.document_id) for document in page.documents] == [document]
    assert doctor.download(holder.record, document, mode=mode)
    expect_notices(patient, holder.record, NOTICE[mode])
    wait_until(lambda: demo.mailbox.newest(gp.email) > before, "the message to the médecin traitant")
    opened = wait_for_line(patient, holder.record, act="ouverture_urgence", outcome="allowed", mode=mode)
    assert demo.professional(WHO[mode]).family_name in opened.fr
    assert REASON not in str(patient.journal(holder.record))


@pytest.mark.parametrize("mode", [GLASS, CENTRE_15])
def test_opposing_one_emergency_mode_blocks_only_that_mode(
    demo: DemoPeople, holder: Holder, patient: PatientClient, mode: str
) -> None:
    patient.set_opposed(holder.record, mode, True)
    other = GLASS if mode == CENTRE_15 else CENTRE_15
    doctor = demo.logged_in(WHO[mode])
    expect_refusal("emergency.opposed", 403, doctor.open_emergency, holder.record, mode, REASON)
    assert demo.logged_in(WHO[other]).open_emergency(holder.record, other, REASON).mode == other
    expect_notices(patient, holder.record, NOTICE[other])
    expect_notices(patient, holder.record, NOTICE[mode], times=0)
    refused = wait_for_line(patient, holder.record, act="ouverture_urgence", outcome="refused", mode=mode)
    assert "vous vous y êtes opposé" in refused.fr
    patient.set_opposed(holder.record, mode, False)
    assert doctor.open_emergency(holder.record, mode, REASON).mode == mode


def test_an_opposition_ends_an_open_emergency_access(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    doctor = demo.logged_in("emergency")
    doctor.break_glass(holder.record, REASON)
    assert doctor.list_documents(holder.record, mode=GLASS).emergency
    patient.set_opposed(holder.record, GLASS, True)
    expect_refusal("emergency.opposed", 403, doctor.list_documents, holder.record, mode=GLASS)


def test_an_emergency_access_expires_and_opens_no_other_mode(
    platform: Stack, demo: DemoPeople, holder: Holder
) -> None:
    doctor = demo.logged_in("emergency")
    doctor.break_glass(holder.record, REASON)
    expect_refusal("consent.missing", 403, doctor.list_documents, holder.record)
    expect_refusal("emergency.not_open", 403, doctor.list_documents, holder.record, mode=CENTRE_15)
    end_facts(platform, holder.record, GLASS)
    expect_refusal("emergency.not_open", 403, doctor.list_documents, holder.record, mode=GLASS)


@pytest.mark.parametrize("name", ["emergency", "gp", "nurse"])
def test_centre_15_access_is_only_for_its_doctors(demo: DemoPeople, holder: Holder, name: str) -> None:
    stranger = demo.logged_in(name)
    expect_refusal("access.profession", 403, stranger.open_emergency, holder.record, CENTRE_15, REASON)


def test_the_normal_mode_is_not_an_emergency_mode(demo: DemoPeople, holder: Holder, patient: PatientClient) -> None:
    expect_refusal("access.profession", 403, demo.logged_in("gp").open_emergency, holder.record, "normal", REASON)
    expect_refusal("request.invalid", 400, patient.set_opposed, holder.record, "normal", True)
