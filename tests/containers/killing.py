"""Kills every container once while documents are deposited."""

from functools import partial

from deploy.docker.project import Project
from tests.containers.containers import Containers
from tests.faults.deposit_load import DepositLoad
from tests.support.waiting import wait_until

NOT_KILLED = frozenset({"mailbox"})
"""What is no part of the platform."""


def deposit_while_all_are_killed(platform: Containers, deposits: int, seconds: float) -> list[str]:
    """Deposit documents, kill one container after the other in the meantime, and check that nothing is lost.

    Returns the names of the killed ones.
    """
    load, project = DepositLoad(platform.demo, deposits, seconds), platform.project
    killed = [name for name in project.services() if name not in NOT_KILLED]
    started = {name: _start_of(project, name) for name in killed}
    with load.running():
        for number, name in enumerate(killed):
            # From the first quarter of the deposits to the third.
            before_it = deposits // 4 + deposits // 2 * number // len(killed)
            what = f"{before_it} deposits before {name} is killed"
            wait_until(partial(_has_acknowledged, load, before_it), what, seconds)
            assert load.acknowledged < deposits
            project.kill(name)
    for name in killed:
        wait_until(partial(_is_started_again, project, name, started[name]), f"{name} is started again")
        project.await_health(name)
    load.check_documents()
    load.check_notices(lambda: platform.count_notices(load.record))
    return killed


def _is_started_again(project: Project, name: str, before: str) -> bool:
    return _start_of(project, name) != before


def _start_of(project: Project, name: str) -> str:
    return str(project.of_service(name)["State"]["StartedAt"])


def _has_acknowledged(load: DepositLoad, count: int) -> bool:
    return load.acknowledged >= count
