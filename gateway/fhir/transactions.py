"""Transaction: deposit of a submission set with its documents (ITI-65), all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response, post
from litestar.status_codes import HTTP_200_OK

from contracts.errors.execution import HeaderContradicts
from contracts.errors.request import InvalidRequest, ParameterUnknown
from contracts.records.api import Records
from contracts.records.submission_sets import SubmissionSetMetadata, SubmissionSetResult
from contracts.vocabulary import PatientId
from gateway.clients import ApiRequest
from gateway.fhir import systems
from gateway.fhir.dates import parse_date
from gateway.fhir.deposits import check_nothing_left_out, deposit_documents, record_of_subject, stated_subject
from gateway.fhir.document_parsing import (
    SentDocument,
    parse_coding,
    parse_document,
    parse_unique_id,
    replaced_by_reference,
)
from gateway.fhir.document_resource import document_resource, instant
from gateway.fhir.ids import write_id
from gateway.fhir.kept_elements import elements_left_out
from gateway.fhir.patching import parse_fhirpath_patch
from gateway.fhir.references import References
from gateway.fhir.request_body import read_deposit
from gateway.fhir.request_parsing import base_of
from gateway.fhir.responses import check_acceptable, fhir_response, preference_of, success_outcome
from gateway.guards import ROLES

_RESPONSE_TYPE = "transaction-response"
_MAX_ENTRIES = 2_000
_MAX_SUBJECTS = 5
"""Ways to write one patient in one set, each of which may ask for a record."""


class _SubmissionSetBundle(msgspec.Struct, frozen=True):
    """The resources of a transaction, by the index of their entry; `by_url`: all of them, by fullUrl."""

    lists: dict[int, Mapping[str, Any]]
    documents: dict[int, Mapping[str, Any]]
    binaries: dict[int, Mapping[str, Any]]
    patches: dict[int, tuple[str, Mapping[str, Any]]]
    by_url: dict[str, Mapping[str, Any]]


@post(
    ["/fhir", "/fhir/"],
    opt={ROLES: Records.deposit_lot.roles},
    status_code=HTTP_200_OK,
    request_max_body_size=None,
    include_in_schema=False,
)
async def post_transaction(request: ApiRequest) -> Response[bytes]:
    """Deposit a submission set (ITI-65, TD2.1): one List, its DocumentReferences, their Binaries."""
    check_acceptable(request)
    preference = preference_of(request)
    with await read_deposit(request) as body:
        parts = _sort_entries(body.content)
        listing = _check_list(parts)
        people = References(listing, parts.by_url)
        metadata = _metadata(listing, people)
        traits = people.patient_traits(_source_patient(listing), "List.extension")
        base = base_of(request)
        documents = [parse_document(reference, parts.by_url, base=base) for reference in parts.documents.values()]
        _check_patches(parts, documents, base)
        data = [_data_of(document, parts) for document in documents]
        left_out = [
            (*elements_left_out(listing), *_missing(metadata)),
            *(document.left_out for document in documents),
        ]
        for elements in left_out:
            check_nothing_left_out(elements, strict=preference.strict)
        record = await _record_of(request, parts, listing)
        deposited = await deposit_documents(
            request, body, record, documents, data, metadata, strict=preference.strict, patient_traits=traits
        )
    includes_documents = preference.returned == "representation"
    return fhir_response(_response(base, record, parts, deposited, left_out, includes_documents=includes_documents))


async def _record_of(request: ApiRequest, parts: _SubmissionSetBundle, listing: Mapping[str, Any]) -> PatientId:
    """The one record of the set and all its documents, which may name its holder in several ways.

    Raises:
        HeaderContradicts: they name several people. InvalidRequest: they name them in too many ways.
    """
    subjects = subjects_in([listing, *parts.documents.values()], parts.by_url)
    if len(subjects) > _MAX_SUBJECTS:
        raise InvalidRequest(field="DocumentReference.subject")
    records = {await record_of_subject(request, subject) for subject in subjects}
    if len(records) != 1:
        raise HeaderContradicts(field="subject")
    return records.pop()


def subjects_in(
    referrers: Sequence[Mapping[str, Any]], bundled: Mapping[str, Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The subjects of resources, each way to write one once; raises InvalidRequest."""
    found: list[Mapping[str, Any]] = []
    for referrer in referrers:
        subject = stated_subject(referrer["subject"], referrer, bundled) if referrer.get("subject") else None
        if subject is not None and subject not in found:
            found.append(subject)
    return found


