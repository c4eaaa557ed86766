"""What holds in every situation, whoever asks and whatever is on file."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.consent import Decision, Limits, Masked, Purpose
from contracts.envelope import Actor
from contracts.errors import ServiceUnavailable, all_refusals
from contracts.vocabulary import AccessMode, Capacity, RecordStatus, Role, Section, SoftwareProfile
from services.consent.domain.decide import decide
from services.consent.domain.facts import Fact, FactKind, File, Question
from services.consent.domain.matrix import Entitlement
from tests.unit.consent.law_table import ENTITLEMENT, NOW, PATIENT, professional
from tests.unit.consent.situations import (
    ALL_KINDS,
    ALLOWING,
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
KEPT_UP = {Purpose.SET_VISIBILITY, Purpose.ARCHIVE}
ASKS_THE_MATRIX = {Purpose.READ, Purpose.OPEN_EMERGENCY}
AUTHORS = (professional("10"), professional("21"))
UNREADABLE = msgspec.structs.replace(ENTITLEMENT, by_profession=None)


def asked(situation: Situation, **changes: Any) -> Situation:
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
def test_the_order_of_facts_never_matters_nor_does_saying_them_twice(
    situation: Situation, data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(situation.facts))) if situation.facts else []
    shuffled = data.draw(st.permutations([*situation.facts, *again]))
    assert Situation(situation.question, tuple(shuffled)).answer == situation.answer


@pytest.mark.parametrize("kind", [FactKind.AIDANT, FactKind.APPLICATION])
def test_what_is_shared_twice_is_shared_together(kind: FactKind) -> None:
    first = Fact(kind=kind, party="somebody", sections=(Section.ANALYSES,))
    second = Fact(kind=kind, party="somebody", sections=(Section.TRAITEMENTS,))
    for on_file in ([first, second], [second, first]):
        assert set(File(on_file, NOW).sections(kind, "somebody")) == {Section.ANALYSES, Section.TRAITEMENTS}


# More on file, less on file


@given(situations(), st.data())
def test_adding_a_refusal_never_allows_more(situation: Situation, data: st.DataObject) -> None:
    refusal = data.draw(facts(situation.question.actor, REFUSING))
    assert is_within(situation.with_also(refusal).answer, situation.answer)


@given(situations(), st.data())
def test_taking_off_what_allowed_never_allows_more(situation: Situation, data: st.DataObject) -> None:
    gone = data.draw(facts(situation.question.actor, ALLOWING))
    assert is_within(situation.without(gone.kind, gone.party).answer, situation.answer)


@given(situations(), st.data())
def test_adding_what_allows_never_allows_less(situation: Situation, data: st.DataObject) -> None:
    grant = data.draw(facts(situation.question.actor, ALLOWING))
    assert is_within(situation.answer, situation.with_also(grant).answer)


@pytest.mark.parametrize("purpose", [Purpose.SET_VISIBILITY, Purpose.ARCHIVE])
def test_an_author_who_is_named_medecin_traitant_keeps_up_all_they_wrote(purpose: Purpose) -> None:
    """Also documents of a type their profession may not read."""
    doctor = professional("10")
    question = Question(actor=doctor, patient_id=PATIENT, purpose=purpose, now=NOW, record_status=RecordStatus.ACTIVE)
    author = Situation(question, ())
    named = author.with_also(Fact(kind=FactKind.MEDECIN_TRAITANT, party=doctor.subject))
    assert is_within(author.answer, named.answer)


@given(situations(), st.sampled_from([None, RecordStatus.CLOSED, RecordStatus.SUSPENDED]))
def test_a_record_that_is_not_active_never_allows_more(situation: Situation, status: RecordStatus | None) -> None:
    active = asked(situation, record_status=RecordStatus.ACTIVE)
    assert is_within(asked(situation, record_status=status).answer, active.answer)


@given(situations(), st.data())
def test_what_has_ended_is_as_what_never_was(situation: Situation, data: st.DataObject) -> None:
    over = data.draw(ended(situation.question.actor))
    before = Situation(situation.question, (over, *situation.facts))
    assert before.answer == situation.with_also(over).answer == situation.answer


@given(situations(), st.data())
def test_what_is_on_file_about_others_never_matters(situation: Situation, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(FactKind))
    assert situation.with_also(Fact(kind=kind, party="somebody else")).answer == situation.answer


# Reading


@given(situations(Purpose.READ, kinds=frozenset()))
def test_with_nothing_on_file_the_holder_reads_and_authors_their_own(situation: Situation) -> None:
    question, answer = situation.question, situation.answer
    if answer.allowed and not question.actor.is_patient(question.patient_id):
        assert question.actor.role is Role.PROFESSIONAL
        assert question.has_deposited
        assert answer.limits.own_only


@given(situations(Purpose.READ))
def test_nobody_but_professionals_people_and_apps_ever_reads(situation: Situation) -> None:
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
def test_a_profession_the_matrix_does_not_know_neither_reads_nor_breaks_the_glass(situation: Situation) -> None:
    empty = Entitlement(version="v", effective=NOW.date(), by_profession={})
    assert not decide(situation.facts, situation.question, empty).allowed


@given(situations(Purpose.READ, actors=PROFESSIONALS))
def test_masked_documents_are_for_the_medecin_traitant_and_emergencies_the_patient_permits(
    situation: Situation,
) -> None:
    question, limits = situation.question, situation.answer.limits
    in_force = {(fact.kind, fact.party) for fact in situation.facts if fact.holds(NOW)}
    if limits.masked is Masked.ALL:
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


@given(situations(actors=PROFESSIONALS))
def test_a_block_beats_everything_in_every_mode(situation: Situation) -> None:
    blocked = situation.with_also(Fact(kind=FactKind.BLOCAGE, party=situation.question.actor.subject))
    answer, purpose = blocked.answer, situation.question.purpose
    if answer.allowed:
        assert purpose in {Purpose.DEPOSIT, *OF_THE_AUTHOR}
        assert purpose is Purpose.DEPOSIT or answer.limits.own_only


@given(situations(Purpose.DEPOSIT))
def test_feeding_a_record_asks_for_nothing_of_what_professionals_have_on_file(situation: Situation) -> None:
    if situation.question.actor.role is not Role.PATIENT:
        assert situation.answer == Situation(situation.question, ()).answer


@given(situations(Purpose.READ, Purpose.OPEN_EMERGENCY, actors=PROFESSIONALS), st.sampled_from(AccessMode))
def test_an_opposition_is_to_one_mode_only(situation: Situation, mode: AccessMode) -> None:
    opposed = situation.with_also(Fact(kind=FactKind.OPPOSITION, party=mode.value))
    if situation.question.mode is mode and mode is not AccessMode.NORMAL:
        assert not opposed.answer.allowed
    else:
        assert opposed.answer == situation.answer


# People and apps


@given(situations())
def test_representatives_and_carers_never_find_what_is_kept_from_them(situation: Situation) -> None:
    answer = situation.answer
    if answer.capacity is not Capacity.SELF:
        assert answer.limits.hides_secret
        assert answer.limits.hides_invisible


@given(situations())
def test_nobody_acts_for_the_holder_under_another_name(situation: Situation) -> None:
    actor, answer = situation.question.actor, situation.answer
    if answer.allowed and actor.role is Role.PATIENT:
        assert (answer.capacity is Capacity.SELF) == actor.is_patient(situation.question.patient_id)
    else:
        assert answer.capacity is Capacity.SELF


@given(situations(Purpose.READ))
def test_an_app_finds_no_more_than_the_patient_does(situation: Situation) -> None:
    question, answer = situation.question, situation.answer
    if answer.allowed and question.actor.role is Role.APP:
        holder = msgspec.structs.replace(question.actor, role=Role.PATIENT, subject=str(question.patient_id))
        assert is_within(answer, asked(situation, actor=holder).answer)
        assert answer.limits.sections


@given(situations(Purpose.READ, Purpose.READ_IDENTITY))
def test_an_app_that_a_representative_let_finds_no_more_than_they_do(situation: Situation) -> None:
    actor, answer = situation.question.actor, situation.answer
    if answer.allowed and actor.representative:
        person = Actor(role=Role.PATIENT, subject=actor.representative)
        whole = asked(situation, actor=person)
        assert whole.answer.allowed
        assert whole.answer.capacity is Capacity.REPRESENTANT_LEGAL
        if situation.question.purpose is Purpose.READ:
            assert is_within(answer, whole.answer)


@given(situations())
def test_carers_and_apps_do_nothing_but_read(situation: Situation) -> None:
    question, answer = situation.question, situation.answer
    if answer.allowed and (answer.capacity is Capacity.AIDANT or question.actor.role is Role.APP):
        is_identity = question.purpose is Purpose.READ_IDENTITY and question.actor.role is Role.APP
        assert question.purpose is Purpose.READ or is_identity
        assert is_identity or answer.limits.sections


# A matrix that does not read


@given(situations())
def test_without_a_matrix_that_reads_nobody_is_let_in_by_profession(situation: Situation) -> None:
    try:
        answer = decide(situation.facts, situation.question, UNREADABLE)
    except ServiceUnavailable:
        assert situation.question.actor.role is Role.PROFESSIONAL
        assert situation.question.purpose in ASKS_THE_MATRIX or is_upkeep_by_medecin_traitant(situation)
    else:
        assert answer == situation.answer


def is_upkeep_by_medecin_traitant(situation: Situation) -> bool:
    """The médecin traitant keeps up all they may read, and nobody can say what that is."""
    question = situation.question
    named = {fact.party for fact in situation.facts if fact.kind is FactKind.MEDECIN_TRAITANT}
    return question.purpose in KEPT_UP and question.actor.subject in named


@pytest.mark.parametrize("purpose", sorted(KEPT_UP))
def test_without_a_matrix_that_reads_upkeep_is_the_authors_and_the_medecin_traitant_waits(purpose: Purpose) -> None:
    named = Fact(kind=FactKind.MEDECIN_TRAITANT, party=professional("10").subject)
    question = Question(
        actor=professional("10"), patient_id=PATIENT, purpose=purpose, now=NOW, record_status=RecordStatus.ACTIVE
    )
    assert decide([], question, UNREADABLE).reason == "auteur"
    with pytest.raises(ServiceUnavailable):
        decide([named], question, UNREADABLE)


@pytest.mark.parametrize("mode", AccessMode)
def test_a_block_is_told_even_without_a_matrix_that_reads(mode: AccessMode) -> None:
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
        assert decide([block], question, UNREADABLE).refusal == "consent.blocked"
