"""Document types (typeCode) with the class and the section of the record that follow from them."""

from functools import cache

import msgspec

from contracts.codes.tables import find, load
from contracts.vocabulary import DepositorKind, Section


class DocumentClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A classCode with its labels."""

    code: str
    fr: str
    en: str


class DocumentType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A typeCode (JDV_J07): OID of its code system, labels, classCode (ASS_X16), section, who deposits it."""

    code: str
    system: str
    fr: str
    en: str
    class_code: str
    section: Section
    depositors: frozenset[DepositorKind]


@cache
def document_classes() -> dict[str, DocumentClass]:
    """Every class by classCode."""
    return {row.code: row for row in load("document_classes", list[DocumentClass])}


@cache
def document_types() -> dict[str, DocumentType]:
    """Every type by typeCode.

    Raises UnknownCode when a type names a class that does not exist: an inconsistent table does not load.
    """
    rows = load("document_types", list[DocumentType])
    for row in rows:
        find("document_classes", document_classes(), row.class_code)
    return {row.code: row for row in rows}


def type_of(type_code: str) -> DocumentType:
    """The row of a typeCode; raises UnknownCode."""
    return find("document_types", document_types(), type_code)


def class_of(type_code: str) -> DocumentClass:
    """The class of a typeCode; raises UnknownCode."""
    return document_classes()[type_of(type_code).class_code]


def section_of(type_code: str) -> Section:
    """The section of the record that shows documents of this type; raises UnknownCode."""
    return type_of(type_code).section
