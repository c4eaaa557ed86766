"""Of a person with two identities a refusal under either holds, and nothing is shown that one of the two hides."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.consent.decisions import Decision
from contracts.vocabulary import AccessMode, PatientId, Rpps
from services.consent.domain.decide import decide
from services.consent.domain.facts import UNDER_EACH, Fact, FactKind, in_force
from tests.unit.consent.law_table import ENTITLEMENT, NOW, PATIENT
from tests.unit.consent.situations import ALL_KINDS, REFUSING, Situation, is_within, situations

OTHER = PatientId(UUID(int=99))
IDS = (PATIENT, OTHER)
DOCTOR = Rpps("89990000021")
OF_NOBODY = {FactKind.DECES, FactKind.OPPOSITION_AYANTS_DROIT}

UNDER = st.lists(st.sampled_from(IDS), min_size=6, max_size=6)


def spread(situation: Situation, under: list[PatientId]) -> list[Fact]:
    pairs = zip(situation.facts, under, strict=False)
    return [msgspec.structs.replace(fact, identity=identity) for fact, identity in pairs]


def of_two(situation: Situation, under: list[PatientId]) -> Decision:
    """The decision where each fact is under one of the two identities."""
    return decide(spread(situation, under), msgspec.structs.replace(situation.question, ids=IDS), ENTITLEMENT)


@given(situations(), UNDER)
def test_nothing_is_allowed_to_two_identities_that_is_not_allowed_to_one_with_the_facts_of_both(
    situation: Situation, under: list[PatientId]
) -> None:
    assert is_within(of_two(situation, under), situation.answer)


@given(situations(kinds=ALL_KINDS - UNDER_EACH), UNDER)
def test_it_makes_no_difference_under_which_identity_anything_but_lifting_and_unmasking_is(
    situation: Situation, under: list[PatientId]
) -> None:
    assert of_two(situation, under) == situation.answer


@given(situations(), UNDER, st.sampled_from(sorted(REFUSING)), st.sampled_from(IDS))
def test_a_refusal_under_either_identity_allows_nothing_more(
    situation: Situation, under: list[PatientId], kind: FactKind, refusing: PatientId
) -> None:
    party = "" if kind in OF_NOBODY else situation.question.actor.subject
    refusal = Fact(kind=kind, party=party, identity=refusing)
    # Heirs read only after a death, which is a refusal of everybody else.
    known = [fact for fact in spread(situation, under) if fact.kind is not FactKind.AYANT_DROIT]
    question = msgspec.structs.replace(situation.question, ids=IDS)
    assert is_within(decide([*known, refusal], question, ENTITLEMENT), decide(known, question, ENTITLEMENT))


@pytest.mark.parametrize(
    ("refuses", "lifts", "party"),
    [
        (FactKind.BLOCAGE, FactKind.LEVEE_BLOCAGE, DOCTOR),
        (FactKind.OPPOSITION, FactKind.LEVEE_OPPOSITION, AccessMode.BRIS_DE_GLACE),
    ],
)
def test_what_lifts_a_refusal_lifts_that_of_its_own_identity(refuses: FactKind, lifts: FactKind, party: str) -> None:
    lift = Fact(kind=lifts, party=party, identity=OTHER)
    refused_here, refused_there = (Fact(kind=refuses, party=party, identity=identity) for identity in IDS)
    assert refused_here in in_force([refused_here, lift], NOW, IDS)
    assert refused_there not in in_force([refused_there, lift], NOW, IDS)


def test_masked_documents_are_shown_in_an_emergency_if_both_identities_permit_it() -> None:
    here, there = (Fact(kind=FactKind.DEMASQUAGE, identity=identity) for identity in IDS)
    assert in_force([here], NOW, IDS) == in_force([there], NOW, IDS) == []
    assert in_force([here, there], NOW, IDS) == [here, there]
