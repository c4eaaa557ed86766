"""One function per verb of the audit service."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from chassis.units import Call
from contracts.audit import Journal, JournalEntry, ReadJournal
from contracts.errors import InvalidRequest, RecordNotFound
from contracts.vocabulary import Act, Outcome, PatientId
from services.audit.domain.chain import Arrived, continue_chain
from services.audit.domain.sentences import told
from services.audit.store import AuditStore

_LONGEST_PAGE = 100


def write(store: AuditStore, arrived: Sequence[Arrived]) -> None:
    """Add entries to the journals of the patients they are about, each in the order it came."""
    by_patient: dict[PatientId, list[Arrived]] = defaultdict(list)
    for one in arrived:
        by_patient[one.entry.patient_id].append(one)
    ends = store.reserve(Counter(one.entry.patient_id for one in arrived))
    store.append([line for patient_id, new in by_patient.items() for line in continue_chain(ends[patient_id], new)])


def read_journal(store: AuditStore, call: Call[ReadJournal]) -> Journal:
    """A page of the patient's own journal; that it was read becomes a line of it.

    Raises:
        RecordNotFound: it is another's; journalled there. InvalidRequest: count or before.
    """
    patient_id, count, before = call.message.patient_id, call.message.count, call.message.before
    if not call.actor.is_patient(patient_id):
        call.news.journal(_reading(call, Outcome.REFUSED, RecordNotFound.code))
        raise RecordNotFound
    if not 1 <= count <= _LONGEST_PAGE:
        raise InvalidRequest(field="count")
    lines = tuple(told(line) for line in store.page(patient_id, count=count, before=before))
    call.news.journal(_reading(call, Outcome.ALLOWED, "patient"))
    return Journal(lines=lines)


def _reading(call: Call[ReadJournal], outcome: Outcome, reason: str) -> JournalEntry:
    return JournalEntry.by(call.actor, call.message.patient_id, Act.LECTURE_JOURNAL, outcome=outcome, reason=reason)
