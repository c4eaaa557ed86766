"""Professionals write on the platform's own pages: they deposit files, with what the law lets them decide."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from client.people import DemoPeople, as_author, as_subject
from client.waiting import wait_for
from contracts.vocabulary import Visibility
from deploy.dev import people
from samples.coded import coded_summary
from samples.pdf import biology_report
from tests.support.journal_and_notices import journal_lines, wait_for_line
from tests.support.pages import PHONE, PageUser, chromium
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    document_for,
    new_unique_id,
    open_record,
)

pytestmark = pytest.mark.usefixtures("pro_sante_connect_provider")

DOCTOR = next(person for person in people.PROFESSIONALS if person.name == "specialist")
STATUS, TROUBLE = ".message[role=status]", ".govuk-error-summary a"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def a_file(name: str, content: bytes) -> dict[str, object]:
    """A file as the browser sends it when somebody chooses it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def a_report(demo: DemoPeople, holder: Holder) -> bytes:
    """A laboratory's report as a PDF, which names nothing but itself."""
    author = as_author(demo.professional("specialist"))
    return biology_report(patient=as_subject(holder.patient), author=author, effective_time=datetime.now(UTC))


def choose(user: PageUser, *files: dict[str, object] | Path) -> None:
    user.main.locator("#file").set_input_files(list(files))  # type: ignore[arg-type]


def fits(user: PageUser) -> bool:
    return bool(user.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_doctor_deposits_several_files_and_decides_the_suggested_type(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    doctor = authorised_doctor(demo, holder)
    patient = activate_account(demo, holder)
    user = PageUser.arrives(browser, demo.gateway, language="en", scheme="dark", size=PHONE)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}")
    user.main.locator("a[href$='/deposer']").click()
    user.main.locator("#file").wait_for()
    assert holder.patient.family_name in user.page.locator("section.patient h1").inner_text()
    user.main.locator("form .buttons button").first.click()
    user.main.locator(TROUBLE).wait_for()
    barriers = user.accessibility()
    choose(
        user,
        a_file("scan0001.pdf", a_report(demo, holder)),
        a_file("letter.xml", document_for(demo, holder, by="specialist")),
    )
    user.main.get_by_text("scan0001.pdf").wait_for()
    assert user.main.locator("#type").input_value() == "11502-2"
    user.main.locator("#type").select_option("11488-4")
    user.main.locator("#later").check()
    barriers += user.accessibility()
    assert fits(user)
    user.main.locator("form .buttons button").first.click()
    user.main.get_by_text("letter.xml").wait_for()
    assert user.main.locator("#type").count() == 0
    user.main.locator("#later").uncheck()
    user.main.locator("form .buttons button").first.click()
    user.page.wait_for_url("**/pro/d/*?depose=*")
    assert user.main.locator(f"{STATUS} p").count() == 2
    barriers += user.accessibility()

    listed = doctor.list_documents(holder.record).documents
    documents = {document.type_code: document for document in listed}
    assert set(documents) == {"11488-4", "SYNTH"}
    assert documents["11488-4"].visibility == (Visibility.INVISIBLE_PATIENT,)
    assert documents["11488-4"].author.rpps == str(DOCTOR.rpps)
    wait_for_line(patient, holder.record, "depot_document", document_id=documents["SYNTH"].document_id)
    read = {"act": "consultation_liste", "actor_role": "professional"}
    # The record, the form, the form with its error, the record again, and the list of this test.
    wait_for(lambda: len(journal_lines(patient, holder.record, **read)) >= 5, "the readings")
    assert len(journal_lines(patient, holder.record, **read)) == 5
    # The other one's is kept from the patient until it is announced.
    assert len(journal_lines(patient, holder.record, "depot_document", outcome="allowed")) == 1
    assert (barriers, user.complaints) == ([], [])


def test_what_cannot_be_deposited_is_said_beside_the_field_and_needs_no_script(
    browser: Browser, demo: DemoPeople, holder: Holder, tmp_path: Path
) -> None:
    doctor = authorised_doctor(demo, holder)
    user = PageUser.arrives(browser, demo.gateway, scripts=False)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}/deposer")

    def deposit(*files: dict[str, object] | Path, type_code: str = "") -> str:
        """Send the form; the field that the page says is wrong, and what it says."""
        choose(user, *files)
        if type_code:
            user.main.locator("#type").select_option(type_code)
        user.main.locator("form .buttons button").first.click()
        user.main.locator(f"{TROUBLE}, {STATUS}").first.wait_for()
        found = user.main.locator(TROUBLE)
        return f"{found.get_attribute('href')} {found.inner_text()}" if found.count() else ""

    stranger = document_for(demo, open_record(demo), by="specialist")
    report = a_file("resultats.pdf", a_report(demo, holder))
    assert deposit().startswith("#file Choisissez")
    user.main.locator("#title").fill("Bilan d'automne")
    assert deposit(a_file("vide.pdf", b"")).startswith("#file Ce fichier est vide")
    assert deposit(report).startswith("#type ")
    assert user.main.locator("#type").input_value() == "11502-2"
    assert deposit(a_file("programme.zip", b"PK\x03\x04" + bytes(99)), type_code="11502-2").startswith("#file ")
    assert deposit(a_file("autre.xml", stranger)).startswith("#file Ce document est celui d’une autre personne")
    too_long = tmp_path / "long.txt"
    too_long.write_bytes(b"a" * 20_000_001)
    assert deposit(too_long, type_code="11502-2").startswith("#file ")
    assert doctor.list_documents(holder.record).documents == ()
    assert user.main.locator("#title").input_value() == "Bilan d'automne"
    user.main.locator("#date").fill("3000-01-01")
    assert deposit(report, type_code="11502-2").startswith("#date ")
    user.main.locator("#date").fill("2026-01-02")
    assert deposit(report, type_code="11502-2") == ""
    assert "Bilan d'automne" in user.main.locator(STATUS).inner_text()

    [document] = doctor.list_documents(holder.record).documents
    assert (document.title, f"{document.created_at:%Y-%m-%d %H}") == ("Bilan d'automne", "2026-01-01 23")
    assert user.complaints == []


