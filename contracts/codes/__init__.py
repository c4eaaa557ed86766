"""Code tables of the French health agency, loaded once: types, classes, formats, professions, matrix."""

from contracts.codes.documents import (
    DocumentClass,
    DocumentType,
    class_of,
    document_classes,
    document_types,
    section_of,
    type_of,
)
from contracts.codes.formats import MediaType, format_of_media_type, format_of_templates
from contracts.codes.habilitation import (
    Coverage,
    Matrix,
    MatrixCell,
    MatrixRow,
    denied_types,
    matrix,
    matrix_from,
    matrix_text,
)
from contracts.codes.profession_codes import (
    ProfessionRow,
    is_retired,
    profession_of,
    profession_of_specialty,
    professions,
)
from contracts.codes.tables import UnknownCode

__all__ = [
    "Coverage",
    "DocumentClass",
    "DocumentType",
    "Matrix",
    "MatrixCell",
    "MatrixRow",
    "MediaType",
    "ProfessionRow",
    "UnknownCode",
    "class_of",
    "denied_types",
    "document_classes",
    "document_types",
    "format_of_media_type",
    "format_of_templates",
    "is_retired",
    "matrix",
    "matrix_from",
    "matrix_text",
    "profession_of",
    "profession_of_specialty",
    "professions",
    "section_of",
    "type_of",
]
