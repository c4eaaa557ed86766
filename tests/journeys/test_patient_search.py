"""Searching patients by traits, ten at most, and listing the records that a professional may read."""

from dataclasses import replace
from datetime import date
from secrets import choice
from string import ascii_uppercase

import pytest

from client.people import DemoPeople
from client.professional import ProfessionalClient
from deploy.dev.people import FEEDING_SOFTWARE, Patient
from tests.support.journal_and_notices import wait_for_line
from tests.support.people import Holder, activate_account, authorised_doctor, new_patient, open_record
from tests.support.refusals import expect_refusal


def patient_named(family: str, given: str = "ALBERTINE", *, sex: str = "F") -> Patient:
    return replace(new_patient(birth_date=date(1961, 2, 3)), family_name=family, given_names=given, sex=sex)


def new_name() -> str:
    """A unique family name with an apostrophe, accents and a hyphen."""
    return "D'ÉTÉ-" + "".join(choice(ascii_uppercase) for _ in range(12))


def open_several(demo: DemoPeople, family: str, *givens: str) -> list[Holder]:
    return [open_record(demo, patient_named(family, given)) for given in givens]


def test_search_ignores_accents_case_and_hyphens_and_is_journalled_for_those_found(demo: DemoPeople) -> None:
    family = new_name()
    (holder,) = open_several(demo, family, "MARIE-LOUISE")
    doctor = demo.logged_in("gp")
    written = family.replace("É", "e").replace("-", " ").lower()
    found = doctor.find_by_traits(family_name=written, birth_date="1961-02-03", given_names="marie")
    assert [str(record.patient_id) for record in found] == [holder.record]
    assert found[0].ins.matricule == holder.patient.ins.matricule
    for other in ({"birth_date": "1961-02-04"}, {"given_names": "LOUISE"}, {"sex": "M"}, {"given_names": "MAX"}):
        traits = {"family_name": family, "birth_date": "1961-02-03"} | other
        assert doctor.find_by_traits(**traits) == (), other
    search_line = wait_for_line(activate_account(demo, holder), holder.record, "recherche_dossier", reason="traits")
    assert search_line.actor == demo.professional("gp").rpps


def test_more_than_ten_matches_are_refused(demo: DemoPeople) -> None:
    family = new_name()
    open_several(demo, family, *("ALBERTINE" for _ in range(10)))
    doctor = demo.logged_in("gp")
    assert len(doctor.find_by_traits(family_name=family, birth_date="1961-02-03")) == 10
    open_several(demo, family, "ZOE")
    expect_refusal("patient.too_many", 422, doctor.find_by_traits, family_name=family, birth_date="1961-02-03")
    assert len(doctor.find_by_traits(family_name=family, birth_date="1961-02-03", given_names="Zoé")) == 1


@pytest.mark.parametrize("family", ["", "-'", " "])
def test_a_name_without_letters_is_refused(demo: DemoPeople, family: str) -> None:
    expect_refusal(
        "request.invalid", 400, demo.logged_in("gp").find_by_traits, family_name=family, birth_date="1961-02-03"
    )


def test_my_records_lists_authorised_open_records_newest_first(demo: DemoPeople) -> None:
    holders = [open_record(demo) for _ in range(5)]
    for holder in holders:
        doctor = authorised_doctor(demo, holder, "nurse")
    wanted = {holder.record for holder in holders}
    rpps = demo.professional("nurse").rpps
    activate_account(demo, holders[0]).block(holders[0].record, rpps)
    closed = activate_account(demo, holders[1])
    closed.close_record(holders[1].record)
    listed = [record_id for record_id in all_my_records(doctor) if record_id in wanted]
    assert listed == [holder.record for holder in reversed(holders[2:])]
    assert demo.logged_in("hospital").my_records(count="1").records != doctor.my_records(count="1").records


def test_software_that_may_not_read_lists_no_patients(demo: DemoPeople) -> None:
    authorised_doctor(demo, open_record(demo), "nurse")
    depositing = demo.logged_in("nurse", software=FEEDING_SOFTWARE.number)
    expect_refusal("software.refused", 403, depositing.my_records)


def all_my_records(doctor: ProfessionalClient) -> list[str]:
    """The record ids of all pages of two; asserts that none repeats."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = doctor.my_records(count="2", **cursor)
        found += [str(record.patient_id) for record in page.records]
        if page.next is None:
            assert len(found) == len(set(found))
            return found
        cursor = {"cursor": page.next}


@pytest.mark.parametrize("count", ["0", "101", "x"])
def test_an_invalid_page_size_is_refused(demo: DemoPeople, count: str) -> None:
    expect_refusal("request.invalid", 400, demo.logged_in("gp").my_records, count=count)
