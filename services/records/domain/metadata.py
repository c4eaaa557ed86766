"""What an entry says: drawn from a document's header and from what its depositor states, which must agree."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

import msgspec

from contracts.cda import CdaAuthor, CdaHeader, CdaServiceEvent
from contracts.codes import UnknownCode, class_of, format_of_media_type, type_of
from contracts.documents import Arrival
from contracts.errors import HeaderContradicts, HeaderInvalid, MetadataMissing, NotAsStated, NotAuthor
from contracts.records import Author, ClaimedMetadata, DocumentMetadata
from contracts.vocabulary import Coded
from services.records.domain.stored import StoredDocument

_UNIQUE_ID = re.compile(
    r"(?=.{1,128}$)(?:[0-2](?:\.(?:0|[1-9]\d*))+|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})(?:\^[^\s^&]+)?",
    re.ASCII,
)
CONFIDENTIALITY = ("N", "R", "V")

T = TypeVar("T")


class ResolvedMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """All that is said of a document: the list's columns, the rest, and what was corrected on the way."""

    unique_id: str
    class_code: str
    type_code: str
    format_code: str
    title: str
    author: Author
    created_at: datetime
    language: str
    facts: DocumentMetadata
    replaces: str | None = None
    warnings: tuple[str, ...] = ()


def resolve_cda_metadata(arrival: Arrival, header: CdaHeader, stated: ClaimedMetadata | None) -> ResolvedMetadata:
    """What a CDA says of itself; what its depositor adds in code systems of their own stands beside it.

    Raises:
        HeaderContradicts, NotAsStated: naming what was stated otherwise. HeaderInvalid: no format follows
            from the header.
    """
    if header.format_code is None:
        raise HeaderInvalid(field="templateId")
    if stated is not None:
        _check_bytes(arrival, stated)
        _check_against_header(header, stated)
    return ResolvedMetadata(
        unique_id=header.unique_id,
        class_code=header.class_code,
        type_code=header.type_code,
        format_code=header.format_code,
        title=header.title,
        author=_slim(header.authors[0]),
        created_at=header.effective_time,
        language=header.language,
        facts=_metadata_of_cda(header, stated or ClaimedMetadata()),
        replaces=header.replaced_unique_id,
        warnings=() if stated is None else _corrected(header, header.format_code, stated),
    )


def resolve_file_metadata(arrival: Arrival, stated: ClaimedMetadata | None) -> ResolvedMetadata:
    """What a depositor states of a file that says nothing of itself.

    Raises:
        MetadataMissing, HeaderContradicts: naming the field. NotAsStated: the file is not what was stated.
    """
    stated = stated or ClaimedMetadata()
    _check_bytes(arrival, stated)
    kind = _needed(stated.type, "type")
    try:
        row, class_code = type_of(kind.code), class_of(kind.code).code
        format_code = format_of_media_type(arrival.media_type)
    except UnknownCode as error:
        raise HeaderContradicts(field="type" if error.table == "document_types" else "format") from None
    if kind.system not in (None, row.system):
        raise HeaderContradicts(field="type")
    if not stated.authors:
        raise MetadataMissing(field="author")
    return ResolvedMetadata(
        unique_id=_checked_id(_needed(stated.unique_id, "masterIdentifier")),
        class_code=class_code,
        type_code=row.code,
        format_code=format_code,
        title=stated.title or row.fr,
        author=_slim(stated.authors[0]),
        created_at=_needed(stated.created_at, "content.attachment.creation"),
        language=stated.language or "fr-FR",
        facts=_metadata_claimed(stated, Coded(row.code, row.system, row.fr)),
        warnings=tuple(_departures(stated, class_code, format_code)),
    )


def with_parent(resolved: ResolvedMetadata, parent: StoredDocument | None) -> ResolvedMetadata:
    """What is said of a document whose depositor names the one it replaces.

    Raises:
        NotAuthor: the record holds no such document; as of one that is not theirs, for nobody is to learn which.
            HeaderContradicts: the header names another.
    """
    if parent is None:
        raise NotAuthor
    if resolved.replaces not in (None, parent.document.unique_id):
        raise HeaderContradicts(field="relatesTo")
    return msgspec.structs.replace(resolved, replaces=parent.document.unique_id)


def _needed(value: T | None, field: str) -> T:
    if value is None:
        raise MetadataMissing(field=field)
    return value


def _checked_id(unique_id: str) -> str:
    if not _UNIQUE_ID.fullmatch(unique_id):
        raise HeaderContradicts(field="masterIdentifier")
    return unique_id


def _check_bytes(arrival: Arrival, stated: ClaimedMetadata) -> None:
    """Type, size and hash are what the bytes are, whatever was announced."""
    facts = (
        ("content.attachment.contentType", stated.media_type, arrival.media_type),
        ("content.attachment.size", stated.size, arrival.size),
        ("content.attachment.hash", stated.sha1, arrival.sha1),
    )
    for field, resolved, found in facts:
        if resolved is not None and resolved != found:
            raise NotAsStated(field=field)


