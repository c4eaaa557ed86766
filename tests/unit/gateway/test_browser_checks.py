"""The script that verifies the journal in a browser agrees with the code that makes proofs and words."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page

from contracts.envelope import Actor
from contracts.vocabulary import AccessMode, Act, Capacity, Finess, Outcome, Role
from gateway.portal.journal_words import act_words, person_words, words_of
from gateway.portal.static_files import StaticFile, file_of
from services.audit.domain.breaks import Break
from services.audit.domain.leaf import leaf_bytes, personal_bytes
from services.audit.domain.merkle import Tree, encode_hashes, extend
from services.audit.domain.notes import Head
from services.audit.domain.sentences import render
from services.audit.domain.strands import OpenedLine, hash_of
from services.audit.signing import HeadSigner
from tests.support.comparisons import check_all
from tests.support.pages import chromium
from tests.unit.audit.builders import AT, DOCTOR, HOLDER, MOTHER, NONCE, PATIENT, a_leaf, a_line, an_entry

SITE = "http://localhost:9"
SIZE = 19
SIGNER = HeadSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))), "carnet.example/journal")
AGENT = Actor(role=Role.AGENT, subject="agent-1", structure=Finess("990000044"))
APP = Actor(role=Role.APP, subject=str(PATIENT), name="Mon suivi")
READERS = (HOLDER, MOTHER)
REASONS = (
    "autorisation",
    "medecin_traitant",
    "consent.missing",
    "access.not_shared",
    "patient",
    "of a later version",
)

CALL = """async (calls) => {
  const script = await import("/script.js");
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const tree = ([size, root]) => ({ size, root: bytes(root) });
  const does = {
    consistency: ([first, second, hashes]) => script.checkConsistency(tree(first), tree(second), hashes),
    line: async ([line, head]) => (await script.checkLine(line, tree(head))).hash,
    note: async ([key, note]) => (await script.openNote(key, note)).size,
    lost: async ([key, notes, [size, at]]) => (await script.breakOf(key, notes, { size, at }))?.size ?? null,
    words: ([line, page]) => [...script.personWords(line, page), ...script.actWords(line, page)],
  };
  const answers = [];
  for (const [name, values] of calls) {
    try {
      answers.push((await does[name](values)) ?? "holds");
    } catch (fault) {
      answers.push(fault.code ?? String(fault));
    }
  }
  return answers;
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page of a site that only has the script."""
    script: StaticFile = file_of("journal-proofs.js")
    with chromium() as browser:
        page = browser.new_page()
        page.route(f"{SITE}/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.route(
            f"{SITE}/script.js", lambda route: route.fulfill(body=script.content, content_type=script.media_type)
        )
        page.goto(f"{SITE}/")
        yield page


def tree_of(hashes: list[bytes]) -> Tree:
    tiles = extend(0, lambda level, number: b"", hashes)
    return Tree(len(hashes), lambda level, number: tiles[level, number])


def numbered(values: Sequence[object]) -> dict[str, object]:
    return {str(number): value for number, value in enumerate(values)}


LINES = [a_leaf(an_entry(), number=number + 1) for number in range(SIZE)]
TREE = tree_of([hash_of(leaf) for leaf in LINES])


def named(size: int) -> tuple[int, str]:
    [root] = encode_hashes([TREE.root(size)])
    return size, root


def proven(position: int, size: int, **changed: Any) -> dict[str, Any]:
    return {
        "position": position,
        "leaf": leaf_bytes(LINES[position]).decode(),
        "personal": personal_bytes(a_personal()).decode(),
        "nonce": encode_hashes([NONCE])[0],
        "path": encode_hashes(TREE.inclusion(position, size)),
    } | changed


def a_personal() -> Any:
    return a_line().personal


def test_trees_are_consistent_or_not_as_in_the_service(page: Page) -> None:
    pairs = [(first, second) for second in range(1, SIZE + 1) for first in range(1, second + 1)]
    wrong = encode_hashes([bytes(32)])
    calls: list[tuple[str, Any]] = []
    expected: list[str] = []
    for first, second in pairs:
        hashes = encode_hashes(TREE.consistency(first, second))
        calls.append(("consistency", (named(first), named(second), hashes)))
        expected.append("holds")
        if first < second:
            for changed in (hashes[:-1], (*hashes, *wrong), (*wrong, *hashes[1:])):
                calls.append(("consistency", (named(first), named(second), changed)))
                expected.append("inconsistent")
        if first > 1:
            calls.append(("consistency", (named(second), named(first), hashes)))
            expected.append("holds" if first == second else "inconsistent")
    check_all("proof of consistency in a browser", numbered(page.evaluate(CALL, calls)), numbered(expected))


def test_lines_are_in_the_tree_or_not_as_in_the_service(page: Page) -> None:
    places = [(position, size) for size in range(1, SIZE + 1) for position in range(size)]
    calls = [("line", (proven(position, size), named(size))) for position, size in places]
    expected = [hash_of(LINES[position]).hex() for position, _ in places]
    check_all("proof of a line in a browser", numbered(page.evaluate(CALL, calls)), numbered(expected))


def test_a_changed_line_is_found(page: Page) -> None:
    line, head = proven(5, SIZE), named(SIZE)
    changes = [
        ({"leaf": line["leaf"].replace("allowed", "refused")}, "inclusion"),
        ({"leaf": line["leaf"].replace(",", ", ")}, "form"),
        ({"leaf": line["leaf"][:-1] + ',"x":1}'}, "form"),
        ({"leaf": "null"}, "form"),
        ({"position": 6}, "inclusion"),
        ({"position": SIZE}, "inclusion"),
        ({"position": -1}, "inclusion"),
        ({"path": line["path"][:-1]}, "inclusion"),
        ({"path": [*line["path"], line["path"][0]]}, "inclusion"),
        ({"path": [f" {line['path'][0]}", *line["path"][1:]]}, "inclusion"),
        ({"personal": line["personal"].replace("Rosa", "Rose")}, "names"),
        ({"nonce": encode_hashes([bytes(32)])[0]}, "names"),
        ({"personal": "", "nonce": ""}, hash_of(LINES[5]).hex()),
    ]
    answers = page.evaluate(CALL, [("line", (line | change, head)) for change, _ in changes])
    assert answers == [expected for _, expected in changes]


def test_heads_are_read_and_forged_ones_refused(page: Page) -> None:
    head = Head(origin=SIGNER.verifier.name, size=SIZE, root=TREE.root(), at=AT)
    note, key = SIGNER.sign(head), SIGNER.verifier.text
    other = HeadSigner(Ed25519PrivateKey.generate(), SIGNER.verifier.name)
    calls = [
        (key, note),
        (key, note.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n")),
        (key, other.sign(head)),
        (key, HeadSigner(Ed25519PrivateKey.generate(), "elsewhere").sign(head)),
        (key, note.rpartition("\n\n")[0]),
        (key.replace("+", "+0", 1), note),
        ("", note),
    ]
    answers = page.evaluate(CALL, [("note", call) for call in calls])
    assert answers == [SIZE, "signature", "signature", "signature", "signature", "key", "key"]


def test_a_break_gives_up_the_heads_that_it_covers_and_no_other(page: Page) -> None:
    declared = Break(
        origin=SIGNER.verifier.name, lost_size=20, lost_root=bytes(32), kept_size=7, kept_root=TREE.root(7), at=AT
    )
    note, key = SIGNER.sign_break(declared), SIGNER.verifier.text
    heads = [(size, at) for size in (7, 8, 20, 21) for at in (AT - timedelta(days=1), AT + timedelta(days=1))]
    written = [(size, f"{at:%Y-%m-%dT%H:%M:%SZ}") for size, at in heads]
    answers = page.evaluate(CALL, [("lost", (key, [note], head)) for head in written])
    covered = [declared.covers(Head(origin=key, size=size, root=b"", at=at)) for size, at in heads]
    assert answers == [7 if is_covered else "holds" for is_covered in covered]
    head = SIGNER.sign(Head(origin=SIGNER.verifier.name, size=SIZE, root=TREE.root(), at=AT))
    forged = [("lost", (key, [wrong], written[0])) for wrong in (note.replace("20 ", "30 "), head)]
    assert page.evaluate(CALL, forged) == ["signature", "signature"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_browser_says_of_a_proven_line_what_the_page_says(page: Page, language: str) -> None:
    words = words_of(language)
    calls: list[tuple[str, Any]] = []
    expected: list[list[str]] = []
    for line, reader in product(some_lines(), READERS):
        shown, to_holder = render(line, [PATIENT], reader), reader is HOLDER
        assert shown.by is not None
        of_person = person_words(shown.by, shown.actor_role, words, to_holder=to_holder)
        expected.append([*of_person, *act_words(shown, words, to_holder=to_holder)])
        about = {"words": words, "you": reader.subject, "holders": [str(PATIENT)]}
        calls.append(("words", (msgspec.to_builtins({"leaf": line.leaf, "personal": line.personal}), about)))
    check_all("words of a line in a browser", numbered(page.evaluate(CALL, calls)), numbered(expected))


def some_lines() -> Iterator[OpenedLine]:
    """Every act, done and refused, and every kind of person, reason, mode and erasure."""
    for act, outcome in product(Act, Outcome):
        yield a_line(DOCTOR, act, outcome=outcome)
        yield a_line(HOLDER, act, "patient", outcome=outcome, about="80000000019")
    for actor, reason, outcome in product((DOCTOR, HOLDER, MOTHER, AGENT, APP), REASONS, Outcome):
        yield a_line(actor, reason=reason, outcome=outcome)
    for mode, capacity in product(AccessMode, Capacity):
        yield a_line(MOTHER, mode=mode, capacity=capacity)
    for about in ("990000044", "80000000019", str(PATIENT), "Mon suivi"):
        yield a_line(about=about)
        yield a_line(HOLDER, Act.AUTORISATION_APPLICATION, about=about)
    yield a_line(erased=True)