def test_a_form_that_is_sent_twice_deposits_once(browser: Browser, demo: DemoPeople, holder: Holder) -> None:
    doctor = authorised_doctor(demo, holder)
    user = PageUser.arrives(browser, demo.gateway)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}/deposer")
    sent = {
        "deposit": str(user.main.locator("[name=deposit]").input_value()),
        "type": "11502-2",
        "file": a_file("resultats.pdf", a_report(demo, holder)),
    }
    path = f"{demo.gateway}/pro/d/{holder.record}/deposer"
    for _ in range(2):
        answer = user.page.request.post(path, multipart=sent, headers={"origin": demo.gateway})  # type: ignore[arg-type]
        assert "depose=" in answer.url
    assert len(doctor.list_documents(holder.record).documents) == 1
    foreign = user.page.request.post(path, multipart=sent, headers={"origin": "https://ailleurs.example"})  # type: ignore[arg-type]
    assert foreign.status == 403


def test_an_author_masks_archives_and_announces_with_a_way_back(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    doctor = authorised_doctor(demo, holder)
    content = document_for(demo, holder, by="specialist")
    first = deposit(doctor, holder, content, Visibility.INVISIBLE_PATIENT)
    user = PageUser.arrives(browser, demo.gateway, language="en", size=PHONE)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}/lire/{first.document_id}")
    user.main.locator(f"a[href$='/document/{first.document_id}']").click()

    def act(name: str) -> None:
        user.main.locator(f"[value={name}]").first.press("Enter")
        user.main.locator(STATUS).wait_for()

    def state() -> tuple[str, tuple[Visibility, ...]]:
        found = doctor.document(holder.record, str(first.document_id))
        return found.status.value, found.visibility

    invisible, masked = Visibility.INVISIBLE_PATIENT, Visibility.MASQUE_PS
    act("archiver")
    barriers = user.accessibility()
    assert fits(user)
    assert state() == ("archived", (invisible,))
    user.main.locator(".message [value=restaurer]").click()
    user.main.locator(".card [value=archiver]").wait_for()
    assert state() == ("current", (invisible,))
    user.main.locator("[value=masquer]").click()
    user.main.locator("[role=alert]").wait_for()
    assert state() == ("current", (invisible,))

    user.main.locator("a[href$='/annoncer']").click()
    user.main.locator("form button").click()
    user.main.locator(STATUS).wait_for()
    act("masquer")
    assert state() == ("current", (masked,))
    user.main.locator(".message [value=montrer]").click()
    user.main.locator(".card [value=masquer]").wait_for()
    assert state() == ("current", ())
    assert (barriers, user.complaints) == ([], [])


