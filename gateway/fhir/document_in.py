"""A DocumentReference as a deposit: what its sender states of the document, and the marks they answer for."""

from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from contracts.errors import InvalidRequest, MetadataMissing
from contracts.records import ClaimedMetadata
from contracts.vocabulary import Coded, DocumentId, Visibility
from gateway.api.parameters import in_utc
from gateway.fhir.document_resource import CDA
from gateway.fhir.ids import read_id
from gateway.fhir.references import References
from gateway.fhir.systems import URI, bare, oid_of

_CDA_TYPES = {"application/xml", "text/xml", "application/hl7-cda+xml", "application/cda+xml"}
_CONFIDENTIALITY = {"N", "R", "V"}
_ID = "DocumentReference/"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One document that is sent: whose, what is stated, its marks, and where its bytes are."""

    subject: Mapping[str, Any]
    stated: ClaimedMetadata
    visibility: tuple[Visibility, ...]
    url: str = ""
    data: str = ""


def sent_in(resource: Mapping[str, Any], beside: Mapping[str, Mapping[str, Any]] | None = None) -> Sent:
    """What a DocumentReference says; `beside`: the resources that come with it, by their urn.

    Raises:
        InvalidRequest, MetadataMissing: naming the element.
    """
    if resource.get("status") != "current":
        raise InvalidRequest(field="DocumentReference.status")
    contents = resource.get("content", [])
    if len(contents) != 1:
        raise InvalidRequest(field="DocumentReference.content")
    attachment = contents[0].get("attachment", {})
    url, data = str(attachment.get("url", "")), str(attachment.get("data", ""))
    if bool(url) is bool(data):
        raise MetadataMissing(field="content.attachment.data")
    if not resource.get("subject"):
        raise MetadataMissing(field="subject")
    confidentiality, marks = _labels(resource)
    return Sent(
        subject=resource["subject"],
        stated=_stated(resource, contents[0], confidentiality, References(resource, beside)),
        visibility=marks,
        url=url,
        data=data,
    )


def _stated(
    resource: Mapping[str, Any], content: Mapping[str, Any], confidentiality: str | None, people: References
) -> ClaimedMetadata:
    attachment, context = content["attachment"], resource.get("context", {})
    period = context.get("period", {})
    written = [people.author(one, "DocumentReference.author") for one in resource.get("author", [])]
    return ClaimedMetadata(
        unique_id=unique_id_in(resource.get("masterIdentifier")),
        type=coded(resource.get("type")),
        class_code=_code(next(iter(resource.get("category", [])), None)),
        format_code=content.get("format", {}).get("code"),
        title=attachment.get("title"),
        language=attachment.get("language"),
        created_at=moment_in(attachment.get("creation"), "creation"),
        authors=tuple(author for author in written if author),
        authenticator=people.author(resource.get("authenticator"), "DocumentReference.authenticator"),
        custodian=people.organisation(resource.get("custodian"), "DocumentReference.custodian"),
        confidentiality=confidentiality,
        events=tuple(event for one in context.get("event", []) if (event := coded(one))),
        service_start=moment_in(period.get("start"), "period"),
        service_stop=moment_in(period.get("end"), "period"),
        facility=coded(context.get("facilityType")),
        setting=coded(context.get("practiceSetting")),
        patient=people.patient(context.get("sourcePatientInfo"), "DocumentReference.context.sourcePatientInfo"),
        replaces=_replaced(resource),
        media_type=_media_type(attachment.get("contentType")),
        size=attachment.get("size"),
        sha1=_sha1(attachment.get("hash")),
        comments=resource.get("description"),
    )


def unique_id_in(identifier: Mapping[str, Any] | None) -> str | None:
    """A uniqueId as the record writes it; None where there is none."""
    if not identifier or "value" not in identifier:
        return None
    value, system = str(identifier["value"]), str(identifier.get("system", URI))
    return bare(value) if system == URI else f"{oid_of(system)}^{value}"


def coded(concept: Mapping[str, Any] | None) -> Coded | None:
    """The first coding of a concept, its system as an OID where it has one."""
    first = next(iter((concept or {}).get("coding", [])), None)
    if first is None or "code" not in first:
        return None
    system = first.get("system")
    return Coded(first["code"], oid_of(system) if system else None, first.get("display"))


def _code(concept: Mapping[str, Any] | None) -> str | None:
    found = coded(concept)
    return found.code if found else None


def _labels(resource: Mapping[str, Any]) -> tuple[str | None, tuple[Visibility, ...]]:
    codes = [found.code for one in resource.get("securityLabel", []) if (found := coded(one))]
    levels = [code for code in codes if code in _CONFIDENTIALITY]
    if len(levels) > 1:
        raise InvalidRequest(field="DocumentReference.securityLabel")
    try:
        marks = tuple(sorted({Visibility(code) for code in codes if code not in _CONFIDENTIALITY}))
    except ValueError:
        raise InvalidRequest(field="DocumentReference.securityLabel") from None
    return next(iter(levels), None), marks


def _media_type(sent: str | None) -> str | None:
    plain = sent.partition(";")[0].strip().lower() if sent else None
    return CDA if plain in _CDA_TYPES else plain


def _sha1(sent: str | None) -> str | None:
    """The hash in hex; some senders write base64 of the hex digits."""
    if sent is None:
        return None
    try:
        raw = b64decode(sent, validate=True)
    except (Error, ValueError):
        raise InvalidRequest(field="DocumentReference.content.attachment.hash") from None
    return raw.decode("ascii", "replace").lower() if len(raw) == 40 else raw.hex()


def moment_in(sent: str | None, field: str) -> datetime | None:
    """A moment as FHIR writes it; raises InvalidRequest."""
    if sent is None:
        return None
    try:
        moment = datetime.fromisoformat(sent)
    except ValueError:
        raise InvalidRequest(field=field) from None
    if moment.tzinfo is None and "T" not in sent:
        # A date without a time is not a moment, and what is not known is not stated.
        return None
    return in_utc(moment, field=field)


def _replaced(resource: Mapping[str, Any]) -> str | None:
    links = [link for link in resource.get("relatesTo", []) if link.get("code") == "replaces"]
    if not links:
        return None
    if len(links) > 1:
        raise InvalidRequest(field="DocumentReference.relatesTo")
    target = links[0].get("target", {})
    if "identifier" in target:
        return unique_id_in(target["identifier"])
    return replaced_by_reference(str(target.get("reference", "")))


def replaced_by_reference(reference: str) -> str:
    """The logicalId, or the identifier, a reference to a document speaks of.

    Raises:
        InvalidRequest: none.
    """
    if reference.startswith(("urn:oid:", "urn:uuid:")):
        return bare(reference)
    tail = reference.rpartition(_ID)[2]
    if not tail:
        raise InvalidRequest(field="DocumentReference.relatesTo")
    return str(DocumentId(read_id(tail)[1])) if len(tail) == 64 else tail
