"""The heads of the tree: signed when lines were added, given to whoever asks, and proven to go on from each other."""

from base64 import b64encode
from datetime import datetime, timedelta

import structlog

from chassis.units import RequestContext
from contracts.audit import (
    Consistency,
    HeadLine,
    HeadOf,
    Heads,
    KeyOfHeads,
    LatestHead,
    ListHeads,
    ProveConsistency,
    SignedHead,
    VerifierKey,
)
from contracts.errors import HeadNotFound
from services.audit.domain.merkle import Tree, is_consistent
from services.audit.domain.notes import Head, NoteInvalid, note_from
from services.audit.domain.questions import check_count, check_sizes
from services.audit.handlers.reading import encoded
from services.audit.repositories import AuditRepository
from services.audit.repositories.heads import KeptHead
from services.audit.signing import HeadSigner
from services.audit.timestamps import TimestampAuthority, TimestampMissing

_STAMPED_WITHIN = timedelta(days=1)


def sign_head(repository: AuditRepository, signer: HeadSigner, *, now: datetime, seconds: int) -> None:
    """Sign a head if lines were added and the last head is `seconds` old; of several replicas only one does."""
    newest = repository.newest_head()
    if newest is not None and now - newest.at < timedelta(seconds=seconds):
        return
    if repository.end().size == _size_of(newest) or not repository.may_sign():
        return
    # Looked at again, now that nobody else signs.
    newest, size = repository.newest_head(), repository.end().size
    if size == _size_of(newest):
        return
    if newest is not None and not _goes_on(repository, signer, newest, size):
        structlog.get_logger().error("journal_head_refused", count=size)
        return
    head = Head(
        origin=signer.verifier.name, size=size, root=repository.tree(size).root(), at=now.replace(microsecond=0)
    )
    repository.keep_head(head, signer.sign(head))


def stamp_head(call: RequestContext[None], authority: TimestampAuthority) -> None:
    """Have the newest head of the last day that has no time-stamp stamped; an authority that is away holds nobody up.

    No transaction is open while the authority is asked.
    """
    with call.autocommit() as connection:
        head = AuditRepository(connection).unstamped_head(call.now - _STAMPED_WITHIN)
    if head is None:
        return
    try:
        timestamp = authority.stamp(head.note)
    except TimestampMissing:
        structlog.get_logger().warning("timestamp_missing", part="timestamp_authority")
        return
    with call.autocommit() as connection:
        AuditRepository(connection).stamp_head(head.size, timestamp)


def are_late(repository: AuditRepository, *, now: datetime, seconds: int) -> bool:
    """Whether a line has waited for its head longer than `seconds`, or heads say more than there is."""
    newest, size = repository.newest_head(), repository.end().size
    covered = _size_of(newest)
    if covered >= size:
        return covered > size
    waiting_since = repository.recorded_at(covered)
    return waiting_since is None or now - waiting_since > timedelta(seconds=seconds)


def latest_head(repository: AuditRepository, _call: RequestContext[LatestHead]) -> SignedHead:
    """The newest head.

    Raises:
        HeadNotFound: none was signed yet.
    """
    return _given(repository.newest_head())


def head_of(repository: AuditRepository, call: RequestContext[HeadOf]) -> SignedHead:
    """The head of one size.

    Raises:
        HeadNotFound.
    """
    return _given(repository.head_of(call.message.size))


def list_heads(repository: AuditRepository, call: RequestContext[ListHeads]) -> Heads:
    """A page of heads, the newest first.

    Raises:
        InvalidRequest: count.
    """
    check_count(call.message.count)
    found = repository.heads_below(call.message.before, call.message.count)
    return Heads(heads=tuple(HeadLine(size=head.size, at=head.at) for head in found))


def prove_consistency(repository: AuditRepository, call: RequestContext[ProveConsistency]) -> Consistency:
    """That one tree goes on from another.

    Raises:
        InvalidRequest: the sizes are in no order. HeadNotFound: no head is that large yet.
    """
    asked = call.message
    check_sizes(asked, _size_of(repository.newest_head()))
    tree = repository.tree(asked.second, [asked.first - 1])
    hashes = encoded(tree.consistency(asked.first, asked.second))
    return Consistency(first=asked.first, second=asked.second, hashes=hashes)


def key_of_heads(signer: HeadSigner, _call: RequestContext[KeyOfHeads]) -> VerifierKey:
    """The key that signs heads."""
    return VerifierKey(key=signer.verifier.text)


def _size_of(head: KeptHead | None) -> int:
    return 0 if head is None else head.size


def _given(head: KeptHead | None) -> SignedHead:
    if head is None:
        raise HeadNotFound
    return SignedHead(note=head.note, timestamp=b64encode(head.timestamp or b"").decode())


def _goes_on(repository: AuditRepository, signer: HeadSigner, newest: KeptHead, size: int) -> bool:
    """Whether the tree of that size begins with the one we signed last."""
    try:
        note = note_from(newest.note)
    except NoteInvalid:
        return False
    signed = note.head
    is_ours = signer.has_signed(note) and signed.origin == signer.verifier.name and signed.size == newest.size
    return is_ours and newest.size <= size and _is_grown(repository.tree(size, [newest.size - 1]), signed)


def _is_grown(tree: Tree, signed: Head) -> bool:
    proof = tree.consistency(signed.size, tree.size)
    return is_consistent(signed.size, tree.size, signed.root, tree.root(), proof)
