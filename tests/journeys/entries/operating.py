"""Steps: the operator's tables, the journal and its heads, notices and messages."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from chassis.access_rules import NoEntry
from contracts.audit import (
    AttestAct,
    Audit,
    GetHead,
    GetLatestHead,
    GetVerifierKey,
    ListHeads,
    ProveConsistency,
    ReadJournal,
    ReadProofs,
    SearchJournal,
)
from contracts.codes.habilitation import matrix_text
from contracts.consent.api import Consent
from contracts.consent.matrices import ListMatrices, LoadMatrix, WithdrawMatrix
from contracts.notify import ListNotices, MarkSeen, NoticeCode, Notify, SendCode, WarnAddress
from contracts.records.api import Records
from contracts.records.filing import LoadFiling, ShowFiling
from contracts.vocabulary import Act, Channel
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import NOBODY, allowed, by_two, refused
from tests.support.clock import run_sql
from tests.support.waiting import wait_until

_FAR_OFF = "2999-01-01"
_NO_ADDRESS = "nulle part"
_NEWEST = "ffffffff-ffff-7fff-bfff-ffffffffffff"


def plan(run: ScenarioRun) -> str:
    """The filing plan in force, under another name: no document changes section."""
    shown = json.loads(run.last(Records.show_filing).text)
    return json.dumps(shown | {"version": f"essai-{run.browser[:12]}"})


def matrix(run: ScenarioRun) -> str:
    """The matrix of the release, under another name and for a day that no test sees."""
    return json.dumps(json.loads(matrix_text()) | {"version": f"essai-{run.browser[:12]}", "effective": _FAR_OFF})


def withdraws(*, withdraw: bool) -> Callable[[ScenarioRun], WithdrawMatrix]:
    """Of the version that was loaded."""
    return lambda run: WithdrawMatrix(version=f"essai-{run.browser[:12]}", withdraw=withdraw)


def attests(run: ScenarioRun) -> AttestAct:
    return AttestAct(act=Act.SUPPRESSION_MESSAGE, subject=run.browser[:12])


def wait_for_head(run: ScenarioRun) -> None:
    wait_until(lambda: bool(run_sql(run.platform, "audit", "SELECT 1 FROM heads LIMIT 1")), "a head was signed")


TABLES = (
    allowed(Records.show_filing, "operator", lambda _: ShowFiling()),
    allowed(Records.load_filing, "operator", lambda run: LoadFiling(text=plan(run)), skip=NoEntry.COMPARED),
    *by_two(
        allowed(Records.load_filing, "operator", lambda run: LoadFiling(text=plan(run), load=True), keep="loaded")
    ),
    refused("filing.invalid", Records.load_filing, "operator", lambda run: run.sent(Records.load_filing, "loaded")),
    allowed(Consent.list_matrices, "operator", lambda _: ListMatrices()),
    allowed(Consent.load_matrix, "operator", lambda run: LoadMatrix(text=matrix(run)), skip=NoEntry.COMPARED),
    *by_two(allowed(Consent.load_matrix, "operator", lambda run: LoadMatrix(text=matrix(run), load=True))),
    allowed(Consent.withdraw_matrix, "operator", withdraws(withdraw=False), skip=NoEntry.COMPARED),
    *by_two(allowed(Consent.withdraw_matrix, "operator", withdraws(withdraw=True))),
    refused("matrix.not_found", Consent.withdraw_matrix, "operator", withdraws(withdraw=True)),
    refused("matrix.invalid", Consent.load_matrix, "operator", lambda _: LoadMatrix(text="{}")),
)

JOURNAL = (
    allowed(Audit.read_journal, "holder", lambda run: ReadJournal(patient_id=run.id("holder"))),
    refused("access.not_shared", Audit.read_journal, "carer", lambda run: ReadJournal(patient_id=run.id("holder"))),
    allowed(
        Audit.read_proofs,
        "holder",
        lambda run: ReadProofs(patient_id=run.id("holder")),
        before=wait_for_head,
    ),
    refused(
        "request.invalid", Audit.read_proofs, "holder", lambda run: ReadProofs(patient_id=run.id("holder"), count=0)
    ),
    allowed(Audit.latest_head, NOBODY, lambda _: GetLatestHead()),
    allowed(Audit.list_heads, NOBODY, lambda _: ListHeads()),
    refused("request.invalid", Audit.list_heads, NOBODY, lambda _: ListHeads(count=0)),
    allowed(Audit.head_of, NOBODY, lambda run: GetHead(size=run.last(Audit.list_heads).heads[0].size)),
    refused("journal.head_not_found", Audit.head_of, NOBODY, lambda _: GetHead(size=10**12)),
    allowed(
        Audit.prove_consistency,
        NOBODY,
        lambda run: ProveConsistency(first=1, second=run.last(Audit.list_heads).heads[0].size),
    ),
    refused("request.invalid", Audit.prove_consistency, NOBODY, lambda _: ProveConsistency(first=0, second=1)),
    allowed(Audit.key_of_heads, NOBODY, lambda _: GetVerifierKey()),
    allowed(
        Audit.search_journal,
        "operator",
        lambda _: SearchJournal(since=datetime.now(UTC) - timedelta(hours=1), until=datetime.now(UTC)),
    ),
    refused("request.invalid", Audit.search_journal, "operator", lambda _: SearchJournal()),
    *by_two(allowed(Audit.attest_act, "operator", attests, acts=(Act.SUPPRESSION_MESSAGE,))),
    refused(
        "operator.second_signature",
        Audit.attest_act,
        "operator",
        attests,
        acts=(Act.SUPPRESSION_MESSAGE,),
        keep="mine",
    ),
    refused("operator.same_operator", Audit.attest_act, "operator", attests, acts=(Act.SUPPRESSION_MESSAGE,)),
)

MESSAGES = (
    allowed(Notify.list_notices, "holder", lambda run: ListNotices(patient_id=run.id("holder"))),
    refused(
        "record.not_found", Notify.list_notices, "stranger", lambda run: ListNotices(patient_id=run.id("holder"))
    ),
    allowed(Notify.mark_seen, "holder", lambda run: MarkSeen(patient_id=run.id("holder"), until=_NEWEST)),
    refused(
        "record.not_found",
        Notify.mark_seen,
        "stranger",
        lambda run: MarkSeen(patient_id=run.id("holder"), until=_NEWEST),
    ),
    allowed(
        Notify.send_code,
        "identity",
        lambda _: SendCode(channel=Channel.EMAIL, address="quelqu.un@courrier.example", code="123456", minutes=10),
    ),
    refused(
        "account.contact_invalid",
        Notify.send_code,
        "identity",
        lambda _: SendCode(channel=Channel.EMAIL, address=_NO_ADDRESS, code="123456", minutes=10),
    ),
    allowed(
        Notify.warn_address,
        "identity",
        lambda _: WarnAddress(
            channel=Channel.EMAIL, address="quelqu.un@courrier.example", code=NoticeCode.COORDONNEES
        ),
    ),
    refused(
        "account.contact_invalid",
        Notify.warn_address,
        "identity",
        lambda _: WarnAddress(channel=Channel.EMAIL, address=_NO_ADDRESS, code=NoticeCode.COORDONNEES),
    ),
)

STEPS = (*TABLES, *JOURNAL, *MESSAGES)
