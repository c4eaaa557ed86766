"""What an access journals: one entry if allowed, one if refused, none that claims what did not happen."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from chassis.access import Access, AccessError
from chassis.access_rules import AccessRule, NoEntry, NoQuestion, asks, unasked, unjournalled
from contracts.audit import EntryMarks, JournalEntry
from contracts.consent.decisions import Decision, Limits, Obligation, Purpose
from contracts.envelope import Actor
from contracts.errors.execution import DeadlineExceeded, ServiceUnavailable
from contracts.errors.request import ConsentMissing, DocumentNotFound, InvalidRequest, ProfessionalBlocked
from contracts.vocabulary import PLATFORM, AccessMode, Act, Capacity, DocumentId, Outcome, PatientId, Role

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
PATIENT, OTHER = PatientId(UUID(int=1)), PatientId(UUID(int=2))
DOCUMENT = DocumentId(UUID(int=3))
DOCTOR = Actor(role=Role.PROFESSIONAL, subject="89990000021")
HOLDER = Actor(role=Role.PATIENT, subject=str(PATIENT))
SERVICE = Actor(role=Role.SERVICE, subject="records")
READS = asks(Purpose.READ, Act.CONSULTATION_DOCUMENT)
ALLOWED = Decision(
    allowed=True,
    reason="autorisation",
    limits=Limits(own_only=True),
    capacity=Capacity.AIDANT,
    obligations=(Obligation.NOTIFY_FIRST_ACCESS,),
)
REFUSED = Decision(allowed=False, reason="consent.missing", refusal="consent.missing")


class DocumentRequest(msgspec.Struct, kw_only=True):
    """A request with all fields that say which access it is."""

    patient_id: PatientId | None = PATIENT
    document_id: DocumentId | None = DOCUMENT
    mode: AccessMode = AccessMode.BRIS_DE_GLACE
    secret: bool = True


class Policy:
    """A service whose documents are marked, and whose consent decides as it is told."""

    now = NOW

    def __init__(self, decision: Decision = ALLOWED, marks: EntryMarks | None = None) -> None:
        self.decision, self.marks = decision, marks or EntryMarks()
        self.asked: list[Any] = []

    def decide(self, access: Access, purpose: Purpose, **details: Any) -> Decision:
        self.asked.append((access.patient_id, purpose, details))
        return self.decision

    def marks_of(self, _patient_id: PatientId, _document_id: DocumentId) -> EntryMarks:
        return self.marks


def access_by(actor: Actor, rule: AccessRule, policy: Policy | None = None, request: Any = None) -> Access:
    access = Access(rule, actor, policy or Policy())
    access.read(DocumentRequest() if request is None else request)
    return access


def allowed(access: Access, *, is_call: bool = True) -> list[JournalEntry]:
    return list(access.allowed(is_call=is_call))


# One entry -----------------------------------------------------------------------------------------------


def test_an_allowed_request_leaves_one_entry_with_what_consent_answered_and_the_request_said() -> None:
    policy = Policy()
    access = access_by(DOCTOR, READS, policy)
    permit = access.permit(superseded=True)

    assert policy.asked == [(PATIENT, Purpose.READ, {"superseded": True})]
    assert (permit.patient_id, permit.reader, permit.limits, permit.at) == (PATIENT, DOCTOR.rpps, ALLOWED.limits, NOW)
    assert access.obligations == ALLOWED.obligations
    assert allowed(access) == [
        JournalEntry.by(
            DOCTOR,
            PATIENT,
            Act.CONSULTATION_DOCUMENT,
            reason="autorisation",
            mode=AccessMode.BRIS_DE_GLACE,
            document_id=DOCUMENT,
            capacity=Capacity.AIDANT,
            secret=True,
        )
    ]


def test_a_request_that_consent_refuses_leaves_one_entry_with_the_code_of_the_refusal() -> None:
    access = access_by(DOCTOR, READS, Policy(REFUSED))
    with pytest.raises(ConsentMissing) as refused:
        access.permit()
    [entry] = access.refused(refused.value)
    assert (entry.outcome, entry.reason, entry.patient_id) == (Outcome.REFUSED, "consent.missing", PATIENT)


def test_a_refusal_before_the_question_is_journalled_with_all_that_the_request_says() -> None:
    [entry] = access_by(DOCTOR, READS).refused(InvalidRequest(field="count"))
    assert (entry.act, entry.document_id, entry.secret) == (Act.CONSULTATION_DOCUMENT, DOCUMENT, True)


def test_the_journal_has_the_cause_where_the_answer_hides_it() -> None:
    answer = DocumentNotFound()
    answer.__cause__ = ProfessionalBlocked()
    [entry] = access_by(DOCTOR, READS).refused(answer)
    assert entry.reason == ProfessionalBlocked.code


@pytest.mark.parametrize("refusal", [ServiceUnavailable(), DeadlineExceeded()])
def test_what_was_not_decided_is_not_journalled(refusal: ServiceUnavailable | DeadlineExceeded) -> None:
    assert access_by(DOCTOR, READS).refused(refusal) == ()


def test_a_refusal_is_not_journalled_before_anybody_is_identified() -> None:
    logs_in = unasked(NoQuestion.PROOF, Act.CONNEXION)
    access = access_by(SERVICE, logs_in, request=object())
    assert access.refused(DocumentNotFound()) == ()
    access.actor, access.patient_id = HOLDER, PATIENT
    [entry] = access.refused(DocumentNotFound())
    assert (entry.actor, entry.patient_id) == (HOLDER.subject, PATIENT)


# Whose journal -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "patient_id"),
    [
        (HOLDER, PATIENT),
        (Actor(role=Role.APP, subject="app", patient=str(OTHER)), OTHER),
        (DOCTOR, PLATFORM),
        (Actor(role=Role.OPERATOR, subject="o"), PLATFORM),
    ],
)
def test_an_entry_about_no_named_record_is_in_the_journal_of_the_caller(actor: Actor, patient_id: PatientId) -> None:
    [entry] = allowed(access_by(actor, unasked(NoQuestion.OWN, Act.FIN_SESSION), request=object()))
    assert entry.patient_id == patient_id


def test_fields_that_the_rule_does_not_name_are_not_read() -> None:
    filters = asks(Purpose.READ_JOURNAL, Act.LECTURE_JOURNAL, fields=("patient_id",))
    access = access_by(DOCTOR, filters)
    access.permit()
    [entry] = allowed(access)
    assert (entry.patient_id, entry.document_id, entry.mode) == (PATIENT, None, AccessMode.NORMAL)


# Hidden documents ----------------------------------------------------------------------------------------

HIDDEN = EntryMarks(secret=True, withheld=True)


def test_a_professionals_refusal_is_kept_from_whom_the_document_is_kept_from() -> None:
    request = DocumentRequest(secret=False)
    [entry] = access_by(DOCTOR, READS, Policy(marks=HIDDEN), request).refused(DocumentNotFound())
    assert (entry.secret, entry.withheld) == (True, True)


def test_a_holders_refusal_is_kept_from_the_representatives_unless_the_holder_would_learn_from_it() -> None:
    request, secret = DocumentRequest(secret=False), EntryMarks(secret=True)
    [entry] = access_by(HOLDER, READS, Policy(marks=secret), request).refused(DocumentNotFound())
    assert (entry.secret, entry.withheld) == (True, False)
    [entry] = access_by(HOLDER, READS, Policy(marks=HIDDEN), request).refused(DocumentNotFound())
    assert (entry.secret, entry.withheld) == (False, False)
    representative = Actor(role=Role.PATIENT, subject=str(OTHER))
    [entry] = access_by(representative, READS, Policy(marks=secret), request).refused(DocumentNotFound())
    assert (entry.secret, entry.withheld) == (False, False)


def test_an_allowed_access_is_kept_from_whom_the_document_is_kept_from() -> None:
    access = access_by(DOCTOR, READS, request=DocumentRequest(secret=False))
    access.permit()
    access.marks = HIDDEN
    [entry] = allowed(access)
    assert (entry.secret, entry.withheld) == (True, True)
    assert access.event_flags == {"secret": True, "withheld": True}


# Several acts, several items -----------------------------------------------------------------------------

CHANGES = asks((Purpose.SET_VISIBILITY, Purpose.ARCHIVE), Act.MODIF_VISIBILITE, Act.ARCHIVAGE_DOCUMENT)
EACH = unasked(NoQuestion.TICKET, Act.DEPOT_DOCUMENT, each=True)


def test_each_change_of_a_request_has_its_entry_and_a_refused_one_only_that_of_the_refusal() -> None:
    access = access_by(DOCTOR, CHANGES)
    access.begin(Act.MODIF_VISIBILITE)
    access.permit(Purpose.SET_VISIBILITY)
    access.begin(Act.ARCHIVAGE_DOCUMENT)
    access.permit(Purpose.ARCHIVE)
    assert [entry.act for entry in allowed(access)] == [Act.MODIF_VISIBILITE, Act.ARCHIVAGE_DOCUMENT]
    assert [entry.act for entry in access.refused(DocumentNotFound())] == [Act.ARCHIVAGE_DOCUMENT]


def test_each_change_of_a_request_needs_a_permit_of_its_own() -> None:
    access = access_by(DOCTOR, CHANGES)
    access.begin(Act.MODIF_VISIBILITE)
    with pytest.raises(AccessError):
        access.begin(Act.ARCHIVAGE_DOCUMENT)
    access.permit(Purpose.SET_VISIBILITY)
    access.begin(Act.ARCHIVAGE_DOCUMENT)
    with pytest.raises(AccessError):
        allowed(access)


def test_a_refusal_before_the_act_is_known_is_of_the_first() -> None:
    assert [entry.act for entry in access_by(DOCTOR, CHANGES).refused(DocumentNotFound())] == [Act.MODIF_VISIBILITE]


def test_each_item_has_its_entry_and_a_request_without_items_one_of_its_own() -> None:
    access = access_by(DOCTOR, EACH)
    access.add(PATIENT, DOCUMENT)
    access.add(OTHER, None, reason="delai", secret=True)
    assert [(entry.patient_id, entry.document_id, entry.reason) for entry in allowed(access)] == [
        (PATIENT, DOCUMENT, ""),
        (OTHER, None, "delai"),
    ]
    assert len(access.refused(DocumentNotFound())) == 1
    assert [entry.document_id for entry in allowed(access_by(DOCTOR, EACH))] == [DOCUMENT]


def test_a_timer_without_items_leaves_nothing() -> None:
    assert allowed(access_by(SERVICE, EACH), is_call=False) == []


# What a rule demands -------------------------------------------------------------------------------------


def test_an_answer_without_the_permit_that_the_rule_demands_is_an_error() -> None:
    with pytest.raises(AccessError):
        allowed(access_by(DOCTOR, READS))


def test_a_refused_permit_allows_nothing_even_if_the_handler_goes_on() -> None:
    access = access_by(DOCTOR, READS, Policy(REFUSED))
    with pytest.raises(ConsentMissing):
        access.permit()
    with pytest.raises(AccessError):
        allowed(access)


def test_a_request_may_go_without_a_question_only_for_the_declared_reason() -> None:
    ends = asks(Purpose.MANAGE, Act.FIN_AIDANT, unless=NoQuestion.OWN)
    with pytest.raises(AccessError):
        access_by(HOLDER, ends).allow(NoQuestion.PROOF, reason="x")
    with pytest.raises(AccessError):
        access_by(HOLDER, READS).allow(NoQuestion.OWN, reason="x")
    access = access_by(HOLDER, ends)
    access.allow(NoQuestion.OWN, reason="invitation", capacity=Capacity.AIDANT)
    assert [(entry.reason, entry.capacity) for entry in allowed(access)] == [("invitation", Capacity.AIDANT)]


def test_undeclared_acts_purposes_items_and_omissions_are_errors() -> None:
    access = access_by(DOCTOR, READS)
    with pytest.raises(AccessError):
        access.permit(Purpose.DELETE)
    with pytest.raises(AccessError):
        access.add(PATIENT)
    with pytest.raises(AccessError):
        access.skip(NoEntry.REFRESHED)
    access.permit()
    access.begin(Act.SUPPRESSION_DOCUMENT)
    with pytest.raises(AccessError):
        allowed(access)


def test_several_acts_must_be_told_apart() -> None:
    access = access_by(DOCTOR, CHANGES)
    access.permit(Purpose.ARCHIVE)
    with pytest.raises(AccessError):
        allowed(access)


def test_declared_omissions_leave_no_entry() -> None:
    renews = unasked(NoQuestion.PROOF, Act.CONNEXION, skips=(NoEntry.REFRESHED,))
    access = access_by(DOCTOR, renews)
    access.skip(NoEntry.REFRESHED)
    assert (allowed(access), access.refused(DocumentNotFound())) == ([], ())
    prepares = unasked(NoQuestion.TICKET, Act.DEPOT_DOCUMENT, allowed=NoEntry.LATER_STEP)
    access = access_by(DOCTOR, prepares)
    assert (allowed(access), len(access.refused(DocumentNotFound()))) == ([], 1)
    access = access_by(DOCTOR, unjournalled(NoEntry.CALLER, NoQuestion.SERVICE))
    assert (allowed(access), access.refused(DocumentNotFound())) == ([], ())


def test_a_rule_without_an_act_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="must say why"):
        asks(Purpose.READ)
