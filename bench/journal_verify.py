"""`python -m bench.journal_verify`: write a journal of 100,000 lines and time its verification."""

import argparse
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.scratch import peak_mb, scratch_database, silent
from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.context import UnitOfWork
from chassis.db import make_engine
from chassis.handlers import ReceivedEvent, Tick
from chassis.runtime import Runtime
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.vocabulary import Act, PatientId, Role
from services.audit.context import AuditContext, AuditTools
from services.audit.handlers.appending import append
from services.audit.handlers.heads import sign_head
from services.audit.repositories.verification import snapshot
from services.audit.sealing import Sealer
from services.audit.settings import AuditSettings
from services.audit.signing import HeadSigner
from services.audit.verification.inspection import TrustAnchors
from services.audit.verification.verify import verify_journal

_BASE_PORT = 30_100
_LINES = 100_000
_PATIENTS = 5_000
_BUNDLE = 200
_LINES_A_HEAD = 2_000
_START = datetime(2026, 1, 1, tzinfo=UTC)
_DOCTOR = Actor(role=Role.PROFESSIONAL, subject="80000000019", name="Dr Rosa Lind", profession="10")
_UPKEEP = unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=_LINES)
    parser.add_argument("--port", type=int, default=_BASE_PORT)
    options = parser.parse_args()
    with scratch_database("audit", options.port) as url:
        _measure(url, options.lines)


def _measure(url: str, lines: int) -> None:
    tools = _new_tools()
    anchors = TrustAnchors(verifier=tools.head_signer.verifier, sealer=tools.sealer)
    started = time.monotonic()
    _write(url, tools, lines)
    written = time.monotonic()
    before = peak_mb()
    with snapshot(url) as store:
        found = verify_journal(store, None, anchors, silent)
    seconds = time.monotonic() - written
    assert found.lines == found.signed == found.opened == lines
    print(f"written   {lines:,} lines of {_PATIENTS:,} patients in {written - started:.1f} s")
    print(
        f"verified  {found.lines:,} lines, {found.heads:,} heads in {seconds:.1f} s, {lines / seconds:,.0f} lines/s"
    )
    print(f"memory    {peak_mb():.0f} MB at the most, {before:.0f} MB before verifying")


def _new_tools() -> AuditTools:
    """Audit's tools with fresh keys; a head is due whenever one is asked for."""
    settings = AuditSettings(head_key=Path(), subject_key_file=Path(), journal_origin="bench/journal", head_seconds=0)
    signer = HeadSigner(Ed25519PrivateKey.generate(), settings.journal_origin)
    return AuditTools(settings=settings, sealer=Sealer(secrets.token_bytes(32)), head_signer=signer)


def _write(url: str, tools: AuditTools, lines: int) -> None:
    runtime = Runtime()
    runtime.engine = make_engine(url, size=1, autocommit=True)
    for start in range(0, lines, _BUNDLE):
        size = min(_BUNDLE, lines - start)
        work = UnitOfWork(kind="event", name="journal", deadline=0, rule=_UPKEEP)
        ctx = AuditContext(runtime, tools, _DOCTOR, work)
        ctx.now = _START + timedelta(seconds=start // 100)
        append(ctx, tuple(_received(start + number, ctx.now) for number in range(size)))
        if (start + size) % _LINES_A_HEAD == 0 or start + size == lines:
            sign_head(ctx, Tick())
        ctx.finish()
    runtime.engine.dispose()


def _received(number: int, at: datetime) -> ReceivedEvent[JournalEntry]:
    patient_id = PatientId(UUID(int=number * 7 % _PATIENTS + 1))
    entry = JournalEntry.by(_DOCTOR, patient_id, Act.CONSULTATION_LISTE, reason="autorisation")
    return ReceivedEvent(id=uuid4(), at=at, event=entry)


if __name__ == "__main__":
    main()
