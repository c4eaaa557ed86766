"""The demo with documents of one's own: every file of a folder is deposited, read back and compared."""

from datetime import date
from pathlib import Path
from typing import Any

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from cli.demo.step_printer import StepFailed, StepPrinter
from contracts.cda import CdaHeader
from contracts.vocabulary import OID_TEST, Ins
from deploy.dev.people import Patient
from services.documents.cda import read_header


def tell_folder(printer: StepPrinter, demo: DemoPeople, folder: Path) -> None:
    """Open a record for each patient the documents speak of, deposit each document, compare what comes back."""
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
                records[matricule] = _open(demo, doctor, matricule)
            document = doctor.deposit(records[matricule], content)
            received = doctor.download(records[matricule], str(document["document_id"]))
            printer.check(received == content, "bytes differ")
            _check_facts(printer, header, document)
            printer.tell(_told(document))


def _open(demo: DemoPeople, doctor: ApiClient, matricule: str) -> str:
    """A record under a test identity: sample documents bear numbers that belong to nobody."""
    bearer = Patient("", Ins(matricule, OID_TEST), "ESSAI", "DOCUMENT", date(1980, 1, 1), "F", "", "")
    record = doctor.open_record(demo.vitale_proof(demo.card_for(bearer)))
    return str(record["patient_id"])


def _check_facts(printer: StepPrinter, header: CdaHeader, document: dict[str, Any]) -> None:
    said = (header.unique_id, header.type_code, header.title, header.format_code)
    entered = tuple(document[key] for key in ("unique_id", "type_code", "title", "format_code"))
    printer.check(said == entered, "entry differs from header")


def _told(document: dict[str, Any]) -> str:
    return (
        f"rubrique {document['section']}, classe {document['class_code']}, type {document['type_code']}, "
        f"format {document['format_code']}, rendu à l'octet près / byte-identical"
    )
