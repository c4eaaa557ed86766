"""A replica with another database, clock, key or bucket is not ready, says why, and takes and stores nothing."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from time import time
from uuid import uuid4

import psycopg2
import pytest
import requests

from chassis.missing_parts import ADVICE
from chassis.tokens import Signer
from client.people import DemoPeople
from contracts.documents import TICKET_HEADER, TICKET_KIND, TICKETS_ARE_FOR, UploadTicket
from contracts.vocabulary import ContentId, PatientId, Rpps
from deploy.dev.paths import write_private
from deploy.dev.readiness import is_http_ready
from deploy.dev.stack import Stack
from tests.faults.second_processes import SecondProcess, second_process
from tests.support.clock import run_sql
from tests.support.databases import migrate_database, temporary_database
from tests.support.people import activate_account, authorised_doctor, document_for, open_record
from tests.support.waiting import wait_until

_SHIFTED_CLOCK = """
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
$$ SELECT pg_catalog.clock_timestamp() + interval '{seconds} seconds' $$;
ALTER DATABASE {name} SET search_path = public, pg_catalog;
"""
_OLD_SERVER = """
CREATE FUNCTION public.current_setting(setting text) RETURNS text LANGUAGE sql AS
$$ SELECT CASE setting WHEN 'server_version_num' THEN '170006' ELSE pg_catalog.current_setting(setting) END $$;
ALTER DATABASE {name} SET search_path = public, pg_catalog;
"""
_READ_ONLY = "ALTER DATABASE {name} SET default_transaction_read_only = on"
_NEWER = "UPDATE alembic_version SET version_num = '9999'"


@pytest.fixture
def filled(platform: Stack, demo: DemoPeople) -> None:
    """There is a document with its content, an authenticator, and a signed head about both."""
    holder = open_record(demo)
    patient = activate_account(demo, holder)
    demo.logged_in("hospital").deposit(holder.record, document_for(demo, holder))
    patient.add_authenticator()
    wait_until(
        lambda: run_sql(platform, "documents", "SELECT 1 FROM contents WHERE state = 'kept'"), "a kept content"
    )
    wait_until(lambda: run_sql(platform, "audit", "SELECT 1 FROM heads"), "a signed head")


@contextmanager
def replica(platform: Stack, name: str, folder: Path, **settings: str) -> Iterator[SecondProcess]:
    """A second process that answers, ready or not."""
    process = SecondProcess(platform, name, folder, **settings)
    try:
        wait_until(partial(is_http_ready, process.port, "/health/live"), "the replica", 60)
        yield process
    finally:
        process.kill()


def missing_parts(process: SecondProcess) -> list[str]:
    found: list[str] = requests.get(f"{process.url}/health/ready", timeout=30).json()["missing"]
    return found


def check_unfit(process: SecondProcess, part: str) -> None:
    """It says that this part, and no other, is missing: in its answer, its figures and its log."""
    wait_until(lambda: missing_parts(process) == [part], f"only {part}, not {missing_parts(process)}")
    figures = requests.get(f"{process.url}/metrics", timeout=30).text
    assert f'carnet_part_missing{{part="{part}"}} 1.0' in figures
    assert "carnet_ready 0.0" in figures
    lines = [json.loads(line) for line in process.log.read_text().splitlines() if line.startswith("{")]
    found = {line["part"]: (line["level"], line["advice"]) for line in lines if line["event"] == "not_ready"}
    assert found[part] == ("error", ADVICE[part])


@contextmanager
def database_of(platform: Stack, service: str, step: str, change: str = "") -> Iterator[str]:
    """URL of a database at this step of the service's migrations, changed by SQL; an empty one for no step."""
    with temporary_database(platform.addresses.database_admin_url) as url:
        if step:
            migrate_database(url, service, step)
        if change:
            with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
                cursor.execute(change.replace("{name}", url.rpartition("/")[2]))
        yield url


@pytest.mark.parametrize(
    ("step", "change", "part"),
    [
        ("", "", "database.unmigrated"),
        ("0011", "", "database.unmigrated"),
        ("head", "DROP TABLE outbox", "database.unmigrated"),
        ("head", _OLD_SERVER, "database.version"),
        ("head", _READ_ONLY, "database.read_only"),
        ("head", _SHIFTED_CLOCK.replace("{seconds}", "30"), "clock.off"),
        ("head", _SHIFTED_CLOCK.replace("{seconds}", "-30"), "clock.off"),
    ],
    ids=[
        "empty",
        "an older step",
        "without a table",
        "of an old server",
        "read-only",
        "in the future",
        "in the past",
    ],
)
def test_a_replica_on_a_wrong_database_takes_no_call(
    platform: Stack, demo: DemoPeople, tmp_path: Path, step: str, change: str, part: str
) -> None:
    holder = open_record(demo)
    doctor = authorised_doctor(demo, holder)
    with (
        database_of(platform, "records", step, change) as url,
        replica(platform, "records", tmp_path, database_url=url) as process,
    ):
        check_unfit(process, part)
        for _ in range(6):
            assert doctor.list_documents(holder.record).documents == ()


