"""Hypothesis strategies for situations (a question and facts), and a partial order of decisions."""

from datetime import timedelta
from functools import cache
from itertools import combinations, product

import msgspec
from hypothesis import strategies as st

from contracts.consent.decisions import Decision, Limits, MaskedAccess, Purpose
from contracts.envelope import Actor
from contracts.vocabulary import AccessMode, RecordStatus, Role, Section
from services.consent.domain.decide import decide
from services.consent.domain.facts import Fact, FactKind, Question
from tests.unit.consent.law_table import COLUMNS, ENTITLEMENT, NOW, PATIENT, named

REFUSING = frozenset({FactKind.BLOCAGE, FactKind.OPPOSITION, FactKind.DECES, FactKind.OPPOSITION_AYANTS_DROIT})
ALLOWING = frozenset(FactKind) - REFUSING
ALL_KINDS = frozenset(FactKind)
LIFTS = frozenset({FactKind.LEVEE_BLOCAGE, FactKind.LEVEE_OPPOSITION})

ACTORS = tuple({column.actor: None for column in COLUMNS.values()})
PROFESSIONALS = tuple(actor for actor in ACTORS if actor.role is Role.PROFESSIONAL)

# Drawing takes most of the time, so an example needs few draws: times are the edges and values well within, and all
# flags of a question are one draw.
_AHEAD = st.sampled_from(
    [NOW + ahead for ahead in (timedelta(microseconds=1), timedelta(days=1), timedelta(days=365))]
)
_PAST = st.sampled_from([NOW - ago for ago in (timedelta(0), timedelta(microseconds=1), timedelta(days=365))])
_SECTIONS = st.sampled_from([some for size in range(4) for some in combinations(Section, size)])
_FLAGS = ("seen_before", "has_deposited", "minor", "secret", "superseded", "archived", "regulation_centre")
_WHATEVER_IS_FLAGS = st.sampled_from(
    [dict(zip(_FLAGS, values, strict=True)) for values in product((False, True), repeat=len(_FLAGS))]
)

_STATUSES = [RecordStatus.ACTIVE] * 6 + [None, *RecordStatus]
"""Most are active, since other records allow little."""


class Situation(msgspec.Struct, frozen=True):
    """A question and the facts from which it is decided."""

    question: Question
    facts: tuple[Fact, ...]

    def with_also(self, *facts: Fact) -> "Situation":
        """With these facts added."""
        return Situation(self.question, (*self.facts, *facts))

    def without(self, kind: FactKind, party: str) -> "Situation":
        """Without the facts of this kind and party."""
        return Situation(
            self.question, tuple(fact for fact in self.facts if (fact.kind, fact.party) != (kind, party))
        )

    @property
    def answer(self) -> Decision:
        return decide(self.facts, self.question, ENTITLEMENT)


@st.composite
def situations(
    draw: st.DrawFn,
    *purposes: Purpose,
    actors: tuple[Actor, ...] = ACTORS,
    kinds: frozenset[FactKind] = ALL_KINDS,
) -> Situation:
    """Situations with any of these purposes and actors, and facts of any of these kinds."""
    question = draw(_questions(purposes or tuple(Purpose), actors))
    if not kinds:
        return Situation(question, ())
    return Situation(question, draw(_files(question.actor, kinds)))


# Strategies are cached: making a strategy takes longer than drawing from it.


@cache
def _files(actor: Actor, kinds: frozenset[FactKind]) -> st.SearchStrategy[tuple[Fact, ...]]:
    return st.lists(facts(actor, kinds) | ended(actor, kinds), max_size=6).map(tuple)


@cache
def facts(actor: Actor, kinds: frozenset[FactKind] = ALL_KINDS) -> st.SearchStrategy[Fact]:
    """Facts in force, most of which matter to that actor."""
    return _facts(actor, kinds, st.none() | _AHEAD)


@cache
def ended(actor: Actor, kinds: frozenset[FactKind] = ALL_KINDS) -> st.SearchStrategy[Fact]:
    """Facts that have ended."""
    return _facts(actor, kinds, _PAST)


def _facts(actor: Actor, kinds: frozenset[FactKind], until: st.SearchStrategy[object]) -> st.SearchStrategy[Fact]:
    named = [(kind, party) for kind in sorted(kinds) for party in _parties(kind, actor)]
    return st.builds(
        lambda name, until, renews, sections: Fact(
            kind=name[0], party=name[1], until=until, renews=renews, sections=sections
        ),
        st.sampled_from(named), until, st.booleans(), _SECTIONS,
    )  # fmt: skip


def _parties(kind: FactKind, actor: Actor) -> tuple[str, ...]:
    match kind:
        case FactKind.OPPOSITION | FactKind.LEVEE_OPPOSITION:
            return tuple(AccessMode)
        case FactKind.DEMASQUAGE:
            return ("",)
        case FactKind.EQUIPE_DE_SOINS:
            return (actor.structure or "", "990000002")
        case _:
            return (named(kind, actor), "89990000047")


@cache
def _questions(purposes: tuple[Purpose, ...], actors: tuple[Actor, ...]) -> st.SearchStrategy[Question]:
    return st.builds(
        lambda actor_and_purpose, mode, status, reason, flags: Question(
            actor=actor_and_purpose[0],
            patient_id=PATIENT,
            purpose=actor_and_purpose[1],
            now=NOW,
            mode=mode,
            record_status=status,
            written_reason=reason,
            **flags,
        ),
        st.sampled_from([(actor, purpose) for actor in actors for purpose in purposes]),
        st.sampled_from(AccessMode),
        st.sampled_from(_STATUSES),
        st.sampled_from(["", "   ", "bref", "Patient inconscient"]),
        _WHATEVER_IS_FLAGS,
    )


def is_within(narrow: Decision, wide: Decision) -> bool:
    """Whether the first decision allows nothing that the second does not: a partial order."""
    return not narrow.allowed or (wide.allowed and _within(narrow.limits, wide.limits))


def _types_within(narrow: Limits, wide: Limits) -> bool:
    """No further type, neither of the reader's own documents nor, where they are seen at all, of others'."""
    is_narrower = set(narrow.denied_types) >= set(wide.denied_types)
    return _denied_of_own(narrow) >= _denied_of_own(wide) and (narrow.own_only or is_narrower)


def _denied_of_own(limits: Limits) -> set[str]:
    return set() if limits.own_of_any_type else set(limits.denied_types)


def _within(narrow: Limits, wide: Limits) -> bool:
    return (
        _types_within(narrow, wide)
        and (narrow.masked is MaskedAccess.OWN or wide.masked is MaskedAccess.ALL)
        and narrow.own_only >= wide.own_only
        and (wide.sections is None or (narrow.sections is not None and set(narrow.sections) <= set(wide.sections)))
        and narrow.hides_invisible >= wide.hides_invisible
        and narrow.hides_secret >= wide.hides_secret
        and narrow.superseded <= wide.superseded
        and narrow.archived <= wide.archived
    )
