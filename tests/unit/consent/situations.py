"""Any situation at all: who asks what, and what is on file; and when one answer allows more than another."""

from datetime import timedelta
from functools import cache
from itertools import combinations, product

import msgspec
from hypothesis import strategies as st

from contracts.consent import Decision, Limits, Masked, Purpose
from contracts.envelope import Actor
from contracts.vocabulary import AccessMode, RecordStatus, Role, Section
from services.consent.domain.decide import decide
from services.consent.domain.facts import Fact, FactKind, Question
from tests.unit.consent.law_table import COLUMNS, ENTITLEMENT, NOW, PATIENT, named

REFUSING = frozenset({FactKind.BLOCAGE, FactKind.OPPOSITION})
ALLOWING = frozenset(FactKind) - REFUSING
ALL_KINDS = frozenset(FactKind)

ACTORS = tuple({column.actor: None for column in COLUMNS.values()})
PROFESSIONALS = tuple(actor for actor in ACTORS if actor.role is Role.PROFESSIONAL)

# Few draws make an example, for the law is short and drawing takes most of the time: moments are the edges and what
# lies well within, and all that a question says or leaves out is one number.
_AHEAD = st.sampled_from(
    [NOW + ahead for ahead in (timedelta(microseconds=1), timedelta(days=1), timedelta(days=365))]
)
_PAST = st.sampled_from([NOW - ago for ago in (timedelta(0), timedelta(microseconds=1), timedelta(days=365))])
_SECTIONS = st.sampled_from([some for size in range(4) for some in combinations(Section, size)])
_SAID = ("seen_before", "has_deposited", "minor", "secret", "superseded", "archived", "regulation_centre")
_WHATEVER_IS_SAID = st.sampled_from(
    [dict(zip(_SAID, sentence_of, strict=True)) for sentence_of in product((False, True), repeat=len(_SAID))]
)

_STATUSES = [RecordStatus.ACTIVE] * 6 + [None, *RecordStatus]
"""Most of them active, or little would ever be allowed."""


class Situation(msgspec.Struct, frozen=True):
    """A question, and what is on file when it is put."""

    question: Question
    facts: tuple[Fact, ...]

    def with_also(self, *facts: Fact) -> "Situation":
        """With more on file."""
        return Situation(self.question, (*self.facts, *facts))

    def without(self, kind: FactKind, party: str) -> "Situation":
        """With one thing taken off, however often it was said."""
        return Situation(self.question, tuple(one for one in self.facts if (one.kind, one.party) != (kind, party)))

    @property
    def answer(self) -> Decision:
        """What the law says."""
        return decide(self.facts, self.question, ENTITLEMENT)


@st.composite
def situations(
    draw: st.DrawFn,
    *purposes: Purpose,
    actors: tuple[Actor, ...] = ACTORS,
    kinds: frozenset[FactKind] = ALL_KINDS,
) -> Situation:
    """Situations with any of these purposes and actors, and any of these kinds of facts on file."""
    question = draw(_questions(purposes or tuple(Purpose), actors))
    if not kinds:
        return Situation(question, ())
    return Situation(question, draw(_files(question.actor, kinds)))


# Strategies are kept: making one takes longer than drawing from it.


@cache
def _files(actor: Actor, kinds: frozenset[FactKind]) -> st.SearchStrategy[tuple[Fact, ...]]:
    return st.lists(facts(actor, kinds) | ended(actor, kinds), max_size=6).map(tuple)


@cache
def facts(actor: Actor, kinds: frozenset[FactKind] = ALL_KINDS) -> st.SearchStrategy[Fact]:
    """Facts in force, most of which matter to that actor."""
    return _facts(actor, kinds, st.none() | _AHEAD)


@cache
def ended(actor: Actor, kinds: frozenset[FactKind] = ALL_KINDS) -> st.SearchStrategy[Fact]:
    """Facts whose time is over."""
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
        case FactKind.OPPOSITION:
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
        lambda asked, mode, status, reason, sentence_of: Question(
            actor=asked[0],
            patient_id=PATIENT,
            purpose=asked[1],
            now=NOW,
            mode=mode,
            record_status=status,
            written_reason=reason,
            **sentence_of,
        ),
        st.sampled_from([(actor, purpose) for actor in actors for purpose in purposes]),
        st.sampled_from(AccessMode),
        st.sampled_from(_STATUSES),
        st.sampled_from(["", "   ", "bref", "Patient inconscient"]),
        _WHATEVER_IS_SAID,
    )


def is_within(one: Decision, other: Decision) -> bool:
    """Whether the first answer allows nothing that the second does not: a partial order."""
    return not one.allowed or (other.allowed and _within(one.limits, other.limits))


def _types_within(one: Limits, other: Limits) -> bool:
    """No type more, neither of one's own documents nor, where others' are seen at all, of theirs."""
    is_narrower = set(one.denied_types) >= set(other.denied_types)
    return _denied_of_own(one) >= _denied_of_own(other) and (one.own_only or is_narrower)


def _denied_of_own(limits: Limits) -> set[str]:
    return set() if limits.own_of_any_type else set(limits.denied_types)


def _within(one: Limits, other: Limits) -> bool:
    return (
        _types_within(one, other)
        and (one.masked is Masked.OWN or other.masked is Masked.ALL)
        and one.own_only >= other.own_only
        and (other.sections is None or (one.sections is not None and set(one.sections) <= set(other.sections)))
        and one.hides_invisible >= other.hides_invisible
        and one.hides_secret >= other.hides_secret
        and one.superseded <= other.superseded
        and one.archived <= other.archived
    )
