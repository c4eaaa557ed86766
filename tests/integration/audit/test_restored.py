"""A restored journal signs no head that contradicts published ones; an operator says the last, or a break."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from typer.testing import CliRunner, Result

from cli.main import app
from client.waiting import wait_for
from contracts.audit import Audit, GetVerifierKey, ListHeads
from contracts.vocabulary import PatientId
from services.audit.continuity import is_restored
from services.audit.domain.breaks import break_from
from services.audit.domain.notes import note_from
from services.audit.published import PublishedHead
from services.audit.repositories.journal import JournalRepository
from services.audit.resuming import HeadRefused, LinesLost, Resumed, resume
from services.audit.signing import HeadSigner
from tests.integration.audit.ledger import ORIGIN, Ledger, database_of, new_ledger
from tests.integration.audit.stack import AuditStack
from tests.integration.audit.test_heads import missing_parts
from tests.integration.audit.test_outsider import Outsider
from tests.unit.audit.builders import OPERATOR, an_entry

LATER = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 11, tzinfo=UTC)


@pytest.fixture
def backed_up(stack: AuditStack) -> Iterator[Ledger]:
    """A journal with a head over 40 lines."""
    with database_of(stack.addresses.database_admin_url) as url:
        ledger = new_ledger(url)
        ledger.grow(40, heads=(40,))
        yield ledger


@pytest.fixture
def restored(stack: AuditStack, backed_up: Ledger) -> Iterator[Ledger]:
    """The same journal in another database; the first one went on to a head over 50 lines, and is lost."""
    with database_of(stack.addresses.database_admin_url, template=backed_up.url.rpartition("/")[2]) as url:
        backed_up.grow(50, heads=(50,))
        yield Ledger(url, backed_up.sealer, backed_up.signer)


def heads_of(ledger: Ledger) -> list[int]:
    with ledger.transaction() as connection:
        return list(connection.execute(text("SELECT size FROM heads ORDER BY size")).scalars())


def note_of(ledger: Ledger, size: int) -> str:
    return str(ledger.value("SELECT note FROM heads WHERE size = :size", size=size))


def resumed(ledger: Ledger, note: str, *, admits_break: bool = False) -> Resumed:
    with ledger.transaction() as connection:
        repository = JournalRepository(connection)
        return resume(repository, ledger.signer.verifier, note, now=NOW, admits_break=admits_break)


def must_wait(ledger: Ledger) -> bool:
    """Whether no head is signed before an operator says the last published one."""
    with ledger.transaction() as connection:
        return is_restored(JournalRepository(connection), ledger.signer.verifier, ledger.published)


def test_no_head_is_signed_on_a_restored_database(restored: Ledger) -> None:
    restored.grow(45, start=LATER)
    restored.sign(LATER)
    assert must_wait(restored)
    assert heads_of(restored) == [40]


def test_signing_goes_on_once_the_last_published_head_is_found_in_the_journal(restored: Ledger) -> None:
    assert resumed(restored, note_of(restored, 40)).declared is None
    restored.grow(45, heads=(45,), start=LATER)
    assert heads_of(restored) == [40, 45]
    assert restored.verify(outside=note_of(restored, 40)).signed == 45


def test_a_published_head_that_the_backup_missed_is_kept_if_its_lines_are_there(restored: Ledger) -> None:
    with restored.transaction() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        published = note_of(restored, 40)
        connection.execute(text("DELETE FROM heads"))
    resumed(restored, published)
    assert heads_of(restored) == [40]


def test_lines_of_published_heads_that_are_lost_are_not_signed_over_silently(
    backed_up: Ledger, restored: Ledger
) -> None:
    with pytest.raises(LinesLost) as lost:
        resumed(restored, note_of(backed_up, 50))
    assert (lost.value.kept, lost.value.lost) == (40, 50)
    restored.grow(60, start=LATER)
    with pytest.raises(LinesLost):
        resumed(restored, note_of(backed_up, 50))
    restored.sign(LATER)
    assert heads_of(restored) == [40]


def test_a_declared_break_is_signed_and_stays(backed_up: Ledger, restored: Ledger) -> None:
    lost = note_from(note_of(backed_up, 50)).head
    resumed(restored, note_of(backed_up, 50), admits_break=True)
    restored.grow(45, heads=(45,), start=LATER)
    with restored.transaction() as connection:
        [text_of_break] = JournalRepository(connection).break_notes()
    declared = break_from(text_of_break.rpartition("\n\n")[0] + "\n")
    assert (declared.kept_size, declared.lost_size, declared.lost_root) == (40, 50, lost.root)
    assert heads_of(restored) == [40, 45]
    with pytest.raises(Exception, match="breaks"), restored.transaction() as connection:
        connection.execute(text("DELETE FROM breaks"))


@pytest.mark.parametrize("what", ["older", "foreign", "damaged"])
def test_a_head_that_is_not_the_last_of_this_journal_is_refused(restored: Ledger, what: str) -> None:
    last = note_of(restored, 40)
    stranger = HeadSigner(Ed25519PrivateKey.generate(), ORIGIN)
    head = note_from(last).head
    given = {
        "older": restored.signer.sign(msgspec.structs.replace(head, size=39)),
        "foreign": stranger.sign(head),
        "damaged": last[:-10],
    }
    for admits_break in (False, True):
        with pytest.raises(HeadRefused):
            resumed(restored, given[what], admits_break=admits_break)


def test_a_head_kept_outside_shows_a_database_copied_back_file_by_file(backed_up: Ledger, tmp_path: Path) -> None:
    backed_up.published = PublishedHead(tmp_path / "head")
    backed_up.grow(50, heads=(50,), start=LATER)
    backed_up.tamper("DELETE FROM heads WHERE size > 40", "UPDATE tree SET size = 45")
    assert must_wait(backed_up)
    backed_up.sign(LATER)
    assert heads_of(backed_up) == [40]


def test_a_head_kept_outside_lets_signing_go_on_by_itself_after_a_switch_to_another_server(
    backed_up: Ledger, restored: Ledger, tmp_path: Path
) -> None:
    restored.published = PublishedHead(tmp_path / "head")
    restored.published.keep(note_of(restored, 40))
    restored.grow(45, heads=(45,), start=LATER)
    assert heads_of(restored) == [40, 45]
    restored.published = None
    assert not must_wait(restored)


def test_a_new_database_signs_nothing_beside_a_head_kept_outside(
    stack: AuditStack, backed_up: Ledger, tmp_path: Path
) -> None:
    with database_of(stack.addresses.database_admin_url) as url:
        new = Ledger(url, backed_up.sealer, backed_up.signer, PublishedHead(tmp_path / "head"))
        new.grow(5, heads=(5,))
        (tmp_path / "head").write_text(note_of(backed_up, 40))
        new.grow(7)
        new.sign(LATER)
        assert heads_of(new) == [5]
        (tmp_path / "head").write_text("damaged")
        assert must_wait(new)


def resume_by_command(stack: AuditStack, head: Path) -> Result:
    key = stack.call(Audit.key_of_heads, GetVerifierKey(), OPERATOR).key
    words = ["journal", "resume", "--head", str(head), "--key", key]
    return CliRunner().invoke(app, [*words, "--database", stack.addresses.database_url("audit")])


def test_audit_is_not_ready_until_the_operator_says_the_last_head(stack: AuditStack, tmp_path: Path) -> None:
    stack.append(an_entry(patient_id=PatientId(uuid4())))
    last = stack.head_over_all()
    (tmp_path / "head").write_text(stack.head_of(last.head.size))
    with stack.database("audit") as connection:
        JournalRepository(connection).mark_as_restored()
    stack.append(an_entry(patient_id=PatientId(uuid4())))
    assert missing_parts(stack) == ["journal_restored"]
    (tmp_path / "none").write_text("no head")
    assert resume_by_command(stack, tmp_path / "none").exit_code == 1
    done = resume_by_command(stack, tmp_path / "head")
    assert done.exit_code == 0, done.output
    wait_for(lambda: stack.latest_head().head.size > last.head.size)
    assert missing_parts(stack) == []


def test_an_outsider_is_told_of_a_break_and_which_heads_it_gives_up(stack: AuditStack, tmp_path: Path) -> None:
    stack.append(an_entry(patient_id=PatientId(uuid4())))
    last = stack.head_over_all().head
    signer = HeadSigner.from_file(stack.addresses.keys.journal_heads, ORIGIN)
    lost = signer.sign(msgspec.structs.replace(last, size=last.size + 1_000, root=bytes(32)))
    with stack.database("audit") as connection:
        resume(JournalRepository(connection), signer.verifier, lost, now=datetime.now(UTC), admits_break=True)
    stack.append(an_entry(patient_id=PatientId(uuid4())))
    wait_for(lambda: stack.call(Audit.list_heads, ListHeads(), OPERATOR).breaks)
    listed = stack.call(Audit.list_heads, ListHeads(), OPERATOR)
    assert is_signed_by_text(listed.breaks[-1], signer)
    outsider, page = Outsider(tmp_path, signer.verifier.text), msgspec.to_builtins(listed)
    is_good, output = outsider.run("breaks", page, stack.head_of(last.size))
    assert is_good and f"heads {last.size + 1} to {last.size + 1_000} not continued" in output
    is_good, output = outsider.run("breaks", page, lost)
    assert not is_good and "head lost" in output
    page["breaks"] = [page["breaks"][-1].replace(str(last.size + 1_000), str(last.size + 1_001))]
    assert not outsider.run("breaks", page)[0]


def is_signed_by_text(note: str, signer: HeadSigner) -> bool:
    """Whether a note that is no head bears the signer's signature."""
    lines = note.rpartition("\n\n")[0] + "\n"
    return note == signer.sign_break(break_from(lines))
