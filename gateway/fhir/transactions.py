"""A transaction: a lot of documents with their bytes (ITI-65), taken in whole or not at all."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, post
from litestar.status_codes import HTTP_200_OK

from contracts.errors import HeaderContradicts, InvalidRequest
from contracts.records import Records, SubmissionSetDeposited, SubmissionSetMetadata
from contracts.vocabulary import PatientId
from gateway.clients import Caller
from gateway.fhir import systems
from gateway.fhir.answers import answer, check_acceptable, outcome_of_success, preference_of
from gateway.fhir.depositing import deposit, record_of_subject
from gateway.fhir.document_in import Sent, coded, moment_in, replaced_by_reference, sent_in, unique_id_in
from gateway.fhir.document_resource import document_resource, instant
from gateway.fhir.ids import write_id
from gateway.fhir.incoming import incoming
from gateway.fhir.patching import operations_of
from gateway.fhir.references import References
from gateway.guards import ROLES

_ANSWER = "transaction-response"
_MOST_ENTRIES = 2_000


class _SubmissionSet(msgspec.Struct, frozen=True):
    """The entries of a transaction, each with its place in it."""

    lists: dict[int, Mapping[str, Any]]
    documents: dict[int, Mapping[str, Any]]
    binaries: dict[int, Mapping[str, Any]]
    patches: dict[int, tuple[str, Mapping[str, Any]]]
    beside: dict[str, Mapping[str, Any]]


@post(
    ["/fhir", "/fhir/"],
    opt={ROLES: Records.deposit_lot.roles},
    status_code=HTTP_200_OK,
    request_max_body_size=None,
    include_in_schema=False,
)
async def deposit_submission_set(request: Caller) -> Response[bytes]:
    """Deposit a lot (ITI-65, TD2.1): one List, its DocumentReferences, their Binaries."""
    check_acceptable(request)
    prefers = preference_of(request)
    with await incoming(request) as body:
        lot = _sorted_out(body.resource)
        listing, facts = _listing(lot)
        sent = [sent_in(resource, lot.beside) for resource in lot.documents.values()]
        _check_patches(lot, sent)
        data = [_bytes_of(one, lot) for one in sent]
        record = await record_of_subject(request, listing.get("subject") or sent[0].subject)
        for one in sent:
            if one.subject != listing.get("subject", one.subject):
                raise HeaderContradicts(field="subject")
        done = await deposit(request, body, record, sent, data, facts, strict=prefers.strict)
    return answer(_response(record, lot, done, told=prefers.told))


def _sorted_out(bundle: Mapping[str, Any]) -> _SubmissionSet:
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") != "transaction":
        raise InvalidRequest(field="Bundle.type")
    entries = bundle.get("entry", [])
    if not 1 <= len(entries) <= _MOST_ENTRIES:
        raise InvalidRequest(field="Bundle.entry")
    lot = _SubmissionSet({}, {}, {}, {}, {})
    for place, entry in enumerate(entries):
        _put(lot, place, entry)
    if len(lot.beside) != sum("fullUrl" in entry for entry in entries):
        raise InvalidRequest(field="Bundle.entry.fullUrl")
    return lot


def _put(lot: _SubmissionSet, place: int, entry: Mapping[str, Any]) -> None:
    resource, asked = entry.get("resource", {}), entry.get("request", {})
    kind, verb, url = resource.get("resourceType"), asked.get("method"), str(asked.get("url", ""))
    shelves = {"List": lot.lists, "DocumentReference": lot.documents, "Binary": lot.binaries}
    if verb == "POST" and kind in shelves and url == kind:
        shelves[kind][place] = resource
    elif verb == "PATCH" and kind == "Parameters" and url.startswith("DocumentReference/"):
        lot.patches[place] = (url, resource)
    else:
        raise InvalidRequest(field="Bundle.entry.request")
    if "fullUrl" in entry:
        lot.beside[str(entry["fullUrl"])] = resource


def _listing(lot: _SubmissionSet) -> tuple[Mapping[str, Any], SubmissionSetMetadata]:
    """The one List, which names every document and nothing else."""
    if len(lot.lists) != 1 or not lot.documents:
        raise InvalidRequest(field="Bundle.entry")
    listing = next(iter(lot.lists.values()))
    named = [str(entry.get("item", {}).get("reference", "")) for entry in listing.get("entry", [])]
    found = [lot.beside.get(one) for one in named]
    if any(one not in lot.documents.values() for one in found) or len(named) != len(lot.documents):
        raise InvalidRequest(field="List.entry")
    return listing, _facts(listing, References(listing, lot.beside))


def _facts(listing: Mapping[str, Any], people: References) -> SubmissionSetMetadata:
    extensions = {one.get("url"): one for one in listing.get("extension", [])}
    source = extensions.get(systems.SOURCE_ID, {}).get("valueIdentifier")
    patient = extensions.get(systems.SOURCE_PATIENT, {}).get("valueReference")
    return SubmissionSetMetadata(
        unique_id=_unique_id(listing),
        source_id=unique_id_in(source),
        title=listing.get("title"),
        comments=next((note.get("text") for note in listing.get("note", [])), None),
        content_type=coded(extensions.get(systems.DESIGNATION_TYPE, {}).get("valueCodeableConcept")),
        submitted_at=moment_in(listing.get("date"), "List.date"),
        author=people.author(listing.get("source"), "List.source"),
        patient=people.patient(patient, "List.extension"),
    )


def _unique_id(listing: Mapping[str, Any]) -> str | None:
    """The number of the lot: the usual one of its identifiers, for the official one is its entryUUID."""
    numbers = listing.get("identifier", [])
    usual = next((one for one in numbers if one.get("use") == "usual"), numbers[0] if numbers else None)
    return unique_id_in(usual)


def _check_patches(lot: _SubmissionSet, sent: list[Sent]) -> None:
    """A transaction may say of a document that it is superseded if it brings the one that takes its place."""
    replaced = {one.stated.replaces for one in sent}
    for url, parameters in lot.patches.values():
        operations = [(one.path, one.value) for one in operations_of(parameters)]
        if operations != [("/status", "superseded")] or replaced_by_reference(url) not in replaced:
            raise InvalidRequest(field="Bundle.entry.request")


def _bytes_of(sent: Sent, lot: _SubmissionSet) -> str:
    if sent.data:
        return sent.data
    binary = lot.beside.get(sent.url, {})
    data = binary.get("data") if binary.get("resourceType") == "Binary" else None
    if not data:
        raise InvalidRequest(field="DocumentReference.content.attachment.url")
    return str(data)


def _response(record: PatientId, lot: _SubmissionSet, done: SubmissionSetDeposited, *, told: str) -> dict[str, Any]:
    """One answer for each entry, in the order they were sent."""
    answers: dict[int, dict[str, Any]] = {}
    status = "201 Created" if any(done.created) else "200 OK"
    for place in lot.lists:
        answers[place] = {"status": status, "location": f"List/{write_id(record, done.lot_id)}"}
    for at, place in enumerate(lot.documents):
        answers[place] = _of_document(record, done, at)
    ids = {id(binary): place for place, binary in lot.binaries.items()}
    for at, resource in enumerate(lot.documents.values()):
        binary = lot.beside.get(str(resource["content"][0]["attachment"].get("url", "")))
        if binary is not None and id(binary) in ids:
            document_id = done.entries[at].document.document_id
            location = f"Binary/{write_id(record, document_id)}"
            answers[ids[id(binary)]] = {"status": answers[list(lot.documents)[at]]["status"], "location": location}
    for place in {*lot.binaries, *lot.patches} - set(answers):
        answers[place] = {"status": "200 OK"}
    entries = [{"response": answers[place]} for place in sorted(answers)]
    if told == "representation":
        for at, place in enumerate(lot.documents):
            entries[place]["resource"] = document_resource(record, done.entries[at])
    return {"resourceType": "Bundle", "type": _ANSWER, "entry": entries}


def _of_document(record: PatientId, done: SubmissionSetDeposited, at: int) -> dict[str, Any]:
    entry = done.entries[at]
    said = {
        "status": "201 Created" if done.created[at] else "200 OK",
        "location": f"DocumentReference/{write_id(record, entry.document.document_id)}",
        "etag": f'W/"{entry.document.version}"',
        "lastModified": instant(entry.changed_at),
    }
    if done.warnings[at]:
        return {**said, "outcome": outcome_of_success("written", done.warnings[at])}
    return said


ROUTES = [deposit_submission_set]
