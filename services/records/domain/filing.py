"""The filing plan: in which of the nine sections a document is, by the operator's rules, else by its type."""

import re
from collections.abc import Iterator

import msgspec

from contracts.codes.documents import document_types
from contracts.errors.request import FilingInvalid
from contracts.records.entries import DocumentMetadata
from contracts.records.filing import AuthorKind, FilingMove, FilingPlan, FilingRule
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Section

BUILT_IN = FilingPlan(
    version="integre", rules=(FilingRule(author=AuthorKind.PATIENT, section=Section.ESPACE_PERSONNEL),)
)
"""Patients' own documents go to their section, all others to that of their type."""
_PATIENT_IDENTIFIERS = frozenset({OID_NIR, OID_NIA, OID_TEST, OID_DEMO})
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_MOST_RULES = 2_000


def read_plan(text: str) -> FilingPlan:
    """Parse and check a plan.

    Raises:
        FilingInvalid: naming the field. Not of its schema, an unusable version, an unknown type, or too many rules.
    """
    try:
        plan = msgspec.json.decode(text, type=FilingPlan)
    except msgspec.MsgspecError:
        raise FilingInvalid(field="text") from None
    if not _VERSION.fullmatch(plan.version) or plan.version == BUILT_IN.version:
        raise FilingInvalid(field="version")
    if len(plan.rules) > _MOST_RULES:
        raise FilingInvalid(field="rules")
    for place, rule in enumerate(plan.rules):
        if rule.type_code is not None and rule.type_code not in document_types():
            raise FilingInvalid(field=f"rules[{place}].type_code")
    return plan


def plan_in(text: str, version: str) -> FilingPlan:
    """The plan in a stored text; one that this release cannot read has the built-in rules under its own version."""
    try:
        return msgspec.json.decode(text, type=FilingPlan)
    except msgspec.MsgspecError:
        return FilingPlan(version=version, rules=BUILT_IN.rules)


def section_for(plan: FilingPlan, type_code: str, author: AuthorKind) -> Section:
    """The section of a document; a type that is no longer in the tables is a report."""
    for rule in plan.rules:
        if rule.type_code in (None, type_code) and rule.author in (None, author):
            return rule.section
    known = document_types().get(type_code)
    return known.section if known else Section.COMPTES_RENDUS


def writer_of(metadata: DocumentMetadata) -> AuthorKind:
    """The kind of a document's first author, by the issuer of their identifier."""
    if not metadata.authors:
        return AuthorKind.AUTRE
    author = metadata.authors[0]
    if author.rpps:
        return AuthorKind.PROFESSIONNEL
    is_patient = author.identifier is not None and author.identifier.root in _PATIENT_IDENTIFIERS
    return AuthorKind.PATIENT if is_patient else AuthorKind.AUTRE


def moves_between(old: FilingPlan, new: FilingPlan) -> Iterator[FilingMove]:
    """Every type and kind of author whose section differs."""
    for type_code in document_types():
        for author in AuthorKind:
            before, after = section_for(old, type_code, author), section_for(new, type_code, author)
            if before is not after:
                yield FilingMove(type_code=type_code, author=author, before=before, after=after)
