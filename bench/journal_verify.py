"""`python -m bench.journal_verify`: writes a journal of 100,000 lines and measures how long verifying it takes."""

import argparse
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine

from bench.scratch import peak_mb, scratch_database, silent
from chassis.units import RequestContext
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.vocabulary import Act, PatientId, Role
from services.audit.domain.strands import ReceivedEntry
from services.audit.handlers.heads import sign_head
from services.audit.handlers.inspection import Trust
from services.audit.handlers.verification import verify_journal
from services.audit.handlers.writing import append
from services.audit.repositories import AuditRepository
from services.audit.repositories.verification import snapshot
from services.audit.sealing import Sealer
from services.audit.signing import HeadSigner

_BASE_PORT = 30_100
_LINES = 100_000
_PATIENTS = 5_000
_BUNDLE = 200
_LINES_A_HEAD = 2_000
_START = datetime(2026, 1, 1, tzinfo=UTC)
_DOCTOR = Actor(role=Role.PROFESSIONAL, subject="80000000019", name="Dr Rosa Lind", profession="10")


class EntryBundle(NamedTuple):
    """What writing looks at of a unit of work."""

    message: tuple[ReceivedEntry, ...]
    now: datetime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=_LINES)
    parser.add_argument("--port", type=int, default=_BASE_PORT)
    wanted = parser.parse_args()
    with scratch_database("audit", wanted.port) as url:
        _measure(url, wanted.lines)


def _measure(url: str, lines: int) -> None:
    sealer = Sealer(secrets.token_bytes(32))
    signer = HeadSigner(Ed25519PrivateKey.generate(), "bench/journal")
    started = time.monotonic()
    _write(url, sealer, signer, lines)
    written = time.monotonic()
    before = peak_mb()
    with snapshot(url) as store:
        found = verify_journal(store, None, Trust(verifier=signer.verifier, sealer=sealer), silent)
    seconds = time.monotonic() - written
    assert found.lines == found.signed == found.opened == lines
    print(f"written   {lines:,} lines of {_PATIENTS:,} patients in {written - started:.1f} s")
    print(
        f"verified  {found.lines:,} lines, {found.heads:,} heads in {seconds:.1f} s, {lines / seconds:,.0f} lines/s"
    )
    print(f"memory    {peak_mb():.0f} MB at the most, {before:.0f} MB before verifying")


def _write(url: str, sealer: Sealer, signer: HeadSigner, lines: int) -> None:
    patients = [PatientId(UUID(int=number + 1)) for number in range(_PATIENTS)]
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
    for start in range(0, lines, _BUNDLE):
        size = min(_BUNDLE, lines - start)
        now = _START + timedelta(seconds=start // 100)
        about: Sequence[PatientId] = [patients[(start + number) * 7 % _PATIENTS] for number in range(size)]
        arrived = tuple(ReceivedEntry(event_id=uuid4(), at=now, entry=_entry(patient_id)) for patient_id in about)
        with engine.begin() as connection:
            store = AuditRepository(connection)
            append(store, sealer, cast(RequestContext[tuple[ReceivedEntry, ...]], EntryBundle(arrived, now)))
            if (start + size) % _LINES_A_HEAD == 0 or start + size == lines:
                sign_head(store, signer, now=now, seconds=0)
    engine.dispose()


def _entry(patient_id: PatientId) -> JournalEntry:
    return JournalEntry.by(_DOCTOR, patient_id, Act.CONSULTATION_LISTE, reason="autorisation")


if __name__ == "__main__":
    main()
