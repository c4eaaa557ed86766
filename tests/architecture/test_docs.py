"""The documentation is consistent: tables equal the code; links, paths, functions and ADRs referred to exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.print_tables import TABLES, fill, pages, tables_in
from tests.architecture.test_imports import PACKAGES as CODE_PACKAGES

ROOT = Path(__file__).parents[2]
PACKAGES = (*CODE_PACKAGES, "tests", "docs")
PAGES = [*pages(), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
ADRS = {path.name[:4]: path for path in (ROOT / "docs/adr").glob("*.md")}

_LINK = re.compile(r"\]\(([^)]+)\)")
_PATH = re.compile(rf"`((?:{'|'.join(PACKAGES)})/[\w./-]+)`")
_NAMED = re.compile(r"`([\w/]+\.py)::([\w.]+)`")
_ADR = re.compile(r"ADR (\d{4})")


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_printed_tables_equal_the_code(page: Path) -> None:
    assert page.read_text() == fill(page.read_text()), "python -m docs.print_tables"


def test_every_printed_table_has_its_page() -> None:
    assert set().union(*(tables_in(page.read_text()) for page in PAGES)) == set(TABLES)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_and_paths_exist(page: Path) -> None:
    text = page.read_text()
    linked = [link for link in _LINK.findall(text) if not link.startswith("http")]
    broken = [link for link in linked if not _target_exists(page, link)]
    assert broken + [path for path in _PATH.findall(text) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_names_after_a_path_are_defined_there(page: Path) -> None:
    named = _NAMED.findall(page.read_text())
    assert [f"{path}::{name}" for path, name in named if name not in _defined_in(ROOT / path)] == []


def test_the_tour_names_functions_of_every_part_of_a_request() -> None:
    parts = {path.partition("/")[0] for path, _ in _NAMED.findall((ROOT / "docs/tour.md").read_text())}
    assert parts == {"chassis", "contracts", "gateway", "services"}


def test_every_adr_the_code_names_exists() -> None:
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    named = {number for path in sources for number in _ADR.findall(path.read_text())}
    assert named <= set(ADRS)


@pytest.mark.parametrize("adr", ADRS.values(), ids=ADRS)
def test_an_adr_has_context_decision_and_consequences(adr: Path) -> None:
    text = adr.read_text()
    assert text.startswith(f"# {adr.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_the_readme_has_60_lines_at_most() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 60


def _defined_in(path: Path) -> set[str]:
    """Names that a module defines, and `Class.name` for what its classes define; empty if there is no such file."""
    if not path.exists():
        return set()
    body = ast.parse(path.read_text()).body
    classes = [statement for statement in body if isinstance(statement, ast.ClassDef)]
    members = {f"{owner.name}.{name}" for owner in classes for name in _names_of(owner.body)}
    return set(_names_of(body)) | members


def _names_of(body: list[ast.stmt]) -> Iterator[str]:
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield statement.name
            case ast.Assign():
                yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def _target_exists(page: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not heading or heading in _headings(target))


def _headings(page: Path) -> set[str]:
    """The anchors that web renderers derive from the headings of a page."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line).lower().replace(" ", "-") for line in lines}
