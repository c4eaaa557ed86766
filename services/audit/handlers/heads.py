"""Tree heads: signed when lines were added, time-stamped, given out, and proven consistent with each other."""

from base64 import b64encode
from datetime import timedelta

import structlog
from prometheus_client import Gauge

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import Tick, every, handles
from contracts.audit import (
    Audit,
    ConsistencyProof,
    GetHead,
    GetLatestHead,
    GetVerifierKey,
    Heads,
    HeadSummary,
    ListHeads,
    ProveConsistency,
    SignedHead,
    VerifierKey,
)
from contracts.errors.request import HeadNotFound
from services.audit.context import AuditContext
from services.audit.continuity import is_restored, is_stored_head_continued
from services.audit.domain.checks import check_count, check_sizes
from services.audit.domain.merkle import encode_hashes
from services.audit.domain.notes import Head
from services.audit.repositories.heads import StoredHead
from services.audit.repositories.journal import JournalRepository
from services.audit.timestamps import TimestampAuthority, TimestampMissing

_PUBLIC = unjournalled(NoEntry.PUBLIC, NoQuestion.PUBLIC)
_UPKEEP = unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP)
_STAMPED_WITHIN = timedelta(days=1)


HEAD_SIGNED = Gauge(
    "carnet_journal_head_timestamp_seconds", "When the newest head was signed (Unix time); 0: none was."
)
UNSIGNED = Gauge(
    "carnet_journal_unsigned_seconds", "How long the oldest line has waited for a signed head; 0: none waits."
)


@every(seconds=2.0, access=_UPKEEP)
def sign_head(ctx: AuditContext, _tick: Tick) -> None:
    """Sign a head if lines were added and the newest head is `head_seconds` old; only one replica does."""
    repository = ctx.repository
    newest = repository.newest_head()
    if newest is not None and ctx.now - newest.at < timedelta(seconds=ctx.settings.head_seconds):
        return
    if repository.end().size == _size_of(newest) or not repository.lock_signing():
        return
    # Read again under the lock: another replica may have signed meanwhile.
    newest, size = repository.newest_head(), repository.end().size
    if size == _size_of(newest):
        return
    if newest is not None and not is_stored_head_continued(repository, ctx.head_signer.verifier, newest, size):
        structlog.get_logger().error("journal_head_refused", count=size)
        return
    if is_restored(repository, ctx.head_signer.verifier, ctx.tools.published):
        structlog.get_logger().error("journal_restored", count=size)
        return
    if _sign_breaks(ctx):
        _sign(ctx, size)


@every(seconds=30.0, access=_UPKEEP)
def look_at_heads(ctx: AuditContext, _tick: Tick) -> None:
    """Say when the newest head was signed, and how long the oldest line without one has waited."""
    repository = ctx.repository
    newest = repository.newest_head()
    # The position after the last covered line; nothing is recorded there if no line waits.
    waiting_since = repository.recorded_at(_size_of(newest))
    HEAD_SIGNED.set(0 if newest is None else newest.at.timestamp())
    UNSIGNED.set(0 if waiting_since is None else (ctx.now - waiting_since).total_seconds())


@every(seconds=10.0, access=_UPKEEP)
def stamp_head(ctx: AuditContext, _tick: Tick) -> None:
    """Time-stamp the newest head of the last day that has no stamp, where an authority is set.

    No transaction is open while the authority is asked.
    """
    if not ctx.settings.timestamp_url:
        return
    with ctx.autocommit() as connection:
        head = JournalRepository(connection).unstamped_head(ctx.now - _STAMPED_WITHIN)
    if head is None:
        return
    try:
        timestamp = TimestampAuthority(ctx.settings.timestamp_url).stamp(head.note)
    except TimestampMissing:
        structlog.get_logger().warning("timestamp_missing", part="timestamp_authority")
        return
    with ctx.autocommit() as connection:
        JournalRepository(connection).stamp_head(head.size, timestamp)


@handles(Audit.latest_head, access=_PUBLIC, reading=True)
def latest_head(ctx: AuditContext, _request: GetLatestHead) -> SignedHead:
    """The newest head.

    Raises:
        HeadNotFound: none was signed yet.
    """
    return _signed_head(ctx.repository.newest_head())


@handles(Audit.head_of, access=_PUBLIC, reading=True)
def head_of(ctx: AuditContext, request: GetHead) -> SignedHead:
    """The head of one tree size.

    Raises:
        HeadNotFound.
    """
    return _signed_head(ctx.repository.head_of(request.size))


@handles(Audit.list_heads, access=_PUBLIC, reading=True)
def list_heads(ctx: AuditContext, request: ListHeads) -> Heads:
    """A page of heads, the newest first, and all breaks.

    Raises:
        InvalidRequest: count.
    """
    check_count(request.count)
    found = ctx.repository.heads_below(request.before, request.count)
    summaries = tuple(HeadSummary(size=head.size, at=head.at) for head in found)
    return Heads(heads=summaries, breaks=tuple(ctx.repository.break_notes()))


@handles(Audit.prove_consistency, access=_PUBLIC, reading=True)
def prove_consistency(ctx: AuditContext, request: ProveConsistency) -> ConsistencyProof:
    """The proof that the tree of size `second` begins with the tree of size `first`.

    Raises:
        InvalidRequest: `first` is not within 1 and `second`. HeadNotFound: no head is that large yet.
    """
    repository = ctx.repository
    check_sizes(request, _size_of(repository.newest_head()))
    tree = repository.tree(request.second, [request.first - 1])
    hashes = encode_hashes(tree.consistency(request.first, request.second))
    return ConsistencyProof(first=request.first, second=request.second, hashes=hashes)


@handles(Audit.key_of_heads, access=_PUBLIC, reading=True)
def key_of_heads(ctx: AuditContext, _request: GetVerifierKey) -> VerifierKey:
    """The public key of heads."""
    return VerifierKey(key=ctx.head_signer.verifier.text)


def _size_of(head: StoredHead | None) -> int:
    return 0 if head is None else head.size


def _signed_head(head: StoredHead | None) -> SignedHead:
    if head is None:
        raise HeadNotFound
    return SignedHead(note=head.note, timestamp=b64encode(head.timestamp or b"").decode())


def _sign_breaks(ctx: AuditContext) -> bool:
    """Sign what two operators declared to be lost; whether a head of now is told from those that it gives up."""
    breaks = ctx.repository.breaks(ctx.head_signer.verifier.name)
    for declared in breaks:
        ctx.repository.put_break_note(declared, ctx.head_signer.sign_break(declared))
    return all(declared.at < ctx.now.replace(microsecond=0) for declared in breaks)


def _sign(ctx: AuditContext, size: int) -> None:
    root, at = ctx.repository.tree(size).root(), ctx.now.replace(microsecond=0)
    head = Head(origin=ctx.head_signer.verifier.name, size=size, root=root, at=at)
    note = ctx.head_signer.sign(head)
    if ctx.tools.published is not None:
        # Before the commit that publishes it: a restored database must find every head that anybody may have.
        try:
            ctx.tools.published.keep(note)
        except OSError:
            structlog.get_logger().error("published_head_not_kept", count=size)
            return
    ctx.repository.add_head(head, note)
    ctx.repository.adopt_instance()
