"""Journal, tree heads and notices."""

from contracts.audit import (
    Audit,
    ConsistencyProof,
    Heads,
    Journal,
    ListHeads,
    Proofs,
    ProveConsistency,
    ReadJournal,
    ReadProofs,
)
from contracts.notify import ListNotices, MarkSeen, Notices, NoticesSeen, Notify
from contracts.vocabulary import AccessMode, Act, Outcome
from tests.integration.gateway.builders import DOCUMENT, PATIENT, RECORD
from tests.integration.gateway.route_cases.case import RouteCase
from tests.integration.gateway.route_cases.values import CREATED_AT, LATER

JOURNAL_CASES = [
    RouteCase(
        "POST",
        f"{RECORD}/notices/seen",
        {"until": "n1"},
        Notify.mark_seen,
        MarkSeen(patient_id=PATIENT, until="n1"),
        NoticesSeen(unread=2),
        200,
    ),
    RouteCase(
        "GET",
        f"{RECORD}/notices?count=5&before=n1",
        None,
        Notify.list_notices,
        ListNotices(patient_id=PATIENT, count=5, before="n1"),
        Notices(notices=()),
        200,
    ),
    RouteCase(
        "GET",
        f"{RECORD}/journal?count=5&before=12",
        None,
        Audit.read_journal,
        ReadJournal(patient_id=PATIENT, count=5, before=12),
        Journal(lines=()),
        200,
    ),
    RouteCase(
        "GET",
        f"{RECORD}/journal?act=blocage&act=deblocage&outcome=refused&mode=centre_15&document_id={DOCUMENT}"
        "&since=2026-03-02T10:30:00%2B01:00&until=2027-06-29T22:00:00Z",
        None,
        Audit.read_journal,
        ReadJournal(
            patient_id=PATIENT,
            acts=(Act.BLOCAGE, Act.DEBLOCAGE),
            outcome=Outcome.REFUSED,
            mode=AccessMode.CENTRE_15,
            document_id=DOCUMENT,
            since=CREATED_AT,
            until=LATER,
        ),
        Journal(lines=()),
        200,
    ),
    RouteCase(
        "GET",
        f"{RECORD}/journal/proofs?count=5&before=12",
        None,
        Audit.read_proofs,
        ReadProofs(patient_id=PATIENT, count=5, before=12),
        Proofs(head="a note", lines=()),
        200,
    ),
    RouteCase(
        "GET",
        "/journal/heads?count=5&before=12",
        None,
        Audit.list_heads,
        ListHeads(count=5, before=12),
        Heads(heads=()),
        200,
    ),
    RouteCase(
        "GET",
        "/journal/consistency?first=3&second=7",
        None,
        Audit.prove_consistency,
        ProveConsistency(first=3, second=7),
        ConsistencyProof(first=3, second=7, hashes=("aGFzaA==",)),
        200,
    ),
]
