"""The caller's trace id is in the log of every service that takes part, including event handlers."""

from secrets import token_hex

import requests

from client.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.people import document_for, open_record
from tests.support.waiting import wait_until


def log_contains(platform: Stack, part: str, trace_id: str) -> bool:
    return trace_id in platform.layout.log_of(part).read_text()


def test_a_deposit_is_one_trace_from_the_gateway_to_its_notice(platform: Stack, demo: DemoPeople) -> None:
    holder, depositor = open_record(demo), demo.logged_in("hospital")
    trace_id = token_hex(16)
    response = requests.post(
        f"{demo.gateway}/dmp/records/{holder.record}/documents",
        data=document_for(demo, holder),
        headers={
            "Authorization": f"Bearer {depositor.token}",
            "Content-Type": "application/xml",
            "traceparent": f"00-{trace_id}-{token_hex(8)}-01",
        },
        timeout=20,
    )
    assert response.status_code == 201
    assert response.headers["X-Trace-Id"] == trace_id
    for part in ("gateway", "records", "consent", "documents", "notify"):
        wait_until(lambda part=part: log_contains(platform, part, trace_id), f"the trace in {part}")  # type: ignore[misc]
