"""Patient data are returned only for a Permit, and no secret has a default."""

import ast
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec

from chassis.settings import ServiceSettings
from contracts.consent.permits import Permit
from contracts.records.documents import Document
from contracts.records.entries import DocumentEntry
from contracts.records.submission_sets import SubmissionSetEntry
from services.records import repositories
from services.records.domain.stored import StoredDocument

ROOT = Path(__file__).parents[2]
WITHOUT_PERMIT = {"version_on_file", "named"}
"""These read a document to compare a deposit with it or to ask for a permit; they return it to no client."""

GIVEN = re.compile(
    "|".join(rf"\b{kind.__name__}\b" for kind in (Document, StoredDocument, DocumentEntry, SubmissionSetEntry))
)


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
