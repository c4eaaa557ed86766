"""Messages of the audit service: the journal of accesses, its proofs, and the operator's search."""

from datetime import datetime

import msgspec

from contracts.api import Api, Method, always
from contracts.envelope import Actor, Event
from contracts.records.pages import ComparePage, JournalComparison
from contracts.vocabulary import AccessMode, Act, Capacity, DocumentId, Outcome, PatientId, Role


class JournalEntry(Event, frozen=True, kw_only=True, omit_defaults=True):
    """One act on a record, allowed or refused: who did it, and by which rule; never clinical content.

    Sent by every service.
    `patient_id` is PLATFORM for an act about no record. `secret` hides the line from legal representatives;
    `withheld` also from the patient, until the document it names becomes visible (Act.REMISE_VISIBILITE).
    """

    topic = "audit.journal_entry"
    bundle = 200
    patient_id: PatientId
    act: Act
    outcome: Outcome
    reason: str
    """Code of the rule that allowed the act, or of the refusal."""
    actor_role: Role
    actor: str
    """RPPS number, patient id, service name or login, by role."""
    actor_name: str = ""
    profession: str | None = None
    structure: str | None = None
    mode: AccessMode = AccessMode.NORMAL
    document_id: DocumentId | None = None
    capacity: Capacity = Capacity.SELF
    about: str = ""
    """Whom the act concerns: RPPS or FINESS number of the party blocked, named or authorised."""
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
        """The entry of an act by `actor`."""
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


class EntryMarks(msgspec.Struct, frozen=True, kw_only=True):
    """From whom a document keeps its entries: `secret` legal representatives, `withheld` also the patient.

    `ids`: the identity under which the document is, whose journal gets them, and the one that was named.
    """

    secret: bool = False
    withheld: bool = False
    ids: tuple[PatientId, ...] = ()


class ReadJournal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List a record's journal lines, newest first.

    `count`: 1 to 100. `before`: position of the last line of the previous page. `total`: count the lines of all
    pages. `proofs`: prove the lines, too. The other fields filter: `since` is inclusive, `until` exclusive; `actor`:
    RPPS number, agent's or operator's login, or a service's name; `roles`: of who acted.
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
    total: bool = False
    actor: str = ""
    proofs: bool = False
    roles: tuple[Role, ...] = ()


class Acting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who acted, in codes: a patient in some capacity, or somebody with a name and, if any, profession and structure.

    `reader`: whoever reads the line; `holder`: of the record; `erased`: nobody can tell any more.
    """

    reader: bool = False
    holder: bool = False
    erased: bool = False
    capacity: Capacity = Capacity.SELF
    name: str = ""
    profession: str | None = None
    structure: str | None = None


class JournalLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line as the patient reads it.

    `position`: index of its leaf in the tree. `number`: counts from 1 without gaps within one `strand` of the
    patient's journal (the open one, the one hidden from representatives, or one per withheld document).
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
    by: Acting | None = None
    about: str = ""
    """Number of the professional or structure, or name of the software, that the act is about."""


class ProvenLine(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf with everything needed to check it, as docs/journal.md describes.

    `leaf`: canonical JSON. `personal`: canonical JSON, `nonce`: base64; both empty once the identity was erased.
    `path`: sibling hashes from the leaf up to the root of the head's tree, base64.
    """

    position: int
    leaf: str
    personal: str
    nonce: str
    path: tuple[str, ...]


class Journal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page of journal lines; `total`: if requested.

    If proofs are: `head`, the newest signed head; `proofs` of those lines that it covers, of the named identity;
    `ids`: all ids of the holder.
    """

    lines: tuple[JournalLine, ...]
    total: int | None = None
    head: str = ""
    proofs: tuple[ProvenLine, ...] = ()
    ids: tuple[PatientId, ...] = ()


class ReadProofs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List the proofs of the lines that `ReadJournal` returns without filters; `count`: 1 to 100.

    Of a holder with two identities those of the one that is named.
    """

    patient_id: PatientId
    count: int = 50
    before: int | None = None


class Proofs(msgspec.Struct, frozen=True, kw_only=True):
    """Lines proven against one signed head; younger lines are proven by the next head."""

    head: str
    """The signed tree head, a signed note."""
    lines: tuple[ProvenLine, ...]