def _check_against_header(header: CdaHeader, stated: ClaimedMetadata) -> None:
    facts: tuple[tuple[str, object, object], ...] = (
        ("masterIdentifier", stated.unique_id, header.unique_id),
        ("type", stated.type and stated.type.code, header.type_code),
        ("type", stated.type and stated.type.system, header.type_system),
        ("securityLabel", stated.confidentiality, header.confidentiality),
        ("content.attachment.creation", _minute(stated.created_at), _minute(header.effective_time)),
    )
    _refuse_first(field for field, resolved, found in facts if resolved is not None and resolved != found)
    _refuse_first(_other_people(header, stated))
    _refuse_first(_other_places(header, stated))


def _other_people(header: CdaHeader, stated: ClaimedMetadata) -> Iterator[str]:
    """Fields that name somebody the header does not."""
    signer = header.legal_authenticator
    written = {author.identifier for author in header.authors}
    signed = written | ({signer.identifier} if signer else set())
    if any(author.identifier not in written for author in stated.authors if author.identifier):
        yield "author"
    if stated.authenticator and stated.authenticator.identifier and stated.authenticator.identifier not in signed:
        yield "authenticator"
    held = stated.custodian and stated.custodian.identifier
    if held and header.custodian.identifier and held != header.custodian.identifier:
        yield "custodian"


def _other_places(header: CdaHeader, stated: ClaimedMetadata) -> Iterator[str]:
    """Fields that say otherwise in the code system of the header; another code system is another view."""
    if _differs(stated.facility, facility_of(header)):
        yield "context.facilityType"
    if _differs(stated.setting, setting_of(header)):
        yield "context.practiceSetting"
    acts = [act for act in map(_act, header.service_events) if act]
    for event in stated.events:
        rivals = [act.code for act in acts if act.system == event.system]
        if rivals and event.code not in rivals:
            yield "context.event"


def _differs(resolved: Coded | None, found: Coded | None) -> bool:
    return bool(resolved and found and resolved.system == found.system and resolved.code != found.code)


def _refuse_first(fields: Iterable[str]) -> None:
    for field in fields:
        raise HeaderContradicts(field=field)


def _minute(moment: datetime | None) -> datetime | None:
    """A header need not tell seconds."""
    return None if moment is None else moment.replace(second=0, microsecond=0)


def _corrected(header: CdaHeader, format_code: str, stated: ClaimedMetadata) -> tuple[str, ...]:
    """What is taken from the header, or computed, although it was stated otherwise."""
    fields = list(_departures(stated, header.class_code, format_code))
    if stated.title is not None and stated.title != header.title:
        fields.append("content.attachment.title")
    if stated.language is not None and stated.language != header.language:
        fields.append("content.attachment.language")
    return tuple(fields)


def _departures(stated: ClaimedMetadata, class_code: str, format_code: str) -> Iterator[str]:
    if stated.class_code not in (None, class_code):
        yield "category"
    if stated.format_code not in (None, format_code):
        yield "content.format"
    # The regulator's own examples leave it out.
    if stated.custodian is None:
        yield "custodian"


def _metadata_of_cda(header: CdaHeader, stated: ClaimedMetadata) -> DocumentMetadata:
    events = tuple(act for act in map(_act, header.service_events) if act)
    starts = [event.start for event in header.service_events if event.start]
    stops = [event.stop for event in header.service_events if event.stop]
    return DocumentMetadata(
        type=Coded(header.type_code, header.type_system, type_of(header.type_code).fr),
        authors=header.authors,
        authenticator=header.legal_authenticator,
        custodian=header.custodian,
        confidentiality=header.confidentiality,
        events=tuple(dict.fromkeys((*events, *stated.events))),
        service_start=min(starts, default=stated.service_start),
        service_stop=max(stops, default=stated.service_stop),
        facility=stated.facility or facility_of(header),
        setting=stated.setting or setting_of(header),
        patient=header.patient.identifiers,
        template_ids=header.template_ids,
        comments=stated.comments,
    )


def _metadata_claimed(stated: ClaimedMetadata, kind: Coded) -> DocumentMetadata:
    confidentiality = stated.confidentiality or "N"
    if confidentiality not in CONFIDENTIALITY:
        raise HeaderContradicts(field="securityLabel")
    return DocumentMetadata(
        type=kind,
        authors=stated.authors,
        authenticator=stated.authenticator,
        custodian=stated.custodian,
        confidentiality=confidentiality,
        events=stated.events,
        service_start=stated.service_start,
        service_stop=stated.service_stop,
        facility=stated.facility,
        setting=stated.setting,
        patient=stated.patient,
        comments=stated.comments,
    )


def facility_of(header: CdaHeader) -> Coded | None:
    """The kind of facility a header names."""
    return _coded(header.facility_type_code, header.facility_type_system, header.facility_type_display)


def setting_of(header: CdaHeader) -> Coded | None:
    """The practice setting a header names."""
    return _coded(header.practice_setting_code, header.practice_setting_system, header.practice_setting_display)


def _act(event: CdaServiceEvent) -> Coded | None:
    return _coded(event.code, event.system, event.display)


def _coded(code: str | None, system: str | None, display: str | None) -> Coded | None:
    return None if code is None else Coded(code, system, display)


def _slim(first: CdaAuthor) -> Author:
    """The first author, as lists show them; a device or a national fund has no RPPS."""
    person = " ".join(part for part in (first.given_name, first.family_name) if part)
    return Author(
        rpps=first.rpps or (first.identifier.extension if first.identifier else ""),
        name=person or first.device_name or first.structure_name or "",
        structure=first.structure_name,
    )
