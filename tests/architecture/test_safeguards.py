"""Ways around the check do not exist: no data without a Permit, no act without a journal line, no default secret."""

import ast
import inspect
import typing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chassis.settings import ServiceSettings
from contracts.errors import Refusal, all_refusals
from contracts.records import Document, Entry, SubmissionSetEntry
from services.consent import handlers as consent_actions
from services.records import handlers as records_actions
from services.records.domain import Permit, StoredDocument
from services.records.repositories import (
    DateRepository,
    DepositRepository,
    DocumentRepository,
    EntryRepository,
    FilingRepository,
    RecordRepository,
    SubmissionSetRepository,
)

ROOT = Path(__file__).parents[2]
BEFORE_LEAVE = {"version_on_file", "named"}
"""Looks at a document to compare a deposit with it, or to ask for leave there; what is found so reaches nobody."""

GIVEN = (Document, StoredDocument, Entry, SubmissionSetEntry)

UNJOURNALLED = {
    *("decide", "authorisation_status", "status_of", "holds_content", "list_matrices"),
    *("forget_receipts", "forget_record", "show_filing", "refile", "list_my_patients"),
    *("list_in_catalogue", "strike_from_catalogue", "list_profiles"),
}
"""Answers about rights and existence, not about content: the reads they serve are journalled themselves. And what
follows from an act that was journalled by whoever did it."""


def test_documents_leave_the_repositories_for_a_permit_only() -> None:
    for repository in (
        RecordRepository,
        DepositRepository,
        DocumentRepository,
        EntryRepository,
        SubmissionSetRepository,
        DateRepository,
        FilingRepository,
    ):
        for name, method in inspect.getmembers(repository, inspect.isfunction):
            hints = typing.get_type_hints(method, localns={"list": list})
            gives = str(hints.get("return"))
            if (
                any(kind.__name__ in gives for kind in (Document, StoredDocument, Entry, SubmissionSetEntry))
                and name not in BEFORE_LEAVE
            ):
                assert Permit in hints.values(), name


@pytest.mark.parametrize("handlers", [records_actions, consent_actions], ids=["records", "consent"])
def test_every_handler_leaves_a_line_in_the_journal(handlers: object) -> None:
    for name, verb in inspect.getmembers(handlers, inspect.isfunction):
        is_verb = verb.__module__.startswith("services.") and not name.startswith("_")
        if is_verb and "handlers" in verb.__module__ and name not in UNJOURNALLED:
            assert _can_journal(verb), name


def test_no_secret_has_a_default() -> None:
    for path in [*ROOT.glob("services/*/settings.py"), ROOT / "gateway/settings.py", ROOT / "chassis/settings.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                is_secret = any(word in node.target.id for word in ("secret", "password", "token", "_key", "pepper"))
                # Empty is no secret: it says that the part it opens is not configured.
                has_default = node.value is not None and ast.unparse(node.value) != "''"
                assert not (is_secret and has_default), f"{path.name}: {node.target.id}"


def test_a_service_does_not_start_without_its_keys() -> None:
    required = {field.name for field in msgspec.structs.fields(ServiceSettings) if field.required}
    assert {"signing_key", "trusted_keys", "database_url", "amqp_url"} <= required


@pytest.mark.parametrize("refusal", all_refusals().values(), ids=all_refusals())
def test_every_refusal_speaks_french_and_english_of_the_same_facts(refusal: type[Refusal]) -> None:
    assert refusal.fr and refusal.en and refusal.fr != refusal.en
    assert _facts(refusal.fr) == _facts(refusal.en)


def _facts(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def _can_journal(verb: Any) -> bool:
    """Whether a verb, or a function of the handlers it calls, makes a journal entry, or asks by way of what
    does: Access and DepositHandler in records, the Authorizer's `check` and `done` in consent."""
    seen: set[Any] = set()
    waiting = [verb]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        tree = ast.parse(inspect.getsource(function))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if names & {"Access", "DepositHandler", "JournalEntry"} or attributes & {"check", "done"}:
            return True
        waiting.extend(filter(_is_of_the_handlers, (function.__globals__.get(name) for name in names)))
    return False


def _is_of_the_handlers(called: Any) -> bool:
    return inspect.isfunction(called) and ".handlers" in called.__module__
