"""The filing plan: the first rule that matches gives the section, else the document's type."""

import json
from typing import Any

import pytest

from contracts.cda import CdaAuthor, CdaIdentifier
from contracts.codes.documents import document_types
from contracts.errors.request import FilingInvalid
from contracts.records.entries import DocumentMetadata
from contracts.records.filing import AuthorKind, FilingMove, FilingPlan, FilingRule
from contracts.vocabulary import OID_NIR, Coded, Section
from services.records.domain.filing import (
    BUILT_IN,
    moves_between,
    plan_in,
    read_plan,
    section_for,
    writer_of,
)
from tests.unit.records.specimens import WRITER, by

BIOLOGY, IMAGING = "11502-2", "18748-4"
PRO, PATIENT, OTHER = AuthorKind.PROFESSIONNEL, AuthorKind.PATIENT, AuthorKind.AUTRE


def plan(*rules: FilingRule, version: str = "v") -> FilingPlan:
    return FilingPlan(version=version, rules=rules)


def plan_text(*rules: dict[str, Any], version: Any = "v", **more: Any) -> str:
    return json.dumps({"version": version, "rules": rules} | more)


def test_the_built_in_plan_files_by_type_and_gives_patients_their_own_section() -> None:
    for code, row in document_types().items():
        assert section_for(BUILT_IN, code, PRO) is section_for(BUILT_IN, code, OTHER) is row.section
        assert section_for(BUILT_IN, code, PATIENT) is Section.ESPACE_PERSONNEL


def test_the_first_rule_that_matches_gives_the_section() -> None:
    rules = plan(
        FilingRule(type_code=BIOLOGY, author=OTHER, section=Section.PREVENTION),
        FilingRule(type_code=BIOLOGY, section=Section.SYNTHESE),
        FilingRule(author=PATIENT, section=Section.CERTIFICATS),
    )
    assert section_for(rules, BIOLOGY, OTHER) is Section.PREVENTION
    assert section_for(rules, BIOLOGY, PATIENT) is Section.SYNTHESE
    assert section_for(rules, IMAGING, PATIENT) is Section.CERTIFICATS
    assert section_for(rules, IMAGING, PRO) is Section.IMAGERIE


def test_a_type_no_longer_in_the_tables_is_a_report() -> None:
    assert section_for(BUILT_IN, "gone", PRO) is Section.COMPTES_RENDUS


@pytest.mark.parametrize(
    ("author", "kind"),
    [
        (by(WRITER), PRO),
        (CdaAuthor(identifier=CdaIdentifier(root=OID_NIR, extension="279035121518989")), PATIENT),
        (CdaAuthor(identifier=CdaIdentifier(root="1.2.250.1.71.4.2.2", extension="318003502400041/7")), OTHER),
        (CdaAuthor(device_name="ECG"), OTHER),
        (None, OTHER),
    ],
)
def test_the_issuer_of_an_identifier_gives_the_kind_of_author(author: CdaAuthor | None, kind: AuthorKind) -> None:
    metadata = DocumentMetadata(type=Coded(BIOLOGY), authors=() if author is None else (author,))
    assert writer_of(metadata) is kind


def test_a_plan_is_parsed() -> None:
    rule = {"type_code": BIOLOGY, "author": "patient", "section": "analyses"}
    assert read_plan(plan_text(rule)) == plan(FilingRule(type_code=BIOLOGY, author=PATIENT, section=Section.ANALYSES))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{", "text"),
        (plan_text(more=1), "text"),
        (plan_text({"section": "ailleurs"}), "text"),
        (plan_text({"section": "analyses", "type": BIOLOGY}), "text"),
        (plan_text({}), "text"),
        (plan_text(version="integre"), "version"),
        (plan_text(version="../v"), "version"),
        (plan_text(version=""), "version"),
        (plan_text({"section": "analyses"}, {"section": "analyses", "type_code": "x"}), "rules[1].type_code"),
        (plan_text(*[{"section": "analyses"}] * 2_001), "rules"),
    ],
)
def test_an_invalid_plan_is_refused_naming_the_field(text: str, field: str) -> None:
    with pytest.raises(FilingInvalid) as refused:
        read_plan(text)
    assert refused.value.details == {"field": field}


def test_moves_are_listed_for_each_type_and_kind_of_author() -> None:
    new = plan(
        FilingRule(author=PATIENT, section=Section.ESPACE_PERSONNEL),
        FilingRule(type_code=BIOLOGY, section=Section.PREVENTION),
    )
    assert list(moves_between(BUILT_IN, new)) == [
        FilingMove(type_code=BIOLOGY, author=author, before=Section.ANALYSES, after=Section.PREVENTION)
        for author in (PRO, OTHER)
    ]
    assert list(moves_between(new, new)) == []


def test_a_loaded_plan_that_is_no_longer_readable_has_the_built_in_rules_under_its_own_version() -> None:
    assert plan_in(plan_text({"section": "analyses"}), "v").rules[0].section is Section.ANALYSES
    broken = plan_in("{}", "v")
    assert (broken.version, broken.rules) == ("v", BUILT_IN.rules)
