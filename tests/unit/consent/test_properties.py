"""Properties of decisions in every situation."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.consent.decisions import Decision, Limits, MaskedAccess, Purpose
from contracts.envelope import Actor
from contracts.errors.execution import ServiceUnavailable
from contracts.errors.registry import all_refusals
from contracts.vocabulary import AccessMode, Capacity, RecordStatus, Role, Section, SoftwareProfile
from services.consent.domain.decide import decide
from services.consent.domain.facts import Fact, FactKind, FactsInForce, Question
from services.consent.domain.matrix import Entitlement
from tests.unit.consent.law_table import ENTITLEMENT, NOW, PATIENT, professional
from tests.unit.consent.situations import (
    ALL_KINDS,
    ALLOWING,
    LIFTS,
    PROFESSIONALS,
    REFUSING,
    Situation,
    ended,
    facts,
    is_within,
    situations,
)

READING = {SoftwareProfile.CONSULTATION, SoftwareProfile.GESTION}
OF_THE_AUTHOR = {Purpose.SET_VISIBILITY, Purpose.ARCHIVE, Purpose.DELETE}
MANAGED = {Purpose.SET_VISIBILITY, Purpose.ARCHIVE}
ASKS_THE_MATRIX = {Purpose.READ, Purpose.OPEN_EMERGENCY}
AUTHORS = (professional("10"), professional("21"))
_FORMER_REPRESENTATIVE = "a former representative"
INVALID = msgspec.structs.replace(ENTITLEMENT, by_profession=None)


def changed(situation: Situation, **changes: Any) -> Situation:
    return Situation(msgspec.structs.replace(situation.question, **changes), situation.facts)


# Every answer


@given(situations())
def test_every_situation_has_one_explained_answer(situation: Situation) -> None:
    answer = situation.answer
    assert answer.reason
    assert answer == situation.answer
    if not answer.allowed:
        assert answer == Decision(allowed=False, reason=answer.refusal, refusal=answer.refusal)
        assert answer.refusal in all_refusals()
    else:
        assert answer.refusal == ""


@given(situations(), st.data())
def test_order_and_repetition_of_facts_never_matter(situation: Situation, data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(situation.facts))) if situation.facts else []
    shuffled = data.draw(st.permutations([*situation.facts, *again]))
    assert Situation(situation.question, tuple(shuffled)).answer == situation.answer


@pytest.mark.parametrize("kind", [FactKind.AIDANT, FactKind.APPLICATION])
def test_what_is_shared_twice_is_shared_together(kind: FactKind) -> None:
    first = Fact(kind=kind, party="somebody", sections=(Section.ANALYSES,))
    second = Fact(kind=kind, party="somebody", sections=(Section.TRAITEMENTS,))
    for shared in ([first, second], [second, first]):
        assert set(FactsInForce(shared, NOW).sections(kind, "somebody")) == {Section.ANALYSES, Section.TRAITEMENTS}


# More facts, fewer facts


@given(situations(), st.data())
def test_adding_a_refusal_never_allows_more(situation: Situation, data: st.DataObject) -> None:
    refusal = data.draw(facts(situation.question.actor, REFUSING))
    assert is_within(situation.with_also(refusal).answer, situation.answer)


@given(situations(), st.data())
def test_removing_an_allowing_fact_never_allows_more(situation: Situation, data: st.DataObject) -> None:
    removed = data.draw(facts(situation.question.actor, ALLOWING))
    assert is_within(situation.without(removed.kind, removed.party).answer, situation.answer)


@given(situations(), st.data())
def test_adding_an_allowing_fact_never_allows_less(situation: Situation, data: st.DataObject) -> None:
    allowing = data.draw(facts(situation.question.actor, ALLOWING))
    assert is_within(situation.answer, situation.with_also(allowing).answer)


@pytest.mark.parametrize("purpose", [Purpose.SET_VISIBILITY, Purpose.ARCHIVE])
def test_an_author_who_is_medecin_traitant_still_manages_all_they_wrote(purpose: Purpose) -> None:
    """Documents of a type that their profession may not read included."""
    doctor = professional("10")
    question = Question(actor=doctor, patient_id=PATIENT, purpose=purpose, now=NOW, record_status=RecordStatus.ACTIVE)
    author = Situation(question, ())
    named = author.with_also(Fact(kind=FactKind.MEDECIN_TRAITANT, party=doctor.subject))
    assert is_within(author.answer, named.answer)


@given(situations(), st.sampled_from([None, RecordStatus.CLOSED, RecordStatus.SUSPENDED]))
def test_a_record_that_is_not_active_never_allows_more(situation: Situation, status: RecordStatus | None) -> None:
    active = changed(situation, record_status=RecordStatus.ACTIVE)
    assert is_within(changed(situation, record_status=status).answer, active.answer)


@given(situations(), st.data())
def test_an_ended_fact_never_matters(situation: Situation, data: st.DataObject) -> None:
    past = data.draw(ended(situation.question.actor))
    before = Situation(situation.question, (past, *situation.facts))
    assert before.answer == situation.with_also(past).answer == situation.answer


@given(situations(), st.data())
def test_facts_about_others_never_matter(situation: Situation, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(FactKind))
    assert situation.with_also(Fact(kind=kind, party="somebody else")).answer == situation.answer


# In the holder's place


@given(situations(), st.data())
def test_what_somebody_gave_who_no_longer_represents_the_holder_never_allows_more(
    situation: Situation, data: st.DataObject
) -> None:
    fact = data.draw(facts(situation.question.actor))
    given_in_place = msgspec.structs.replace(fact, giver=_FORMER_REPRESENTATIVE)
    assert is_within(situation.with_also(given_in_place).answer, situation.answer)


@given(situations(), st.data())
def test_what_a_representative_gives_is_as_if_the_holder_gave_it(situation: Situation, data: st.DataObject) -> None:
    fact = data.draw(facts(situation.question.actor, ALL_KINDS - LIFTS))
    represented = situation.with_also(Fact(kind=FactKind.REPRESENTANT_LEGAL, party=_FORMER_REPRESENTATIVE))
    given_in_place = msgspec.structs.replace(fact, giver=_FORMER_REPRESENTATIVE)
    assert represented.with_also(given_in_place).answer == represented.with_also(fact).answer


# Reading


@given(situations(Purpose.READ, kinds=frozenset()))
def test_without_facts_only_the_holder_and_authors_read(situation: Situation) -> None:
    question, answer = situation.question, situation.answer
    if answer.allowed and not question.actor.is_patient(question.patient_id):
        assert question.actor.role is Role.PROFESSIONAL
        assert question.has_deposited
        assert answer.limits.own_only


@given(situations(Purpose.READ))
def test_only_professionals_people_and_apps_read(situation: Situation) -> None:
    if situation.answer.allowed:
        assert situation.question.actor.role in {Role.PROFESSIONAL, Role.PATIENT, Role.APP}
        assert situation.question.record_status is RecordStatus.ACTIVE


@given(situations(Purpose.READ))
def test_replaced_and_archived_documents_are_read_only_when_asked_for(situation: Situation) -> None:
    question, limits = situation.question, situation.answer.limits
    assert limits.superseded <= question.superseded
    assert limits.archived <= question.archived


@given(situations(Purpose.READ, actors=PROFESSIONALS))
def test_a_professional_is_denied_what_the_matrix_denies_their_profession(situation: Situation) -> None:
    answer, actor = situation.answer, situation.question.actor
    if answer.allowed:
        assert actor.profile in READING
        assert answer.limits.denied_types == ENTITLEMENT.denied(actor.profession)


@given(situations(Purpose.READ, Purpose.OPEN_EMERGENCY, actors=PROFESSIONALS))
def test_a_profession_the_matrix_does_not_know_neither_reads_nor_opens_an_emergency(situation: Situation) -> None:
    empty = Entitlement(version="v", effective=NOW.date(), by_profession={})
    assert not decide(situation.facts, situation.question, empty).allowed


@given(situations(Purpose.READ, actors=PROFESSIONALS))
def test_others_masked_documents_are_for_the_medecin_traitant_and_permitted_emergencies(
    situation: Situation,
) -> None:
    question, limits = situation.question, situation.answer.limits
    in_force = {(fact.kind, fact.party) for fact in situation.facts if fact.holds(NOW)}
    if limits.masked is MaskedAccess.ALL:
        permitted = question.mode is not AccessMode.NORMAL and (FactKind.DEMASQUAGE, "") in in_force
        assert permitted or (FactKind.MEDECIN_TRAITANT, question.actor.subject) in in_force


@given(situations(Purpose.READ, actors=AUTHORS, kinds=ALL_KINDS - {FactKind.BLOCAGE}))
def test_authors_who_are_not_blocked_always_see_their_own(situation: Situation) -> None:
    question = msgspec.structs.replace(
        situation.question,
        has_deposited=True,
        mode=AccessMode.NORMAL,
        record_status=RecordStatus.ACTIVE,
        secret=False,
    )
    own = Limits(
        denied_types=ENTITLEMENT.denied(question.actor.profession) or (),
        own_only=True,
        superseded=question.superseded,
        archived=question.archived,
    )
    answer = Situation(question, situation.facts).answer
    assert is_within(Decision(allowed=True, reason="auteur", limits=own), answer)


# The block


@given(situations(actors=PROFESSIONALS, kinds=ALL_KINDS - LIFTS))
def test_a_block_overrides_every_fact_in_every_mode(situation: Situation) -> None:
    blocked = situation.with_also(Fact(kind=FactKind.BLOCAGE, party=situation.question.actor.subject))
    answer, purpose = blocked.answer, situation.question.purpose
    if answer.allowed:
        assert purpose in {Purpose.DEPOSIT, *OF_THE_AUTHOR}
        assert purpose is Purpose.DEPOSIT or answer.limits.own_only


@given(situations(Purpose.DEPOSIT))
def test_facts_never_matter_for_a_deposit_by_a_professional(situation: Situation) -> None:
    if situation.question.actor.role is not Role.PATIENT:
        assert situation.answer == Situation(situation.question, ()).answer


@given(
    situations(Purpose.READ, Purpose.OPEN_EMERGENCY, actors=PROFESSIONALS, kinds=ALL_KINDS - LIFTS),
    st.sampled_from(AccessMode),
)
def test_an_opposition_concerns_a_single_mode(situation: Situation, mode: AccessMode) -> None:
    opposed = situation.with_also(Fact(kind=FactKind.OPPOSITION, party=mode.value))
    if situation.question.mode is mode and mode is not AccessMode.NORMAL:
        assert not opposed.answer.allowed
    else:
        assert opposed.answer == situation.answer


# People and apps


@given(situations())
def test_representatives_and_carers_never_see_what_is_hidden_from_them(situation: Situation) -> None:
    answer = situation.answer
    if answer.capacity is not Capacity.SELF:
        assert answer.limits.hides_secret
        assert answer.limits.hides_invisible


@given(situations())
def test_only_the_holder_has_the_capacity_self(situation: Situation) -> None:
    actor, answer = situation.question.actor, situation.answer
    if answer.allowed and actor.role is Role.PATIENT:
        assert (answer.capacity is Capacity.SELF) == actor.is_patient(situation.question.patient_id)
    else:
        assert answer.capacity is Capacity.SELF


@given(situations(Purpose.READ))
def test_an_app_sees_no_more_than_the_patient(situation: Situation) -> None:
    question, answer = situation.question, situation.answer
    if answer.allowed and question.actor.role is Role.APP:
        holder = msgspec.structs.replace(question.actor, role=Role.PATIENT, subject=str(question.patient_id))
        assert is_within(answer, changed(situation, actor=holder).answer)
        assert answer.limits.sections


@given(situations(Purpose.READ, Purpose.READ_IDENTITY))
def test_an_app_of_a_representative_sees_no_more_than_the_representative(situation: Situation) -> None:
    actor, answer = situation.question.actor, situation.answer
    if answer.allowed and actor.representative:
        person = Actor(role=Role.PATIENT, subject=actor.representative)
        representative = changed(situation, actor=person)
        assert representative.answer.allowed
        assert representative.answer.capacity is Capacity.REPRESENTANT_LEGAL
        if situation.question.purpose is Purpose.READ:
            assert is_within(answer, representative.answer)


@given(situations())
def test_carers_and_apps_only_read(situation: Situation) -> None:
    question, answer = situation.question, situation.answer
    if answer.allowed and (answer.capacity is Capacity.AIDANT or question.actor.role is Role.APP):
        is_identity = question.purpose is Purpose.READ_IDENTITY and question.actor.role is Role.APP
        assert question.purpose is Purpose.READ or is_identity
        assert is_identity or answer.limits.sections


# An invalid matrix


@given(situations())
def test_with_an_invalid_matrix_no_decision_depends_on_a_profession(situation: Situation) -> None:
    try:
        answer = decide(situation.facts, situation.question, INVALID)
    except ServiceUnavailable:
        assert situation.question.actor.role is Role.PROFESSIONAL
        assert situation.question.purpose in ASKS_THE_MATRIX or is_management_by_medecin_traitant(situation)
    else:
        assert answer == situation.answer


def is_management_by_medecin_traitant(situation: Situation) -> bool:
    """A médecin traitant manages all documents they may read, which an invalid matrix does not say."""
    question = situation.question
    named = {fact.party for fact in situation.facts if fact.kind is FactKind.MEDECIN_TRAITANT}
    return question.purpose in MANAGED and question.actor.subject in named


@pytest.mark.parametrize("purpose", sorted(MANAGED))
def test_with_an_invalid_matrix_only_authors_manage_documents(purpose: Purpose) -> None:
    named = Fact(kind=FactKind.MEDECIN_TRAITANT, party=professional("10").subject)
    question = Question(
        actor=professional("10"), patient_id=PATIENT, purpose=purpose, now=NOW, record_status=RecordStatus.ACTIVE
    )
    assert decide([], question, INVALID).reason == "auteur"
    with pytest.raises(ServiceUnavailable):
        decide([named], question, INVALID)


@pytest.mark.parametrize("mode", AccessMode)
def test_a_block_is_reported_even_with_an_invalid_matrix(mode: AccessMode) -> None:
    actor = professional("10")
    block = Fact(kind=FactKind.BLOCAGE, party=actor.subject)
    for purpose in (Purpose.READ, Purpose.OPEN_EMERGENCY):
        question = Question(
            actor=actor,
            patient_id=PATIENT,
            purpose=purpose,
            now=NOW,
            mode=mode,
            record_status=RecordStatus.ACTIVE,
        )
        assert decide([block], question, INVALID).refusal == "consent.blocked"
