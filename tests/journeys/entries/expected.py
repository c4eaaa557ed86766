"""What a step must leave in the journal, by the rule that its handler declares."""

from collections.abc import Iterable

from chassis.access_rules import AccessRule, NoEntry
from chassis.handlers import MethodHandler, TransferHandler
from contracts.errors.base import Unavailable
from contracts.errors.registry import all_refusals
from contracts.vocabulary import Act, PatientId
from tests.architecture.test_handlers import DECLARED
from tests.journeys.entries.callers import Callers
from tests.journeys.entries.steps import NOBODY, PLATFORM_JOURNAL, ScenarioStep


def _rules() -> Iterable[tuple[str, AccessRule]]:
    for service, handler in DECLARED:
        match handler:
            case MethodHandler():
                yield handler.method.route, handler.access
            case TransferHandler():
                yield f"{service}.{handler.name}", handler.access


RULES: dict[str, AccessRule] = dict(_rules())
"""Route of a method or transfer -> the rule that its handler declares."""


def expected_acts(step: ScenarioStep) -> tuple[Act, ...]:
    """The act of each entry that the step leaves, over all services."""
    rule = RULES[step.method.route]
    if step.nested is not None:
        assert NoEntry.ASKED_SERVICE in (rule.allowed, *rule.skips), f"{step} leaves its entry to nobody"
        rule = RULES[step.nested.route]
    assert step.skip is None or step.skip in rule.skips, f"{step} may not be skipped"
    assert set(step.acts) <= set(rule.acts), f"{step} declares other acts"
    if not rule.acts or step.skip is not None or step.is_rejected:
        return ()
    acts = step.acts or rule.acts
    assert len(acts) == 1 or step.acts, f"{step} has several acts: which is expected?"
    if step.code:
        is_decided = step.who != NOBODY and not issubclass(all_refusals()[step.code], Unavailable)
        return acts[:1] if is_decided else ()
    if rule.allowed is not None:
        return ()
    assert step.items == 1 or rule.each, f"{step} leaves no entry for each item"
    return acts * step.items


def expected_journals(step: ScenarioStep, request: object, callers: Callers) -> tuple[PatientId, ...]:
    """Whose journals the entries belong to: one for all, or one for each.

    Where the step does not say, it is the record that the request names, else the patient who sent it, else the
    platform's own.
    """
    if step.journal_of:
        return tuple(callers.ids[name] for name in step.journal_of)
    named = getattr(request, "patient_id", None) if "patient_id" in RULES[step.method.route].fields else None
    own = callers.patient_id_of(step.who)
    return (named or own or callers.ids[PLATFORM_JOURNAL],)
