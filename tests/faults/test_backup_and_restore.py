"""All is lost but a backup: documents come back byte for byte, and the journal continues its published heads."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import requests
from minio import Minio
from typer.testing import CliRunner

from cli.main import app
from cli.stack import SECOND_SIGNATURE_AWAITED
from client.mailbox import Mailbox
from client.people import DemoPeople
from client.waiting import wait_for
from contracts.wiring import SERVICES
from deploy.dev.external import ExternalServers
from deploy.dev.paths import CHECKOUT, Layout
from deploy.dev.stack import Stack
from tests.integration.audit.test_outsider import Outsider
from tests.support.operators import FIRST, SECOND, TwoOperators
from tests.support.people import Holder, deposit, document_for, open_record

_ROOT, _BASE_PORT = CHECKOUT / "var" / "restored", 29_400
_SECONDS = 600
"""Two stacks are started, one of them twice."""


@pytest.fixture
def new_root(platform: Stack) -> Iterator[Path]:
    """The directory of another stack that has nothing but the test cards, which are in people's pockets."""
    shutil.rmtree(_ROOT, ignore_errors=True)
    shutil.copytree(platform.layout.cards, Layout(_ROOT).cards)
    yield _ROOT
    shutil.rmtree(_ROOT)


def carnet(root: Path, *words: str) -> tuple[int, str]:
    """Exit code and output of a command for the stack of this root."""
    done = CliRunner().invoke(app, list(words), env={"CARNET_DEV_ROOT": str(root), "COLUMNS": "200"})
    return done.exit_code, done.output


def succeeds(root: Path, *words: str) -> None:
    code, output = carnet(root, *words)
    assert code == 0, output


def refuses(root: Path, why: str, *words: str) -> None:
    code, output = carnet(root, *words)
    assert code == 1 and why in output, output


def deposited(demo: DemoPeople, holders: int, each: int) -> dict[str, tuple[Holder, bytes]]:
    """Document -> its holder and bytes."""
    found = {}
    for _ in range(holders):
        holder, depositor = open_record(demo), demo.logged_in("hospital")
        for _ in range(each):
            content = document_for(demo, holder)
            found[str(deposit(depositor, holder, content).document_id)] = (holder, content)
    return found


def head_over_all_lines(stack: Stack) -> str:
    """The newest published head, once nothing is left to be sent and it covers every line."""

    def value(service: str, query: str) -> int:
        with closing(psycopg2.connect(stack.addresses.database_url(service))) as source, source.cursor() as cursor:
            cursor.execute(query)
            return int((cursor.fetchone() or (0,))[0])

    def is_quiet() -> bool:
        unsent = sum(
            value(service, "SELECT count(*) FROM outbox") for service in ("identity", "records", "documents")
        )
        return not unsent and value("audit", "SELECT size FROM tree") == int(head_of(stack).splitlines()[1])

    wait_for(is_quiet)
    return head_of(stack)


def head_of(stack: Stack) -> str:
    return published(stack, "/journal/head")


