"""What a release promised stays: its messages are read, its readers read ours, none of its names is gone."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract import names, release, samples, schemas
from tests.contract.reading import unreadable
from tests.contract.release import HTTP, NAMES, SAMPLES, SCHEMAS, read
from tests.support.comparisons import check_all

MESSAGES = {message.__name__: message for message in schemas.messages()}
by_release = pytest.mark.parametrize("folder", release.FOLDERS, ids=lambda folder: folder.name)


@by_release
def test_todays_code_reads_every_message_of_the_release(folder: Path) -> None:
    for name, found in read(folder, SAMPLES).items():
        for sample in found.values():
            samples.check_decodes(MESSAGES[name], sample)


@by_release
def test_the_release_reads_every_message_of_today(folder: Path) -> None:
    known = read(folder, SCHEMAS)
    problems = {
        f"{name} {which}": unreadable(sample, known[name], known)
        for name, found in samples.current().items()
        if name in known
        for which, sample in found.items()
    }
    assert len(problems) >= 2 * len(read(folder, SAMPLES))
    check_all("messages that the release reads", problems, {name: [] for name in problems})


@by_release
def test_schemas_of_the_release_changed_only_by_addition(folder: Path) -> None:
    assert schemas.breaking_changes(read(folder, SCHEMAS), schemas.current()) == []


@by_release
def test_fields_of_http_bodies_changed_only_by_addition(folder: Path) -> None:
    assert schemas.breaking_changes(read(folder, HTTP), names.http_schemas()) == []


@by_release
def test_no_name_of_the_release_is_gone_or_means_something_else(folder: Path) -> None:
    assert names.broken(read(folder, NAMES), names.current()) == []


def test_each_kind_of_broken_name_is_detected() -> None:
    old: dict[str, dict[str, Any]] = {
        "methods": {"records.open": ["OpenRecord", "Record"]},
        "queues": {"notify.records.record_opened": {"x-queue-type": "quorum"}},
        "refusals": {"record.closed": ["day"]},
        "settings": {"audit CARNET_HEAD_SECONDS": "`60`", "audit CARNET_HEAD_KEY": "required"},
        "operations": {"GET /dmp": {"id": "Dmp", "parameters": {"query count": False, "path id": True}}},
    }
    new: dict[str, dict[str, Any]] = {
        "methods": {},
        "queues": {"notify.records.record_opened": {"x-queue-type": "classic"}},
        "refusals": {"record.closed": ["day", "hour"]},
        "settings": {"audit CARNET_HEAD_SECONDS": "required", "audit CARNET_OTHER": "required"},
        "operations": {"GET /dmp": {"id": "Dmp2", "parameters": {"query count": True, "query page": True}}},
    }
    assert names.broken(old, new) == [
        "methods records.open: gone",
        "operations GET /dmp: path id is gone",
        "operations GET /dmp: query count is now required",
        "operations GET /dmp: query page is now required",
        "operations GET /dmp: the id changed",
        "queues notify.records.record_opened: changed",
        "settings audit CARNET_HEAD_KEY: gone",
        "settings audit CARNET_HEAD_SECONDS: now required",
        "settings audit CARNET_OTHER: now required",
    ]


def test_a_message_that_an_older_reader_refuses_is_detected() -> None:
    known: dict[str, Any] = {
        "Role": {"enum": ["patient"]},
        "A": {
            "type": "object",
            "properties": {
                "role": {"$ref": "#/$defs/Role"},
                "count": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                "names": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["role"],
        },
    }
    assert unreadable({"role": "patient", "count": None, "names": ["x"], "new": 1}, known["A"], known) == []
    assert unreadable({"role": "agent", "count": "x", "names": [1]}, known["A"], known) == [
        ".role: value 'agent'",
        ".count: none of the alternatives",
        ".names[0]: no string",
    ]
    assert unreadable({}, known["A"], known) == [".role: missing"]
