"""Emergency access: who may, with what words, against which opposition, for how long, and who is told."""

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.clock import let_end
from tests.support.people import Holder, activate, deposited, open_record
from tests.support.refusing import expect
from tests.support.trails import line, told
from tests.support.waiting import wait_until

REASON = "Patient inconscient, traitement inconnu"
GLASS, CENTRE_15 = "bris_de_glace", "centre_15"
WHO = {GLASS: "emergency", CENTRE_15: "regulator"}
NOTICE = {GLASS: "ACCES_BRIS_GLACE", CENTRE_15: "ACCES_CENTRE_15"}


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


@pytest.mark.parametrize("reason", ["", "urgence", " " * 30])
def test_the_glass_is_not_broken_without_a_written_reason(
    demo: DemoPeople, holder: Holder, patient: ApiClient, reason: str
) -> None:
    doctor = demo.logged_in("emergency")
    expect("emergency.reason_required", 400, doctor.break_glass, holder.record, reason)
    expect("emergency.not_open", 403, doctor.list_documents, holder.record, mode=GLASS)
    refused = line(patient, holder.record, act="ouverture_urgence", outcome="refused")
    assert "motif écrit manquant" in refused["fr"]


@pytest.mark.parametrize("mode", [GLASS, CENTRE_15])
def test_an_emergency_reads_and_shows_a_banner_and_all_are_told(
    demo: DemoPeople, holder: Holder, patient: ApiClient, mode: str
) -> None:
    gp = demo.professional("gp")
    patient.name_medecin_traitant(holder.record, gp.rpps)
    document = deposited(demo, holder)
    seen = demo.newest_message(gp.email)
    doctor = demo.logged_in(WHO[mode])
    doctor.open_emergency(holder.record, mode, REASON)
    page = doctor.list_documents(holder.record, mode=mode)
    assert page["emergency"]
    assert [one["document_id"] for one in page["documents"]] == [document]
    assert doctor.download(holder.record, document, mode=mode)
    told(patient, holder.record, NOTICE[mode])
    wait_until(lambda: demo.newest_message(gp.email) > seen, "the médecin traitant is told")
    opened = line(patient, holder.record, act="ouverture_urgence", outcome="allowed", mode=mode)
    assert demo.professional(WHO[mode]).family_name in opened["fr"]
    assert REASON not in str(patient.journal(holder.record))


@pytest.mark.parametrize("mode", [GLASS, CENTRE_15])
def test_each_mode_is_refused_when_it_is_opposed_and_only_that_one(
    demo: DemoPeople, holder: Holder, patient: ApiClient, mode: str
) -> None:
    patient.set_opposed(holder.record, mode, True)
    other = GLASS if mode == CENTRE_15 else CENTRE_15
    doctor = demo.logged_in(WHO[mode])
    expect("emergency.opposed", 403, doctor.open_emergency, holder.record, mode, REASON)
    assert demo.logged_in(WHO[other]).open_emergency(holder.record, other, REASON)["mode"] == other
    told(patient, holder.record, NOTICE[other])
    told(patient, holder.record, NOTICE[mode], times=0)
    refused = line(patient, holder.record, act="ouverture_urgence", outcome="refused", mode=mode)
    assert "vous vous y êtes opposé" in refused["fr"]
    patient.set_opposed(holder.record, mode, False)
    assert doctor.open_emergency(holder.record, mode, REASON)["mode"] == mode


def test_an_opposition_ends_an_emergency_under_way(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    doctor = demo.logged_in("emergency")
    doctor.break_glass(holder.record, REASON)
    assert doctor.list_documents(holder.record, mode=GLASS)["emergency"]
    patient.set_opposed(holder.record, GLASS, True)
    expect("emergency.opposed", 403, doctor.list_documents, holder.record, mode=GLASS)


def test_it_lasts_for_one_consultation_and_opens_no_other_mode(
    platform: Stack, demo: DemoPeople, holder: Holder
) -> None:
    doctor = demo.logged_in("emergency")
    doctor.break_glass(holder.record, REASON)
    expect("consent.missing", 403, doctor.list_documents, holder.record)
    expect("emergency.not_open", 403, doctor.list_documents, holder.record, mode=CENTRE_15)
    let_end(platform, holder.record, GLASS)
    expect("emergency.not_open", 403, doctor.list_documents, holder.record, mode=GLASS)


@pytest.mark.parametrize("name", ["emergency", "gp", "nurse"])
def test_centre_15_is_for_its_own_doctors(demo: DemoPeople, holder: Holder, name: str) -> None:
    stranger = demo.logged_in(name)
    expect("access.profession", 403, stranger.open_emergency, holder.record, CENTRE_15, REASON)


def test_the_normal_mode_is_no_emergency(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    expect("access.profession", 403, demo.logged_in("gp").open_emergency, holder.record, "normal", REASON)
    expect("request.invalid", 400, patient.set_opposed, holder.record, "normal", True)
