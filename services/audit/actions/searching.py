"""What the operator may do with the journal: search it without names of patients, erase who somebody was."""

from chassis.units import RequestContext
from contracts.audit import EraseIdentity, Found, FoundLine, IdentityErased, JournalEntry, SearchJournal
from contracts.vocabulary import PLATFORM, AccessMode, Act, Outcome, Role
from services.audit.actions.reading import open_line
from services.audit.domain.questions import check_is_somebody, check_search
from services.audit.domain.strands import Line, Opened, is_marked
from services.audit.sealing import Sealer
from services.audit.store import AuditStore
from services.audit.store.lines import Wanted

_BY_OPERATOR = "operateur"


def search_journal(store: AuditStore, sealer: Sealer, call: RequestContext[SearchJournal]) -> Found:
    """A page of lines, of whoever they are; that it was searched is a line of the platform's own.

    Raises:
        InvalidRequest: neither a patient, nor an actor, nor a span of at most a day is named.
    """
    asked = call.message
    check_search(asked)
    lines = _lines(store, sealer, asked)
    strands = store.strands_named(line.leaf.strand for line in lines)
    opened = [open_line(sealer, strands[line.leaf.strand], line) for line in lines]
    call.events.journal(
        JournalEntry.by(call.actor, PLATFORM, Act.RECHERCHE_JOURNAL, reason=_BY_OPERATOR, about=asked.actor)
    )
    return Found(lines=tuple(_found(one) for one in opened))


def erase_identity(store: AuditStore, call: RequestContext[EraseIdentity]) -> IdentityErased:
    """Destroy the keys of a patient's strands.

    Raises:
        InvalidRequest: the platform's own strand.
    """
    patient_id = call.message.patient_id
    check_is_somebody(patient_id)
    # Whoever writes under these keys has locked it too.
    store.lock_end()
    erased = store.erase_keys(patient_id)
    call.events.journal(JournalEntry.by(call.actor, PLATFORM, Act.EFFACEMENT_IDENTITE, reason=_BY_OPERATOR))
    return IdentityErased(strands=erased)


def _lines(store: AuditStore, sealer: Sealer, asked: SearchJournal) -> list[Line]:
    wanted = Wanted(
        before=asked.before,
        acts=asked.acts,
        outcome=asked.outcome,
        mode=asked.mode,
        actor_mark=sealer.actor_mark(asked.actor) if asked.actor else None,
        since=asked.since,
        until=asked.until,
    )
    if asked.patient_id is None:
        return store.lines(wanted, asked.count)
    strands = [strand.strand for strand in store.strands_of(asked.patient_id)]
    return store.lines_of(strands, wanted, asked.count)


def _found(one: Opened) -> FoundLine:
    leaf, personal, role = one.leaf, one.personal, Role(one.leaf.role)
    named = personal if personal is not None and is_marked(role) else None
    return FoundLine(
        position=one.position,
        at=leaf.at,
        act=Act(leaf.act),
        outcome=Outcome(leaf.outcome),
        reason=leaf.reason,
        strand=str(leaf.strand),
        actor_role=role,
        actor="" if named is None else named.actor,
        profession=None if named is None else named.profession,
        structure=None if named is None else named.structure,
        mode=AccessMode(leaf.mode),
    )
