"""What leaves a record besides answers: notices and messages; and when all of it has arrived."""

import re
from collections import Counter
from datetime import UTC, datetime

from client.api_client import ApiClient
from client.fhir import FhirClient
from contracts.audit import JournalEntry, JournalLine
from contracts.consent.events import (
    AppAllowed,
    AppRevoked,
    CarerAccepted,
    CarerEnded,
    EmergencyAccessOpened,
    HeirAdmitted,
    RepresentationChanged,
    RepresentationEnded,
)
from contracts.envelope import Event
from contracts.identity.events import (
    AccountActivated,
    AccountLockChanged,
    AppAccessEnded,
    AppListed,
    AppSuspended,
    AuthenticatorChanged,
    ContactChanged,
    DeathReportUndone,
    GuessesFailed,
    InsChanged,
    PasswordSet,
    PersonDied,
    PersonsJoined,
    PersonsSeparated,
)
from contracts.records.events import (
    ContentAbandoned,
    DocumentAppeared,
    DocumentDeleted,
    DocumentDeposited,
    DocumentPurged,
    MajorityReached,
    RecordClosed,
    RecordFirstRead,
    RecordOpened,
    RecordPurged,
    RecordReopened,
    VisibilityChanged,
)
from contracts.wiring import SERVICES
from tests.journeys.two_worlds.answers import Normalizer
from tests.journeys.two_worlds.worlds import Pair, World, addresses_of, due_messages, in_both
from tests.support.clock import run_sql
from tests.support.waiting import wait_until

CAUSED: dict[type[Event], str] = {
    DocumentDeposited: "deposit",
    ContentAbandoned: "repeat_a_deposit",
    VisibilityChanged: "mask",
    DocumentAppeared: "announce",
    DocumentDeleted: "delete",
    RecordFirstRead: "read_list",
    RecordClosed: "close_and_reopen",
    RecordReopened: "close_and_reopen",
    EmergencyAccessOpened: "open_emergency",
    CarerAccepted: "change_carer",
    CarerEnded: "change_carer",
    AppAllowed: "change_app",
    AppRevoked: "change_app",
    JournalEntry: "read_list",
}
"""Event -> the act that causes it."""

_OF_ACCOUNT = "about an account, and nothing of a record"
_OF_CATALOGUE = "about the catalogue of apps, and no record"
_END = "the end of a record or of a representation, after which nobody reads, in both worlds"
_TWO = "of agents, about two identities, of which each has its facts and documents"

NOT_CAUSED: dict[type[Event], str] = {
    AccountActivated: _OF_ACCOUNT,
    AccountLockChanged: _OF_ACCOUNT,
    AuthenticatorChanged: _OF_ACCOUNT,
    ContactChanged: _OF_ACCOUNT,
    GuessesFailed: _OF_ACCOUNT,
    AppAccessEnded: _OF_ACCOUNT,
    PasswordSet: _OF_ACCOUNT,
    InsChanged: "about the person's number, and nothing in the record",
    PersonDied: _END,
    HeirAdmitted: _END,
    PersonsJoined: _TWO,
    PersonsSeparated: _TWO,
    DeathReportUndone: _END,
    AppListed: _OF_CATALOGUE,
    AppSuspended: _OF_CATALOGUE,
    DocumentPurged: _END,
    MajorityReached: _END,
    RecordPurged: _END,
    RecordOpened: "it makes the pair of worlds",
    RepresentationChanged: "it makes the pair of worlds",
    RepresentationEnded: _END,
}
"""Event -> why no act causes it."""

_DIGEST = re.compile(r" ?(?:C'est arrivé (\d+) fois|This has happened \d+ times)\.")
_CODE = re.compile(r"\b[0-9]{6}\b")

_SENTINELS = {"consultation_liste", "lecture_droits", "lecture_notifications", "lecture_identite"}
"""The acts of a line each from records, consent, notify and identity."""


def settle(pair: Pair, *, proven: bool) -> datetime:
    """Wait until every line of the acts so far has arrived, and is proven; the moment up to which that is so."""
    wait_until(lambda: _waiting_events(pair.first) == 0, "empty outboxes")
    until = datetime.now(UTC)
    in_both(pair, _send_sentinels)
    last = max(in_both(pair, lambda world: _wait_for_sentinels(world, until)))
    if proven:
        client = pair.first.clients["holder"]
        wait_until(lambda: client.heads(count="1")[0].size > last, "a head that covers the sentinels")
    return until


def _waiting_events(world: World) -> int:
    """Events in the outboxes of all services."""
    platform, count = world.people.platform, "SELECT count(*) FROM outbox"
    return sum(int(run_sql(platform, service, count)[0][0]) for service in SERVICES)


def _send_sentinels(world: World) -> None:
    holder = world.clients["holder"]
    holder.list_documents(world.record)
    holder.circle(world.record)
    holder.notices(world.record)
    FhirClient(world.people.demo.gateway, holder.token).get(f"Patient/{world.record}")


def _wait_for_sentinels(world: World, since: datetime) -> int:
    """Position of the last of their lines."""
    found: list[JournalLine] = []

    def have_come() -> bool:
        found[:] = _own_lines(world.clients["holder"], world.record, since)
        return {line.act.value for line in found} >= _SENTINELS

    wait_until(have_come, "the lines of the sentinels")
    return max(line.position for line in found)


def _own_lines(client: ApiClient, record: str, since: datetime) -> list[JournalLine]:
    lines = client.journal(record, since=since.isoformat().replace("+00:00", "Z"))
    return [line for line in lines if line.actor == record]


def messages_to(world: World, *people: str) -> list[list[str]]:
    """The messages that arrived for these people of a world, once none is due any more."""
    holders = {"holder": world.holder, "representative": world.representative, "carer": world.carer}
    records = [holder.record for holder in holders.values()]
    wait_until(lambda: due_messages(world.people.platform, *records) == 0, "messages that were due")
    normalizer, mailbox = Normalizer(world), world.people.demo.mailbox
    found: Counter[tuple[str, ...]] = Counter()
    for name in people:
        for address in addresses_of(holders[name]):
            for message in mailbox.messages(address):
                if message.number >= world.first_message:
                    text, count = _without_count(normalizer.text(message.body))
                    found[name, message.channel, message.subject, text] += count
    return [[*key, str(count)] for key, count in sorted(found.items())]


def _without_count(body: str) -> tuple[str, int]:
    """The text, and how many notices it stands for: those that wait together become one (ADR 0036)."""
    counts = [int(match[1]) for match in _DIGEST.finditer(body) if match[1]]
    return _CODE.sub("<code>", _DIGEST.sub("", body)), max(counts, default=1)
