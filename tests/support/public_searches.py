"""A record in which every search parameter finds something, and searches with what each of them must find."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, product
from typing import Any

from client.fhir import FhirClient
from client.people import DemoPeople
from contracts.vocabulary import Visibility
from gateway.fhir.systems import DESIGNATION_TYPE, SOURCE_ID
from tests.support.fhir_client import fhir_client, submission_set_of
from tests.support.fhir_tokens import URI, finds, forms_of, tokens_of
from tests.support.people import Holder, deposit, document_for, new_unique_id, open_record

Answered = Mapping[str, Any]
ARCHIVE = {"op": "replace", "path": "/extension/0/valueBoolean", "value": True}
_PREFIXES: Mapping[str, Callable[[timedelta], bool]] = {
    "": lambda distance: distance == timedelta(),
    "ne": lambda distance: distance != timedelta(),
    "ge": lambda distance: distance >= timedelta(),
    "lt": lambda distance: distance < timedelta(),
}


@dataclass(frozen=True)
class Search:
    """One search: the parameter that it tries, all pairs that are sent, and what it must find (`Type/id`)."""

    type: str
    parameter: str
    pairs: tuple[tuple[str, str], ...]
    found: frozenset[str]


@dataclass(frozen=True)
class SearchedRecord:
    """A record and what its author sees of it: documents in use, one archived, submission sets."""

    holder: Holder
    documents: tuple[Answered, ...]
    archived: Answered
    sets: tuple[Answered, ...]

    @property
    def ins(self) -> str:
        """The holder's INS as a token."""
        return f"urn:oid:{self.holder.patient.ins.oid}|{self.holder.patient.ins.matricule}"


def searched_record(demo: DemoPeople) -> SearchedRecord:
    """A record with a set of all metadata, a version replaced by a masked one, and an archived document."""
    holder, hospital = open_record(demo), demo.logged_in("hospital")
    software = fhir_client(demo, hospital)
    software.post("", _set_of_all_metadata(demo, holder)).raise_for_status()
    older = new_unique_id()
    for content, marks in (
        (document_for(demo, holder, unique_id=older), ()),
        (document_for(demo, holder, replaces=older), (Visibility.MASQUE_PS,)),
    ):
        deposit(hospital, holder, content, *marks)
    archived = deposit(hospital, holder, document_for(demo, holder)).document_id
    path = f"DocumentReference/{holder.record.replace('-', '')}{str(archived).replace('-', '')}"
    software.patch(path, ARCHIVE).raise_for_status()
    documents = f"DocumentReference?patient={holder.record}&status="
    (put_away,) = _resources(software, f"{documents}current&isArchived=true")
    return SearchedRecord(
        holder,
        _resources(software, f"{documents}current,superseded"),
        put_away,
        _resources(software, f"List?patient={holder.record}&status=current"),
    )


def _set_of_all_metadata(demo: DemoPeople, holder: Holder) -> dict[str, Any]:
    bundle = submission_set_of(holder, document_for(demo, holder))
    listing = bundle["entry"][0]["resource"]
    person = {"resourceType": "Practitioner", "id": "a", "name": [{"family": "ESSAI", "given": ["Ada"]}]}
    kind = {"coding": [{"system": "http://loinc.org", "code": "11488-4"}]}
    listing |= {
        "contained": [person],
        "source": {"reference": "#a"},
        "identifier": [{"use": "usual", "system": URI, "value": f"urn:oid:{new_unique_id()}"}],
        "extension": [
            {"url": DESIGNATION_TYPE, "valueCodeableConcept": kind},
            {"url": SOURCE_ID, "valueIdentifier": {"system": URI, "value": "urn:oid:1.2.250.1.999.1"}},
        ],
        "date": "2026-04-05T10:00:00+02:00",
    }
    return bundle


def _resources(software: FhirClient, path: str) -> tuple[Answered, ...]:
    return tuple(entry["resource"] for entry in software.get(path).json()["entry"])


def names_of(resources: Iterable[Answered]) -> frozenset[str]:
    """Type and id of each."""
    return frozenset(f"{each['resourceType']}/{each['id']}" for each in resources)


def _holder(parameter: str, patient: str) -> dict[str, str]:
    """The record by `patient`, unless it is given by `subject`."""
    return {} if parameter == "subject" else {"patient": patient}


def document_searches(record: SearchedRecord) -> list[Search]:
    """Of every parameter of DocumentReference but the INS, which only professionals may search."""
    documents, patient = record.documents, record.holder.record
    current = [each for each in documents if each["status"] == "current"]
    (newer,) = [each for each in documents if "relatesTo" in each]
    older = newer["relatesTo"][0]["target"]["identifier"]

    def of(parameter: str, value: str, found: Iterable[Answered], **others: str) -> Search:
        base = _holder(parameter, patient) | {"status": "current,superseded"} | others
        pairs = (*((name, sent) for name, sent in base.items() if name != parameter), (parameter, value))
        return Search("DocumentReference", parameter, pairs, names_of(found))

    status = "http://hl7.org/fhir/document-reference-status"
    return [
        *(of(*case, documents) for case in product(("patient", "subject"), (patient, f"Patient/{patient}"))),
        of("status", "current", current),
        of("status", f"{status}|superseded", [each for each in documents if each not in current]),
        of("status", f"{status}|", documents),
        of("status", "|current", []),
        of("status", "entered-in-error", []),
        of("isArchived", "false", documents),
        of("isArchived", "true", [record.archived]),
        *(of(*case) for case in _token_cases(documents)),
        of("related", older["value"], [newer]),
        of("related:identifier", f"{older['system']}|{older['value']}", [newer]),
        of("related:identifier", "urn:oid:1.2.3|x", []),
        of("author.family", _author(newer)["family"][:3].lower(), documents),
        of("author.given", _author(newer)["given"][0][:3], documents),
        of("author.family", "zzz", []),
        *(of(*case) for case in _date_cases(documents, "creation", _creation)),
        *(of(*case) for case in _date_cases(documents, "date", lambda each: str(each["date"]))),
        *(of(*case) for case in _date_cases(documents, "_lastUpdated", _changed)),
        *(of(*case) for case in _period_cases(documents)),
        of("_since", _changed(newer), [each for each in documents if _changed(each) >= _changed(newer)]),
        of("_id", newer["id"], [newer]),
        of("_id", ",".join(each["id"] for each in documents), documents),
    ]


