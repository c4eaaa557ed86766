"""Resolving the metadata of a document: from its CDA header and from what its depositor claims, which must agree."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import itemgetter
from typing import TypeVar

import msgspec

from contracts.cda import CdaAuthor, CdaHeader, CdaServiceEvent
from contracts.codes.documents import class_of, type_of
from contracts.codes.formats import format_of_media_type
from contracts.codes.tables import UnknownCode
from contracts.dates import PARIS
from contracts.documents import Arrival
from contracts.errors.execution import HeaderContradicts, HeaderInvalid, MetadataMissing, NotAsStated
from contracts.errors.request import NotAuthor
from contracts.records.documents import Author
from contracts.records.entries import ClaimedMetadata, DocumentMetadata
from contracts.vocabulary import Coded
from services.records.domain.stored import StoredDocument

_UNIQUE_ID = re.compile(
    r"(?=.{1,128}$)(?:[0-2](?:\.(?:0|[1-9]\d*))+|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})(?:\^[^\s^&]+)?",
    re.ASCII,
)
_LONGEST_CODE = 256
CONFIDENTIALITY = ("N", "R", "V")

T = TypeVar("T")


class ResolvedMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """All metadata of a new document.

    `metadata`: what lists do not show. `warnings`: claimed fields that were corrected, or are missing.
    """

    unique_id: str
    class_code: str
    type_code: str
    format_code: str
    title: str
    author: Author
    created_at: datetime
    language: str
    metadata: DocumentMetadata
    replaces: str | None = None
    warnings: tuple[str, ...] = ()


def resolve_cda_metadata(arrival: Arrival, header: CdaHeader, claimed: ClaimedMetadata | None) -> ResolvedMetadata:
    """The metadata of a CDA: its header's, and codes its depositor adds in other code systems.

    Raises:
        HeaderContradicts, NotAsStated: naming the claimed field that differs. HeaderInvalid: the header implies no
            format, and none is claimed.
    """
    format_code = header.format_code or (claimed.format_code if claimed else None)
    if format_code is None or len(format_code) > _LONGEST_CODE:
        raise HeaderInvalid(field="templateId")
    if claimed is not None:
        _check_bytes(arrival, claimed)
        _check_against_header(header, claimed)
    metadata = _metadata_of_cda(header, claimed or ClaimedMetadata())
    return ResolvedMetadata(
        unique_id=header.unique_id,
        class_code=header.class_code,
        type_code=header.type_code,
        format_code=format_code,
        title=header.title,
        author=_list_author(header.authors[0]),
        created_at=header.effective_time,
        language=header.language,
        metadata=metadata,
        replaces=header.replaced_unique_id,
        warnings=() if claimed is None else (*_corrected(header, format_code, claimed), *_missing(metadata)),
    )


def resolve_file_metadata(arrival: Arrival, claimed: ClaimedMetadata | None) -> ResolvedMetadata:
    """The metadata of a file without a header: what its depositor claims.

    Raises:
        MetadataMissing, HeaderContradicts: naming the field. NotAsStated: the file is not what was claimed.
    """
    claimed = claimed or ClaimedMetadata()
    _check_bytes(arrival, claimed)
    kind = _needed(claimed.type, "type")
    try:
        row, class_code = type_of(kind.code), class_of(kind.code).code
        format_code = format_of_media_type(arrival.media_type)
    except UnknownCode as error:
        raise HeaderContradicts(field="type" if error.table == "document_types" else "format") from None
    if kind.system not in (None, row.system):
        raise HeaderContradicts(field="type")
    if not claimed.authors:
        raise MetadataMissing(field="author")
    metadata = _metadata_claimed(claimed, Coded(row.code, row.system, row.fr))
    return ResolvedMetadata(
        unique_id=_checked_id(_needed(claimed.unique_id, "masterIdentifier")),
        class_code=class_code,
        type_code=row.code,
        format_code=format_code,
        title=claimed.title or row.fr,
        author=_list_author(claimed.authors[0]),
        created_at=_needed(claimed.created_at, "content.attachment.creation"),
        language=claimed.language or "fr-FR",
        metadata=metadata,
        # Lists show the first moment of a date.
        warnings=(
            *_departures(claimed, class_code, format_code),
            *(("content.attachment.creation",) if claimed.created_on else ()),
            *(field for field, value in _assumed(claimed) if value is None),
            *_missing(metadata),
        ),
    )


def with_parent(resolved: ResolvedMetadata, parent: StoredDocument | None) -> ResolvedMetadata:
    """The metadata of a document whose depositor names the one it replaces.

    Raises:
        NotAuthor: the record has no such document; the same as for somebody else's, so that neither is revealed.
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


