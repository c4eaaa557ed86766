"""Patient data are returned only for a Permit, every handler writes a journal entry, no secret has a default."""

import ast
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chassis.settings import ServiceSettings
from contracts.errors import Refusal, all_refusals
from contracts.records import Document, DocumentEntry, SubmissionSetEntry
from services.records import repositories
from services.records.domain.permits import Permit
from services.records.domain.stored import StoredDocument
from tests.architecture.test_handlers import DEFINITIONS

ROOT = Path(__file__).parents[2]
WITHOUT_PERMIT = {"version_on_file", "named"}
"""These read a document to compare a deposit with it or to ask for a permit; they return it to no client."""

GIVEN = re.compile(
    "|".join(rf"\b{kind.__name__}\b" for kind in (Document, StoredDocument, DocumentEntry, SubmissionSetEntry))
)

UNJOURNALLED = {
    *("decide", "get_authorisation_status", "status_of", "holds_content", "list_matrices", "list_my_patients"),
    *("show_filing", "list_profiles", "forget_record", "list_in_catalogue", "strike_from_catalogue"),
    *("forget_receipts_presented", "refile_documents", "sweep", "look_for_new_matrices"),
}
"""Handlers that answer about rights and existence, not content, since the reads they serve are journalled; and
handlers of events whose cause was journalled by its sender."""


def test_repositories_return_documents_only_for_a_permit() -> None:
    found = list(_repositories())
    assert len(found) >= 7
    for repository in found:
        for name, method in inspect.getmembers(repository, inspect.isfunction):
            hints = typing.get_type_hints(method, localns={"list": list})
            gives = str(hints.get("return"))
            if GIVEN.search(gives) and name not in WITHOUT_PERMIT:
                assert Permit in hints.values(), name


def _repositories() -> Iterator[type]:
    """The repositories of records."""
    for module in pkgutil.iter_modules(repositories.__path__, f"{repositories.__name__}."):
        for name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if name.endswith("Repository") and kind.__module__ == module.name:
                yield kind


@pytest.mark.parametrize("service", ["records", "consent"])
def test_every_handler_writes_a_journal_entry(service: str) -> None:
    declared = DEFINITIONS[service].declarations()
    silent = {handler.name for handler in declared if not _can_journal(handler.handle)}
    assert silent <= UNJOURNALLED


def test_no_secret_has_a_default() -> None:
    for path in [*ROOT.glob("services/*/settings.py"), ROOT / "gateway/settings.py", ROOT / "chassis/settings.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                is_secret = any(word in node.target.id for word in ("secret", "password", "token", "_key", "pepper"))
                # An empty default is no secret: it means that the feature is not configured.
                has_default = node.value is not None and ast.unparse(node.value) != "''"
                assert not (is_secret and has_default), f"{path.name}: {node.target.id}"


def test_a_service_does_not_start_without_its_keys() -> None:
    required = {field.name for field in msgspec.structs.fields(ServiceSettings) if field.required}
    assert {"signing_key", "trusted_keys", "database_url", "amqp_url"} <= required


@pytest.mark.parametrize("refusal", all_refusals().values(), ids=all_refusals())
def test_every_refusal_has_french_and_english_with_the_same_placeholders(refusal: type[Refusal]) -> None:
    assert refusal.fr and refusal.en and refusal.fr != refusal.en
    assert _placeholders(refusal.fr) == _placeholders(refusal.en)


def _placeholders(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def _can_journal(handler: Any) -> bool:
    """Whether a handler, or a function of the handlers it calls, writes a journal entry itself or through a helper:
    Access and DepositHandler in records, the Authorizer in consent."""
    seen: set[Any] = set()
    waiting = [handler]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        tree = ast.parse(inspect.getsource(function))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if names & {"Access", "DepositHandler", "JournalEntry"} or attributes & {"check", "journal"}:
            return True
        waiting.extend(filter(_is_of_the_handlers, (function.__globals__.get(name) for name in names)))
    return False


def _is_of_the_handlers(called: Any) -> bool:
    return inspect.isfunction(called) and called.__module__.startswith("services.")
