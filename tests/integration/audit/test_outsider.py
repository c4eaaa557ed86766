"""The stand-alone verifier, run on what the host published."""

import json
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.audit import Audit, GetVerifierKey, Proofs, ProveConsistency, ReadProofs
from contracts.vocabulary import PatientId
from deploy.dev.paths import CHECKOUT
from services.audit.domain.notes import note_from
from services.audit.signing import HeadSigner
from tests.integration.audit.stack import AuditStack, holder
from tests.unit.audit.builders import OPERATOR, an_entry

Page = dict[str, Any]
LINES = 7


class Outsider:
    """A copy of the verifier, and a directory for fetched files."""

    def __init__(self, directory: Path, key: str) -> None:
        self.directory = directory
        self.key = key
        self._program = shutil.copy(CHECKOUT / "verifier" / "verify_journal.py", directory)

    def run(self, command: str, *texts: Any, options: tuple[str, ...] = ()) -> tuple[bool, str]:
        """Whether the verification succeeds, and its output."""
        files = []
        for number, content in enumerate(texts):
            file = self.directory / f"{number}"
            file.write_text(content if isinstance(content, str) else json.dumps(content))
            files.append(str(file))
        done = subprocess.run(
            [sys.executable, "-I", self._program, command, self.key, *files, *options],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.directory,
            timeout=30,
        )
        assert done.returncode in {0, 1}
        assert "Traceback" not in done.stderr
        return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def outsider(stack: AuditStack, tmp_path: Path) -> Outsider:
    return Outsider(tmp_path, stack.call(Audit.key_of_heads, GetVerifierKey(), OPERATOR).key)


@pytest.fixture(scope="module")
def pages(stack: AuditStack) -> list[Page]:
    """A patient's whole view, in pages of three lines."""
    patient_id = PatientId(uuid4())
    stack.append(*(an_entry(patient_id=patient_id) for _ in range(LINES)))
    stack.head_over_all()
    found: list[Proofs] = []
    before = None
    for _ in range(3):
        request = ReadProofs(patient_id=patient_id, count=3, before=before)
        found.append(stack.call(Audit.read_proofs, request, holder(patient_id)))
        before = found[-1].lines[-1].position
    return [json.loads(msgspec.json.encode(page)) for page in found]


def lines_of(pages: list[Page]) -> list[dict[str, Any]]:
    return [line for page in pages for line in page["lines"]]


def test_a_whole_view_is_verified(outsider: Outsider, pages: list[Page]) -> None:
    holds, output = outsider.run("view", *pages)

    assert holds, output
    assert f"{len(lines_of(pages))} lignes, 1 fils" in output


def test_a_view_without_one_of_its_pages_is_refused(outsider: Outsider, pages: list[Page]) -> None:
    holds, output = outsider.run("view", *pages[:-1])

    assert not holds
    assert "line 1 is missing" in output


def test_a_partial_view_is_verified_with_the_option_for_it(outsider: Outsider, pages: list[Page]) -> None:
    assert outsider.run("view", pages[0], options=("--partial",))[0]


def test_a_line_left_out_of_a_view_is_found(outsider: Outsider, pages: list[Page]) -> None:
    for left_out in range(1, 3):
        changed = json.loads(json.dumps(pages))
        gone = json.loads(changed[0]["lines"].pop(left_out)["leaf"])

        holds, output = outsider.run("view", *changed)

        assert not holds
        assert f"strand {gone['strand']}: line {gone['number']} is missing" in output


def change_leaf(line: dict[str, Any]) -> None:
    line["leaf"] = line["leaf"].replace('"allowed"', '"refused"')


def change_name(line: dict[str, Any]) -> None:
    line["personal"] = line["personal"].replace("Lind", "Lund")


def change_nonce(line: dict[str, Any]) -> None:
    line["nonce"] = b64encode(bytes(32)).decode()


def change_path(line: dict[str, Any]) -> None:
    line["path"][0] = b64encode(bytes(32)).decode()


def shorten_path(line: dict[str, Any]) -> None:
    line["path"].pop()


def change_position(line: dict[str, Any]) -> None:
    line["position"] += 1


def remove_leaf(line: dict[str, Any]) -> None:
    del line["leaf"]


@pytest.mark.parametrize(
    "change", [change_leaf, change_name, change_nonce, change_path, shorten_path, change_position, remove_leaf]
)
def test_a_changed_line_is_named(
    outsider: Outsider, pages: list[Page], change: Callable[[dict[str, Any]], None]
) -> None:
    changed = json.loads(json.dumps(pages))
    line = next(line for line in lines_of(changed) if "Lind" in line["personal"])
    change(line)

    holds, output = outsider.run("view", *changed)

    assert not holds
    assert f"position {line['position']} :" in output


def test_an_erased_identity_is_no_fault(outsider: Outsider, pages: list[Page]) -> None:
    changed = json.loads(json.dumps(pages))
    lines_of(changed)[0] |= {"personal": "", "nonce": ""}

    holds, output = outsider.run("view", *changed)

    assert holds, output
    assert "1 effacées" in output


def test_a_head_signed_by_another_key_is_refused(outsider: Outsider, pages: list[Page]) -> None:
    head = note_from(pages[0]["head"]).head
    forged = HeadSigner(Ed25519PrivateKey.generate(), head.origin).sign(head)

    holds, output = outsider.run("head", pages[0]["head"])
    assert holds
    assert f"size {head.size}, time {head.at:%Y-%m-%dT%H:%M:%SZ}" in output
    assert not outsider.run("head", forged)[0]
    assert not outsider.run("view", *[page | {"head": forged} for page in pages])[0]


def test_a_head_changed_after_it_was_signed_is_refused(outsider: Outsider, pages: list[Page]) -> None:
    size = note_from(pages[0]["head"]).head.size
    holds, output = outsider.run("head", pages[0]["head"].replace(f"\n{size}\n", f"\n{size + 1}\n"))

    assert not holds
    assert "signature" in output


def test_two_heads_are_consistent_or_not(stack: AuditStack, outsider: Outsider, pages: list[Page]) -> None:
    old = pages[0]["head"]
    stack.append(an_entry(patient_id=PatientId(uuid4())))
    new = stack.head_of(stack.head_over_all().head.size)
    sizes = [note_from(note).head.size for note in (old, new)]
    request = ProveConsistency(first=sizes[0], second=sizes[1])
    proof = msgspec.to_builtins(stack.call(Audit.prove_consistency, request, OPERATOR))

    assert outsider.run("consistency", old, new, proof)[0]
    for hashes in (
        proof["hashes"][:-1],
        [*proof["hashes"][:-1], b64encode(b64decode(proof["hashes"][0])[::-1]).decode()],
    ):
        holds, output = outsider.run("consistency", old, new, proof | {"hashes": hashes})
        assert not holds
        assert output.startswith("✗")


@pytest.mark.parametrize("words", [(), ("head",), ("view",), ("dance",)])
def test_invalid_arguments_print_the_usage(outsider: Outsider, words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-I", str(outsider.directory / "verify_journal.py"), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "verify_journal.py" in done.stderr
