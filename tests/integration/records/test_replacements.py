"""A replacement changes the state of the older version for those who are shown it, and for nobody else."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from chassis.db import make_engine
from contracts.consent.decisions import Limits, MaskedAccess
from contracts.consent.permits import Permit
from contracts.records.searching import DateKind, DateRange, SearchDocuments, SortOrder
from contracts.vocabulary import DocumentStatus
from services.records.domain import StoredDocument
from services.records.domain.marks import changed
from services.records.domain.permits import can_see, status_for
from services.records.repositories.all import Repositories
from services.records.repositories.deposits import MOST_STEPS
from services.records.tables import documents, replacements
from tests.integration.records.stored_documents import ALL, store, walk
from tests.integration.records.test_within_permits import PERMITS, document_of
from tests.unit.records.specimens import (
    DAY,
    DEPOSITOR,
    HOUR,
    NOW,
    PATIENT,
    WRITER,
    permit_with,
    stored_document,
)

CURRENT, SUPERSEDED, ARCHIVED, DELETED = (
    DocumentStatus.CURRENT,
    DocumentStatus.SUPERSEDED,
    DocumentStatus.ARCHIVED,
    DocumentStatus.DELETED,
)
FAMILY_DOCTOR = permit_with(ALL)
DOCTOR = permit_with(Limits(superseded=True, archived=True))
HOLDER = permit_with(msgspec.structs.replace(ALL, hides_invisible=True), reader=None)
REPRESENTATIVE = permit_with(msgspec.structs.replace(ALL, hides_invisible=True, hides_secret=True), reader=None)
EVERYTHING = SearchDocuments(patient_id=PATIENT, statuses=(CURRENT, SUPERSEDED, ARCHIVED), count=100)


def replaced(repositories: Repositories, *versions: StoredDocument) -> list[StoredDocument]:
    """Store versions, each an hour after and in place of the one before."""
    stored: list[StoredDocument] = []
    for number, version in enumerate(versions):
        older = stored[-1].document if stored else None
        entry = msgspec.structs.replace(
            version.document, deposited_at=NOW + number * HOUR, replaces=older and older.unique_id
        )
        stored.append(msgspec.structs.replace(version, document=entry))
        store(repositories, stored[-1])
        if older is not None:
            repositories.deposits.supersede(PATIENT, older.document_id, entry.document_id)
    return stored


def states(repositories: Repositories, permit: Permit, versions: list[StoredDocument]) -> list[str]:
    """The state of each version for a reader: by its id, in a list and in a search; empty: hidden from them."""
    ids = [version.document.document_id for version in versions]
    read = {id_: found for id_ in ids if (found := repositories.documents.get(permit, id_))}
    by_id = {id_: found.document.status for id_, found in read.items()}
    assert by_id == {document.document_id: document.status for document in walk(repositories, permit)}
    entries = repositories.entries.search(permit, EVERYTHING, after=None, count=100)
    assert read == {entry.document.document_id: entry for entry in entries}
    assert repositories.entries.count(permit, EVERYTHING) == len(by_id)
    return [by_id.get(id_, "") for id_ in ids]


@pytest.mark.parametrize(
    ("mark", "blind", "seeing"),
    [
        ({"masked": True}, DOCTOR, FAMILY_DOCTOR),
        ({"masked": True}, DOCTOR, permit_with(DOCTOR.limits, reader=DEPOSITOR)),
        ({"invisible_until": NOW + DAY}, HOLDER, DOCTOR),
        ({"secret": True}, REPRESENTATIVE, HOLDER),
        ({"type_code": "68599-0"}, permit_with(msgspec.structs.replace(ALL, denied_types=("68599-0",))), DOCTOR),
    ],
    ids=["masked", "masked, and its author", "invisible to the patient", "secret", "of a denied type"],
)
def test_the_older_version_is_current_for_whom_the_newer_one_is_hidden_from(
    repositories: Repositories, mark: dict[str, Any], blind: Permit, seeing: Permit
) -> None:
    original = stored_document()
    versions = replaced(repositories, original, stored_document(**mark))
    assert states(repositories, blind, versions) == [CURRENT, ""]
    assert states(repositories, seeing, versions) == [SUPERSEDED, CURRENT]
    assert repositories.documents.get(blind, original.document.document_id) == original
    assert [entry.document for entry in repositories.entries.structured(blind, count=9)] == [original.document]


def test_a_version_is_superseded_by_one_behind_a_hidden_one_which_names_the_older_one_instead(
    repositories: Repositories,
) -> None:
    versions = replaced(repositories, stored_document(), stored_document(masked=True), stored_document())
    first, second, third = (version.document.unique_id for version in versions)
    assert states(repositories, DOCTOR, versions) == [SUPERSEDED, "", CURRENT]
    assert states(repositories, FAMILY_DOCTOR, versions) == [SUPERSEDED, SUPERSEDED, CURRENT]
    for permit, named in ((DOCTOR, first), (FAMILY_DOCTOR, second)):
        newest = repositories.documents.get(permit, versions[2].document.document_id)
        assert newest is not None and newest.document.replaces == named
        for name in (first, second):
            related = msgspec.structs.replace(EVERYTHING, tokens=((f"related:{name}",),))
            found = repositories.entries.search(permit, related, after=None, count=9)
            assert (third in [entry.document.unique_id for entry in found]) is (name == named)


def test_a_version_behind_two_hidden_ones_is_current(repositories: Repositories) -> None:
    hidden = [stored_document(masked=True), stored_document(masked=True)]
    versions = replaced(repositories, stored_document(), *hidden)
    assert states(repositories, DOCTOR, versions) == [CURRENT, "", ""]
    assert states(repositories, FAMILY_DOCTOR, versions) == [SUPERSEDED, SUPERSEDED, CURRENT]


def test_a_chain_of_versions_grows_by_a_bounded_number_of_rows(
    repositories: Repositories, connection: sa.Connection
) -> None:
    versions = replaced(repositories, *(stored_document() for _ in range(MOST_STEPS + 5)))
    for permit in (DOCTOR, FAMILY_DOCTOR):
        assert states(repositories, permit, versions) == [SUPERSEDED] * (len(versions) - 1) + [CURRENT]
    older = sa.select(sa.func.count()).where(replacements.c.newer == versions[-1].document.document_id)
    assert connection.execute(older).scalar_one() == MOST_STEPS


def test_a_hidden_replacement_takes_effect_when_it_appears(repositories: Repositories) -> None:
    versions = replaced(repositories, stored_document(), stored_document(invisible_until=NOW + DAY))
    later = msgspec.structs.replace(HOLDER, at=NOW + DAY)
    assert states(repositories, HOLDER, versions) == [CURRENT, ""]
    assert states(repositories, later, versions) == [SUPERSEDED, CURRENT]
    older = repositories.documents.get(later, versions[0].document.document_id)
    assert older is not None and older.changed_at == versions[1].document.deposited_at


def test_a_replacement_deleted_before_it_appeared_never_takes_effect_for_the_patient(
    repositories: Repositories,
) -> None:
    versions = replaced(repositories, stored_document(), stored_document(invisible_until=NOW + DAY))
    newer = versions[1].document
    repositories.documents.change(FAMILY_DOCTOR, changed(newer, status=DELETED, entry_uuid=newer.document_id))
    repositories.dates.show(PATIENT, newer.document_id, "urn:uuid:9", NOW)
    assert states(repositories, HOLDER, versions) == [CURRENT, ""]
    assert states(repositories, DOCTOR, versions) == [SUPERSEDED, ""]


def test_what_is_done_with_the_older_version_stays_with_it(repositories: Repositories) -> None:
    versions = replaced(repositories, stored_document(), stored_document(masked=True))
    seen = repositories.documents.get(DOCTOR, versions[0].document.document_id)
    assert seen is not None
    archived = changed(seen.document, status=ARCHIVED, entry_uuid=seen.document.document_id)
    repositories.documents.change(DOCTOR, archived)
    replaced_version = repositories.documents.get(FAMILY_DOCTOR, versions[0].document.document_id)
    assert replaced_version is not None
    again = changed(replaced_version.document, entry_uuid=seen.document.document_id)
    repositories.documents.change(FAMILY_DOCTOR, again)
    assert states(repositories, DOCTOR, versions) == [ARCHIVED, ""]
    assert states(repositories, FAMILY_DOCTOR, versions) == [SUPERSEDED, CURRENT]


def test_a_hidden_replacement_moves_the_older_version_in_no_order_of_changes(repositories: Repositories) -> None:
    versions = replaced(repositories, stored_document(), stored_document(masked=True))
    [other] = replaced(repositories, stored_document())
    repositories.documents.change(
        msgspec.structs.replace(DOCTOR, at=NOW + HOUR / 2),
        changed(other.document, entry_uuid=other.document.document_id),
    )
    newest_change = msgspec.structs.replace(EVERYTHING, sort=SortOrder(by=DateKind.CHANGE), statuses=(CURRENT,))
    since = msgspec.structs.replace(EVERYTHING, windows=(DateRange(of=DateKind.CHANGE, since=NOW + HOUR),))
    for permit, order, changes in ((DOCTOR, (other, versions[0]), 0), (FAMILY_DOCTOR, (other, versions[1]), 1)):
        found = repositories.entries.search(permit, newest_change, after=None, count=9)
        assert [entry.document.document_id for entry in found] == [entry.document.document_id for entry in order]
        assert repositories.entries.count(permit, since) == changes


# Everything at once ------------------------------------------------------------------------------


@pytest.fixture
def chains(database: Callable[[str], str]) -> Iterator[tuple[Repositories, list[list[StoredDocument]]]]:
    """Chains of versions of random kinds."""
    engine = make_engine(database("records"), size=1)
    chance = random.Random(7)
    kinds = {
        "status": (CURRENT, CURRENT, ARCHIVED, DELETED),
        "masked": (False, True),
        "secret": (False, True),
        "invisible_until": (None, None, NOW + DAY),
        "type_code": ("11502-2", "68599-0"),
        "hands": ((DEPOSITOR, WRITER), (WRITER, DEPOSITOR)),
    }
    with engine.connect() as connection:
        repositories = Repositories(connection)
        made = []
        for number in range(40):
            drafts = [
                document_of({name: chance.choice(values) for name, values in kinds.items()}, age=number)
                for _ in range(chance.randint(1, 4))
            ]
            made.append([_as_stored(connection, version) for version in replaced(repositories, *drafts)])
        yield repositories, made
    engine.dispose()


def _as_stored(connection: sa.Connection, version: StoredDocument) -> StoredDocument:
    status = connection.execute(
        sa.select(documents.c.status).where(documents.c.document_id == version.document.document_id)
    ).scalar_one()
    return msgspec.structs.replace(
        version, document=msgspec.structs.replace(version.document, status=DocumentStatus(status))
    )


@settings(max_examples=80, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(permit=PERMITS)
def test_the_state_of_every_version_is_that_of_the_law(
    chains: tuple[Repositories, list[list[StoredDocument]]], permit: Permit
) -> None:
    repositories, made = chains
    expected = {}
    for versions in made:
        for place, version in enumerate(versions):
            newer = versions[place + 1 :]
            if can_see(permit, version, newer):
                expected[version.document.document_id] = status_for(permit, version, newer)
    assert {document.document_id: document.status for document in walk(repositories, permit, count=100)} == expected


def test_a_blind_permit_differs_from_a_seeing_one_in_these_chains(
    chains: tuple[Repositories, list[list[StoredDocument]]],
) -> None:
    repositories, _ = chains
    current = [
        {document.document_id for document in walk(repositories, permit, count=100) if document.status is CURRENT}
        for permit in (FAMILY_DOCTOR, permit_with(Limits(masked=MaskedAccess.OWN, superseded=True)))
    ]
    assert current[1] - current[0]
