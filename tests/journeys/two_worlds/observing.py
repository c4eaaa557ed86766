"""A reader asks every route about a world; the answers are compared with those about the other world."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import requests

from tests.journeys.two_worlds.answers import Answer, Normalizer, answer_of, body_of, differences
from tests.journeys.two_worlds.readers import Paper, Reader
from tests.journeys.two_worlds.routes import Ask
from tests.journeys.two_worlds.worlds import World

_SECONDS = 30
_MOST_PAGES = 20
_MODE_HEADER = "x-access-mode"
_HAS_MODE = ("/documents", "/facts", "/trends")

_OF_A_DOCUMENT = ("{document_id}", "{resource_id}", "{unique_id}", "{entry_uuid}")

RouteAnswers = tuple[str, list[Answer]]
"""A request as the test names it, and its answers, page by page."""


@dataclass
class Observer:
    """One reader of one world; `consents` are the Consents it was shown."""

    world: World
    reader: Reader
    normalizer: Normalizer
    consents: list[str]
    session: requests.Session
    until: datetime | None = None

    @classmethod
    def of(cls, world: World, reader: Reader) -> "Observer":
        return cls(world, reader, Normalizer(world), [], requests.Session())

    def ask_all(self, asks: Sequence[Ask], papers: Sequence[Paper]) -> Iterator[RouteAnswers]:
        """Send the requests that the reader's role may send.

        Args:
            papers: the documents to name.
        """
        for ask in asks:
            if ask.is_for(self.reader.role):
                for name, places in self._places(ask, papers):
                    yield f"{ask.route} {name}".strip(), list(self._pages(ask, places))

    def _places(self, ask: Ask, papers: Sequence[Paper]) -> Iterator[tuple[str, dict[str, str]]]:
        common = self._common()
        if ask.path.startswith("/fhir/Consent/{"):
            for number, consent in enumerate(self.consents):
                yield f"consent {number}", common | {"resource_id": consent}
        elif any(field in ask.text for field in _OF_A_DOCUMENT):
            for paper in papers:
                if _concerns(ask, paper):
                    yield f"{paper} {_variant(ask)}", common | self._of_document(paper.place, ask)
        elif "{folder_id}" in ask.text:
            for number, folder in sorted(self.world.folders.items()):
                yield f"folder {number}", common | {"folder_id": folder}
        else:
            yield _variant(ask), common

    def _common(self) -> dict[str, str]:
        patient = self.world.holder.patient
        return {
            "patient_id": self.world.record,
            "matricule": patient.ins.matricule,
            "oid": patient.ins.oid,
            "family_name": patient.family_name,
            "given_names": patient.given_names,
            "birth_date": patient.birth_date.isoformat(),
            "until": "" if self.until is None else self.until.isoformat().replace("+00:00", "Z"),
        }

    def _of_document(self, document: int, ask: Ask) -> dict[str, str]:
        ids, record = self.world.ids(document), self.world.record.replace("-", "")
        object_id = ids.set_id if "/List/" in ask.path else ids.document_id
        return {
            "document_id": ids.document_id,
            "resource_id": record + object_id.replace("-", ""),
            "unique_id": ids.unique_id,
            "entry_uuid": ids.entry_uuid,
        }

    def _pages(self, ask: Ask, places: dict[str, str]) -> Iterator[Answer]:
        query = {name: value.format_map(places) for name, value in ask.query.items()}
        if self.reader.mode and any(part in ask.path for part in _HAS_MODE) and ask.method in {"GET", "HEAD"}:
            query.setdefault("mode", self.reader.mode)
        form = ask.form and {name: value.format_map(places) for name, value in ask.form.items()}
        body = _filled(ask.json, places)
        path = ask.path.format_map(places)
        url, method = self.world.people.demo.gateway + path, ask.method
        arranged, items, response = _ARRANGED.get(ask.route), [], None
        for _ in range(_MOST_PAGES):
            response = self._send(ask, method, url, query, form, body)
            found = body_of(response)
            self._remember(found)
            if arranged is None or not response.ok:
                yield answer_of(response, _in_order(found), self.normalizer)
            else:
                items += arranged.items(found)
            following = _next_page(found, url, query) if response.ok else None
            if following is None:
                break
            url, query, form, method = *following, None, "GET"
        if arranged is not None and response is not None and response.ok:
            yield Answer(response.status_code, {}, self.normalizer.value(arranged.arrange(items, self)))

    def _send(
        self, ask: Ask, method: str, url: str, query: dict[str, str], form: Mapping[str, str] | None, body: object
    ) -> requests.Response:
        headers = {
            "authorization": f"Bearer {self.world.clients[self.reader.who].token}",
            "accept-language": "fr",
            **ask.headers,
        }
        if self.reader.mode:
            headers[_MODE_HEADER] = self.reader.mode
        data: Any = form
        if body is not None:
            data = msgspec.json.encode(body)
            headers.setdefault("content-type", "application/json")
        return self.session.request(method, url, params=query, data=data, headers=headers, timeout=_SECONDS)

    def _remember(self, found: Any) -> None:
        if isinstance(found, dict) and found.get("resourceType") == "Bundle":
            for entry in found.get("entry", []):
                found_id = entry["resource"]["id"]
                if entry["resource"]["resourceType"] == "Consent" and found_id not in self.consents:
                    self.consents.append(found_id)


def _concerns(ask: Ask, paper: Paper) -> bool:
    if ask.only_hidden:
        return paper.hidden is not None
    return not ask.only_ended or not (paper.hidden or paper.current)


def _next_page(found: Any, url: str, query: dict[str, str]) -> tuple[str, dict[str, str]] | None:
    """Where the next page is, as the API of the route says it."""
    if not isinstance(found, dict):
        return None
    following = [link["url"] for link in found.get("link", []) if link["relation"] == "next"]
    if following:
        return following[0], {}
    if "documents" in found and found.get("next"):
        return url, {**query, "cursor": found["next"]}
    for items, key in (("lines", "position"), ("notices", "id")):
        if items in found and len(found[items]) == int(query.get("count", "0")):
            return url, {**query, "before": str(found[items][-1][key])}
    return None


def _variant(ask: Ask) -> str:
    query = {**ask.query, **(ask.form or {})}
    return " ".join(f"{name}={value}" for name, value in query.items() if name not in {"patient", "until"})


def _filled(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, str):
        return value.format_map(places)
    if isinstance(value, dict):
        return {key: _filled(inner, places) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, places) for inner in value]
    return value


def compared(first: Iterable[RouteAnswers], second: Iterable[RouteAnswers]) -> list[str]:
    """What differs between the answers about two worlds, with the request."""
    of_first, of_second, found = _by_name(first), _by_name(second), []
    for name in of_first | of_second:
        left, right = of_first.get(name, []), of_second.get(name, [])
        if len(left) != len(right):
            found.append(f"{name}: {len(left)} pages | {len(right)} pages")
        for page, (answer, other) in enumerate(zip(left, right, strict=False)):
            pair = (msgspec.to_builtins(answer), msgspec.to_builtins(other))
            found += [f"{name}{f' page {page}' if page else ''} {line}" for line in differences(*pair)]
    return found


def _by_name(answers: Iterable[RouteAnswers]) -> dict[str, list[Answer]]:
    """What was asked twice gets another name."""
    found: dict[str, list[Answer]] = {}
    for name, pages in answers:
        found[f"{name} again" if name in found else name] = pages
    return found


# What must differ, or has no order (must_differ.py) ----------------------------------------------------------


@dataclass(frozen=True)
class Arranged:
    """How the items of an answer are made comparable.

    `items`: of one page. `arrange`: all of them, in the order of time, without what differs by its nature.
    """

    items: Callable[[Any], list[Any]]
    arrange: Callable[[list[Any], Observer], list[Any]]


def _in_order(found: Any) -> Any:
    """A Bundle with its included documents in the order of their creation: they have none of their own."""
    if isinstance(found, dict) and found.get("resourceType") == "Bundle":
        entries = found.get("entry", [])
        matches = [entry for entry in entries if entry["search"]["mode"] == "match"]
        included = [entry for entry in entries if entry["search"]["mode"] == "include"]
        return {**found, "entry": [*matches, *sorted(included, key=_creation)]} if included else found
    return found


def _creation(entry: Any) -> str:
    return str(entry["resource"]["content"][0]["attachment"].get("creation"))


def _own_record(found: list[Any], observer: Observer) -> list[Any]:
    return [record for record in found if observer.world.record in str(record)]


def _notices(found: list[Any], _: Observer) -> list[Any]:
    """By time: each event has a queue of its own."""
    ordered = sorted(found, key=lambda notice: str(notice["at"]))
    return [{name: value for name, value in notice.items() if name != "id"} for notice in ordered]


def _journal(found: list[Any], _: Observer) -> list[Any]:
    """By time: which of two services' lines arrives first is chance, and so are their numbers then."""
    ordered = sorted(found, key=lambda line: (line["at"], line["position"]))
    dropped = {"number", "position"}
    return [{name: value for name, value in line.items() if name not in dropped} for line in ordered]


