"""The catalogues hold every text that the code uses, in both languages, and nothing else."""

import ast
import os
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.mofile import write_mo

from contracts.errors.base import Refusal
from contracts.errors.registry import all_refusals
from deploy.dev import catalogues
from translations.catalogue import FOLDER, LANGUAGES, Catalogue, CatalogueError
from translations.refusals import REFUSALS

ROOT = Path(__file__).parents[2]
SOURCES = catalogues.sources()
NAMES = [str(path.relative_to(FOLDER)) for path in SOURCES]
KEYS = catalogues.keys_in_code()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_domain_has_a_catalogue_in_each_language(language: str) -> None:
    assert {path.stem for path in SOURCES if path.parents[1].name == language} == set(KEYS)


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_catalogue_has_exactly_the_keys_of_the_code(path: Path) -> None:
    found = catalogues.read(path)
    assert {str(message.id) for message in found if message.id} == KEYS[path.stem], "make texts"
    assert list(found.obsolete) == []


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_no_text_is_empty_or_uncertain(path: Path) -> None:
    messages = [message for message in catalogues.read(path) if message.id]
    assert [message.id for message in messages if message.fuzzy or not str(message.string).strip()] == []


@pytest.mark.parametrize("domain", KEYS)
def test_a_text_has_the_same_placeholders_in_both_languages(domain: str) -> None:
    french, english = (
        {str(message.id): _placeholders(str(message.string)) for message in catalogues.read(path) if message.id}
        for path in SOURCES
        if path.stem == domain
    )
    assert french == english


@pytest.mark.parametrize("refusal", all_refusals().values(), ids=all_refusals())
def test_a_refusal_names_the_fields_of_its_text(refusal: type[Refusal]) -> None:
    for language in LANGUAGES:
        assert _placeholders(REFUSALS.text(refusal.code, language)) == set(refusal.fields)


def test_every_refusal_is_raised_with_the_fields_of_its_text() -> None:
    fields = {refusal.__name__: set(refusal.fields) for refusal in all_refusals().values()}
    lacking = [
        f"{path.relative_to(ROOT)}:{call.lineno} {name}"
        for package in ("chassis", "services", "gateway", "cli")
        for path in (ROOT / package).rglob("*.py")
        for name, call in _calls(ast.parse(path.read_text()))
        if not fields.get(name, set()) <= {keyword.arg for keyword in call.keywords}
    ]
    assert lacking == []


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_set_up_has_compiled_what_the_catalogues_say(path: Path) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalogues.read(path))
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), "make texts"


_NOTIFY = (
    "from chassis.service import service_class\nfrom services.notify.service import SERVICE\nservice_class(SERVICE)"
)


@pytest.mark.parametrize("start", ["import gateway.app", _NOTIFY], ids=["gateway", "service"])
def test_a_process_does_not_start_with_a_catalogue_that_is_not_compiled(tmp_path: Path, start: str) -> None:
    shutil.copytree(FOLDER, tmp_path / FOLDER.name, ignore=shutil.ignore_patterns("*.mo"))
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        (sys.executable, "-c", start), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "(fr) is not compiled" in done.stderr


def test_no_catalogue_is_loaded_without_the_text_of_a_code(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    texts = Catalogue("errors", tmp_path)
    texts.of_codes("{}", ["consent.missing", "of.tomorrow"])
    with pytest.raises(CatalogueError, match=r"errors \(fr\) has no text for of\.tomorrow"):
        texts.load()


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    """Calls with the last part of the called name; a class that is raised bare counts as one."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    bare = [
        ast.Call(func=node.exc, args=[], keywords=[], lineno=node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name | ast.Attribute)
    ]
    return [(_last_part(call.func), call) for call in (*calls, *bare)]


def _last_part(called: Any) -> str:
    return str(getattr(called, "attr", getattr(called, "id", "")))
