"""Parsing of a DocumentReference that is deposited: claimed metadata, visibility and content."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from contracts.codes.documents import document_types
from contracts.codes.formats import stated_media_type
from contracts.errors.execution import MetadataMissing
from contracts.errors.request import InvalidRequest
from contracts.records.entries import ClaimedMetadata
from contracts.vocabulary import Coded, DocumentId, Visibility
from gateway.fhir.dates import StatedDate, parse_date
from gateway.fhir.ids import read_id
from gateway.fhir.kept_elements import elements_left_out
from gateway.fhir.references import References
from gateway.fhir.systems import URI, oid_of, without_scheme

LONGEST_DESCRIPTION = 65_536
"""Characters; FHIR permits more, and every list of documents would carry them."""
_MOST_AUTHORS = 200
_CONFIDENTIALITY = {"N", "R", "V"}
_ID = "DocumentReference/"


class SentDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One document of a deposit; its content is either `data` (base64), or a Binary at `url`."""

    subject: Mapping[str, Any]
    metadata: ClaimedMetadata
    visibility: tuple[Visibility, ...]
    url: str = ""
    data: str = ""
    left_out: tuple[str, ...] = ()
    """Paths of elements that the record does not keep."""


def parse_document(
    reference: Mapping[str, Any], bundled: Mapping[str, Mapping[str, Any]] | None = None, *, base: str
) -> SentDocument:
    """Parse a DocumentReference; `bundled`: the other resources of its Bundle, by fullUrl; `base`: of this server.

    Raises:
        InvalidRequest, MetadataMissing: with the name of the element.
    """
    if reference.get("status") != "current" or reference.get("docStatus") == "entered-in-error":
        raise InvalidRequest(field="DocumentReference.status")
    contents = reference.get("content", [])
    if len(contents) != 1:
        raise InvalidRequest(field="DocumentReference.content")
    attachment = contents[0].get("attachment", {})
    url, data = str(attachment.get("url", "")), str(attachment.get("data", ""))
    if bool(url) is bool(data):
        raise MetadataMissing(field="content.attachment.data")
    if not reference.get("subject"):
        raise MetadataMissing(field="subject")
    confidentiality, visibility = _labels(reference)
    return SentDocument(
        subject=reference["subject"],
        metadata=_metadata(reference, contents[0], confidentiality, References(reference, bundled), base),
        visibility=visibility,
        url=url,
        data=data,
        left_out=elements_left_out(reference),
    )


def _metadata(
    reference: Mapping[str, Any],
    content: Mapping[str, Any],
    confidentiality: str | None,
    people: References,
    base: str,
) -> ClaimedMetadata:
    attachment, context = content["attachment"], reference.get("context", {})
    start, stop = _period(context.get("period", {}))
    written = parse_date(attachment.get("creation"), "DocumentReference.content.attachment.creation")
    authors = [people.author(author, "DocumentReference.author") for author in _authors(reference)]
    return ClaimedMetadata(
        unique_id=parse_unique_id(reference.get("masterIdentifier")),
        type=_known_type(reference.get("type")),
        class_code=_code(next(iter(reference.get("category", [])), None)),
        format_code=content.get("format", {}).get("code"),
        title=attachment.get("title"),
        language=attachment.get("language"),
        created_at=written.first,
        created_on=written.partial,
        authors=tuple(author for author in authors if author),
        authenticator=people.author(reference.get("authenticator"), "DocumentReference.authenticator"),
        custodian=people.organisation(reference.get("custodian"), "DocumentReference.custodian"),
        confidentiality=confidentiality,
        events=tuple(event for concept in context.get("event", []) if (event := parse_coding(concept))),
        service_start=start.first,
        service_start_on=start.partial,
        service_stop=stop.last,
        service_stop_on=stop.partial,
        facility=parse_coding(context.get("facilityType")),
        setting=parse_coding(context.get("practiceSetting")),
        patient=people.patient(context.get("sourcePatientInfo"), "DocumentReference.context.sourcePatientInfo"),
        patient_traits=people.patient_traits(
            context.get("sourcePatientInfo"), "DocumentReference.context.sourcePatientInfo"
        ),
        replaces=_replaced(reference, base),
        media_type=stated_media_type(attachment.get("contentType")),
        size=attachment.get("size"),
        sha1=_sha1(attachment.get("hash")),
        comments=_description(reference.get("description")),
    )


