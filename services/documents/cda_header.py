"""From the elements of a CDA header to a CdaHeader; refuses what is missing, doubled or unreadable."""

import re
from datetime import datetime
from typing import NamedTuple, TypeVar

from contracts.cda import (
    OID_PROFESSIONALS,
    CdaAuthor,
    CdaHeader,
    CdaIdentifier,
    CdaOrganisation,
    CdaPatient,
    CdaServiceEvent,
    NonXmlBody,
    StructuredBody,
)
from contracts.codes.documents import DocumentType, type_of
from contracts.codes.formats import format_of_media_type, format_of_templates
from contracts.codes.profession_codes import profession_of_specialty
from contracts.codes.tables import UnknownCode
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins
from services.documents.cda_errors import MalformedCdaError
from services.documents.cda_traits import traits_of
from services.documents.hl7 import (
    Element,
    attribute,
    date_and_moments,
    identifier,
    path,
    text,
    time,
    unique_id,
    zoned_moment,
)

T = TypeVar("T")

_CDA_R2 = CdaIdentifier(root="2.16.840.1.113883.1.3", extension="POCD_HD000040")
_INS_OIDS = frozenset((OID_NIR, OID_NIA, OID_TEST, OID_DEMO))
_MATRICULE = re.compile(r"[0-9]{6}[0-9AB][0-9]{8}")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")
_CONFIDENTIALITY = frozenset("NRV")

_ID = path("id")
_CODE = path("code")
_TIME = path("time")
_FAMILY = path("name/family")
_GIVEN = path("name/given")
_NAME = path("name")
_FUNCTION = path("functionCode")
_PERSON = path("assignedPerson")
_ORGANISATION = path("representedOrganization")
_SOFTWARE = path("assignedAuthoringDevice/softwareName")
_MODEL = path("assignedAuthoringDevice/manufacturerModelName")
_PATIENT_ID = path("patientRole/id")
_CUSTODIAN = path("assignedCustodian/representedCustodianOrganization")
_EVENT = path("documentationOf/serviceEvent")
_PRACTICE = path("performer/assignedEntity/representedOrganization/standardIndustryClassCode")
_FACILITY = path("componentOf/encompassingEncounter/location/healthCareFacility/code")
_PARENT_ID = path("parentDocument/id")


class _Coded(NamedTuple):
    code: str | None = None
    system: str | None = None
    display: str | None = None


_UNCODED = _Coded()


def header_of(root: Element, body: NonXmlBody | StructuredBody) -> CdaHeader:
    """The metadata of one document.

    Args:
        root: ClinicalDocument with its header; the body may be left out.
        body: what stands in `component`.

    Raises:
        MalformedCdaError: its `field` names the element at fault.
    """
    _check_release(root)
    kind = _type(root)
    templates = _templates(root)
    facility, setting = _coded(root.first(*_FACILITY)), _practice_setting(root)
    return CdaHeader(
        unique_id=unique_id(_exactly_one(root, "id"), "id"),
        set_id=_set_id(root),
        version=_version(root),
        type_code=kind.code,
        type_system=kind.system,
        title=_required(text(_exactly_one(root, "title")), "title"),
        confidentiality=_confidentiality(root),
        effective_time=_required(
            zoned_moment(attribute(_exactly_one(root, "effectiveTime"), "value")), "effectiveTime"
        ),
        language=attribute(_at_most_one(root, "languageCode"), "code") or "fr-FR",
        template_ids=templates,
        format_code=_format(templates, body),
        class_code=kind.class_code,
        patient=_patient(_exactly_one(root, "recordTarget")),
        authors=_authors(root),
        legal_authenticator=_signer(_at_most_one(root, "legalAuthenticator")),
        custodian=_custodian(_exactly_one(root, "custodian")),
        service_events=tuple(_service_event(event) for event in root.all(*_EVENT)),
        facility_type_code=facility.code,
        facility_type_system=facility.system,
        facility_type_display=facility.display,
        practice_setting_code=setting.code,
        practice_setting_system=setting.system,
        practice_setting_display=setting.display,
        replaced_unique_id=_replaced(root),
        body=body,
    )


def _at_most_one(parent: Element, name: str) -> Element | None:
    found = list(parent.all(*path(name)))
    if len(found) > 1:
        raise MalformedCdaError(name)
    return found[0] if found else None


def _exactly_one(parent: Element, name: str) -> Element:
    return _required(_at_most_one(parent, name), name)


def _required(value: T | None, field: str) -> T:
    if value is None:
        raise MalformedCdaError(field)
    return value


def _check_release(root: Element) -> None:
    if identifier(_exactly_one(root, "typeId")) != _CDA_R2:
        raise MalformedCdaError("typeId")


def _type(root: Element) -> DocumentType:
    element = _exactly_one(root, "code")
    try:
        kind = type_of(attribute(element, "code") or "")
    except UnknownCode:
        raise MalformedCdaError("code") from None
    if attribute(element, "codeSystem") != kind.system:
        raise MalformedCdaError("code")
    return kind


def _templates(root: Element) -> tuple[str, ...]:
    found = (identifier(element) for element in root.all(*path("templateId")))
    return tuple(f"{each.root}:{each.extension}" if each.extension else each.root for each in found if each)


