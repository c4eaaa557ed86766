"""One word per thing: identifiers and prose use the terms of docs/glossary.md, and no class name is used twice."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_modules import FILES, NAMES, ROOT

PARTS = frozenset(
    [
        "cellar",
        "desk",
        "furnish",
        "furniture",
        "stairwell",
        "shelf",
        "shelve",
        "shelved",
        "shelves",
        "house",
        "flats",
        "telephone",
        "intake",
        "news",
        "parked",
        "parking",
        "visitor",
        "visitors",
        "threshold",
        "counsel",
        "knock",
        "knocks",
        "depot",
        "autonomous",
        "beside",
        "entrance",
        "wish",
        "wishes",
        "told",
        "tell",
        "tells",
        "telling",
    ]
)
"""Not even as a part of an identifier."""
WHOLE = frozenset(
    [
        "one",
        "asked",
        "leave",
        "leaves",
        "door",
        "doors",
        "foundation",
        "ground",
        "filed",
        "on_file",
        "standing",
        "said",
        "stated",
        "presented",
        "turned_away",
        "at_once",
        "visit",
        "visits",
        "cast",
        "resource",
        "bring_in",
        "carry_out",
        "heard",
        "share",
        "watch",
    ]
)
"""Not as the name of a function, an argument or a variable; fields of stored and sent messages keep theirs."""
CLASSES = frozenset(
    [
        "Call",
        "Work",
        "Line",
        "Door",
        "Foundation",
        "Ground",
        "News",
        "Filed",
        "OnFile",
        "Standing",
        "Facts",
        "EntryFacts",
        "Said",
        "Stated",
        "Presented",
        "Entrance",
        "Lot",
        "Share",
        "Watch",
        "CodeMint",
        "Visit",
        "House",
        "Flat",
        "Flats",
        "Cast",
        "Cellar",
        "Desk",
        "Shelf",
        "Intake",
        "Parking",
        "Parked",
        "Wish",
        "Threshold",
    ]
)
PROSE = re.compile(
    r"\b(cellars?|desks?|shelf|shelves|stairwells?|furniture|street doors?|telephones?|parked|flats)\b", re.IGNORECASE
)
STORED = re.compile(r"parked\.|_parked_|\bcarnet[ .]park(ed|ing)|name=\"parked\"|0002_one_shelf_of_facts")
"""Names of queues, metrics, migrations and of the alias that are stored or sent, and so stay."""
HERE = Path(__file__).name

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _words(identifier: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", identifier)}


def _defined(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Names of functions, arguments and variables; fields of classes are left out."""
    fields = {
        id(statement.target)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in fields:
            yield node.lineno, node.id


def old_words_in(path: Path) -> list[str]:
    """Line and identifier of each definition that uses a word of before."""
    tree = ast.parse(path.read_text())
    found = [
        f"{line} {name}"
        for line, name in _defined(tree)
        if not name.startswith("test_") and (name.strip("_").lower() in WHOLE or _words(name) & PARTS)
    ]
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return found + [
        f"{node.lineno} {node.name}"
        for node in classes
        if node.name.strip("_") in CLASSES or _words(node.name) & PARTS
    ]


def old_prose_in(path: Path) -> list[str]:
    """Line and word of each metaphor of before, in text, comment or name."""
    lines = enumerate(path.read_text().splitlines(), start=1)
    return [
        f"{number} {word}" for number, line in lines for word in PROSE.findall(STORED.sub("", line).replace("_", " "))
    ]


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_code_uses_the_standard_terms(path: Path) -> None:
    assert old_words_in(path) == []
    assert path.name == HERE or old_prose_in(path) == []


@pytest.mark.parametrize("path", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_pages_use_the_standard_terms(path: Path) -> None:
    assert old_prose_in(path) == []


def test_no_two_classes_share_a_name() -> None:
    names = Counter(
        node.name
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name: times for name, times in names.items() if times > 1} == {}
