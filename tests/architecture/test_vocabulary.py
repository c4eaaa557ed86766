"""One word per thing: identifiers and prose use the terms of docs/glossary.md, and no class name is used twice."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_modules import ROOT, check_files
from tests.support.comparisons import check_all

PARTS = frozenset(
    re.findall(
        r"\w+",
        """autonomous beside cellar counsel depot desk entrance flats furnish furniture house intake knock knocks news
        parked parking shelf shelve shelved shelves stairwell telephone tell telling tells threshold told visitor
        visitors wish wishes""",
    )
)
"""Not even as a part of an identifier."""
WHOLE = frozenset(
    re.findall(
        r"\w+",
        """asked at_once bring_in carry_out cast door doors filed foundation ground heard leave leaves on_file one
        presented resource said share standing stated turned_away visit visits watch""",
    )
)
"""Not as the name of a function, an argument or a variable; fields of stored and sent messages keep theirs."""
CLASSES = frozenset(
    re.findall(
        r"\w+",
        """Call Cast Cellar CodeMint Desk Door Entrance EntryFacts Facts Filed Flat Flats Foundation Ground House
        Intake Line Lot News OnFile Parked Parking Presented Said Share Shelf Standing Stated Threshold Visit Watch
        Wish Work""",
    )
)
PROSE = re.compile(
    r"\b(cellars?|desks?|shelf|shelves|stairwells?|furniture|street doors?|telephones?|parked|flats)\b", re.IGNORECASE
)
STORED = re.compile(r"parked\.|_parked_|\bcarnet[ .]park(ed|ing)|(name|command)=\"parked\"|0002_one_shelf_of_facts")
"""Names of queues, metrics, migrations and of the alias that are stored or sent, and so stay."""
HERE = Path(__file__).name

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _words(identifier: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", identifier)}


def _defined(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Names of functions, arguments and variables; fields of messages and members of enumerations are left out."""
    bodies = [statement for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for statement in node.body]
    fields = {id(statement.target) for statement in bodies if isinstance(statement, ast.AnnAssign)}
    fields |= {
        id(target) for statement in bodies if isinstance(statement, ast.Assign) for target in statement.targets
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in fields:
            yield node.lineno, node.id


def old_words_in(tree: ast.Module) -> list[str]:
    """Line and identifier of each definition that uses a word of before."""
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


def test_code_uses_the_standard_terms(trees: dict[Path, ast.Module]) -> None:
    def old_terms_in(path: Path) -> list[str]:
        return old_words_in(trees[path]) + (old_prose_in(path) if path.name != HERE else [])

    check_files("terms", old_terms_in)


def test_pages_use_the_standard_terms() -> None:
    found = {str(page.relative_to(ROOT)): old_prose_in(page) for page in PAGES}
    check_all("terms of a page", found, {name: [] for name in found})


def test_no_two_classes_share_a_name(trees: dict[Path, ast.Module]) -> None:
    names = Counter(
        node.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name: times for name, times in names.items() if times > 1} == {}
