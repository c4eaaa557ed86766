"""Documents on file follow a plan that was loaded: in batches, by several replicas at once, and to the end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import Engine, select

from chassis.units import RequestContext
from contracts.records import FilingPlan, FilingRule
from contracts.vocabulary import PatientId, Section
from services.records.filing_plan_cache import FilingPlanCache
from services.records.handlers import refile
from services.records.repositories import FilingRepository, Repositories
from services.records.tables import documents
from tests.integration.records.stored_documents import store
from tests.unit.records.specimens import NOW, stored

PLAN = FilingPlan(version="2027", rules=(FilingRule(section=Section.PREVENTION),))
TEXT = '{"version": "2027", "rules": [{"section": "prevention"}]}'
MANY = 25


def load(engine: Engine, plan: FilingPlan = PLAN, text: str = TEXT, *, later: int = 0) -> bool:
    with engine.begin() as connection:
        now = NOW + timedelta(seconds=later)
        return FilingRepository(connection).add(plan, text, loaded_by="op", now=now)


def fill(engine: Engine) -> None:
    with engine.begin() as connection:
        for number in range(MANY):
            store(Repositories(connection), stored(), patient_id=PatientId(UUID(int=2_000 + number)))


def refile_once(engine: Engine, most: int = 10) -> int:
    with engine.begin() as connection:
        return refile(Repositories(connection), cast(RequestContext[None], None), most=most)


def left(engine: Engine) -> int:
    with engine.begin() as connection:
        return FilingRepository(connection).count_misfiled("2027")


def test_without_a_plan_nothing_is_to_be_refiled(engine: Engine) -> None:
    fill(engine)
    assert refile_once(engine) == 0


def test_documents_follow_batch_by_batch_until_none_is_left(engine: Engine) -> None:
    fill(engine)
    assert load(engine)
    assert [left(engine), refile_once(engine), left(engine)] == [MANY, 10, MANY - 10]
    assert [refile_once(engine), refile_once(engine), refile_once(engine)] == [10, 5, 0]
    with engine.begin() as connection:
        assert {tuple(row) for row in connection.execute(select(documents.c.section, documents.c.filed_by))} == {
            ("prevention", "2027")
        }


def test_several_replicas_share_the_work(engine: Engine) -> None:
    fill(engine)
    load(engine)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: refile_once(engine, 7), range(4)))
    while count := refile_once(engine):
        done.append(count)
    assert sum(done) == MANY


def test_the_plan_loaded_last_is_in_force_and_a_name_is_given_once(engine: Engine) -> None:
    newer = FilingPlan(version="2028", rules=())
    load(engine)
    load(engine, newer, '{"version": "2028", "rules": []}', later=1)
    assert not load(engine, later=2)
    with engine.begin() as connection:
        assert FilingPlanCache().plan(FilingRepository(connection)).version == "2028"