def test_an_author_replaces_and_deletes_and_nobody_else_does(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    doctor = authorised_doctor(demo, holder)
    patient = activate_account(demo, holder)
    first = deposit(doctor, holder, document_for(demo, holder, by="specialist"))
    user = PageUser.arrives(browser, demo.gateway, scheme="dark")
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}/document/{first.document_id}")
    user.main.locator("a[href$='/remplacer']").click()
    choose(user, a_file("nouveau.pdf", a_report(demo, holder)))
    user.main.get_by_text("nouveau.pdf").wait_for()
    user.main.locator("form .buttons button").first.click()
    user.page.wait_for_url("**/pro/d/*?depose=*")
    [newer] = doctor.list_documents(holder.record).documents
    assert newer.replaces == first.unique_id

    user.main.locator(f"{STATUS} a").click()
    user.main.locator("button.grave").wait_for()
    barriers = user.accessibility()
    user.main.locator("button.grave").click()
    user.page.wait_for_url("**/supprime")
    barriers += user.accessibility()
    assert user.main.locator("[role=status] h1").count() == 1
    assert doctor.list_documents(holder.record).documents == ()
    wait_for_line(patient, holder.record, "suppression_document", document_id=newer.document_id)
    user.page.go_back()
    assert user.main.locator("[role=alert]").count() == 1

    other = deposit_new(demo, holder)
    user.go(f"/pro/d/{holder.record}/document/{other}/supprimer")
    user.main.locator("button.grave").click()
    user.main.locator(".message[role=alert]").wait_for()
    assert doctor.document(holder.record, other).status.value == "current"
    assert (barriers, user.complaints) == ([], [])


