"""What is kept from the patient leaves no trace, then appears: by its date, or announced by its author before."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.vocabulary import Visibility
from deploy.dev.stack import Stack
from tests.support.clock import let_document_fall_due
from tests.support.people import Holder, activate, authorised, deposit, deposited, document_for, open_record
from tests.support.refusing import answer_to, expect
from tests.support.trails import gapless, journal, line, lines, notices, told
from tests.support.ways import comes_across

INVISIBLE = Visibility.INVISIBLE_PATIENT


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


class Due(NamedTuple):
    """Two documents whose day has come, one deleted before; `seen_at_once`: the other one was there that moment."""

    holder: Holder
    patient: ApiClient
    appears: str
    entry_uuid: str
    deleted: str
    seen_at_once: bool


@pytest.fixture(scope="module", autouse=True)
def due(platform: Stack, demo: DemoPeople) -> Due:
    """Made first, for the round that tells comes three times a minute."""
    holder = open_record(demo)
    patient, doctor = activate(demo, holder), authorised(demo, holder)
    appears, deleted = deposited(demo, holder, INVISIBLE), deposited(demo, holder, INVISIBLE)
    entry_uuid = str(doctor.document(holder.record, appears)["entry_uuid"])
    demo.logged_in("hospital").delete_document(holder.record, deleted)
    for document in (appears, deleted):
        let_document_fall_due(platform, document)
    seen = bool(comes_across(patient, holder.record, appears))
    return Due(holder, patient, appears, entry_uuid, deleted, seen)


def test_nobody_but_the_author_seeing_a_document_is_refused(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    author, content = demo.logged_in("hospital"), document_for(demo, holder)
    expect("document.visibility_forbidden", 400, deposit, author, holder, content, INVISIBLE, Visibility.MASQUE_PS)
    document = str(deposit(author, holder, content := document_for(demo, holder), INVISIBLE)["document_id"])
    expect("document.visibility_forbidden", 400, author.set_masked, holder.record, document, True)
    assert author.document(holder.record, document)["visibility"] == [INVISIBLE]
    assert author.download(holder.record, document) == content
    assert comes_across(patient, holder.record, document) == []


def test_a_default_of_hiding_everything_gives_way_to_what_is_kept_from_the_patient(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    patient.set_default_masked(holder.record, True)
    author = demo.logged_in("hospital")
    entry = deposit(author, holder, document_for(demo, holder), INVISIBLE)
    assert entry["visibility"] == [INVISIBLE]


def test_it_appears_fourteen_days_later_unless_an_earlier_day_is_set(demo: DemoPeople, holder: Holder) -> None:
    author = demo.logged_in("hospital")
    usual = deposit(author, holder, document_for(demo, holder), INVISIBLE)
    deposited_at = datetime.fromisoformat(usual["deposited_at"])
    assert datetime.fromisoformat(usual["invisible_until"]) - deposited_at == timedelta(days=14)
    soon = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    sooner = deposit(author, holder, document_for(demo, holder), INVISIBLE, invisible_until=soon)
    assert datetime.fromisoformat(sooner["invisible_until"]) == datetime.fromisoformat(soon)
    for days in (-1, 15):
        wrong = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        content = document_for(demo, holder)
        expect("request.invalid", 400, deposit, author, holder, content, INVISIBLE, invisible_until=wrong)


def test_until_then_it_leaves_no_trace_in_the_patients_view(
    demo: DemoPeople, holder: Holder, patient: ApiClient
) -> None:
    hidden = deposited(demo, holder, INVISIBLE)
    author, doctor = demo.logged_in("hospital"), authorised(demo, holder)
    assert doctor.download(holder.record, hidden)
    author.set_archived(holder.record, hidden, True)
    author.set_archived(holder.record, hidden, False)
    expect("document.not_author", 403, doctor.delete_document, holder.record, hidden)
    expect("document.not_author", 403, doctor.announce, holder.record, hidden)
    expect("consent.missing", 403, demo.logged_in("gp").download, holder.record, hidden)
    shown = deposited(demo, holder)
    line(patient, holder.record, act="depot_document", document_id=shown)
    told(patient, holder.record, "AJOUT_DOCUMENT")
    read = journal(patient, holder.record)
    assert hidden not in str(read)
    assert gapless(read)
    assert [one["document_id"] for one in lines(patient, holder.record, act="depot_document")] == [shown]
    assert lines(patient, holder.record, act="remise_visibilite") == []
    assert {"SUPP_DOC", "MODIF_DOCUMENT", "REMISE_VISIBILITE_AUTO"}.isdisjoint(notices(patient, holder.record))
    assert patient.journal(holder.record, document_id=hidden) == []
    assert hidden not in str(patient.proofs(holder.record))
    assert comes_across(patient, holder.record, hidden) == []
    assert comes_across(patient, holder.record, shown)
    unknown = answer_to(lambda: patient.document(holder.record, str(uuid4())))
    assert answer_to(lambda: patient.document(holder.record, hidden)) == unknown


def test_its_author_announces_it_before_and_nobody_else(demo: DemoPeople, holder: Holder, patient: ApiClient) -> None:
    hidden, doctor = deposited(demo, holder, INVISIBLE), authorised(demo, holder)
    patient.name_medecin_traitant(holder.record, demo.professional("gp").rpps)
    for client in (doctor, demo.logged_in("gp")):
        expect("document.not_author", 403, client.announce, holder.record, hidden)
    expect("document.not_found", 404, demo.logged_in("nurse").announce, holder.record, hidden)
    expect("access.role", 403, patient.announce, holder.record, hidden)
    assert comes_across(patient, holder.record, hidden) == []
    announced = demo.logged_in("hospital").announce(holder.record, hidden)
    assert (announced["version"], announced.get("visibility")) == (2, None)
    assert patient.download(holder.record, hidden)
    told(patient, holder.record, "REMISE_VISIBILITE_AUTO")
    told(patient, holder.record, "AJOUT_DOCUMENT", times=0)
    assert line(patient, holder.record, act="remise_visibilite", outcome="allowed")["actor_role"] == "professional"
    assert lines(patient, holder.record, act="depot_document", document_id=hidden)
    assert gapless(journal(patient, holder.record))


def test_on_its_day_it_appears_by_itself_with_all_its_lines(due: Due) -> None:
    holder, patient, hidden = due.holder, due.patient, due.appears
    told(patient, holder.record, "REMISE_VISIBILITE_AUTO", seconds=45)
    told(patient, holder.record, "AJOUT_DOCUMENT", times=0)
    appeared = line(patient, holder.record, "remise_visibilite", document_id=hidden)
    assert appeared["actor_role"] == "service"
    assert "automatique, à la date prévue" in appeared["fr"]
    assert lines(patient, holder.record, "depot_document", document_id=hidden)
    assert lines(patient, holder.record, "consultation_document", document_id=hidden, actor_role="professional")
    assert gapless(journal(patient, holder.record))
    now = patient.document(holder.record, hidden)
    assert (now["version"], now.get("visibility"), now.get("invisible_until")) == (2, None, None)
    assert now["document_id"] == hidden
    assert now["entry_uuid"] != due.entry_uuid


def test_it_is_seen_from_its_date_on_whether_or_not_anybody_has_told(due: Due) -> None:
    assert due.seen_at_once


def test_deleted_before_its_day_it_is_not_told_but_its_lines_are_read_then(due: Due) -> None:
    holder, patient = due.holder, due.patient
    line(patient, holder.record, "suppression_document", document_id=due.deleted, seconds=45)
    expect("document.not_found", 404, patient.document, holder.record, due.deleted)
    told(patient, holder.record, "REMISE_VISIBILITE_AUTO", times=1)
    assert {"SUPP_DOC", "AJOUT_DOCUMENT"}.isdisjoint(notices(patient, holder.record))
