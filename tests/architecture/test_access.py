"""One component asks consent and writes the journal; every handler of every service declares its access."""

import ast
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chassis.access_rules import AccessRule, NoEntry, NoQuestion, is_complete
from chassis.handlers import MethodHandler, handles
from chassis.service import DefinitionError, ServiceDefinition, service_class
from contracts.consent.api import Consent
from contracts.consent.authorisations import Done, SetUnmasking
from contracts.consent.decisions import Purpose
from contracts.vocabulary import Act, Role
from tests.architecture.test_handlers import DECLARED, DEFINITIONS

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("chassis", "services") for path in (ROOT / folder).rglob("*.py")]
ACCESS = ROOT / "chassis/access.py"
CONTEXT = ROOT / "chassis/context.py"


def test_every_handler_declares_its_act_or_why_it_has_none() -> None:
    for service, handler in DECLARED:
        rule, name = handler.access, f"{service}.{handler.name}"
        assert is_complete(rule), name
        # Without acts there is nothing to skip or to repeat, and one reason is enough.
        assert rule.acts or not (rule.skips or rule.each), name
        assert not (rule.allowed and rule.each), name


def test_every_act_is_declared_by_a_handler_and_every_purpose_asked() -> None:
    rules = [handler.access for _, handler in DECLARED]
    assert {act for rule in rules for act in rule.acts} == set(Act)
    # EXPORT has no handler yet.
    assert {purpose for rule in rules for purpose in rule.purposes} == set(Purpose) - {Purpose.EXPORT}


def test_every_reason_is_given_by_a_handler() -> None:
    rules = [handler.access for _, handler in DECLARED]
    assert {rule.no_question for rule in rules} - {None} == set(NoQuestion)
    assert {reason for rule in rules for reason in (rule.allowed, *rule.skips)} - {None} == set(NoEntry)


def test_consent_is_asked_wherever_a_patient_or_professional_reaches_a_record() -> None:
    """No method that a person may call with the id of somebody's record goes without a question, but these."""
    unasked = {
        f"{service}.{handler.name}"
        for service, handler in DECLARED
        if isinstance(handler, MethodHandler)
        and handler.method.roles & {Role.PATIENT, Role.PROFESSIONAL, Role.APP}
        and "patient_id" in handler.method.request.__struct_fields__
        and not handler.access.purposes
    }
    assert unasked == {
        # Asked when the ticket was given; the receipt proves it.
        *("records.deposit_document", "records.deposit_submission_set"),
        # What consent itself asks and is asked.
        *("records.status_of", "consent.decide", "consent.get_authorisation_status"),
        # The representative gives up their own right.
        "consent.end_representation",
        # Consent is asked by the method that it calls.
        "identity.decide_authorization",
        # The link opens nothing: the page to which it leads asks.
        "identity.create_record_link",
    }


def test_the_gateway_calls_no_method_that_leaves_question_or_entry_to_its_caller() -> None:
    left = {
        f"{handler.method.service.capitalize()}.{handler.method.name}"
        for _, handler in DECLARED
        if isinstance(handler, MethodHandler)
        and (handler.access.allowed is NoEntry.CALLER or handler.access.no_question is NoQuestion.SERVICE)
    }
    called = {
        ast.unparse(node)
        for path in (ROOT / "gateway").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }
    # It checks tokens, as every service does, and so learns which sessions ended.
    assert left & called == {"Identity.ended_sessions"}


@pytest.mark.parametrize("name", ["JournalEntry", "Decide"])
def test_only_the_component_writes_entries_and_asks_consent(name: str) -> None:
    makers = {path for path in SOURCES for call in _calls(path) if name in ast.unparse(call.func).split(".")}
    assert makers == {ACCESS if name == "JournalEntry" else CONTEXT}


def test_only_the_component_gives_permits_but_for_a_second_look() -> None:
    makers = {
        path for path in SOURCES for call in _calls(path) if ast.unparse(call.func) in {"permit_from", "Permit"}
    }
    # What the actor is shown of a document that they name decides between answers; the request was allowed before.
    assert makers == {ACCESS, ROOT / "services/records/context.py"}


def set_unmasking(ctx: Any, request: SetUnmasking) -> Done:
    return Done()


@pytest.mark.parametrize(
    "rule", [None, AccessRule(), AccessRule(acts=(Act.BLOCAGE,)), AccessRule(allowed=NoEntry.OWN)], ids=repr
)
def test_a_service_with_a_handler_without_a_rule_does_not_start(rule: AccessRule | None) -> None:
    definition = DEFINITIONS["consent"]
    module = ModuleType(__name__)
    module.set_unmasking = handles(Consent.set_unmasking, access=rule)(set_unmasking)  # type: ignore[attr-defined, arg-type]
    others = [other for other in definition.handlers if not hasattr(other, "set_unmasking")]
    broken = ServiceDefinition(
        name="consent", context=definition.context, load_tools=definition.load_tools, handlers=(*others, module)
    )
    with pytest.raises(DefinitionError, match="without a rule of access: set_unmasking"):
        service_class(broken)


def _calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