def _authors(reference: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = reference.get("author", [])
    if len(found) > _MOST_AUTHORS:
        raise InvalidRequest(field="DocumentReference.author")
    return found


def _period(period: Mapping[str, Any]) -> tuple[StatedDate, StatedDate]:
    """Start and end; raises InvalidRequest, also for a period that ends before it starts (R4, per-1)."""
    field = "DocumentReference.context.period"
    start, stop = parse_date(period.get("start"), field), parse_date(period.get("end"), field)
    if start.first and stop.last and stop.last < start.first:
        raise InvalidRequest(field=field)
    return start, stop


def _known_type(concept: Mapping[str, Any] | None) -> Coded | None:
    """Of several codings the first that is a typeCode, else the first."""
    codings = (concept or {}).get("coding", [])
    known = next((coding for coding in codings if coding.get("code") in document_types()), None)
    return parse_coding({"coding": [known]} if known else concept)


def parse_unique_id(identifier: Mapping[str, Any] | None) -> str | None:
    """A uniqueId in its form in the record; None without a value."""
    if not identifier or "value" not in identifier:
        return None
    value, system = str(identifier["value"]), str(identifier.get("system", URI))
    return without_scheme(value) if system == URI else f"{oid_of(system)}^{value}"


def parse_coding(concept: Mapping[str, Any] | None) -> Coded | None:
    """The first coding of a concept, its system as an OID if it has one."""
    first = next(iter((concept or {}).get("coding", [])), None)
    if first is None or "code" not in first:
        return None
    system = first.get("system")
    return Coded(first["code"], oid_of(system) if system else None, first.get("display"))


def _code(concept: Mapping[str, Any] | None) -> str | None:
    found = parse_coding(concept)
    return found.code if found else None


def _labels(reference: Mapping[str, Any]) -> tuple[str | None, tuple[Visibility, ...]]:
    """Confidentiality and marks: every coding counts, since one that is left out would show what is to be hidden."""
    labels = [
        [each.get("code", "") for each in label.get("coding", [])] for label in reference.get("securityLabel", [])
    ]
    codes = {code for label in labels for code in label or ("",)}
    levels = codes & _CONFIDENTIALITY
    if len(levels) > 1:
        raise InvalidRequest(field="DocumentReference.securityLabel")
    try:
        visibility = tuple(sorted(map(Visibility, codes - levels)))
    except ValueError:
        raise InvalidRequest(field="DocumentReference.securityLabel") from None
    return next(iter(levels), None), visibility


def _description(sent: str | None) -> str | None:
    if sent is not None and len(sent) > LONGEST_DESCRIPTION:
        raise InvalidRequest(field="DocumentReference.description")
    return sent


def _sha1(sent: str | None) -> str | None:
    """The hash in hex; some senders write base64 of the hex digits."""
    if sent is None:
        return None
    try:
        raw = b64decode(sent, validate=True)
    except (Error, ValueError):
        raise InvalidRequest(field="DocumentReference.content.attachment.hash") from None
    return raw.decode("ascii", "replace").lower() if len(raw) == 40 else raw.hex()


def _replaced(reference: Mapping[str, Any], base: str) -> str | None:
    links = [link for link in reference.get("relatesTo", []) if link.get("code") == "replaces"]
    if not links:
        return None
    if len(links) > 1:
        raise InvalidRequest(field="DocumentReference.relatesTo")
    target = links[0].get("target", {})
    if "identifier" in target:
        return parse_unique_id(target["identifier"])
    return replaced_by_reference(str(target.get("reference", "")), base)


def replaced_by_reference(reference: str, base: str) -> str:
    """The logicalId, or the identifier, in a reference to a document of this server.

    Raises:
        InvalidRequest: it contains neither, or refers to another server.
    """
    if reference.startswith(("urn:oid:", "urn:uuid:")):
        return without_scheme(reference)
    name = reference.removeprefix(f"{base}/").removeprefix(_ID)
    if not name or "/" in name:
        raise InvalidRequest(field="DocumentReference.relatesTo")
    return str(DocumentId(read_id(name)[1])) if len(name) == 64 else name
