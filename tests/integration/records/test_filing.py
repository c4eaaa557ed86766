"""Documents are refiled by a loaded plan: in batches, by several replicas at the same time, until all are."""

from concurrent.futures import ThreadPoolExecutor
from time import time
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event, select

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.context import UnitOfWork
from chassis.db import make_engine
from chassis.editions import Edition, EditionCache
from chassis.handlers import Tick
from contracts.envelope import Actor
from contracts.vocabulary import PatientId, Role
from services.records.context import RecordsContext, RecordsTools
from services.records.handlers.filing import refile_documents
from services.records.repositories.all import Repositories
from services.records.repositories.filing import FILING_PLANS
from services.records.settings import RecordsSettings
from services.records.tables import documents
from tests.integration.records.stored_documents import store
from tests.support.handler_harness import BrokerlessRuntime
from tests.unit.records.specimens import NOW, stored_document

PLAN = Edition(version="2027", loaded_at=NOW, text='{"version": "2027", "rules": [{"section": "prevention"}]}')
MANY = 25

_UPKEEP = unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP)


def load(engine: Engine) -> bool:
    with engine.begin() as connection:
        return Repositories(connection).filing_plans.add(PLAN, loaded_by="op")


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        for number in range(MANY):
            store(Repositories(connection), stored_document(), patient_id=PatientId(UUID(int=2_000 + number)))


def refile_once(engine: Engine, most: int = 10) -> int:
    """Run the timer once, as a replica of its own does; the number of documents it moved."""
    moved: list[int] = []

    def count(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("UPDATE documents"):
            moved.append(cursor.rowcount)

    runtime = BrokerlessRuntime(make_engine(engine.url.render_as_string(hide_password=False), size=1))
    event.listen(runtime.engine, "after_cursor_execute", count)
    tools = RecordsTools(RecordsSettings(refile_batch=most), EditionCache(FILING_PLANS, fresh_seconds=60))
    work = UnitOfWork(kind="timer", name="refile_documents", deadline=time() + 60, rule=_UPKEEP)
    ctx = RecordsContext(runtime, tools, Actor(role=Role.SERVICE, subject="records"), work)
    refile_documents(ctx, Tick())
    ctx.finish()
    runtime.engine.dispose()
    return sum(moved)


def left(engine: Engine) -> int:
    with engine.begin() as connection:
        return Repositories(connection).filing.count_misfiled("2027")


def test_without_a_loaded_plan_nothing_is_refiled(engine: Engine) -> None:
    fill(engine)
    assert refile_once(engine) == 0


def test_documents_are_refiled_batch_by_batch_until_none_is_left(engine: Engine) -> None:
    fill(engine)
    assert load(engine)
    assert [left(engine), refile_once(engine), left(engine)] == [MANY, 10, MANY - 10]
    assert [refile_once(engine), refile_once(engine), refile_once(engine)] == [10, 5, 0]
    with engine.begin() as connection:
        assert {tuple(row) for row in connection.execute(select(documents.c.section, documents.c.filed_by))} == {
            ("prevention", "2027")
        }


def test_several_replicas_refile_each_document_once(engine: Engine) -> None:
    fill(engine)
    load(engine)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: refile_once(engine, 7), range(4)))
    while count := refile_once(engine):
        done.append(count)
    assert sum(done) == MANY