def _check_bytes(arrival: Arrival, claimed: ClaimedMetadata) -> None:
    """Type, size and hash are compared with the bytes that arrived."""
    claims = (
        ("content.attachment.contentType", claimed.media_type, arrival.media_type),
        ("content.attachment.size", claimed.size, arrival.size),
        ("content.attachment.hash", claimed.sha1, arrival.sha1),
    )
    for field, claim, actual in claims:
        if claim is not None and claim != actual:
            raise NotAsStated(field=field)


def _check_against_header(header: CdaHeader, claimed: ClaimedMetadata) -> None:
    claims: tuple[tuple[str, object, object], ...] = (
        ("masterIdentifier", claimed.unique_id, header.unique_id),
        ("type", claimed.type and claimed.type.code, header.type_code),
        ("type", claimed.type and claimed.type.system, header.type_system),
        ("securityLabel", claimed.confidentiality, header.confidentiality),
        ("content.attachment.creation", *_moments(claimed, header.effective_time)),
    )
    _refuse_first(field for field, claim, actual in claims if claim is not None and claim != actual)
    _refuse_first(_other_people(header, claimed))
    _refuse_first(_other_places(header, claimed))


def _other_people(header: CdaHeader, claimed: ClaimedMetadata) -> Iterator[str]:
    """Claimed people the header does not name."""
    signer = header.legal_authenticator
    written = {author.identifier for author in header.authors}
    signed = written | ({signer.identifier} if signer else set())
    if any(author.identifier not in written for author in claimed.authors if author.identifier):
        yield "author"
    if claimed.authenticator and claimed.authenticator.identifier and claimed.authenticator.identifier not in signed:
        yield "authenticator"
    custodian = claimed.custodian and claimed.custodian.identifier
    if custodian and header.custodian.identifier and custodian != header.custodian.identifier:
        yield "custodian"


def _other_places(header: CdaHeader, claimed: ClaimedMetadata) -> Iterator[str]:
    """Claims that differ in the code system of the header; codes of another code system are not compared."""
    if _differs(claimed.facility, facility_of(header)):
        yield "context.facilityType"
    if _differs(claimed.setting, setting_of(header)):
        yield "context.practiceSetting"
    acts = [act for act in map(_act, header.service_events) if act]
    for event in claimed.events:
        codes = [act.code for act in acts if act.system == event.system]
        if codes and event.code not in codes:
            yield "context.event"


def _differs(claimed: Coded | None, found: Coded | None) -> bool:
    return bool(claimed and found and claimed.system == found.system and claimed.code != found.code)


def _refuse_first(fields: Iterable[str]) -> None:
    for field in fields:
        raise HeaderContradicts(field=field)


def _moments(claimed: ClaimedMetadata, written: datetime) -> tuple[object, object]:
    """What is claimed of the time of writing, and the same of the header's: a date, or else a minute."""
    if claimed.created_on is None:
        return _minute(claimed.created_at), _minute(written)
    return claimed.created_on, written.astimezone(PARIS).date().isoformat()[: len(claimed.created_on)]


def _minute(moment: datetime | None) -> datetime | None:
    """A header may leave out seconds."""
    return None if moment is None else moment.replace(second=0, microsecond=0)


