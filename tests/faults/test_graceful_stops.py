"""A process that is told to stop loses no call, and ends in time whatever is away."""

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from client.people import DemoPeople
from contracts.wiring import SERVICES
from deploy.dev.stack import Stack
from tests.faults.call_load import CallLoad
from tests.faults.second_processes import GATEWAY, second_process
from tests.faults.test_stopped_parts import all_services_respond
from tests.support.waiting import wait_until

COME_BACK = "503 service.unavailable"


@pytest.mark.parametrize("name", [*SERVICES, GATEWAY])
def test_no_call_is_lost_when_one_of_two_processes_is_told_to_stop(
    platform: Stack, demo: DemoPeople, tmp_path: Path, name: str
) -> None:
    with ExitStack() as stack:
        second = stack.enter_context(second_process(platform, name, tmp_path))
        gateways = [demo.gateway]
        if name == GATEWAY:
            gateways = [second.url, demo.gateway]
        if name == "documents":
            # Contents go to one address: beyond the stop, the others tell their clients to come back.
            to_second = second_process(platform, GATEWAY, tmp_path, documents_url=second.url)
            gateways = [stack.enter_context(to_second).url]
        load = CallLoad(demo, gateways)
        with load.running():
            second.send_sigterm()
            assert second.exit_code() == 0, second.log.read_text()
    outcomes = Counter(load.lists + load.deposits)
    if name == "documents":
        outcomes.pop(COME_BACK, None)
    assert outcomes.keys() == {"done"}, outcomes


def test_every_process_ends_in_time_while_broker_and_database_are_away(
    platform: Stack, demo: DemoPeople, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        processes = [stack.enter_context(second_process(platform, name, tmp_path)) for name in (*SERVICES, GATEWAY)]
        platform.halt("rabbit")
        platform.halt("postgres")
        try:
            for process in processes:
                process.send_sigterm()
            codes = [process.exit_code() for process in processes]
        finally:
            platform.launch("postgres")
            platform.launch("rabbit")
    assert codes == [0] * len(processes)
    wait_until(lambda: all_services_respond(demo), "everything after the servers are back", 60)