def _sort_entries(bundle: Mapping[str, Any]) -> _SubmissionSetBundle:
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") != "transaction":
        raise InvalidRequest(field="Bundle.type")
    entries = bundle.get("entry", [])
    if not 1 <= len(entries) <= _MAX_ENTRIES:
        raise InvalidRequest(field="Bundle.entry")
    parts = _SubmissionSetBundle({}, {}, {}, {}, {})
    for index, entry in enumerate(entries):
        _add_entry(parts, index, entry)
    if len(parts.by_url) != sum("fullUrl" in entry for entry in entries):
        raise InvalidRequest(field="Bundle.entry.fullUrl")
    return parts


def _add_entry(parts: _SubmissionSetBundle, index: int, entry: Mapping[str, Any]) -> None:
    content, request = entry.get("resource", {}), entry.get("request", {})
    if "ifNoneExist" in request:
        raise ParameterUnknown(name="ifNoneExist")
    kind, verb, url = content.get("resourceType"), request.get("method"), str(request.get("url", ""))
    by_kind = {"List": parts.lists, "DocumentReference": parts.documents, "Binary": parts.binaries}
    if verb == "POST" and kind in by_kind and url == kind:
        by_kind[kind][index] = content
    elif verb == "PATCH" and kind == "Parameters" and url.startswith("DocumentReference/"):
        parts.patches[index] = (url, content)
    else:
        raise InvalidRequest(field="Bundle.entry.request")
    if "fullUrl" in entry:
        parts.by_url[str(entry["fullUrl"])] = content


def _check_list(parts: _SubmissionSetBundle) -> Mapping[str, Any]:
    """The only List, whose items must be exactly the documents of the transaction."""
    if len(parts.lists) != 1 or not parts.documents:
        raise InvalidRequest(field="Bundle.entry")
    listing = next(iter(parts.lists.values()))
    urls = [str(entry.get("item", {}).get("reference", "")) for entry in listing.get("entry", [])]
    items = [id(parts.by_url.get(url)) for url in urls]
    # Each document once.
    if sorted(items) != sorted(map(id, parts.documents.values())):
        raise InvalidRequest(field="List.entry")
    return listing


def _metadata(listing: Mapping[str, Any], people: References) -> SubmissionSetMetadata:
    extensions = {extension.get("url"): extension for extension in listing.get("extension", [])}
    submitted = parse_date(listing.get("date"), "List.date")
    source = extensions.get(systems.SOURCE_ID, {}).get("valueIdentifier")
    return SubmissionSetMetadata(
        unique_id=_unique_id(listing),
        source_id=parse_unique_id(source),
        title=listing.get("title"),
        comments=next((note.get("text") for note in listing.get("note", [])), None),
        content_type=parse_coding(extensions.get(systems.DESIGNATION_TYPE, {}).get("valueCodeableConcept")),
        submitted_at=submitted.first,
        author=people.author(listing.get("source"), "List.source"),
        patient=people.patient(_source_patient(listing), "List.extension"),
    )


def _missing(metadata: SubmissionSetMetadata) -> Iterator[str]:
    """What comprehensive metadata of a set has (IHE MHD, Comprehensive) and this one does not."""
    found = (
        ("List.sourceId", metadata.source_id),
        ("List.designationType", metadata.content_type),
        ("List.identifier", metadata.unique_id),
    )
    return (field for field, value in found if not value)


