"""What the audit service takes and answers: the journal of who did what to whose record, and the proofs of it."""

from datetime import datetime

import msgspec

from contracts.api import Api, Method
from contracts.envelope import Actor, Event
from contracts.vocabulary import AccessMode, Act, Capacity, DocumentId, Outcome, PatientId, Role


class JournalEntry(Event, frozen=True, kw_only=True, omit_defaults=True):
    """One act, allowed or refused; holds who and why, never what a document says.

    `patient_id` is PLATFORM for an act about nobody's record. A `secret` line is hidden from legal representatives; a
    `withheld` one from the patient too, until the document it names appears (Act.REMISE_VISIBILITE).
    """

    topic = "audit.journal_entry"
    bundle = 200
    patient_id: PatientId
    act: Act
    outcome: Outcome
    reason: str
    """Code of the rule that allowed, or of the refusal."""
    actor_role: Role
    actor: str
    """RPPS, patient id or service name."""
    actor_name: str = ""
    profession: str | None = None
    structure: str | None = None
    mode: AccessMode = AccessMode.NORMAL
    document_id: DocumentId | None = None
    capacity: Capacity = Capacity.SELF
    about: str = ""
    """Whom the act is about: RPPS or FINESS number of whoever was blocked, named, authorised."""
    secret: bool = False
    withheld: bool = False

    @classmethod
    def by(
        cls,
        actor: Actor,
        patient_id: PatientId,
        act: Act,
        *,
        outcome: Outcome = Outcome.ALLOWED,
        reason: str,
        mode: AccessMode = AccessMode.NORMAL,
        document_id: DocumentId | None = None,
        capacity: Capacity = Capacity.SELF,
        about: str = "",
        secret: bool = False,
        withheld: bool = False,
    ) -> "JournalEntry":
        """The line of what this actor did."""
        return cls(
            patient_id=patient_id,
            act=act,
            outcome=outcome,
            reason=reason,
            actor_role=actor.role,
            actor=actor.subject,
            actor_name=actor.name,
            profession=actor.profession,
            structure=actor.structure,
            mode=mode,
            document_id=document_id,
            capacity=capacity,
            about=about,
            secret=secret,
            withheld=withheld,
        )


class ReadJournal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who did what to this record; newest first, `count` 1 to 100, `before` the position the last page ended with.

    The others narrow the answer: acts, outcome, document, modes; `since` included, `until` not.
    """

    patient_id: PatientId
    count: int = 50
    before: int | None = None
    acts: tuple[Act, ...] = ()
    outcome: Outcome | None = None
    mode: AccessMode | None = None
    document_id: DocumentId | None = None
    since: datetime | None = None
    until: datetime | None = None


class JournalLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line in the patient's words.

    `position`: its leaf in the tree, growing over the whole journal. `number` runs from 1 without a gap over one
    `strand` of the patient's journal: the open one, the one secret from representatives, or one document's own.
    """

    number: int
    at: datetime
    act: Act
    outcome: Outcome
    reason: str
    who: str
    fr: str
    en: str
    actor_role: Role
    actor: str
    mode: AccessMode = AccessMode.NORMAL
    document_id: DocumentId | None = None
    position: int = 0
    strand: str = ""
    """Pseudonym of the strand, a UUID."""


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the journal."""

    lines: tuple[JournalLine, ...]


class ReadProofs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Proofs for one page of what `ReadJournal` shows without filters; `count` 1 to 100."""

    patient_id: PatientId
    count: int = 50
    before: int | None = None


