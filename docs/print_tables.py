"""Tables of the documentation pages that are generated from code: `python -m docs.print_tables`."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from litestar.routes import HTTPRoute

from chassis.logs import ALLOWED
from chassis.topology import event_queue
from contracts.errors.base import Refusal
from contracts.errors.registry import all_refusals
from contracts.wiring import APIS, CALLS, SUBSCRIPTIONS
from deploy.dev import people
from deploy.dev.ports import DEFAULT_BASE, OFFSETS
from docs.access_tables import access_rows, unasked_rows, unjournalled_rows
from gateway.errors import STATUS, status_of
from gateway.guards import PUBLIC, ROLES
from gateway.routing import ROUTES
from services.notify.domain.notices import NOTICES
from tests.audit.findings import load_triage
from translations.refusals import REFUSALS

DOCS = Path(__file__).parent
ROOT = DOCS.parent

_PARAMETER_TYPE = re.compile(r":\w+}")
_MARKED = re.compile(r"(<!-- printed: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> list[Path]:
    """Every page, ADRs included."""
    return sorted(DOCS.rglob("*.md"))


def tables_in(page: str) -> set[str]:
    """Names of the generated tables of a page."""
    return {found[2] for found in _MARKED.finditer(page)}


def fill(page: str) -> str:
    """The page with its generated tables replaced by current ones."""
    return _MARKED.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", page)


def calls() -> str:
    """Which service calls which over RPC."""
    rows = ((f"`{caller}`", _joined(called) or "nobody") for caller, called in CALLS.items())
    return _table(("who", "calls"), rows)


def events() -> str:
    """Events, their meaning, and the queues that receive them."""
    consumed = {event for events in SUBSCRIPTIONS.values() for event in events}
    rows = []
    for event in sorted(consumed, key=lambda event: event.topic):
        queues = (event_queue(service, event) for service in SUBSCRIPTIONS if event in SUBSCRIPTIONS[service])
        rows.append((f"`{event.topic}`", _summary(event), "<br>".join(f"`{queue}`" for queue in queues)))
    return _table(("event", "what happened", "queues"), rows)


def notices() -> str:
    """Events that cause notices, the notices, and to whom they go."""
    rows = (
        (
            f"`{rule.event.topic}`",
            ", ".join(f"`{field}`: {_as_value(value)}" for field, value in rule.when.items()) or "always",
            f"`{rule.code}`",
            f"holder, `{rule.professionals}`" if rule.professionals else "holder",
            "SMS" if rule.urgent else "e-mail",
            "makes waiting deliveries due" if rule.hastens else "",
        )
        for rule in NOTICES
    )
    return _table(("event", "when", "notice", "to", "by", "besides"), rows)


def methods() -> str:
    """RPC methods, and the roles whose tokens they accept."""
    rows = (
        (f"`{method.route}`", _joined(method.roles) or "no token required", f"{method.seconds:g} s")
        for api in APIS
        for method in api.methods()
    )
    return _table(("method", "roles admitted", "deadline"), rows)


def access() -> str:
    """Handlers, their acts, the question to consent, and their journal entries."""
    return _table(("handler", "serves a", "act", "consent", "journal entries"), access_rows())


def unasked() -> str:
    """Why consent is not asked, and where."""
    return _table(("consent is not asked, for", "handlers"), unasked_rows())


def unjournalled() -> str:
    """Why there is no journal entry, and where."""
    return _table(("there is no entry, for", "handlers"), unjournalled_rows())


def routes() -> str:
    """HTTP routes of the gateway, and the roles whose tokens they accept."""
    found = {
        (_PARAMETER_TYPE.sub("}", route.path), method): handler.opt[ROLES]
        for router in ROUTES
        for route in router.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    }
    rows = (
        (f"`{method} {path}`", "no token required" if roles == PUBLIC else _joined(roles))
        for (path, method), roles in sorted(found.items())
    )
    return _table(("request", "roles admitted"), rows)


def refusals() -> str:
    """Refusal codes by HTTP status."""
    kinds = sorted(all_refusals().values(), key=lambda refusal: (status_of(refusal()), refusal.code))
    rows = (
        (
            str(status_of(refusal())),
            f"`{refusal.code}`",
            _category(refusal),
            *(REFUSALS.text(refusal.code, language) for language in ("fr", "en")),
        )
        for refusal in kinds
    )
    return _table(("HTTP", "code", "category", "français", "English"), rows)


def settings() -> str:
    """Settings of every process."""
    files = {"every service": ROOT / "chassis/settings.py", "data plane": ROOT / "chassis/transfers.py"}
    files |= {path.parent.name: path for path in sorted(ROOT.glob("services/*/settings.py"))}
    files |= {"gateway": ROOT / "gateway/settings.py"}
    rows = ((who, *row) for who, path in files.items() for row in _settings_in(path))
    return _table(("who", "variable", "default", "what it is"), rows)


def ports() -> str:
    """Ports of the development stack."""
    rows = ((f"`{part}`", str(DEFAULT_BASE + offset)) for part, offset in OFFSETS.items())
    return _table(("part", "port"), rows)


def professionals() -> str:
    """Professionals of the development platform, with their cards."""
    places = {structure.finess: structure.name for structure in people.STRUCTURES}
    rows = (
        (f"`{who.name}`", _named(who), who.profession, who.rpps, places[who.structure], who.structure)
        for who in people.PROFESSIONALS
    )
    return _table(("card", "name", "profession", "RPPS", "structure", "FINESS"), rows)


def patients() -> str:
    """Patients of the development platform, with their cards."""
    rows = (
        (f"`{who.name}`", _named(who), f"{who.birth_date}", who.ins.matricule, who.ins.oid) for who in people.PATIENTS
    )
    return _table(("card", "name", "born", "matricule INS", "list"), rows)


def accepted() -> str:
    """Findings of `make audit` that stay."""
    rows = (
        (entry.rule, "<br>".join(f"`{place}`" for place in entry.places), f"`{entry.detail}`", entry.why)
        for entry in load_triage()
    )
    return _table(("rule", "where", "what", "why it stays"), rows)


def log_keys() -> str:
    """Keys allowed in log lines."""
    return _joined(ALLOWED) + "\n"


TABLES: dict[str, Callable[[], str]] = {
    table.__name__: table
    for table in (
        *(calls, events, notices, methods, routes, access, unasked, unjournalled, refusals, settings, ports),
        *(accepted, log_keys, professionals, patients),
    )
}


def _settings_in(path: Path) -> Iterator[tuple[str, str, str]]:
    for group in ast.walk(ast.parse(path.read_text())):
        if isinstance(group, ast.ClassDef) and group.name.endswith("Settings"):
            for field, after in zip(group.body, [*group.body[1:], None], strict=True):
                if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    default = _as_written(ast.literal_eval(field.value)) if field.value else "required"
                    yield f"`CARNET_{field.target.id.upper()}`", default, _text_of(after)


def _as_value(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else f"`{value}`"


def _as_written(default: object) -> str:
    """A default as it would be set in the environment."""
    if isinstance(default, bool):
        return f"`{default:d}`"
    return f"`{default}`" if default != "" else "empty"


def _text_of(statement: ast.stmt | None) -> str:
    """Text of a field's docstring; empty without one."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return " ".join(str(statement.value.value).split())
    return ""


def _named(person: people.Professional | people.Patient) -> str:
    return f"{person.given_names} {person.family_name}"


def _category(refusal: type[Refusal]) -> str:
    return next(kind.__name__ for kind in refusal.__mro__[1:] if kind in STATUS)


def _summary(kind: type) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


def _joined(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main() -> None:
    for path in pages():
        path.write_text(fill(path.read_text()))


if __name__ == "__main__":
    main()