def published(stack: Stack, path: str) -> str:
    answer = requests.get(stack.addresses.url("gateway") + path, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.text


def altered(content: Path, copy: Path) -> Path:
    """A copy of a backup with one other bit in the dump of a database."""
    shutil.copytree(content, copy)
    dump = copy / "databases" / "records.dump"
    data = bytearray(dump.read_bytes())
    data[len(data) // 2] ^= 1
    dump.write_bytes(data)
    return copy


def incomplete(content: Path, copy: Path) -> Path:
    """A copy of a backup that was cut off before its end."""
    shutil.copytree(content, copy)
    (copy / "manifest.json").unlink()
    return copy


@pytest.mark.timeout(_SECONDS)
def test_everything_comes_back_on_an_empty_stack_and_the_journal_goes_on(
    platform: Stack, demo: DemoPeople, new_root: Path, tmp_path: Path
) -> None:
    documents = deposited(demo, holders=2, each=3)
    kept = tmp_path / "head"
    kept.write_text(head_over_all_lines(platform))
    content, keys = tmp_path / "content", tmp_path / "keys"
    backup = ("backup", str(content), str(keys))
    refuses(platform.layout.root, "n'est pas au repos", *backup, "--at-rest")
    succeeds(platform.layout.root, *backup)
    deposited(demo, holders=3, each=3)
    later = tmp_path / "later"
    later.write_text(head_over_all_lines(platform))

    succeeds(new_root, "restore", "keys", str(keys), str(Layout(new_root).keys))
    stack = Stack(new_root, _BASE_PORT, ExternalServers())
    stack.start_servers()
    try:
        refuses(new_root, "altér", "restore", "content", str(altered(content, tmp_path / "altered")))
        refuses(new_root, "incomplète", "restore", "content", str(incomplete(content, tmp_path / "incomplete")))
        succeeds(new_root, "restore", "content", str(content))
        refuses(new_root, "n'est pas vide", "restore", "content", str(content))
        succeeds(new_root, "journal", "resume", "--head", str(kept))
        succeeds(new_root, "documents", "verify", "--all")
        succeeds(new_root, "journal", "verify", "--head", str(kept))
    finally:
        stack.stop()
    with stack:
        _check_documents(stack, documents)
        _check_continuity(stack, kept.read_text(), tmp_path)
        _check_break(stack, kept.read_text(), later, tmp_path)
        for name in ("gateway", *SERVICES):
            stack.halt(name)
        again = ("backup", str(tmp_path / "content-again"), str(tmp_path / "keys-again"))
        store, lost = stack.addresses.object_store, _an_object(stack)
        client = Minio(store.endpoint, store.access_key, store.secret_key, region=store.region, secure=False)
        client.remove_object(store.bucket, lost)
        refuses(new_root, lost, *again, "--at-rest")


def _check_documents(stack: Stack, documents: dict[str, tuple[Holder, bytes]]) -> None:
    """Every document is there, byte for byte, for who deposited it."""
    gateway, mailbox = stack.addresses.url("gateway"), Mailbox(stack.addresses.url("mailbox"))
    reader = DemoPeople(gateway, mailbox, stack.layout.cards).logged_in("hospital")
    for document_id, (holder, content) in documents.items():
        assert reader.download(holder.record, document_id) == content


def _check_break(stack: Stack, kept: str, later: Path, directory: Path) -> None:
    """A head that was published after the backup is given up by two operators only; everybody is told for ever."""
    resume = ("journal", "resume", "--head", str(later))
    refuses(stack.layout.root, "manquent", *resume)
    operators, root = TwoOperators(stack.addresses.keys), {"CARNET_DEV_ROOT": str(stack.layout.root)}
    alone = operators.invoke_as(FIRST, app, [*resume, "--break", "--yes"], env=root)
    assert alone.exit_code == SECOND_SIGNATURE_AWAITED, alone.output
    both = operators.invoke_as(SECOND, app, [*resume, "--break", "--yes"], env=root)
    assert both.exit_code == 0, both.output
    heads = wait_for(lambda: _heads_with_breaks(stack))
    outsider = Outsider(directory, published(stack, "/journal/key"))
    assert outsider.run("breaks", heads, kept)[0]
    is_good, output = outsider.run("breaks", heads, later.read_text())
    assert not is_good and "head lost" in output
    code, output = carnet(stack.layout.root, "journal", "verify")
    assert code == 0 and "Rupture" in output, output
    since, until = (f"{datetime.now(UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}" for hours in (-1, 1))
    search = ("journal", "search", "--act", "rupture_journal", "--since", since, "--until", until)
    wait_for(lambda: "rupture_journal" in carnet(stack.layout.root, *search)[1])


def _heads_with_breaks(stack: Stack) -> dict[str, Any] | None:
    answer: dict[str, Any] = json.loads(published(stack, "/journal/heads"))
    return answer if answer["breaks"] else None


def _an_object(stack: Stack) -> str:
    """The key of the object of a document."""
    with closing(psycopg2.connect(stack.addresses.database_url("documents"))) as source, source.cursor() as cursor:
        cursor.execute("SELECT object_key FROM contents WHERE state = 'kept' LIMIT 1")
        return str((cursor.fetchone() or ("",))[0])


def _check_continuity(stack: Stack, kept: str, directory: Path) -> None:
    """The next head, over the readings just done, is proven to continue the one that was kept outside."""
    first = int(kept.splitlines()[1])
    wait_for(lambda: int(head_of(stack).splitlines()[1]) > first)
    newest = head_of(stack)
    proof = requests.get(
        stack.addresses.url("gateway") + "/journal/consistency",
        params={"first": first, "second": int(newest.splitlines()[1])},
        timeout=10,
    ).json()
    outsider = Outsider(directory, published(stack, "/journal/key"))
    is_good, output = outsider.run("consistency", kept, newest, proof)
    assert is_good, output