class ProvenLine(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf with all one needs to check it: docs/journal.md says how.

    `leaf`: canonical JSON. `personal`: canonical JSON, `nonce`: base64, both empty once the identity was erased.
    `path`: hashes from the leaf's sibling up to the root of the head's tree, base64.
    """

    position: int
    leaf: str
    personal: str
    nonce: str
    path: tuple[str, ...]


class Proofs(msgspec.Struct, frozen=True, kw_only=True):
    """Lines proven against one signed head; a line younger than that head comes with the next."""

    head: str
    """The signed head, a note."""
    lines: tuple[ProvenLine, ...]


class LatestHead(msgspec.Struct, frozen=True, kw_only=True):
    """What is the newest signed head?"""


class HeadOf(msgspec.Struct, frozen=True, kw_only=True):
    """The signed head of a tree of that size."""

    size: int


class SignedHead(msgspec.Struct, frozen=True, kw_only=True):
    """A signed head: a checkpoint as a signed note; `timestamp`: RFC 3161 token over the note, base64, or empty."""

    note: str
    timestamp: str = ""


class ListHeads(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Sizes and times of signed heads, newest first; `count` 1 to 100, below size `before`."""

    count: int = 100
    before: int | None = None


class HeadLine(msgspec.Struct, frozen=True, kw_only=True):
    """One signed head."""

    size: int
    at: datetime


class Heads(msgspec.Struct, frozen=True, kw_only=True):
    """One page of heads."""

    heads: tuple[HeadLine, ...]


class ProveConsistency(msgspec.Struct, frozen=True, kw_only=True):
    """That the tree of size `second` still holds the tree of size `first`; 1 <= first <= second."""

    first: int
    second: int


class Consistency(msgspec.Struct, frozen=True, kw_only=True):
    """The proof (RFC 9162, 2.1.4.1), hashes in base64."""

    first: int
    second: int
    hashes: tuple[str, ...]


class KeyOfHeads(msgspec.Struct, frozen=True, kw_only=True):
    """Which key signs the heads?"""


class VerifierKey(msgspec.Struct, frozen=True, kw_only=True):
    """The public key of heads as a note verifier key: `<name>+<hash>+<base64>`."""

    key: str


class SearchJournal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The operator's search over all journals; it names a patient, an actor, or a span of at most a day."""

    patient_id: PatientId | None = None
    actor: str = ""
    """RPPS, agent or operator login, service name; not a patient, who is searched by `patient_id`."""
    acts: tuple[Act, ...] = ()
    outcome: Outcome | None = None
    mode: AccessMode | None = None
    since: datetime | None = None
    until: datetime | None = None
    count: int = 50
    before: int | None = None


class FoundLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line as the operator sees it; no patient but by pseudonym, and no document."""

    position: int
    at: datetime
    act: Act
    outcome: Outcome
    reason: str
    strand: str
    actor_role: Role
    actor: str = ""
    """Empty for patients, and once the identity was erased."""
    profession: str | None = None
    structure: str | None = None
    mode: AccessMode = AccessMode.NORMAL


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a search."""

    lines: tuple[FoundLine, ...]


class EraseIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Destroy the keys under which a patient's journal names people; the tree stays as it is."""

    patient_id: PatientId


class IdentityErased(msgspec.Struct, frozen=True, kw_only=True):
    """How many strands can no longer be read."""

    strands: int


_OPERATOR = frozenset({Role.OPERATOR})


class Audit(Api, service="audit"):
    """The flat that keeps the journal."""

    read_journal = Method(ReadJournal, Journal, roles=frozenset({Role.PATIENT}))
    read_proofs = Method(ReadProofs, Proofs, roles=frozenset({Role.PATIENT}))
    latest_head = Method(LatestHead, SignedHead, anonymous=True)
    head_of = Method(HeadOf, SignedHead, anonymous=True)
    list_heads = Method(ListHeads, Heads, anonymous=True)
    prove_consistency = Method(ProveConsistency, Consistency, anonymous=True)
    key_of_heads = Method(KeyOfHeads, VerifierKey, anonymous=True)
    search_journal = Method(SearchJournal, Found, roles=_OPERATOR, seconds=5.0)
    erase_identity = Method(EraseIdentity, IdentityErased, roles=_OPERATOR)