def _source_patient(listing: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = (each for each in listing.get("extension", []) if each.get("url") == systems.SOURCE_PATIENT)
    return next((each.get("valueReference") for each in found), None)


def _unique_id(listing: Mapping[str, Any]) -> str | None:
    """The uniqueId: the identifier with use `usual`; the `official` one is the entryUUID."""
    identifiers = listing.get("identifier", [])
    first = identifiers[0] if identifiers else None
    usual = next((identifier for identifier in identifiers if identifier.get("use") == "usual"), first)
    return parse_unique_id(usual)


def _check_patches(parts: _SubmissionSetBundle, documents: list[SentDocument], base: str) -> None:
    """A transaction may only supersede documents that one of its own documents replaces."""
    replaced = {document.metadata.replaces for document in documents}
    for url, parameters in parts.patches.values():
        operations = [(operation.path, operation.value) for operation in parse_fhirpath_patch(parameters)]
        if operations != [("/status", "superseded")] or replaced_by_reference(url, base) not in replaced:
            raise InvalidRequest(field="Bundle.entry.request")


def _data_of(document: SentDocument, parts: _SubmissionSetBundle) -> str:
    if document.data:
        return document.data
    binary = parts.by_url.get(document.url, {})
    data = binary.get("data") if binary.get("resourceType") == "Binary" else None
    if not data:
        raise InvalidRequest(field="DocumentReference.content.attachment.url")
    return str(data)


def _response(
    base: str,
    record: PatientId,
    parts: _SubmissionSetBundle,
    deposited: SubmissionSetResult,
    left_out: Sequence[tuple[str, ...]],
    *,
    includes_documents: bool,
) -> dict[str, Any]:
    """One response for each entry, in the order of the request; `left_out`: of the List, then of each document."""
    responses: dict[int, dict[str, Any]] = {}
    status = "201 Created" if any(deposited.created) else "200 OK"
    for index in parts.lists:
        location = f"List/{write_id(record, deposited.lot_id)}"
        responses[index] = _with_outcome({"status": status, "location": location}, left_out[0])
    for position, index in enumerate(parts.documents):
        responses[index] = _document_response(record, deposited, position, left_out[position + 1])
    binary_indexes = {id(binary): index for index, binary in parts.binaries.items()}
    for position, (index, reference) in enumerate(parts.documents.items()):
        binary = parts.by_url.get(str(reference["content"][0]["attachment"].get("url", "")))
        if binary is not None and id(binary) in binary_indexes:
            document_id = deposited.entries[position].document.document_id
            location = f"Binary/{write_id(record, document_id)}"
            responses[binary_indexes[id(binary)]] = {"status": responses[index]["status"], "location": location}
    for index in {*parts.binaries, *parts.patches} - set(responses):
        responses[index] = {"status": "200 OK"}
    entries = [{"response": responses[index]} for index in sorted(responses)]
    if includes_documents:
        for position, index in enumerate(parts.documents):
            entries[index]["resource"] = document_resource(base, record, deposited.entries[position])
    return {"resourceType": "Bundle", "type": _RESPONSE_TYPE, "entry": entries}


def _document_response(
    record: PatientId, deposited: SubmissionSetResult, position: int, left_out: tuple[str, ...]
) -> dict[str, Any]:
    entry = deposited.entries[position]
    response = {
        "status": "201 Created" if deposited.created[position] else "200 OK",
        "location": f"DocumentReference/{write_id(record, entry.document.document_id)}",
        "etag": f'W/"{entry.document.version}"',
        "lastModified": instant(entry.changed_at),
    }
    return _with_outcome(response, tuple(dict.fromkeys((*deposited.warnings[position], *left_out))))


def _with_outcome(response: dict[str, Any], warned: tuple[str, ...]) -> dict[str, Any]:
    return {**response, "outcome": success_outcome("written", warned)} if warned else response


ROUTES = [post_transaction]
