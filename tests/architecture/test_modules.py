"""Every service has the same modules, every file has a docstring, and files and functions stay short."""

import ast
import subprocess
from pathlib import Path

import pytest

from contracts.wiring import SERVICES

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


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_file_begins_with_a_sentence_and_stays_short(path: Path) -> None:
    text = path.read_text()
    sentence = ast.get_docstring(ast.parse(text)) or ""
    first = sentence.split("\n\n", maxsplit=1)[0].strip()
    assert first.endswith((".", "?", ":")), "the docstring begins with a sentence that says what the module does"
    assert sum(1 for line in text.splitlines() if line.strip()) <= LONGEST_FILE


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_functions_stay_short(path: Path) -> None:
    long = [
        f"{node.name} ({length} lines)"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_file_has_a_vague_name() -> None:
    assert [name for name, path in zip(NAMES, FILES, strict=True) if path.stem in VAGUE_NAMES] == []