class GetLatestHead(msgspec.Struct, frozen=True, kw_only=True):
    """Get the newest signed tree head."""


class GetHead(msgspec.Struct, frozen=True, kw_only=True):
    """Get the signed tree head of a given tree size."""

    size: int


class SignedHead(msgspec.Struct, frozen=True, kw_only=True):
    """A signed tree head: a checkpoint as a signed note.

    `timestamp`: RFC 3161 token over the note, base64; empty where no authority is configured.
    """

    note: str
    timestamp: str = ""


class ListHeads(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List signed tree heads, newest first; `count`: 1 to 100, `before`: only trees smaller than this."""

    count: int = 100
    before: int | None = None


class HeadSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Size and time of one signed tree head."""

    size: int
    at: datetime


class Heads(msgspec.Struct, frozen=True, kw_only=True):
    """One page of signed tree heads; `breaks`: signed notes, each of published heads that are not continued."""

    heads: tuple[HeadSummary, ...]
    breaks: tuple[str, ...] = ()


class ProveConsistency(msgspec.Struct, frozen=True, kw_only=True):
    """Prove that the tree of size `second` extends the tree of size `first`; 1 <= first <= second."""

    first: int
    second: int


class ConsistencyProof(msgspec.Struct, frozen=True, kw_only=True):
    """A consistency proof (RFC 9162, 2.1.4.1); hashes in base64."""

    first: int
    second: int
    hashes: tuple[str, ...]


class GetVerifierKey(msgspec.Struct, frozen=True, kw_only=True):
    """Get the public key that signs tree heads."""


class VerifierKey(msgspec.Struct, frozen=True, kw_only=True):
    """The public key of tree heads as a note verifier key: `<name>+<hash>+<base64>`."""

    key: str


class SearchJournal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Search all journals, for the operator; needs a patient, an actor, or a span of at most one day."""

    patient_id: PatientId | None = None
    actor: str = ""
    """RPPS number, agent or operator login, or service name; patients are searched by `patient_id`."""
    acts: tuple[Act, ...] = ()
    outcome: Outcome | None = None
    mode: AccessMode | None = None
    since: datetime | None = None
    until: datetime | None = None
    count: int = 50
    before: int | None = None


class JournalSearchLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line as the operator sees it: the patient only as a pseudonym, and no document."""

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


class JournalSearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of search results."""

    lines: tuple[JournalSearchLine, ...]


class EraseIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Destroy the keys that encrypt the names in a patient's journal; the tree is unchanged."""

    patient_id: PatientId


class IdentityErased(msgspec.Struct, frozen=True, kw_only=True):
    """How many strands can no longer be decrypted."""

    strands: int


class AttestAct(msgspec.Struct, frozen=True, kw_only=True):
    """Attest an act that an operator is about to do on the host, outside the services.

    `act`: SUPPRESSION_MESSAGE, ROTATION_CLES or RUPTURE_JOURNAL. `subject`: what it is done to, 1 to 200 characters;
    no person.
    """

    act: Act
    subject: str


class ActAttested(msgspec.Struct, frozen=True, kw_only=True):
    """Two operators attested the act, and it is in the journal: it may be done now."""


_OPERATOR = frozenset({Role.OPERATOR})


class Audit(Api, service="audit"):
    """RPC methods of the audit service, which keeps the journal."""

    read_journal = Method(ReadJournal, Journal, roles=frozenset({Role.PATIENT}))
    compare_page = Method(ComparePage, JournalComparison, roles=frozenset({Role.PATIENT}))
    read_proofs = Method(ReadProofs, Proofs, roles=frozenset({Role.PATIENT}))
    latest_head = Method(GetLatestHead, SignedHead, anonymous=True)
    head_of = Method(GetHead, SignedHead, anonymous=True)
    list_heads = Method(ListHeads, Heads, anonymous=True)
    prove_consistency = Method(ProveConsistency, ConsistencyProof, anonymous=True)
    key_of_heads = Method(GetVerifierKey, VerifierKey, anonymous=True)
    search_journal = Method(SearchJournal, JournalSearchPage, roles=_OPERATOR, seconds=5.0)
    erase_identity = Method(EraseIdentity, IdentityErased, roles=_OPERATOR, countersigned=always)
    attest_act = Method(AttestAct, ActAttested, roles=_OPERATOR, countersigned=always)
