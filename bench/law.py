"""`python -m bench.law`: the cost of decisions by themselves, without broker, database or HTTP."""

import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice, product
from time import perf_counter
from uuid import UUID

import msgspec
from rich.console import Console
from rich.table import Table

from contracts.codes.documents import document_types
from contracts.codes.habilitation import matrix
from contracts.consent.decisions import Purpose
from contracts.consent.permits import permit_from
from contracts.envelope import Actor
from contracts.records.documents import Author, Document
from contracts.records.entries import DocumentMetadata
from contracts.vocabulary import (
    Coded,
    ContentId,
    Depositor,
    DepositorKind,
    DocumentId,
    DocumentStatus,
    PatientId,
    Profession,
    RecordStatus,
    Role,
    Rpps,
    Section,
    SoftwareProfile,
    Visibility,
)
from services.consent.domain.decide import decide
from services.consent.domain.facts import Fact, FactKind, Question
from services.consent.domain.matrix import entitlement_of
from services.records.domain import StoredDocument
from services.records.domain.permits import can_see

SECONDS, WARM_UP = 1.0, 0.1
FACTS = 40
SIZES = (30, 300, 3000)
PROMISED_SIZE, PROMISED_MS = 300, 1.0

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
PATIENT, RELATIVE = PatientId(UUID(int=1)), PatientId(UUID(int=2))
DOCTOR, AUTHOR = Rpps("89990000021"), Rpps("89990000070")
_ENTITLEMENT = entitlement_of(matrix())


class Timing(msgspec.Struct, frozen=True):
    """A reader at a record of `documents` documents, `seen` of them within the permit; times in milliseconds."""

    reader: str
    documents: int
    seen: int
    decide: float
    decide_and_filter: float


def actors() -> dict[str, Actor]:
    """Readers whose decisions have different limits."""
    by_denied = {code: len(denied) for code, denied in (_ENTITLEMENT.by_profession or {}).items()}
    narrowest = max(by_denied, key=lambda code: by_denied[code])
    professional = Actor(role=Role.PROFESSIONAL, subject=DOCTOR, profile=SoftwareProfile.CONSULTATION)
    return {
        f"doctor ({by_denied[Profession.MEDECIN]} types denied)": _with_profession(professional, Profession.MEDECIN),
        f"profession {narrowest} ({by_denied[narrowest]} types denied)": _with_profession(professional, narrowest),
        "patient": Actor(role=Role.PATIENT, subject=str(PATIENT)),
        "legal representative": Actor(role=Role.PATIENT, subject=str(RELATIVE)),
    }


def _with_profession(actor: Actor, profession: str) -> Actor:
    return msgspec.structs.replace(actor, profession=profession)


def facts(size: int) -> list[Fact]:
    """Facts of a patient with many decisions; those that let the readers read come last."""
    strangers = (Fact(kind=kind, party=str(number), until=NOW + DAY) for number, kind in enumerate(cycle(FactKind)))
    return [
        *islice(strangers, size - 2),
        Fact(kind=FactKind.AUTORISATION, party=DOCTOR, until=NOW + DAY),
        Fact(kind=FactKind.REPRESENTANT_LEGAL, party=str(RELATIVE)),
    ]


def record(size: int) -> list[StoredDocument]:
    """Documents of every status, visibility and section, of all types in turn."""
    kinds = cycle(product(Section, (False, True), (False, True), (None, NOW - DAY, NOW + DAY), DocumentStatus))
    return [
        _document(number, kind, code)
        for number, kind, code in zip(range(size), kinds, cycle(document_types()), strict=False)
    ]


def _document(
    number: int, kind: tuple[Section, bool, bool, datetime | None, DocumentStatus], type_code: str
) -> StoredDocument:
    section, masked, secret, until, status = kind
    visibility = {
        Visibility.INVISIBLE_PATIENT: until is not None,
        Visibility.INVISIBLE_REPRESENTANTS_LEGAUX: secret,
        Visibility.MASQUE_PS: masked,
    }
    document = Document(
        document_id=DocumentId(UUID(int=number)),
        entry_uuid=f"urn:uuid:{UUID(int=number)}",
        unique_id=f"1.2.{number}",
        version=1,
        status=status,
        section=section,
        class_code="10",
        type_code=type_code,
        format_code="urn:x",
        title="Titre",
        author=Author(rpps=AUTHOR, name="Dre Auteur"),
        created_at=NOW - DAY,
        deposited_at=NOW,
        language="fr-FR",
        media_type="text/xml",
        size=10,
        sha1="a",
        visibility=tuple(mark for mark, is_set in visibility.items() if is_set),
        invisible_until=until,
    )
    return StoredDocument(
        document=document,
        metadata=DocumentMetadata(type=Coded(type_code), authors=()),
        content_id=ContentId(UUID(int=number)),
        depositor=Depositor(DepositorKind.PROFESSIONAL, AUTHOR),
        structure=None,
        sha256="b",
        changed_at=NOW,
        patient_id=PATIENT,
    )


def measure(reader: str, actor: Actor, size: int) -> Timing:
    """Medians of the decision with FACTS facts, and of the decision with a check of each document."""
    known_facts, documents = facts(FACTS), record(size)
    question = Question(
        actor=actor,
        patient_id=PATIENT,
        purpose=Purpose.READ,
        now=NOW,
        record_status=RecordStatus.ACTIVE,
        superseded=True,
        archived=True,
    )

    def decide_and_filter() -> int:
        permit = permit_from(decide(known_facts, question, _ENTITLEMENT), actor, PATIENT, NOW)
        return sum(can_see(permit, document) for document in documents)

    return Timing(
        reader,
        size,
        seen=decide_and_filter(),
        decide=_median(lambda: decide(known_facts, question, _ENTITLEMENT)),
        decide_and_filter=_median(decide_and_filter),
    )


def _median(work: Callable[[], object]) -> float:
    """Milliseconds."""
    _repeat(work, WARM_UP)
    return statistics.median(_repeat(work, SECONDS)) * 1000


def _repeat(work: Callable[[], object], seconds: float) -> list[float]:
    times: list[float] = []
    end = perf_counter() + seconds
    while (started := perf_counter()) < end:
        work()
        times.append(perf_counter() - started)
    return times


def main() -> None:
    """Measure and print a table."""
    table = Table(title=f"decisions by themselves, {FACTS} facts; medians")
    for column in (
        "reader",
        "documents",
        "seen",
        "decide ms",
        "decide + each document ms",
        "µs a document",
        "promise",
    ):
        table.add_column(column, justify="left" if column in {"reader", "promise"} else "right")
    for reader, actor in actors().items():
        for size in SIZES:
            table.add_row(*_row(measure(reader, actor, size)))
    Console(width=150).print(table)


def _row(timing: Timing) -> tuple[str, ...]:
    each = (timing.decide_and_filter - timing.decide) / timing.documents * 1000
    is_promised = timing.documents == PROMISED_SIZE
    kept = "kept" if timing.decide_and_filter <= PROMISED_MS else "NOT kept"
    return (
        timing.reader,
        str(timing.documents),
        str(timing.seen),
        f"{timing.decide:.3f}",
        f"{timing.decide_and_filter:.3f}",
        f"{each:.2f}",
        f"<= {PROMISED_MS:g} ms: {kept}" if is_promised else "",
    )


if __name__ == "__main__":
    main()