def _format(templates: tuple[str, ...], body: NonXmlBody | StructuredBody) -> str | None:
    try:
        if isinstance(body, NonXmlBody):
            return format_of_media_type(body.media_type)
        return format_of_templates(templates)
    except UnknownCode:
        return None


def _set_id(root: Element) -> str | None:
    element = _at_most_one(root, "setId")
    return None if element is None else unique_id(element, "setId")


def _version(root: Element) -> int:
    element = _at_most_one(root, "versionNumber")
    if element is None:
        return 1
    value = attribute(element, "value") or ""
    if not _VERSION.fullmatch(value):
        raise MalformedCdaError("versionNumber")
    return int(value)


def _confidentiality(root: Element) -> str:
    code = attribute(_exactly_one(root, "confidentialityCode"), "code")
    if code not in _CONFIDENTIALITY:
        raise MalformedCdaError("confidentialityCode")
    return code


def _patient(target: Element) -> CdaPatient:
    found = tuple(each for element in target.all(*_PATIENT_ID) if (each := identifier(element)))
    national = [each for each in found if each.root in _INS_OIDS]
    # Two national identities in one document would let it slip into either person's record.
    if len({each.extension for each in national}) != 1 or not _MATRICULE.fullmatch(national[0].extension):
        raise MalformedCdaError("recordTarget")
    return CdaPatient(
        ins=Ins(matricule=national[0].extension, oid=national[0].root), identifiers=found, traits=traits_of(target)
    )


def _authors(root: Element) -> tuple[CdaAuthor, ...]:
    found = tuple(_person(element, path("assignedAuthor")) for element in root.all(*path("author")))
    if not found:
        raise MalformedCdaError("author")
    return found


def _signer(element: Element | None) -> CdaAuthor | None:
    return None if element is None else _person(element, path("assignedEntity"))


def _person(element: Element, role_path: tuple[str, ...]) -> CdaAuthor:
    role = element.first(*role_path)
    if role is None:
        raise MalformedCdaError(element.name)
    person, structure = role.first(*_PERSON), role.first(*_ORGANISATION)
    specialty = attribute(role.first(*_CODE), "code")
    given = [] if person is None else [name for each in person.all(*_GIVEN) if (name := text(each))]
    return CdaAuthor(
        identifier=_professional_id(role),
        family_name=_within(person, _FAMILY),
        given_name=given[0] if given else None,
        more_given_names=tuple(given[1:]),
        device_name=text(role.first(*_SOFTWARE)) or text(role.first(*_MODEL)),
        specialty=specialty,
        profession=profession_of_specialty(specialty) if specialty else None,
        function=attribute(element.first(*_FUNCTION), "code"),
        structure=None if structure is None else identifier(structure.first(*_ID)),
        structure_name=_within(structure, _NAME),
        time=time(element.first(*_TIME)),
    )


def _within(parent: Element | None, steps: tuple[str, ...]) -> str | None:
    return None if parent is None else text(parent.first(*steps))


def _professional_id(role: Element) -> CdaIdentifier | None:
    found = [each for element in role.all(*_ID) if (each := identifier(element))]
    return next((each for each in found if each.root == OID_PROFESSIONALS), found[0] if found else None)


def _custodian(element: Element) -> CdaOrganisation:
    organisation = _required(element.first(*_CUSTODIAN), "custodian")
    return CdaOrganisation(identifier=identifier(organisation.first(*_ID)), name=_within(organisation, _NAME))


def _service_event(event: Element) -> CdaServiceEvent:
    code, when = _coded(event.first(*_CODE)), event.first(*path("effectiveTime"))
    # A moment is its own end; an act without one goes on.
    start_on, start, _ = _moments(when, "low")
    stop_on, _, stop = _moments(when, "high")
    return CdaServiceEvent(
        code=code.code,
        system=code.system,
        display=code.display,
        start=start,
        stop=stop,
        start_on=start_on,
        stop_on=stop_on,
    )


def _moments(when: Element | None, name: str) -> tuple[str | None, datetime | None, datetime | None]:
    """Of one end of a time, else of the time itself; see `date_and_moments`."""
    end = None if when is None else when.first(*path(name))
    found = date_and_moments(attribute(end, "value"))
    return found if found[1] else date_and_moments(attribute(when, "value"))


def _practice_setting(root: Element) -> _Coded:
    """Where the principal act was done: that of the first performer whose structure has one."""
    settings = (_coded(event.first(*_PRACTICE)) for event in root.all(*_EVENT))
    return next((setting for setting in settings if setting.code), _UNCODED)


def _coded(element: Element | None) -> _Coded:
    """A coded value (CE); one without a code has no system or display either."""
    code = attribute(element, "code")
    if code is None:
        return _UNCODED
    return _Coded(code, attribute(element, "codeSystem"), attribute(element, "displayName"))


def _replaced(root: Element) -> str | None:
    parents = [link for link in root.all(*path("relatedDocument")) if link.attributes.get("typeCode") == "RPLC"]
    if not parents:
        return None
    if len(parents) > 1:
        raise MalformedCdaError("relatedDocument")
    return unique_id(_required(parents[0].first(*_PARENT_ID), "relatedDocument"), "relatedDocument")
