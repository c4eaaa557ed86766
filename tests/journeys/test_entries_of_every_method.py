"""Every method and transfer, allowed and refused, leaves exactly the entries that its handler's rule declares."""

from collections import Counter
from dataclasses import dataclass

import pytest
import uvloop

from client.people import DemoPeople
from contracts.audit import JournalEntry
from contracts.errors.registry import all_refusals
from contracts.vocabulary import Outcome
from contracts.wiring import APIS
from deploy.dev.stack import Stack
from tests.journeys.entries.data_plane import TransferMethods
from tests.journeys.entries.expected import RULES, expected_acts, expected_journals
from tests.journeys.entries.received import entry_queue
from tests.journeys.entries.run import ScenarioRun, StepResult
from tests.journeys.entries.scenario import NEVER_REFUSED, REJECTED, STEPS

METHODS = (*(method for api in APIS for method in api.methods()), *TransferMethods.methods())
ROUTES = {method.route for method in METHODS}


@dataclass(frozen=True)
class JournalledRun:
    """The scenario as it went, and the entries of each of its traces, of all services."""

    run: ScenarioRun
    entries: dict[str, list[JournalEntry]]

    def of(self, result: StepResult) -> list[JournalEntry]:
        return self.entries[result.trace]


@pytest.fixture(scope="module")
def journalled(platform: Stack, demo: DemoPeople, pro_sante_connect_provider: None) -> JournalledRun:
    run = ScenarioRun(platform, demo)
    with entry_queue(platform) as queue:
        uvloop.run(run.send_all((*STEPS, *REJECTED)))
        return JournalledRun(run, queue.entries(result.trace for result in run.results))


def test_the_scenario_calls_every_method_and_transfer_allowed_and_refused() -> None:
    assert RULES.keys() == ROUTES
    assert {step.method.route for step in STEPS if not step.code} == ROUTES
    assert {step.method.route for step in STEPS if step.code} == ROUTES - NEVER_REFUSED.keys()


def test_each_request_is_answered_as_the_scenario_says(journalled: JournalledRun) -> None:
    wrong = [
        f"{result.step}: {result.fault or result.code or 'allowed'}"
        for result in journalled.run.results
        if result.fault or result.code != result.step.code
    ]
    assert not wrong, "\n".join(wrong)


def test_each_request_leaves_the_entries_its_rule_declares_and_no_other(journalled: JournalledRun) -> None:
    wrong = [
        f"{result.step}: {sorted(found)}, not {sorted(expected)}"
        for result in journalled.run.results
        if Counter(found := [entry.act for entry in journalled.of(result)])
        != Counter(expected := expected_acts(result.step))
    ]
    assert not wrong, "\n".join(wrong)


def test_each_entry_is_in_the_journal_of_the_record_it_is_about(journalled: JournalledRun) -> None:
    wrong = []
    for result in journalled.run.results:
        found = Counter(entry.patient_id for entry in journalled.of(result))
        journals = expected_journals(result.step, result.request, journalled.run.callers)
        expected = Counter(journals if len(journals) > 1 else journals * found.total())
        if found != expected:
            wrong.append(f"{result.step}: {dict(found)}, not {dict(expected)}")
    assert not wrong, "\n".join(wrong)


def test_each_entry_says_who_acted_and_what_became_of_it(journalled: JournalledRun) -> None:
    wrong = [
        f"{result.step}: {found}, not {expected}"
        for result in journalled.run.results
        for entry in journalled.of(result)
        if (found := (entry.actor, entry.capacity, entry.outcome, reason_in(entry)))
        != (expected := (journalled.run.callers.subject(result.step.who), result.step.capacity, *outcome_of(result)))
    ]
    assert not wrong, "\n".join(wrong)


def outcome_of(result: StepResult) -> tuple[Outcome, str]:
    """The outcome of a step, and the code of its refusal."""
    step = result.step
    return (Outcome.REFUSED, step.reason or step.code) if step.code else (Outcome.ALLOWED, "")


def reason_in(entry: JournalEntry) -> str:
    """The code of the refusal in an entry; empty for the reason of an allowed one, which has to be given."""
    assert entry.reason
    is_rule = entry.outcome is Outcome.ALLOWED and entry.reason not in all_refusals()
    return "" if is_rule else entry.reason


def test_each_entry_about_a_hidden_document_is_hidden_as_the_document_is(journalled: JournalledRun) -> None:
    wrong = [
        f"{result.step}: secret {entry.secret}, withheld {entry.withheld}, not {step.secret}, {step.withheld}"
        for result in journalled.run.results
        for entry in journalled.of(result)
        if (step := result.step) and (entry.secret, entry.withheld) != (step.secret, step.withheld)
    ]
    assert not wrong, "\n".join(wrong)


def test_each_entry_of_a_request_about_a_document_names_it(journalled: JournalledRun) -> None:
    wrong = [
        f"{result.step}: {entry.document_id}, not {named}"
        for result in journalled.run.results
        for entry in journalled.of(result)
        if (named := getattr(result.request, "document_id", None)) and entry.document_id != named
    ]
    assert not wrong, "\n".join(wrong)
