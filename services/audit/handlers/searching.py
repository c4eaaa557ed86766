"""What the operator may do with the journal: search it without names of patients, erase who somebody was."""

from chassis.units import RequestContext
from contracts.audit import EraseIdentity, Found, FoundLine, IdentityErased, JournalEntry, SearchJournal
from contracts.vocabulary import PLATFORM, AccessMode, Act, Outcome, Role
from services.audit.domain.questions import check_is_somebody, check_search
from services.audit.domain.strands import OpenedLine, StoredLine, is_marked
from services.audit.handlers.reading import open_line
from services.audit.repositories import AuditRepository
from services.audit.repositories.lines import Wanted
from services.audit.sealing import Sealer

_BY_OPERATOR = "operateur"


def search_journal(repository: AuditRepository, sealer: Sealer, call: RequestContext[SearchJournal]) -> Found:
    """A page of lines, of whoever they are; that it was searched is a line of the platform's own.

    Raises:
        InvalidRequest: neither a patient, nor an actor, nor a span of at most a day is named.
    """
    asked = call.message
    check_search(asked)
    lines = _lines(repository, sealer, asked)
    strands = repository.strands_named(line.leaf.strand for line in lines)
    opened = [open_line(sealer, strands[line.leaf.strand], line) for line in lines]
    call.events.journal(
        JournalEntry.by(call.actor, PLATFORM, Act.RECHERCHE_JOURNAL, reason=_BY_OPERATOR, about=asked.actor)
    )
    return Found(lines=tuple(_found(one) for one in opened))


def erase_identity(repository: AuditRepository, call: RequestContext[EraseIdentity]) -> IdentityErased:
    """Destroy the keys of a patient's strands.

    Raises:
        InvalidRequest: the platform's own strand.
    """
    patient_id = call.message.patient_id
    check_is_somebody(patient_id)
    # Whoever writes under these keys has locked it too.
    repository.lock_end()
    erased = repository.erase_keys(patient_id)
    call.events.journal(JournalEntry.by(call.actor, PLATFORM, Act.EFFACEMENT_IDENTITE, reason=_BY_OPERATOR))
    return IdentityErased(strands=erased)


def _lines(repository: AuditRepository, sealer: Sealer, asked: SearchJournal) -> list[StoredLine]:
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
        return repository.lines(wanted, asked.count)
    strands = [strand.strand for strand in repository.strands_of(asked.patient_id)]
    return repository.lines_of(strands, wanted, asked.count)


def _found(one: OpenedLine) -> FoundLine:
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