def set_searches(record: SearchedRecord) -> list[Search]:
    """Of every parameter of List but the INS."""
    sets, patient = record.sets, record.holder.record
    (described,) = [each for each in sets if "designationType" in str(each)]

    def of(parameter: str, value: str, found: Iterable[Answered], **others: str) -> Search:
        base = _holder(parameter, patient) | {"status": "current"} | others
        pairs = (*((name, sent) for name, sent in base.items() if name != parameter), (parameter, value))
        return Search("List", parameter, pairs, names_of(found))

    status = "http://hl7.org/fhir/list-status"
    return [
        *(of(*case, sets) for case in product(("patient", "subject"), (patient, f"Patient/{patient}"))),
        *(of("status", value, sets) for value in ("current", f"{status}|current", f"{status}|")),
        *(of("status", value, []) for value in ("|current", "retired", "entered-in-error")),
        of("code", "folder", []),
        *(of(*case) for case in _token_cases(sets)),
        *(of(*case) for case in _date_cases(sets, "date", lambda each: str(each["date"]))),
        *(of(*case) for case in _date_cases(sets, "_lastUpdated", _changed)),
        of("source.family", "essai", [described]),
        of("source.given", "ada", [described]),
        of("source.family", "zzz", []),
        of("_id", described["id"], [described]),
        of("_id", ",".join(each["id"] for each in sets), sets),
    ]


def searches_by_ins(record: SearchedRecord) -> list[Search]:
    """Of the parameters that take an INS, for professionals."""
    patient = f"Patient/{record.holder.record}"
    return [
        Search("Patient", "identifier", (("identifier", record.ins),), frozenset({patient})),
        *(
            Search(kind, "patient.identifier", (("patient.identifier", record.ins), ("status", "current")), found)
            for kind, found in (
                ("List", names_of(record.sets)),
                ("DocumentReference", names_of(each for each in record.documents if each["status"] == "current")),
            )
        ),
    ]


def journal_searches(patient: str, events: Sequence[Answered]) -> list[Search]:
    """Of every parameter of AuditEvent, and of Consent in a record without decisions; `events`: its journal."""
    last = str(max(event["recorded"] for event in events))
    outcome = "http://hl7.org/fhir/audit-event-outcome"

    def of(parameter: str, value: str, found: Iterable[Answered], kind: str = "AuditEvent") -> Search:
        base = {} if parameter == "patient" else {"patient": patient}
        window = {"date": f"le{last}"} if kind == "AuditEvent" else {}
        pairs = (("_count", "100"), *base.items(), *window.items(), (parameter, value))
        return Search(kind, parameter, pairs, names_of(found))

    return [
        *(of("patient", value, events) for value in (patient, f"Patient/{patient}")),
        of("date", "ge2020-01", events),
        of("date", "lt2020-01", []),
        of("date", last, [event for event in events if event["recorded"] == last]),
        *(of("outcome", value, events) for value in ("0", f"{outcome}|0", f"{outcome}|", "0,4")),
        *(of("outcome", value, []) for value in ("4", "8", "12", "|0", "urn:oid:1.2.3|0")),
        *(of("patient", value, [], "Consent") for value in (patient, f"Patient/{patient}")),
    ]


def _token_cases(resources: Sequence[Answered]) -> Iterator[tuple[str, str, list[Answered]]]:
    """One token of each parameter and system in every form, and every other one with its system."""
    tokens = {id(each): tokens_of(each) for each in resources}
    by_system = {(token.parameter, token.system): token for token in chain(*tokens.values())}
    values = {(token.parameter, form) for token in by_system.values() for form in forms_of(token)}
    values |= {(token.parameter, f"{token.system}|{token.code}") for token in chain(*tokens.values())}
    for parameter, form in sorted(values):
        found = [
            each
            for each in resources
            if any(finds(form, token) for token in tokens[id(each)] if token.parameter == parameter)
        ]
        yield parameter, form, found


def _date_cases(
    resources: Sequence[Answered], parameter: str, read: Callable[[Answered], str]
) -> Iterator[tuple[str, str, list[Answered]]]:
    written = [read(each) for each in resources]
    value, moments = written[0], {id(each): datetime.fromisoformat(read(each)) for each in resources}
    moment = datetime.fromisoformat(value)
    for prefix, is_found in _PREFIXES.items():
        found = [each for each in resources if is_found(moments[id(each)] - moment)]
        yield parameter, f"{prefix}{value}", found


def _period_cases(documents: Sequence[Answered]) -> Iterator[tuple[str, str, list[Answered]]]:
    dated = [each for each in documents if each.get("context", {}).get("period")]
    assert dated
    yield "period", "ge1999", dated
    yield "period", "lt1999-02", []


def _creation(document: Answered) -> str:
    return str(document["content"][0]["attachment"]["creation"])


def _changed(each: Answered) -> str:
    return str(each["meta"]["lastUpdated"])


def _author(document: Answered) -> Mapping[str, Any]:
    person = next(part for part in document["contained"] if part["id"] == "author-1-person")
    found: Mapping[str, Any] = person["name"][0]
    return found