def test_a_newer_version_stays_hidden_unless_its_author_decides_otherwise(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    doctor = authorised_doctor(demo, holder)
    user = PageUser.arrives(browser, demo.gateway, scripts=False)
    user.log_in(DOCTOR)

    def older(*marks: Visibility) -> str:
        """A document that bears these marks; the path where it is replaced, whose form is open."""
        document = deposit(doctor, holder, document_for(demo, holder, by="specialist"), *marks)
        path = f"/pro/d/{holder.record}/document/{document.document_id}/remplacer"
        user.go(path)
        return path

    def replace_by(name: str) -> tuple[Visibility, ...]:
        """Send the form; the marks of the newer version."""
        choose(user, a_file(name, a_report(demo, holder)))
        user.main.locator("#type").select_option("11502-2")
        user.main.locator("#title").fill(name)
        user.main.locator("form .buttons button").first.click()
        user.page.wait_for_url("**/pro/d/*?depose=*")
        return next(each.visibility for each in doctor.list_documents(holder.record).documents if each.title == name)

    older(Visibility.INVISIBLE_PATIENT)
    assert user.main.locator("#later").is_checked()
    assert replace_by("resultats.pdf") == (Visibility.INVISIBLE_PATIENT,)
    older(Visibility.MASQUE_PS)
    user.main.locator("#masked").uncheck()
    assert replace_by("sans masque.pdf") == ()

    path = older(Visibility.MASQUE_PS)
    sent = {
        "deposit": str(user.main.locator("[name=deposit]").input_value()),
        "type": "11502-2",
        "file": a_file("sans les cases.pdf", a_report(demo, holder)),
    }
    headers = {"origin": demo.gateway}
    answer = user.page.request.post(f"{demo.gateway}{path}", multipart=sent, headers=headers)  # type: ignore[arg-type]
    assert answer.status == 422
    assert 'name="masked" value="oui" checked' in answer.text()
    path = older(Visibility.INVISIBLE_REPRESENTANTS_LEGAUX)
    assert "connexion secrète" in user.main.locator("[role=alert]").inner_text()
    assert user.main.locator("form").count() == 0
    answer = user.page.request.post(f"{demo.gateway}{path}", multipart=sent, headers=headers)  # type: ignore[arg-type]
    assert answer.status == 400
    assert [each for each in doctor.list_documents(holder.record).documents if "cases" in each.title] == []
    assert user.complaints == []


def test_a_summary_of_what_the_record_states_is_deposited_without_the_lines_left_out(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    hospital = demo.professional("hospital")
    source = coded_summary(
        patient=as_subject(holder.patient),
        author=as_author(hospital),
        unique_id=new_unique_id(),
        effective_time=datetime.now(UTC),
    )
    source_document = deposit(demo.logged_in("hospital"), holder, source)
    doctor = authorised_doctor(demo, holder)
    user = PageUser.arrives(browser, demo.gateway, size=PHONE)
    user.log_in(DOCTOR)
    user.go(f"/pro/d/{holder.record}")
    user.main.locator("a[href$='/synthese']").click()
    lines = user.main.locator("[name=ligne]")
    lines.first.wait_for()
    shown = user.main.inner_text()
    assert all(words in shown for words in ("Amoxicilline", "Hypertension", "Périndopril", "Vaccin"))
    barriers = user.accessibility()
    assert fits(user)
    for line in lines.all():
        line.press("Space")
    user.main.locator("form .buttons button").click()
    user.main.locator(TROUBLE).wait_for()
    assert user.main.locator("[name=ligne]:checked").count() == 0
    barriers += user.accessibility()
    for name in ("Amoxicilline", "Hypertension"):
        user.main.locator("label", has_text=name).locator("input").check()
    sent = {name: str(user.main.locator(f"[name={name}]").input_value()) for name in ("deposit", "at")} | {
        "ligne": user.main.locator("[name=ligne]:checked").first.get_attribute("value")
    }
    user.main.locator("form .buttons button").click()
    user.page.wait_for_url("**/pro/d/*?depose=*")
    assert "Synthèse" in user.main.locator(STATUS).first.inner_text()

    [summary] = [each for each in doctor.list_documents(holder.record).documents if each != source_document]
    summarised, before = (doctor.facts(holder.record, each.document_id) for each in (summary, source_document))
    assert (summarised.allergies, summarised.treatments, summarised.vaccinations) == (before.allergies, (), ())
    assert [problem.name for problem in summarised.problems] == ["Hypertension artérielle"]
    assert (summary.author.rpps, summary.author.name) == (str(DOCTOR.rpps), "Malik SORGUE")

    path = f"{demo.gateway}/pro/d/{holder.record}/synthese"
    for _ in range(2):
        answer = user.page.request.post(path, form=sent, headers={"origin": demo.gateway})  # type: ignore[arg-type]
        assert "depose=" in answer.url
    assert len(doctor.list_documents(holder.record).documents) == 3
    assert (barriers, user.complaints) == ([], [])


def test_a_summary_says_nothing_that_only_hidden_documents_say_and_is_not_made_in_an_emergency(
    browser: Browser, demo: DemoPeople, holder: Holder
) -> None:
    doctor = authorised_doctor(demo, holder)

    def state_in_codes(when: datetime, *marks: Visibility) -> None:
        author = as_author(demo.professional("specialist"))
        header = {"patient": as_subject(holder.patient), "author": author, "effective_time": when}
        deposit(doctor, holder, coded_summary(unique_id=new_unique_id(), **header), *marks)  # type: ignore[arg-type]

    path = f"/pro/d/{holder.record}/synthese"
    user = PageUser.arrives(browser, demo.gateway, size=PHONE)
    user.log_in(DOCTOR)
    now = datetime.now(UTC)
    state_in_codes(now, Visibility.INVISIBLE_PATIENT)
    user.go(path)
    assert user.main.locator("[name=ligne]").count() == 0
    left_out = user.main.locator("[data-left-out]").inner_text()
    barriers = user.accessibility()
    assert fits(user)

    state_in_codes(now - timedelta(days=1))
    user.go(path)
    assert user.main.locator("label", has_text="Amoxicilline").count() == 1
    assert user.main.locator("[data-left-out]").inner_text() == left_out
    barriers += user.accessibility()

    assert user.page.request.get(f"{demo.gateway}{path}?mode=bris_de_glace").status == 400
    sent = {name: str(user.main.locator(f"[name={name}]").input_value()) for name in ("deposit", "at")}
    sent["ligne"] = str(user.main.locator("[name=ligne]").first.get_attribute("value"))
    answer = user.page.request.post(
        f"{demo.gateway}{path}?mode=bris_de_glace",
        form=sent,  # type: ignore[arg-type]
        headers={"origin": demo.gateway},
    )
    assert answer.status == 400
    assert (barriers, user.complaints) == ([], [])
