"""Any situation at all: who asks what, and what is on file; and when one answer allows more than another."""

from datetime import timedelta

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

_YEAR = timedelta(days=365)
_AHEAD = st.timedeltas(timedelta(microseconds=1), _YEAR).map(lambda ahead: NOW + ahead)
_PAST = st.timedeltas(timedelta(0), _YEAR).map(lambda ago: NOW - ago)
_SECTIONS = st.lists(st.sampled_from(Section), unique=True, max_size=3).map(tuple)


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
    on_file = draw(st.lists(facts(question.actor, kinds) | ended(question.actor, kinds), max_size=6))
    return Situation(question, tuple(on_file))


def facts(actor: Actor, kinds: frozenset[FactKind] = ALL_KINDS) -> st.SearchStrategy[Fact]:
    """Facts in force, most of which matter to that actor."""
    return _facts(actor, kinds, st.none() | _AHEAD)


def ended(actor: Actor, kinds: frozenset[FactKind] = ALL_KINDS) -> st.SearchStrategy[Fact]:
    """Facts whose time is over."""
    return _facts(actor, kinds, _PAST)


def _facts(actor: Actor, kinds: frozenset[FactKind], until: st.SearchStrategy[object]) -> st.SearchStrategy[Fact]:
    named = st.sampled_from([(kind, party) for kind in sorted(kinds) for party in _parties(kind, actor)])
    return st.builds(
        lambda name, until, renews, sections: Fact(
            kind=name[0], party=name[1], until=until, renews=renews, sections=sections
        ),
        named, until, st.booleans(), _SECTIONS,
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


def _questions(purposes: tuple[Purpose, ...], actors: tuple[Actor, ...]) -> st.SearchStrategy[Question]:
    return st.builds(
        Question,
        actor=st.sampled_from(actors),
        patient_id=st.just(PATIENT),
        purpose=st.sampled_from(purposes),
        now=st.just(NOW),
        mode=st.sampled_from(AccessMode),
        # Most of them active, or little would ever be allowed.
        record_status=st.just(RecordStatus.ACTIVE) | st.sampled_from([RecordStatus.ACTIVE, None, *RecordStatus]),
        seen_before=st.booleans(),
        has_deposited=st.booleans(),
        minor=st.booleans(),
        secret=st.booleans(),
        superseded=st.booleans(),
        archived=st.booleans(),
        written_reason=st.sampled_from(["", "   ", "bref", "Patient inconscient"]),
        regulation_centre=st.booleans(),
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
