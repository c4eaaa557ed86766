"""Old months are verified and archived; the journal with its archive verifies as before."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from minio import Minio

from contracts.errors.execution import ServiceUnavailable
from services.audit.archive import Archive
from services.audit.domain.faults import Fault, FaultKind
from services.audit.domain.merkle import is_consistent
from services.audit.domain.months import Month
from services.audit.domain.notes import note_from
from services.audit.repositories.journal import JournalRepository
from services.audit.repositories.retention import retention_transaction
from services.audit.retention import archive_month
from services.audit.settings import ArchiveSettings
from tests.integration.audit.ledger import PATIENTS, Ledger, copy_of, database_of, new_ledger
from tests.integration.audit.stack import AuditStack

JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 10, tzinfo=UTC) for month in (1, 2, 3))
MAY = datetime(2026, 5, 20, tzinfo=UTC)
SIZES = (300, 310, 400)


@pytest.fixture(scope="module")
def written(stack: AuditStack) -> Iterator[Ledger]:
    """A journal of three months, with a head at the end of each."""
    with database_of(stack.addresses.database_admin_url) as url:
        ledger = new_ledger(url)
        for size, start in zip(SIZES, (JANUARY, FEBRUARY, MARCH), strict=True):
            ledger.grow(size, heads=[size], start=start)
        yield ledger


@pytest.fixture
def ledger(stack: AuditStack, written: Ledger) -> Iterator[Ledger]:
    with database_of(stack.addresses.database_admin_url, template=written.url.rpartition("/")[2]) as url:
        yield copy_of(written, url)


@pytest.fixture
def settings(stack: AuditStack) -> ArchiveSettings:
    """A new bucket in the stack's object store."""
    store = stack.addresses.journal_store
    bucket = f"carnet-journal-{uuid4().hex[:8]}"
    Minio(store.endpoint, store.access_key, store.secret_key, region=store.region, secure=False).make_bucket(bucket)
    return ArchiveSettings(
        archive_endpoint=store.endpoint,
        archive_access_key=store.access_key,
        archive_secret_key=store.secret_key,
        archive_region=store.region,
        archive_bucket=bucket,
        archive_secure=False,
    )


@pytest.fixture
def archive(settings: ArchiveSettings) -> Archive:
    return Archive(settings)


def client(settings: ArchiveSettings) -> Minio:
    return Minio(
        settings.archive_endpoint,
        settings.archive_access_key,
        settings.archive_secret_key,
        region=settings.archive_region,
        secure=False,
    )


def archive_next(ledger: Ledger, archive: Archive, *, months: int = 2) -> Month | None:
    with retention_transaction(ledger.url) as repository:
        return archive_month(repository, archive, now=MAY, months=months)


def attached(ledger: Ledger) -> int:
    return int(ledger.value("SELECT count(*) FROM journal"))


def test_months_are_archived_one_by_one_and_everything_still_verifies(ledger: Ledger, archive: Archive) -> None:
    before = [ledger.verify(), *(ledger.verify(patient_id) for patient_id in PATIENTS)]

    first, second, third = (archive_next(ledger, archive) for _ in range(3))

    assert first is not None and (first.object_key, first.first_position) == ("journal/2026-01.jsonl.gz", 0)
    assert second is not None and (second.first_position, second.last_position) == (SIZES[0], SIZES[1] - 1)
    assert third is None
    assert attached(ledger) == SIZES[2] - SIZES[1]
    after = [ledger.verify(archive=archive), *(ledger.verify(patient_id, archive=archive) for patient_id in PATIENTS)]
    assert after == before


def test_the_current_month_is_never_archived(ledger: Ledger, archive: Archive) -> None:
    while archive_next(ledger, archive, months=0):
        pass

    assert attached(ledger) == SIZES[2] - SIZES[1]


def test_a_month_that_is_not_old_enough_is_not_archived(ledger: Ledger, archive: Archive) -> None:
    assert archive_next(ledger, archive, months=4) is None


def test_archived_lines_and_heads_can_still_be_proven(ledger: Ledger, archive: Archive) -> None:
    archive_next(ledger, archive)

    with ledger.transaction() as connection:
        repository = JournalRepository(connection)
        first, second = (note_from(repository.head_of(size).note).head for size in (SIZES[0], SIZES[2]))  # type: ignore[union-attr]
        tree = repository.tree(SIZES[2])

        assert is_consistent(
            first.size, second.size, first.root, second.root, tree.consistency(first.size, second.size)
        )
        assert tree.inclusion(17)


def test_the_journal_grows_after_a_month_was_archived(ledger: Ledger, archive: Archive) -> None:
    archive_next(ledger, archive)
    ledger.grow(SIZES[2] + 50, start=MAY)
    ledger.sign(MAY)

    assert ledger.verify(archive=archive).signed == SIZES[2] + 50


def test_without_its_archive_a_journal_does_not_verify(ledger: Ledger, archive: Archive) -> None:
    archive_next(ledger, archive)

    fault = ledger.fault()

    assert (fault.kind, fault.position) == (FaultKind.ARCHIVE, 0)


def test_a_changed_archive_object_is_found(
    ledger: Ledger, archive: Archive, settings: ArchiveSettings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    month = archive_next(ledger, archive)
    assert month is not None and month.object_key is not None
    file = tmp_path_factory.mktemp("archive") / "object"
    minio = client(settings)
    minio.fget_object(settings.archive_bucket, month.object_key, str(file))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    minio.fput_object(settings.archive_bucket, month.object_key, str(file))

    fault = ledger.fault(archive=archive)

    assert fault.position is not None and fault.position < SIZES[0]


def test_a_missing_archive_object_is_found(ledger: Ledger, archive: Archive, settings: ArchiveSettings) -> None:
    month = archive_next(ledger, archive)
    assert month is not None
    client(settings).remove_object(settings.archive_bucket, month.object_key or "")

    fault = ledger.fault(archive=archive)

    assert (fault.kind, fault.position) == (FaultKind.ARCHIVE, 0)


def test_a_month_that_was_tampered_with_is_not_archived(ledger: Ledger, archive: Archive) -> None:
    ledger.tamper("UPDATE journal SET act = 'connexion' WHERE position = 200")

    with pytest.raises(Fault) as found:
        archive_next(ledger, archive)

    assert found.value.position == 200
    assert attached(ledger) == SIZES[2]


def test_a_month_stays_while_the_object_store_is_unavailable(ledger: Ledger, settings: ArchiveSettings) -> None:
    unavailable = Archive(
        ArchiveSettings(archive_endpoint="127.0.0.1:1", archive_region="eu-west-3", archive_secure=False)
    )

    with pytest.raises(ServiceUnavailable):
        archive_next(ledger, unavailable)

    assert attached(ledger) == SIZES[2]
    assert ledger.verify().lines == SIZES[2]


def test_without_an_object_store_there_is_no_archive() -> None:
    assert Archive.from_settings(ArchiveSettings()) is None
