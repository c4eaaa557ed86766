"""Tables of what handlers declare about access, and of the exceptions with their reasons."""

from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module

from chassis.access_rules import AccessRule, NoEntry, NoQuestion
from chassis.handlers import Declaration, EventHandler, MethodHandler, TimerHandler, TransferHandler
from contracts.wiring import SERVICES
from deploy.dev.parts import SERVICE_MODULES

Row = tuple[str, ...]


def access_rows() -> Iterator[Row]:
    """Every handler with its act, the question to consent and the entries it leaves."""
    for name, kind, rule in _rules():
        acts = ", ".join(f"`{act}`" for act in rule.acts) or "none"
        yield f"`{name}`", kind, acts, _question(rule), _entries(rule)


def unasked_rows() -> Iterator[Row]:
    """The reasons not to ask consent, each with its handlers."""
    names: dict[NoQuestion, list[str]] = defaultdict(list)
    for name, _, rule in _rules():
        if rule.no_question is not None:
            names[rule.no_question].append(f"`{name}`" if not rule.purposes else f"`{name}` (else asked)")
    return ((reason.value, ", ".join(names[reason])) for reason in NoQuestion)


def unjournalled_rows() -> Iterator[Row]:
    """The reasons to leave no entry, each with its handlers and which of their requests."""
    names: dict[NoEntry, list[str]] = defaultdict(list)
    for name, _, rule in _rules():
        if rule.allowed is not None:
            names[rule.allowed].append(f"`{name}` (allowed only)" if rule.acts else f"`{name}`")
        for reason in rule.skips:
            names[reason].append(f"`{name}` (some)")
    return ((reason.value, ", ".join(names[reason])) for reason in NoEntry)


def _rules() -> Iterator[tuple[str, str, AccessRule]]:
    for service in SERVICES:
        for handler in import_module(SERVICE_MODULES[service]).SERVICE.declarations():
            yield *_name(service, handler), handler.access


def _name(service: str, handler: Declaration) -> tuple[str, str]:
    match handler:
        case MethodHandler():
            return handler.method.route, "method"
        case EventHandler():
            return f"{service}.{handler.name}", "event"
        case TimerHandler():
            return f"{service}.{handler.name}", "timer"
        case TransferHandler():
            return f"{service}.{handler.name}", "transfer"
    raise TypeError(handler)


def _question(rule: AccessRule) -> str:
    purposes = ", ".join(f"`{purpose}`" for purpose in rule.purposes)
    reason = rule.no_question.value if rule.no_question else ""
    return f"{purposes}, unless {reason}" if purposes and reason else purposes or f"not asked: {reason}"


def _entries(rule: AccessRule) -> str:
    if not rule.acts:
        return f"none: {rule.allowed.value}" if rule.allowed else ""
    if rule.allowed:
        return f"one if refused; if allowed none: {rule.allowed.value}"
    kind = "one for each item" if rule.each else "one"
    skipped = "; ".join(reason.value for reason in rule.skips)
    return f"{kind}, or none: {skipped}" if skipped else kind
