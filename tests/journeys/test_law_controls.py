"""A patient's remote decisions: who reads, until when, who is blocked; each act is shown and journalled."""

from datetime import UTC, datetime, timedelta

import pytest

from client.patient import PatientClient
from client.people import DemoPeople
from client.professional import ProfessionalClient
from contracts.vocabulary import AccessMode, Visibility
from deploy.dev.people import HEALTH_CENTRE
from deploy.dev.stack import Stack
from tests.support.clock import end_facts
from tests.support.document_access import listed_ids
from tests.support.journal_and_notices import expect_notices, is_gapless, journal_lines, wait_for_line, whole_journal
from tests.support.people import Holder, activate_account, deposit_new, open_record
from tests.support.refusals import expect_refusal
from tests.support.staff import agent_client, operators

YEAR = timedelta(days=365)


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def authorisation_of(doctor: ProfessionalClient, holder: Holder) -> tuple[str, bool]:
    """The professional's authorisation and whether they are the médecin traitant, as their software reads it."""
    answer = doctor.find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    return str(answer.authorisation), bool(answer.medecin_traitant)


def test_a_remote_authorisation_is_valid_until_its_end_date(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    document, doctor, rpps = deposit_new(demo, holder), demo.logged_in("gp"), demo.professional("gp").rpps
    expect_refusal("consent.missing", 403, doctor.list_documents, holder.record)
    until = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    given = patient.authorise(holder.record, rpps, until.isoformat())
    assert given.until == until
    assert listed_ids(doctor, holder.record) == [document]
    assert authorisation_of(doctor, holder) == ("valid", False)
    expect_notices(patient, holder.record, "ACCES_DMP_PS")
    shown = patient.circle(holder.record).authorisations
    assert [(authorisation.rpps, authorisation.until) for authorisation in shown] == [(rpps, until)]
    end_facts(platform, holder.record, "autorisation")
    expect_refusal("consent.missing", 403, doctor.list_documents, holder.record)
    assert authorisation_of(doctor, holder) == ("expired", False)


def test_an_authorisation_without_an_end_lasts_a_year_and_can_be_ended_at_once(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    doctor, rpps = demo.logged_in("gp"), demo.professional("gp").rpps
    given = patient.authorise(holder.record, rpps)
    assert given.until - given.since == YEAR
    assert doctor.list_documents(holder.record).documents == ()
    patient.end_authorisation(holder.record, rpps)
    expect_refusal("consent.missing", 403, doctor.list_documents, holder.record)
    assert authorisation_of(doctor, holder) == ("none", False)
    patient.end_authorisation(holder.record, rpps)
    ended = wait_for_line(patient, holder.record, "fin_autorisation")
    assert ended.fr == f"Vous avez mis fin à une autorisation (n° {rpps})."
    given_line = wait_for_line(patient, holder.record, "ajout_autorisation")
    assert given_line.fr.startswith("Vous avez ")
    assert rpps in given_line.fr


@pytest.mark.parametrize("days", [-1, 0])
def test_an_end_date_in_the_past_is_refused(
    demo: DemoPeople, holder: Holder, patient: PatientClient, days: int
) -> None:
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    expect_refusal("request.invalid", 400, patient.authorise, holder.record, demo.professional("gp").rpps, until)
    expect_refusal("request.invalid", 400, patient.authorise_team, holder.record, HEALTH_CENTRE.finess, until)


def test_invalid_rpps_and_finess_numbers_are_refused(holder: Holder, patient: PatientClient) -> None:
    for act in (patient.authorise, patient.block, patient.name_medecin_traitant):
        expect_refusal("request.invalid", 400, act, holder.record, "89990000022")
    expect_refusal("request.invalid", 400, patient.authorise_team, holder.record, "ABCDEFGHI")


def test_a_care_team_authorisation_covers_everyone_who_works_in_the_structure(
    platform: Stack, demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    document = deposit_new(demo, holder)
    nurse, gp, stranger = (demo.logged_in(name) for name in ("nurse", "gp", "specialist"))
    patient.authorise_team(holder.record, HEALTH_CENTRE.finess)
    for colleague in (nurse, gp):
        assert listed_ids(colleague, holder.record) == [document]
    expect_refusal("consent.missing", 403, stranger.list_documents, holder.record)
    assert [team.structure for team in patient.circle(holder.record).teams] == [HEALTH_CENTRE.finess]
    read = wait_for_line(patient, holder.record, "consultation_liste", actor=demo.professional("nurse").rpps)
    assert "équipe de soins" in read.fr
    end_facts(platform, holder.record, "equipe_de_soins")
    expect_refusal("consent.missing", 403, nurse.list_documents, holder.record)
    patient.authorise_team(holder.record, HEALTH_CENTRE.finess)
    assert listed_ids(nurse, holder.record) == [document]
    patient.end_team_authorisation(holder.record, HEALTH_CENTRE.finess)
    expect_refusal("consent.missing", 403, nurse.list_documents, holder.record)
    assert HEALTH_CENTRE.finess in wait_for_line(patient, holder.record, "fin_autorisation").fr


def test_a_medecin_traitant_reads_masked_documents_masks_and_blocks_a_colleague(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    gp, nurse, rpps = demo.logged_in("gp"), demo.logged_in("nurse"), demo.professional("gp").rpps
    masked, shown = deposit_new(demo, holder, Visibility.MASQUE_PS), deposit_new(demo, holder)
    patient.authorise_team(holder.record, HEALTH_CENTRE.finess)
    expect_refusal("access.role", 403, gp.block, holder.record, demo.professional("nurse").rpps)
    patient.name_medecin_traitant(holder.record, rpps)
    assert authorisation_of(gp, holder) == ("none", True)
    assert set(listed_ids(gp, holder.record)) == {masked, shown}
    assert listed_ids(nurse, holder.record) == [shown]
    gp.set_masked(holder.record, shown, True)
    assert listed_ids(nurse, holder.record) == []
    gp.block(holder.record, demo.professional("nurse").rpps)
    expect_refusal("consent.blocked", 403, nurse.list_documents, holder.record)
    expect_refusal("access.role", 403, gp.unblock, holder.record, demo.professional("nurse").rpps)
    expect_notices(patient, holder.record, "MODIF_DOCUMENT")
    by_gp = wait_for_line(patient, holder.record, "blocage", actor=rpps, outcome="allowed")
    assert by_gp.fr.startswith("Dr Hélène AUBRAC")
    assert "bloqué un professionnel" in by_gp.fr
    patient.unblock(holder.record, demo.professional("nurse").rpps)
    assert listed_ids(nurse, holder.record) == []


def test_a_dismissed_medecin_traitant_loses_all_special_rights(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    gp, rpps = demo.logged_in("gp"), demo.professional("gp").rpps
    masked = deposit_new(demo, holder, Visibility.MASQUE_PS)
    patient.name_medecin_traitant(holder.record, rpps)
    assert gp.download(holder.record, masked)
    patient.dismiss_medecin_traitant(holder.record, rpps)
    expect_refusal("consent.missing", 403, gp.list_documents, holder.record)
    expect_refusal("access.role", 403, gp.block, holder.record, demo.professional("nurse").rpps)
    expect_refusal("document.not_found", 404, gp.set_masked, holder.record, masked, False)
    assert patient.circle(holder.record).medecins_traitants == ()
    assert wait_for_line(patient, holder.record, "retrait_medecin_traitant").fr.startswith("Vous avez retiré")


def test_a_blocked_medecin_traitant_loses_all_special_rights(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    gp, rpps = demo.logged_in("gp"), demo.professional("gp").rpps
    masked = deposit_new(demo, holder, Visibility.MASQUE_PS)
    patient.name_medecin_traitant(holder.record, rpps)
    patient.block(holder.record, rpps)
    expect_refusal("consent.blocked", 403, gp.download, holder.record, masked)
    expect_refusal("access.role", 403, gp.block, holder.record, demo.professional("nurse").rpps)
    expect_refusal("document.not_found", 404, gp.set_masked, holder.record, masked, False)


def test_everything_in_force_is_shown_in_plain_french(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    gp, nurse, team = demo.professional("gp").rpps, demo.professional("nurse").rpps, HEALTH_CENTRE.finess
    patient.authorise(holder.record, gp, "2099-06-30T12:00:00+02:00")
    patient.authorise_team(holder.record, team, "2099-07-01T12:00:00+02:00")
    patient.name_medecin_traitant(holder.record, gp)
    patient.block(holder.record, nurse)
    patient.set_opposed(holder.record, "centre_15", True)
    patient.set_unmasking(holder.record, True)
    circle = patient.circle(holder.record)
    assert circle.medecins_traitants == (gp,)
    assert circle.blocked == (nurse,)
    assert circle.oppositions == (AccessMode.CENTRE_15,)
    assert circle.unmasks_in_emergency
    assert [statement.fr for statement in circle.said] == [
        "En urgence, vos documents masqués sont montrés.",
        "Vous vous opposez à l'accès en urgence par le centre 15.",
        f"Le professionnel {nurse} est bloqué : il ne lit rien, même en urgence.",
        f"Le professionnel {gp} est votre médecin traitant : il voit aussi vos documents masqués.",
        f"L'équipe de soins de la structure {team} peut lire votre dossier jusqu'au 1er juillet 2099.",
        f"Le professionnel {gp} peut lire votre dossier jusqu'au 30 juin 2099.",
    ]


def test_each_decision_is_a_journal_line_in_plain_french(
    demo: DemoPeople, holder: Holder, patient: PatientClient
) -> None:
    record, gp = holder.record, demo.professional("gp").rpps
    patient.authorise(record, gp)
    patient.end_authorisation(record, gp)
    patient.authorise_team(record, HEALTH_CENTRE.finess)
    patient.end_team_authorisation(record, HEALTH_CENTRE.finess)
    patient.name_medecin_traitant(record, gp)
    patient.dismiss_medecin_traitant(record, gp)
    patient.block(record, gp)
    patient.unblock(record, gp)
    patient.set_opposed(record, "bris_de_glace", True)
    patient.set_opposed(record, "bris_de_glace", False)
    patient.set_unmasking(record, True)
    patient.set_default_masked(record, True)
    expected = {
        "ajout_autorisation": 2,
        "fin_autorisation": 2,
        "nommer_medecin_traitant": 1,
        "retrait_medecin_traitant": 1,
        "blocage": 1,
        "deblocage": 1,
        "opposition_urgence": 2,
        "reglage_demasquage": 1,
        "reglage_visibilite": 1,
    }
    for act in expected:
        wait_for_line(patient, record, act)
    for act, count in expected.items():
        act_lines = journal_lines(patient, record, act)
        assert len(act_lines) == count, act
        for line in act_lines:
            assert line.fr.startswith("Vous avez "), line
            assert line.who == "vous"
            assert act not in line.fr
    assert is_gapless(whole_journal(patient, record))


def test_only_the_holder_decides(platform: Stack, demo: DemoPeople, holder: Holder) -> None:
    gp, stranger = demo.professional("gp").rpps, activate_account(demo, open_record(demo))
    for act in (stranger.authorise, stranger.name_medecin_traitant, stranger.block, stranger.unblock):
        expect_refusal("record.not_found", 404, act, holder.record, gp)
    expect_refusal("record.not_found", 404, stranger.set_opposed, holder.record, "bris_de_glace", True)
    expect_refusal("record.not_found", 404, stranger.set_unmasking, holder.record, True)
    expect_refusal("record.not_found", 404, stranger.circle, holder.record)
    for client in (demo.logged_in("specialist"), agent_client(platform), operators(platform)):
        expect_refusal("access.role", 403, client.authorise, holder.record, gp)
        expect_refusal("access.role", 403, client.name_medecin_traitant, holder.record, gp)
        expect_refusal("access.role", 403, client.set_unmasking, holder.record, True)
        expect_refusal("access.role", 403, client.set_default_masked, holder.record, True)
