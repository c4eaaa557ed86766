"""Versions of a loaded text in the two real tables: the dated one of the matrix, the undated one of filing plans."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.db import make_engine
from chassis.editions import Edition, EditionCache, EditionRepository, VersionedTable
from contracts.errors.execution import ServiceUnavailable
from services.consent.repositories.matrices import MATRICES
from services.records.repositories.filing import FILING_PLANS

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC)
BEFORE_ALL = datetime(1900, 1, 1, tzinfo=UTC)
SERVICES: dict[str, VersionedTable[Any]] = {"consent": MATRICES, "records": FILING_PLANS}


@dataclass
class Versions:
    """A table, its repository, and the versions that were parsed: a parsed version is its name."""

    table: VersionedTable[str]
    repository: EditionRepository
    parsed: list[str] = field(default_factory=list)

    def cache(self, fresh_seconds: float = 3_600) -> EditionCache[str]:
        return EditionCache(replace(self.table, parse=self._parse), fresh_seconds=fresh_seconds)

    def add(self, version: str, **fields: Any) -> bool:
        given = {"effective": NOW.date(), "loaded_at": NOW, "text": version, **fields}
        return self.repository.add(Edition(version=version, **given), loaded_by="exploitation")

    def _parse(self, edition: Edition) -> str:
        self.parsed.append(edition.version)
        return edition.version


@contextmanager
def opened(url: str, table: VersionedTable[Any]) -> Iterator[Versions]:
    engine = make_engine(url, size=1)
    with engine.connect() as connection:
        yield Versions(table, EditionRepository(connection, table))
    engine.dispose()


@pytest.fixture(params=SERVICES)
def versions(request: pytest.FixtureRequest, database: Callable[[str], str]) -> Iterator[Versions]:
    """Either table, without loaded versions."""
    with opened(database(request.param), SERVICES[request.param]) as versions:
        yield versions


@pytest.fixture
def dated(database: Callable[[str], str]) -> Iterator[Versions]:
    """The table with effective dates."""
    with opened(database("consent"), MATRICES) as versions:
        yield versions


def test_a_version_is_kept_as_it_was_loaded_and_its_name_is_used_once(versions: Versions) -> None:
    assert [versions.add("v2"), versions.add("v2", text="other")] == [True, False]
    newest, built_in = versions.repository.editions()
    assert (newest.version, newest.text, newest.loaded_at) == ("v2", "v2", NOW)
    assert (built_in, built_in.loaded_at) == (versions.table.built_in, None)


def test_the_version_loaded_last_is_in_force_and_the_older_ones_are_kept(versions: Versions) -> None:
    versions.add("b")
    versions.add("a", loaded_at=NOW + timedelta(minutes=5))
    assert [edition.version for edition in versions.repository.editions()][:2] == ["a", "b"]
    assert versions.cache().in_force(versions.repository, NOW) == "a"


def test_a_stored_version_replaces_the_built_in_version_of_its_name(versions: Versions) -> None:
    versions.add(versions.table.built_in.version, text="other")
    assert [edition.text for edition in versions.repository.editions()] == ["other"]


def test_a_fresh_cache_is_not_read_again_and_an_old_one_is(versions: Versions) -> None:
    built_in, fresh, old = versions.table.built_in.version, versions.cache(), versions.cache(fresh_seconds=0)
    assert [cache.in_force(versions.repository, NOW) for cache in (fresh, old)] == [built_in, built_in]
    versions.add("v2")
    assert [cache.in_force(versions.repository, NOW) for cache in (fresh, old)] == [built_in, "v2"]
    fresh.refresh(versions.repository)
    assert fresh.in_force(versions.repository, NOW) == "v2"


def test_a_version_is_parsed_once(versions: Versions) -> None:
    cache = versions.cache()
    cache.refresh(versions.repository)
    versions.add("v2")
    cache.refresh(versions.repository)
    cache.refresh(versions.repository)
    assert versions.parsed == [versions.table.built_in.version, "v2"]


def test_a_dated_version_is_in_force_from_midnight_on_without_being_read_again(dated: Versions) -> None:
    dated.add("v2", effective=MIDNIGHT.date())
    cache = dated.cache()
    before, after = MIDNIGHT - timedelta(microseconds=1), MIDNIGHT
    assert [cache.in_force(dated.repository, at) for at in (before, after)] == [dated.table.built_in.version, "v2"]


def test_before_every_dated_version_nothing_is_in_force(dated: Versions) -> None:
    with pytest.raises(ServiceUnavailable):
        dated.cache().in_force(dated.repository, BEFORE_ALL)
