"""What the records handlers are given: repositories, settings, the rules of deposits, and what consent must know."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from chassis.access import Access
from chassis.context import RequestContext
from chassis.editions import EditionCache
from chassis.settings import load
from contracts.audit import EntryMarks
from contracts.consent.decisions import Decision, Obligation, Purpose
from contracts.consent.permits import Permit, permit_from
from contracts.records.documents import Document
from contracts.records.events import RecordFirstRead
from contracts.records.filing import FilingPlan
from contracts.vocabulary import DocumentId, PatientId
from services.records.domain import StoredDocument
from services.records.domain.deposits import DepositRules
from services.records.domain.marks import marks_of
from services.records.repositories.all import Repositories
from services.records.repositories.documents import DocumentRepository
from services.records.repositories.filing import FILING_PLANS
from services.records.settings import RecordsSettings

_FRESH_SECONDS = 10
"""What is filed meanwhile by the previous plan is moved by the next refiling."""


@dataclass(frozen=True, slots=True)
class RecordsTools:
    """Made once per process."""

    settings: RecordsSettings
    filing_plan_cache: EditionCache[FilingPlan]


def load_tools() -> RecordsTools:
    """The tools of this process, from its environment variables."""
    return RecordsTools(load(RecordsSettings), EditionCache(FILING_PLANS, fresh_seconds=_FRESH_SECONDS))


class RecordsContext(RequestContext[RecordsTools]):
    """The `ctx` of the records handlers."""

    @cached_property
    def repositories(self) -> Repositories:
        """All of them, in this unit's transaction."""
        return Repositories(self.connection)

    @property
    def settings(self) -> RecordsSettings:
        """What the operator set."""
        return self.tools.settings

    @property
    def deposit_rules(self) -> DepositRules:
        """What deposits are held to; reads the filing plan if this process has not for some seconds."""
        plan = self.tools.filing_plan_cache.in_force(self.repositories.filing_plans, self.now)
        return DepositRules(self.settings.mark_rules, plan, self.settings.refuses_other_traits)

    def decide(self, access: Access, purpose: Purpose, **details: Any) -> Decision:
        """Consent's decision, which depends on the state of the record."""
        state = self.repositories.records.state(access.patient_id, self.actor.rpps, secret=access.secret)
        # A deposit needs a record of the identity that it names; whatever is read, both records.
        is_shut_out = purpose is Purpose.DEPOSIT and state.own_status is None
        decision = super().decide(
            access,
            purpose,
            record_status=None if is_shut_out else state.status,
            seen_before=state.seen_before,
            has_deposited=state.has_deposited,
            minor=state.is_minor(self.now.date()),
            joined=state.joined,
            **details,
        )
        # Of a record whose state is not known here yet nothing is shown.
        known = {access.patient_id, *state.ids}
        ids = tuple(patient_id for patient_id in decision.ids if patient_id in known)
        return msgspec.structs.replace(decision, ids=ids)

    @cached_property
    def view(self) -> Permit:
        """What the actor is shown of the record, replaced and archived documents too.

        For what is said to them of a document that they name without reading it. A professional who may not read the
        record is shown what is their own.

        Raises:
            Refusal: consent's, where nothing may be done with documents.
        """
        decision = self.access.decide(Purpose.READ, superseded=True, archived=True)
        if not decision.allowed and self.actor.rpps is not None:
            decision = self.access.decide(Purpose.DELETE)
        return permit_from(decision, self.actor, self.access.patient_id, self.now)

    def found(self, stored_document: StoredDocument) -> StoredDocument:
        """A document of the access's patient: the entry is for the journal of the identity under which it is."""
        self.access.patient_id = stored_document.patient_id
        return stored_document

    def is_about(self, document: Document) -> None:
        """The access turns out to be to this document; its entry is kept from whom the document is kept from."""
        self.access.document_id = document.document_id
        self.access.marks = marks_of(document).on_entries(self.now)

    def marks_of(self, patient_id: PatientId, document_id: DocumentId) -> EntryMarks:
        """Those of the document, whether or not the reader may see it."""
        # The transaction that `repositories` belong to has ended.
        found = DocumentRepository(self.connection).marks_of(patient_id, document_id)
        if found is None:
            return EntryMarks()
        owner, marks = found
        return msgspec.structs.replace(marks.on_entries(self.now), ids=(owner, patient_id))

    def after_allowed(self) -> None:
        """Publish RecordFirstRead if consent wants a first read notified.

        Not of a document that is withheld from the patient: the notice would tell that there is one. The first other
        read is the first then.
        """
        access, reader = self.access, self.actor.rpps
        if reader and Obligation.NOTIFY_FIRST_ACCESS in access.obligations and not access.marks.withheld:
            self.begin()
            patient_id, secret = access.patient_id, access.is_secret
            if self.repositories.records.note_first_read(patient_id, reader, self.now, secret=secret):
                self.events.publish(RecordFirstRead(patient_id=patient_id, rpps=reader, secret=secret))