def _corrected(header: CdaHeader, format_code: str, claimed: ClaimedMetadata) -> tuple[str, ...]:
    """Claimed fields that the header, or a computed value, overrides."""
    fields = list(_departures(claimed, header.class_code, format_code))
    if claimed.title is not None and claimed.title != header.title:
        fields.append("content.attachment.title")
    if claimed.language is not None and claimed.language != header.language:
        fields.append("content.attachment.language")
    return tuple(fields)


def _departures(claimed: ClaimedMetadata, class_code: str, format_code: str) -> Iterator[str]:
    if claimed.class_code not in (None, class_code):
        yield "category"
    if claimed.format_code not in (None, format_code):
        yield "content.format"
    # Not refused: the regulator's own examples leave some of it out.
    if claimed.custodian is None:
        yield "custodian"


def _assumed(claimed: ClaimedMetadata) -> tuple[tuple[str, object], ...]:
    """What is assumed of a file where its depositor does not state it."""
    return (
        ("securityLabel", claimed.confidentiality),
        ("content.attachment.title", claimed.title),
        ("content.attachment.language", claimed.language),
    )


def _missing(metadata: DocumentMetadata) -> Iterator[str]:
    """What comprehensive metadata has (IHE MHD, Comprehensive) and neither a header nor the depositor states.

    Of the patient, `domain.traits` says what is missing.
    """
    found: tuple[tuple[str, object], ...] = (
        ("context.facilityType", metadata.facility),
        ("context.practiceSetting", metadata.setting),
    )
    return (field for field, value in found if not value)


def _metadata_of_cda(header: CdaHeader, claimed: ClaimedMetadata) -> DocumentMetadata:
    events = tuple(act for act in map(_act, header.service_events) if act)
    starts = [(event.start, event.start_on) for event in header.service_events if event.start]
    stops = [(event.stop, event.stop_on) for event in header.service_events if event.stop]
    # While one act goes on, the period does.
    is_open = any(event.start and not event.stop for event in header.service_events)
    start, start_on = min(starts, key=itemgetter(0), default=(claimed.service_start, claimed.service_start_on))
    stop, stop_on = max(stops, key=itemgetter(0), default=(claimed.service_stop, claimed.service_stop_on))
    return DocumentMetadata(
        type=Coded(header.type_code, header.type_system, type_of(header.type_code).fr),
        authors=header.authors,
        authenticator=header.legal_authenticator,
        custodian=header.custodian,
        confidentiality=header.confidentiality,
        events=tuple(dict.fromkeys((*events, *claimed.events))),
        service_start=start,
        service_start_on=start_on,
        service_stop=None if is_open else stop,
        service_stop_on=None if is_open else stop_on,
        facility=claimed.facility or facility_of(header),
        setting=claimed.setting or setting_of(header),
        patient=header.patient.identifiers,
        template_ids=header.template_ids,
        comments=claimed.comments,
    )


def _metadata_claimed(claimed: ClaimedMetadata, kind: Coded) -> DocumentMetadata:
    confidentiality = claimed.confidentiality or "N"
    if confidentiality not in CONFIDENTIALITY:
        raise HeaderContradicts(field="securityLabel")
    return DocumentMetadata(
        type=kind,
        authors=claimed.authors,
        authenticator=claimed.authenticator,
        custodian=claimed.custodian,
        confidentiality=confidentiality,
        events=claimed.events,
        created_on=claimed.created_on,
        service_start=claimed.service_start,
        service_start_on=claimed.service_start_on,
        service_stop=claimed.service_stop,
        service_stop_on=claimed.service_stop_on,
        facility=claimed.facility,
        setting=claimed.setting,
        patient=claimed.patient,
        comments=claimed.comments,
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


def _list_author(first: CdaAuthor) -> Author:
    """The first author as lists show it; a device or a national fund has no RPPS."""
    names = (first.given_name, *first.more_given_names, first.family_name)
    person = " ".join(part for part in names if part) or first.display
    return Author(
        rpps=first.rpps or (first.identifier.extension if first.identifier else ""),
        name=person or first.device_name or first.structure_name or "",
        structure=first.structure_name,
    )
