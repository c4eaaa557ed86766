"""Scenario with the user's own documents: every file of a folder is deposited, downloaded and compared."""

from datetime import date
from pathlib import Path

from cli.demo.step_printer import StepFailed, StepPrinter
from client.api_client import ApiClient
from client.errors import ApiError
from client.people import DemoPeople
from contracts.cda import CdaHeader, CdaPatient
from contracts.codes.documents import type_of
from contracts.errors.execution import TypeNotForDepositor
from contracts.records.documents import Document
from contracts.vocabulary import OID_TEST, DepositorKind, Ins
from deploy.dev.people import Patient
from services.documents.cda import read_header


def run_folder_scenario(printer: StepPrinter, demo: DemoPeople, folder: Path) -> None:
    """Open a record for each patient in the documents, deposit each document, compare the download."""
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".xml")
    if not files:
        raise StepFailed(f"{folder}: no .xml document")
    printer.chapter(f"Vos documents : {len(files)} fichiers", "your own documents")
    doctor = demo.logged_in("hospital")
    records: dict[str, str] = {}
    for path in files:
        content = path.read_bytes()
        with printer.step(path.name, f"{len(content)} bytes"):
            header = read_header(content)
            matricule = header.patient.ins.matricule
            if matricule not in records:
                records[matricule] = _open(demo, doctor, header.patient)
            if DepositorKind.PROFESSIONAL not in type_of(header.type_code).depositors:
                _check_refused(printer, doctor, records[matricule], content)
                continue
            document = doctor.deposit(records[matricule], content)
            received = doctor.download(records[matricule], str(document.document_id))
            printer.check(received == content, "bytes differ")
            _check_metadata(printer, header, document)
            printer.detail(_summary_of(document))


def _open(demo: DemoPeople, doctor: ApiClient, named: CdaPatient) -> str:
    """A record under a test identity, of whom the first document names: sample documents use numbers of nobody."""
    traits = named.traits
    patient = Patient(
        name="",
        ins=Ins(named.ins.matricule, OID_TEST),
        family_name=next(iter((*traits.birth_names, *traits.family_names)), "ESSAI"),
        given_names=" ".join((*traits.birth_given_names, *traits.given_names)) or "DOCUMENT",
        birth_date=_day(traits.birth_date),
        sex=traits.sex or "F",
        email="",
        mobile="",
    )
    record = doctor.open_record(demo.vitale_proof(demo.card_for(patient)))
    return str(record.patient_id)


def _check_refused(printer: StepPrinter, doctor: ApiClient, record: str, content: bytes) -> None:
    """A type that belongs to the patient or to Assurance Maladie is refused when a professional deposits it."""
    try:
        doctor.deposit(record, content)
    except ApiError as refused:
        printer.check(refused.code == TypeNotForDepositor.code, f"refused by {refused.code}")
        printer.detail("type d'un autre déposant, refusé / type of another depositor, refused")
    else:
        printer.check(False, "deposited by a professional")


def _day(claimed: str) -> date:
    """A day of a birth date that may be known in part only, or not at all."""
    known = [int(part) for part in claimed.split("-") if part]
    year, month, day = (known + [1980, 1, 1][len(known) :])[:3]
    return date(year, month, day)


def _check_metadata(printer: StepPrinter, header: CdaHeader, document: Document) -> None:
    expected = (header.unique_id, header.type_code, header.title, header.format_code)
    found = (document.unique_id, document.type_code, document.title, document.format_code)
    printer.check(expected == found, "entry differs from header")


def _summary_of(document: Document) -> str:
    return (
        f"rubrique {document.section}, classe {document.class_code}, type {document.type_code}, "
        f"format {document.format_code}, rendu à l'octet près / byte-identical"
    )