def test_an_old_replica_serves_while_a_newer_step_is_rolled_out(platform: Stack, tmp_path: Path) -> None:
    with (
        database_of(platform, "notify", "head", _NEWER) as url,
        second_process(platform, "notify", tmp_path, database_url=url) as process,
    ):
        assert missing_parts(process) == []


def test_a_replica_becomes_ready_once_its_database_is_migrated(platform: Stack, tmp_path: Path) -> None:
    with (
        database_of(platform, "notify", "0001") as url,
        replica(platform, "notify", tmp_path, database_url=url) as process,
    ):
        check_unfit(process, "database.unmigrated")
        migrate_database(url, "notify")
        process.wait_until_ready()


def test_a_replica_that_never_was_ready_ends_when_it_is_asked_to(platform: Stack, tmp_path: Path) -> None:
    with (
        database_of(platform, "notify", "") as url,
        replica(platform, "notify", tmp_path, database_url=url) as process,
    ):
        check_unfit(process, "database.unmigrated")
        process.send_sigterm()
        assert process.exit_code() == 0


def other_signing_key(platform: Stack, _file: Path) -> dict[str, str]:
    return {"signing_key": str(platform.addresses.keys.signing("consent"))}


def few_trusted_keys(platform: Stack, file: Path) -> dict[str, str]:
    keys = json.loads(platform.addresses.keys.trusted.read_text())["keys"]
    write_private(file, json.dumps({"keys": [key for key in keys if key["kid"] != "identity"]}).encode())
    return {"trusted_keys": str(file)}


def other_head_key(platform: Stack, _file: Path) -> dict[str, str]:
    return {"head_key": str(platform.addresses.keys.signing("audit"))}


def other_origin(_platform: Stack, _file: Path) -> dict[str, str]:
    return {"journal_origin": "carnet.example/other"}


def other_bucket(platform: Stack, _file: Path) -> dict[str, str]:
    return {"s3_bucket": platform.addresses.journal_store.bucket}


def random_key(setting: str) -> Callable[[Stack, Path], dict[str, str]]:
    def settings(_platform: Stack, file: Path) -> dict[str, str]:
        write_private(file, secrets.token_bytes(32))
        return {setting: str(file)}

    return settings


@pytest.mark.parametrize(
    ("service", "settings", "part"),
    [
        ("notify", other_signing_key, "signing_key.untrusted"),
        ("notify", few_trusted_keys, "trusted_keys.incomplete"),
        ("audit", other_head_key, "head_key.changed"),
        ("audit", other_origin, "head_key.changed"),
        ("audit", random_key("subject_key_file"), "subject_key.changed"),
        ("identity", random_key("code_pepper_file"), "code_pepper.changed"),
        ("documents", other_bucket, "object_store.other"),
    ],
)
@pytest.mark.usefixtures("filled")
def test_a_replica_with_what_is_another_platforms_is_not_ready(
    platform: Stack, tmp_path: Path, service: str, settings: Callable[[Stack, Path], dict[str, str]], part: str
) -> None:
    with replica(platform, service, tmp_path, **settings(platform, tmp_path / "key")) as process:
        check_unfit(process, part)


@pytest.mark.usefixtures("filled")
def test_nothing_is_stored_under_another_master_key(platform: Stack, tmp_path: Path) -> None:
    other = random_key("master_key_file")(platform, tmp_path / "key")
    before = run_sql(platform, "documents", "SELECT count(*) FROM contents")
    with replica(platform, "documents", tmp_path, **other) as process:
        check_unfit(process, "master_key.missing")
        answer = upload(platform, process.url)
        figures = requests.get(f"{process.url}/metrics", timeout=30).text
    assert (answer.status_code, answer.json()["code"]) == (503, "document.key_missing")
    assert 'carnet_alarms_total{code="document.key_missing"} 1.0' in figures
    assert run_sql(platform, "documents", "SELECT count(*) FROM contents") == before
    [unit] = [line for line in process.log.read_text().splitlines() if '"code":"document.key_missing"' in line]
    assert json.loads(unit)["level"] == "error"


def upload(platform: Stack, url: str) -> requests.Response:
    """Upload a content with a ticket of records."""
    content_id = ContentId(uuid4())
    ticket = UploadTicket(
        id=str(uuid4()),
        patient_id=PatientId(uuid4()),
        content_id=content_id,
        depositor=Rpps("10003456784"),
        limit=1_000_000,
    )
    signer = Signer.from_file(platform.addresses.keys.signing("records"))
    token = signer.sign(ticket, kind=TICKET_KIND, to=TICKETS_ARE_FOR, seconds=30, now=time())
    return requests.put(f"{url}/contents/{content_id}", data=b"text", headers={TICKET_HEADER: token}, timeout=30)
