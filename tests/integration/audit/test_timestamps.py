"""Heads are time-stamped by an external authority; one that fails delays nothing."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from client.waiting import wait_for
from contracts.audit import Audit, GetHead, SignedHead
from contracts.vocabulary import PatientId
from services.audit.timestamps import TimestampAuthority, TimestampMissing
from tests.integration.audit.stack import AuditStack
from tests.integration.audit.timestamp_authority import FakeTimestampAuthority
from tests.unit.audit.builders import OPERATOR, an_entry

NOTE = "carnet.example/journal\n1\nAAAA\nat 2026-11-24T20:00:00Z\n\n— signed\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeTimestampAuthority]:
    root: Path = tmp_path_factory.mktemp("authority")
    authority = FakeTimestampAuthority(root)
    try:
        yield authority
    finally:
        authority.close()


def test_a_token_is_valid_for_its_note_only(authority: FakeTimestampAuthority) -> None:
    token = TimestampAuthority(authority.url).stamp(NOTE)

    assert authority.verifies(token, NOTE)
    assert not authority.verifies(token, NOTE + "x")


def test_an_unavailable_authority_or_an_old_answer_gives_no_token(
    authority: FakeTimestampAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TimestampMissing):
        TimestampAuthority("http://127.0.0.1:9/").stamp(NOTE)

    TimestampAuthority(authority.url).stamp(NOTE)
    old = (authority.directory / "reply").read_bytes()
    for answer in (old, b"", b"no"):
        monkeypatch.setattr(authority, "reply", lambda _query, answer=answer: answer)
        with pytest.raises(TimestampMissing):
            TimestampAuthority(authority.url).stamp(NOTE)


def test_heads_are_signed_while_the_authority_is_unavailable_and_stamped_later(
    stack: AuditStack, authority: FakeTimestampAuthority
) -> None:
    authority.unavailable = True
    stack.restart(timestamp_url=authority.url)
    stack.append(an_entry(patient_id=PatientId(uuid4())))
    size = stack.head_over_all().head.size
    wait_for(lambda: "timestamp_missing" in stack.log_of("audit"))

    authority.unavailable = False

    def timestamped() -> SignedHead | None:
        head = stack.call(Audit.head_of, GetHead(size=size), OPERATOR)
        return head if head.timestamp else None

    head = wait_for(timestamped)
    assert authority.verifies(b64decode(head.timestamp), head.note)
