"""Every service has the same modules, every file has a docstring, and files and functions stay short."""

import ast
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.wiring import SERVICES
from tests.support.comparisons import check_all

ROOT = Path(__file__).parents[2]
MODULES = ("service", "context", "handlers", "domain", "repositories", "tables", "settings", "migrations")
VAGUE_NAMES = {"utils", "helpers", "common", "manager", "misc", "util", "helper"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 50


def python_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split() if (path := ROOT / name).exists()]


FILES = python_files()
NAMES = [str(path.relative_to(ROOT)) for path in FILES]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_modules(service: str) -> None:
    folder = ROOT / "services" / service
    missing = [name for name in MODULES if not ((folder / f"{name}.py").exists() or (folder / name).is_dir())]
    assert missing == []


def check_files(rule: str, faults_of: Callable[[Path], list[str]]) -> None:
    """Raise AssertionError naming each file that has faults, with them."""
    check_all(
        f"{rule} of a file",
        {name: faults_of(path) for name, path in zip(NAMES, FILES, strict=True)},
        {n: [] for n in NAMES},
    )


def test_every_file_begins_with_a_sentence_that_says_what_the_module_does(trees: dict[Path, ast.Module]) -> None:
    def first_sentence(path: Path) -> str:
        return (ast.get_docstring(trees[path]) or "").split("\n\n", maxsplit=1)[0].strip()

    check_files("docstring", lambda path: [] if first_sentence(path).endswith((".", "?", ":")) else ["no sentence"])


def test_files_stay_short() -> None:
    def excess(path: Path) -> list[str]:
        lines = sum(1 for line in path.read_text().splitlines() if line.strip())
        return [f"{lines} lines"] if lines > LONGEST_FILE else []

    check_files("length", excess)


def test_functions_stay_short(trees: dict[Path, ast.Module]) -> None:
    def long_functions(path: Path) -> list[str]:
        return [
            f"{node.name} ({length} lines)"
            for node in ast.walk(trees[path])
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
        ]

    check_files("functions", long_functions)


def test_no_file_has_a_vague_name() -> None:
    assert [name for name, path in zip(NAMES, FILES, strict=True) if path.stem in VAGUE_NAMES] == []


def test_packages_of_contracts_re_export_nothing() -> None:
    """What a name means is found where it is imported from."""
    packages = list((ROOT / "contracts").rglob("__init__.py"))
    assert packages
    for package in packages:
        [docstring] = ast.parse(package.read_text()).body
        assert isinstance(docstring, ast.Expr), package
