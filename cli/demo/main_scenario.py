"""The main scenario: open, deposit, read, hide, break the glass, and check the journal."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from cli.demo.proof import proven_pages, verify
from cli.demo.step_printer import StepPrinter
from client.errors import ApiError
from client.patient import PatientClient
from client.people import DemoPeople, as_author, as_subject
from client.waiting import wait_for
from contracts.audit import JournalLine
from contracts.notify import Notice
from contracts.records.documents import Document
from contracts.vocabulary import DocumentId
from samples import cda


def run_main_scenario(printer: StepPrinter, demo: DemoPeople) -> None:
    """Run every chapter and check its results; raises StepFailed or ApiError."""
    MainScenario(printer, demo).run()


class MainScenario:
    """One patient, one record, seven people; each chapter depends on the previous ones."""

    def __init__(self, printer: StepPrinter, demo: DemoPeople) -> None:
        self._printer = printer
        self._people = demo
        self._documents: dict[str, Document] = {}
        self._bytes: dict[str, bytes] = {}

    def run(self) -> None:
        self._open()
        self._feed()
        self._activate()
        self._find_and_download()
        self._ask_consent()
        self._hide()
        self._break_glass()
        self._read_journal()

    def _open(self) -> None:
        self._printer.chapter("1. Ouvrir", "open")
        with self._printer.step("La pharmacienne se connecte avec sa carte CPS", "the pharmacist logs in"):
            pharmacist = self._people.logged_in("pharmacist")
        self._patient, self._login = self._people.new_patient(pharmacist)
        self._card = self._people.card_for(self._patient)
        with self._printer.step("Elle ouvre le dossier avec la carte Vitale", "opens the record"):
            record = pharmacist.open_record(self._people.vitale_proof(self._card))
            self._record = str(record.patient_id)
            self._printer.detail(f"dossier {self._record} : {record.status}")

    def _feed(self) -> None:
        self._printer.chapter("2. Alimenter", "feed")
        doctor = self._people.professional("hospital")
        with self._printer.step("La Dre Novelle se connecte depuis son logiciel", "the hospital doctor logs in"):
            author = self._people.logged_in("hospital")
        now = datetime.now(UTC)
        header = {"patient": as_subject(self._patient), "author": as_author(doctor), "effective_time": now}
        contents = {
            "vsm": cda.vsm(unique_id="1.2.250.1.213.1.1.9.99.1", **header),  # type: ignore[arg-type]
            "biology": cda.biology(unique_id="1.2.250.1.213.1.1.9.99.2", **header),  # type: ignore[arg-type]
        }
        for name, content in contents.items():
            with self._printer.step(f"Elle dépose : {name} ({len(content)} octets)", "deposits a document"):
                document = author.deposit(self._record, content)
                self._documents[name], self._bytes[name] = document, content
                self._printer.detail(_metadata(document))

    def _activate(self) -> None:
        self._printer.chapter("3. Activer et se connecter", "activate and log in")
        patient = PatientClient(self._people.gateway)
        seen = self._people.mailbox.newest(self._login.mobile)
        with self._printer.step("La patiente crée son compte avec sa carte", "the patient opens an account"):
            attempt = patient.activate(self._people.account_form(self._card, self._login, "sms"))
        with self._printer.step("Elle reçoit un code par SMS et le saisit", "types the code sent by SMS"):
            patient.confirm_account(attempt, self._people.mailbox.code_sent_to(self._login.mobile, after=seen))
        seen = self._people.mailbox.newest(self._login.mobile)
        with self._printer.step("Elle se connecte : mot de passe, puis code par SMS", "password, then a code"):
            attempt = patient.start_login(self._login.identifier, self._login.password, "sms")
            token = patient.finish_login(attempt, self._people.mailbox.code_sent_to(self._login.mobile, after=seen))
            self._printer.detail(f"jeton de {token.expires_in} s")
        self._client = patient

    def _find_and_download(self) -> None:
        self._printer.chapter("4. Retrouver", "find")
        for name, section in (("vsm", "synthese"), ("biology", "analyses")):
            with self._printer.step(f"Elle ouvre la rubrique {section}", "opens a section"):
                page = self._client.list_documents(self._record, section=section).documents
                self._printer.detail(", ".join(document.title for document in page))
                self._printer.check(_ids(page) == [self._documents[name].document_id], "one document a section")
        with self._printer.step("Elle télécharge sa biologie, octet pour octet", "downloads it, byte for byte"):
            received = self._client.download(self._record, self._documents["biology"].document_id)
            self._printer.detail(f"SHA-256 {hashlib.sha256(received).hexdigest()[:16]}…, {len(received)} octets")
            self._printer.check(received == self._bytes["biology"], "bytes differ")
        with self._printer.step("Deux avis de nouveau document l'attendent", "two notices wait"):
            self._await_notices("AJOUT_DOCUMENT", 2)

    def _ask_consent(self) -> None:
        self._printer.chapter("5. Demander l'accord", "ask for consent")
        self._specialist = self._people.logged_in("specialist")
        with self._printer.step("Le Dr Sorgue n'a pas d'autorisation : refus motivé", "refused, with a reason"):
            self._expect_refusal("consent.missing", lambda: self._specialist.list_documents(self._record))
        with self._printer.step("La patiente accepte : il le déclare avec sa carte", "declares her consent"):
            authorisation = self._specialist.declare_consent(self._record, self._people.vitale_proof(self._card))
            self._printer.detail(f"autorisé jusqu'au {authorisation.until:%Y-%m-%d}")
        with self._printer.step("Il lit la liste et un document", "reads"):
            page = self._specialist.list_documents(self._record).documents
            self._printer.check(len(page) == 2, "two documents")
            received = self._specialist.download(self._record, self._documents["vsm"].document_id)
            self._printer.check(received == self._bytes["vsm"], "bytes differ")
            self._printer.detail(f"{len(page)} documents, {len(received)} octets lus")
        with self._printer.step("La patiente est avertie de ce premier accès", "she is told of the first access"):
            self._await_notices("ACCES_DMP_PS", 1)

    def _hide(self) -> None:
        self._printer.chapter("6. Masquer", "hide")
        biology = self._documents["biology"].document_id
        with self._printer.step("Elle nomme la Dre Aubrac médecin traitant", "names her médecin traitant"):
            self._client.name_medecin_traitant(self._record, self._people.professional("gp").rpps)
        with self._printer.step("Elle masque sa biologie aux professionnels", "hides the biology result"):
            hidden = self._client.set_masked(self._record, biology, True)
            self._printer.detail(f"version {hidden.version}, {', '.join(hidden.visibility)}")
        with self._printer.step("Le Dr Sorgue ne la trouve plus, ni par son adresse", "no longer found"):
            page = self._specialist.list_documents(self._record).documents
            self._printer.check(biology not in _ids(page), "hidden document listed")
            self._expect_refusal("document.not_found", lambda: self._specialist.download(self._record, biology))
        with self._printer.step("La Dre Aubrac, médecin traitant, la lit", "the médecin traitant reads it"):
            received = self._people.logged_in("gp").download(self._record, biology)
            self._printer.check(received == self._bytes["biology"], "bytes differ")

    def _break_glass(self) -> None:
        self._printer.chapter("7. Bris de glace", "break the glass")
        doctor = self._people.logged_in("emergency")
        gp_email = self._people.professional("gp").email
        seen = self._people.mailbox.newest(gp_email)
        with self._printer.step("Le Dr Kervadec, sans motif : refus", "refused without a reason"):
            self._expect_refusal("emergency.reason_required", lambda: doctor.break_glass(self._record, ""))
        with self._printer.step("Avec un motif écrit : accès d'une consultation", "with a reason: one consultation"):
            opened = doctor.break_glass(self._record, "Patiente inconsciente aux urgences")
            page = doctor.list_documents(self._record, mode="bris_de_glace")
            self._printer.check(page.emergency is True, "no emergency banner")
            self._printer.detail(f"jusqu'à {opened.until:%H:%M} UTC, {len(page.documents)} document(s)")
        with self._printer.step("La patiente et son médecin traitant sont avertis", "both are told"):
            self._await_notices("ACCES_BRIS_GLACE", 1)
            wait_for(lambda: self._people.mailbox.newest(gp_email) > seen, "message to the médecin traitant")

    def _read_journal(self) -> None:
        self._printer.chapter("8. Savoir qui a regardé", "know who looked")
        with self._printer.step("La patiente lit le journal de tout cela", "she reads the journal of it all"):
            lines = wait_for(self._complete_journal, "journal")
            for line in reversed(lines):
                self._printer.detail(f"{line.number:3d}  {line.at:%H:%M:%S}  {line.fr}")
        with self._printer.step("Un programme indépendant le vérifie", "a program that believes nobody checks it"):
            newest = max(line.position for line in lines)
            pages = wait_for(lambda: proven_pages(self._client, self._record, newest=newest), "signed head")
            checked = verify(self._client.journal_key(), pages)
            self._printer.detail(checked.stdout.strip() or checked.stderr.strip())
            self._printer.check(checked.returncode == 0, "the journal does not hold")

    def _complete_journal(self) -> tuple[JournalLine, ...] | None:
        lines = self._client.journal(self._record)
        acts = {(line.act, line.outcome) for line in lines}
        return lines if acts >= _EXPECTED_ACTS else None

    def _await_notices(self, code: str, count: int) -> None:
        def look() -> list[Notice] | None:
            found = [notice for notice in self._client.notices(self._record) if notice.code == code]
            return found if len(found) == count else None

        notices = wait_for(look, f"{count} x {code}")
        self._printer.detail(f"{len(notices)} x {code} : {notices[0].fr}")

    def _expect_refusal(self, code: str, attempt: Any) -> None:
        try:
            attempt()
        except ApiError as refused:
            self._printer.detail(f"{refused.status} {refused.code} : {refused.text}")
            self._printer.check(refused.code == code, f"expected {code}")
            return
        self._printer.check(False, f"expected {code}, was allowed")


_EXPECTED_ACTS = {
    ("ouverture_dossier", "allowed"),
    ("depot_document", "allowed"),
    ("activation_compte", "allowed"),
    ("connexion", "allowed"),
    ("consultation_liste", "refused"),
    ("consultation_liste", "allowed"),
    ("ajout_autorisation", "allowed"),
    ("consultation_document", "allowed"),
    ("consultation_document", "refused"),
    ("nommer_medecin_traitant", "allowed"),
    ("modif_visibilite", "allowed"),
    ("ouverture_urgence", "refused"),
    ("ouverture_urgence", "allowed"),
}
"""(act, outcome) pairs that the journal must contain at the end."""


def _ids(page: Iterable[Document]) -> list[DocumentId]:
    return [document.document_id for document in page]


def _metadata(document: Document) -> str:
    return (
        f"rubrique {document.section}, classe {document.class_code}, type {document.type_code}, "
        f"format {document.format_code}, {document.created_at:%Y-%m-%d}"
    )