def _proofs(found: list[Any], observer: Observer) -> list[Any]:
    """What the leaves and their openings say; hashes, positions and paths depend on the whole tree."""
    opened = [(msgspec.json.decode(line["leaf"]), msgspec.json.decode(line["personal"] or "{}")) for line in found]
    numbers: dict[str, list[int]] = {}
    for leaf, _ in opened:
        numbers.setdefault(leaf["strand"], []).append(leaf["number"])
    has_gaps = any(sorted(found) != list(range(1, len(found) + 1)) for found in numbers.values())
    kept = [(leaf, personal) for leaf, personal in opened if _is_settled(leaf["at"], observer)]
    return [
        {"has gaps": has_gaps},
        *_without_numbers(kept),
    ]


def _without_numbers(lines: list[tuple[dict[str, Any], Any]]) -> list[Any]:
    dropped = {"number", "previous", "commitment", "event_id"}
    return [
        [{name: value for name, value in leaf.items() if name not in dropped}, personal]
        for leaf, personal in sorted(lines, key=lambda pair: str(pair[0]["at"]))
    ]


def _audit_events(found: list[Any], observer: Observer) -> list[Any]:
    events = [entry["resource"] for entry in found if _is_settled(entry["resource"]["recorded"], observer)]
    ordered = sorted(events, key=lambda event: (event["recorded"], int(event["id"].rpartition("-")[2])))
    return [{name: value for name, value in event.items() if name != "id"} for event in ordered]


def _is_settled(moment: str, observer: Observer) -> bool:
    return observer.until is not None and datetime.fromisoformat(moment) < observer.until


_LINES = Arranged(lambda page: list(page["lines"]), _journal)
_EVENTS = Arranged(lambda page: list(page.get("entry", [])), _audit_events)
_ARRANGED: dict[str, Arranged] = {
    "GET /dmp/records": Arranged(lambda page: list(page["records"]), _own_record),
    "POST /dmp/patients/search": Arranged(lambda page: list(page["persons"]), _own_record),
    "GET /dmp/records/{patient_id}/journal": _LINES,
    "GET /dmp/records/{patient_id}/journal/proofs": Arranged(lambda page: list(page["lines"]), _proofs),
    "GET /dmp/records/{patient_id}/notices": Arranged(lambda page: list(page["notices"]), _notices),
    "GET /fhir/AuditEvent": _EVENTS,
    "POST /fhir/AuditEvent/_search": _EVENTS,
}
"""Route -> how its answers are arranged: other records, and the journal, whose order is that of arrival."""
