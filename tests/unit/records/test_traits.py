"""Whose document it is: which traits contradict the holder's, which are missing, and what follows from it."""

from datetime import date
from uuid import UUID

import msgspec
import pytest

from contracts.cda import CdaPatient
from contracts.documents import Arrival, FileReceipt
from contracts.errors.execution import PatientContradicted
from contracts.identity.people import Traits
from contracts.records.entries import ClaimedMetadata
from contracts.records.submission_sets import SubmissionSetDocument, SubmissionSetMetadata
from contracts.traits import ClaimedTraits
from contracts.vocabulary import Coded
from services.records.domain.building import ActiveRecord, BuiltDocument, Deposit, IncomingDocument, build_document
from services.records.domain.deposits import DepositRules
from services.records.domain.submission_sets import submission_set_of
from services.records.domain.traits import HolderTraits, Trait, contradicted, holder_traits, missing
from tests.unit.records.specimens import (
    DEPOSITOR,
    HOSPITAL,
    INS,
    NOW,
    PATIENT,
    RULES,
    by,
    header,
    professional,
    receipt,
)

BORN = date(1979, 3, 28)


def holder(
    birth_name: str = "PAT-TROIS", given_names: str = "DOMINIQUE MARIE-LOUISE", born: date = BORN, sex: str = "F"
) -> HolderTraits:
    return holder_traits(Traits(family_name=birth_name, given_names=given_names, birth_date=born, sex=sex))


def is_contradicted(trait: Trait, claimed: ClaimedTraits, known: HolderTraits) -> bool:
    """Whether this trait, and no other, is contradicted."""
    found = contradicted(claimed, known)
    assert found in ((), (trait,))
    return found == (trait,)


# Birth name -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "claimed", "other"),
    [
        ("PAT-TROIS", "Pat Trois", False),
        ("PAT-TROIS", "PAT--TROIS", False),
        ("LEFÈVRE", "LEFEVRE", False),
        ("CŒUR", "Coeur", False),
        ("L'HÉRITIER", "L\u2019HERITIER", False),
        ("L'HÉRITIER", "LHERITIER", False),
        ("DE LA TOUR", "DELATOUR", False),
        ("DE LA TOUR", "de La  Tour", False),
        ("A" * 26 + "BCDEF", "A" * 26 + "B", False),
        ("MARTIN", "-", False),
        ("MARTIN", "MARTINE", True),
        ("DE LA TOUR", "LA TOUR", True),
        ("MARTIN-DUPONT", "MARTIN", True),
        ("MARTIN-DUPONT", "DUPONT-MARTIN", True),
        ("LEFÈVRE", "LEFÈBVRE", True),
        ("MARTIN", "DURAND", True),
    ],
)
def test_another_birth_name_is_another_person(known: str, claimed: str, other: bool) -> None:
    claims = ClaimedTraits(birth_names=(claimed,))
    assert is_contradicted(Trait.BIRTH_NAME, claims, holder(birth_name=known)) is other


def test_a_name_that_may_be_the_used_one_contradicts_nothing() -> None:
    assert contradicted(ClaimedTraits(family_names=("DURAND",)), holder()) == ()


def test_every_birth_name_claimed_has_to_be_the_holders() -> None:
    assert contradicted(ClaimedTraits(birth_names=("PAT-TROIS", "DURAND")), holder()) == (Trait.BIRTH_NAME,)


# Birth date -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "claimed", "other"),
    [
        (BORN, "1979-03-28", False),
        (BORN, "1979-03", False),
        (BORN, "1979", False),
        (date(1950, 12, 31), "1950-01-01", False),
        (date(1950, 1, 1), "1950-12-31", False),
        (BORN, "1979-03-29", True),
        (BORN, "1979-04", True),
        (BORN, "1980", True),
        (BORN, "1979-01-01", True),
        (date(1950, 12, 31), "1951-01-01", True),
        (date(1950, 12, 31), "1950-06-15", True),
    ],
)
def test_another_birth_date_is_another_person_as_far_as_it_is_known(known: date, claimed: str, other: bool) -> None:
    assert is_contradicted(Trait.BIRTH_DATE, ClaimedTraits(birth_date=claimed), holder(born=known)) is other


# Given names and sex ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "birth", "unqualified", "other"),
    [
        ("DOMINIQUE MARIE-LOUISE", ("DOMINIQUE",), (), False),
        ("DOMINIQUE MARIE-LOUISE", ("Louise",), (), False),
        ("DOMINIQUE MARIE-LOUISE", ("MARIELOUISE",), (), False),
        ("MARIELOUISE", ("Marie Louise",), (), False),
        ("DOMINIQUE", ("D.",), (), False),
        ("HÉLÈNE", ("Helene",), (), False),
        ("DOMINIQUE", ("CLAUDE",), ("DOMINIQUE",), False),
        ("DOMINIQUE", (), ("CLAUDE",), False),
        ("DOMINIQUE", ("",), (), False),
        ("", ("CLAUDE",), (), False),
        ("DOMINIQUE MARIE", ("CLAUDE",), (), True),
        ("DOMINIQUE MARIE", ("CLAUDE", "JEAN"), ("CLAUDE JEAN",), True),
        ("MARIE", ("MARIELLE",), (), True),
        ("DOMINIQUE", ("C.",), (), True),
    ],
)
def test_given_names_of_birth_of_which_the_holder_has_none_are_another_persons(
    known: str, birth: tuple[str, ...], unqualified: tuple[str, ...], other: bool
) -> None:
    claims = ClaimedTraits(birth_given_names=birth, given_names=unqualified)
    assert is_contradicted(Trait.GIVEN_NAMES, claims, holder(given_names=known)) is other


@pytest.mark.parametrize(
    ("known", "claimed", "other"),
    [("F", "M", True), ("M", "F", True), ("F", "F", False), ("F", "", False), ("I", "M", False)],
)
def test_only_male_and_female_contradict_each_other(known: str, claimed: str, other: bool) -> None:
    assert is_contradicted(Trait.SEX, ClaimedTraits(sex=claimed), holder(sex=known)) is other


# What is missing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (ClaimedTraits(), (Trait.BIRTH_DATE, Trait.BIRTH_NAME)),
        (ClaimedTraits(birth_date="1979"), (Trait.BIRTH_NAME,)),
        (ClaimedTraits(birth_date="1979", birth_names=("-",)), (Trait.BIRTH_NAME,)),
        (ClaimedTraits(birth_date="1979", family_names=("DURAND",)), (Trait.BIRTH_NAME,)),
        (ClaimedTraits(birth_date="1979", family_names=("DURAND", "Pat Trois")), ()),
        (ClaimedTraits(birth_names=("PAT-TROIS",)), (Trait.BIRTH_DATE,)),
    ],
)
def test_birth_date_and_birth_name_are_missed(claimed: ClaimedTraits, expected: tuple[Trait, ...]) -> None:
    assert missing(claimed, holder()) == expected


def test_what_is_missing_is_told_also_where_nobody_knows_the_holder() -> None:
    assert missing(ClaimedTraits(family_names=("DURAND", "-")), None) == (Trait.BIRTH_DATE, Trait.BIRTH_NAME)


# The rule ---------------------------------------------------------------------------------------------

WHOLE = ClaimedTraits(birth_names=("PAT-TROIS",), birth_date="1979-03-28")
STRANGER = ClaimedTraits(birth_names=("DURAND",), birth_date="1979-03-28")
CDA_NAME, CDA_DATE = "recordTarget/patientRole/patient/name/family", "recordTarget/patientRole/patient/birthTime"
FILE_NAME, FILE_DATE = "context.sourcePatientInfo.name.family", "context.sourcePatientInfo.birthDate"
SET_NAME = "List.extension.name.family"


def of_cda(traits: ClaimedTraits) -> Arrival:
    return receipt(header=header(patient=CdaPatient(ins=INS, identifiers=(), traits=traits)))


def of_file() -> Arrival:
    plain = {name: getattr(receipt(), name) for name in Arrival.__struct_fields__}
    return FileReceipt(**plain | {"media_type": "application/pdf"})


def build(
    arrival: Arrival,
    claimed: ClaimedTraits | None = None,
    of_set: ClaimedTraits | None = None,
    *,
    refuses: bool = True,
    strict: bool = False,
) -> BuiltDocument:
    """The document of an arrival, with these traits claimed by its depositor and for its submission set."""
    metadata = ClaimedMetadata(
        unique_id="1.2.3",
        type=Coded("11488-4"),
        authors=(by("1"),),
        created_at=header().effective_time,
        patient_traits=claimed or ClaimedTraits(),
        custodian=header().custodian,
        title="Titre",
        language="fr-FR",
        confidentiality="N",
        facility=Coded("SA01"),
        setting=Coded("AMBULATOIRE"),
    )
    is_cda_alone = claimed is None and not isinstance(arrival, FileReceipt)
    request = SubmissionSetDocument(receipt="", stated=None if is_cda_alone else metadata)
    if not isinstance(arrival, FileReceipt) and request.stated is not None:
        cda = msgspec.structs.replace(request.stated, type=None, authors=(), title=None)
        request = msgspec.structs.replace(request, stated=cda)
    deposit = Deposit(
        patient_id=PATIENT,
        depositor=professional(DEPOSITOR),
        structure=HOSPITAL,
        documents=(),
        submission_set=submission_set_of(
            SubmissionSetMetadata(), professional(DEPOSITOR), lot_id=UUID(int=5), now=NOW
        ),
        rules=DepositRules(RULES, refuses_other_traits=refuses),
        strict=strict,
        patient_traits=of_set or ClaimedTraits(),
    )
    return build_document(
        deposit,
        IncomingDocument(arrival, request),
        ActiveRecord(numbers=(INS,), default_masked=False, traits=holder()),
        parent=None,
        document_id=UUID(int=3),
        entry_uuid=UUID(int=4),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("arrival", "claimed", "of_set", "field"),
    [
        (of_cda(STRANGER), None, None, CDA_NAME),
        (of_cda(ClaimedTraits(birth_date="1980", sex="M")), None, None, CDA_DATE),
        (of_cda(WHOLE), STRANGER, None, FILE_NAME),
        (of_cda(WHOLE), None, STRANGER, SET_NAME),
        (of_file(), STRANGER, None, FILE_NAME),
        (of_file(), None, STRANGER, SET_NAME),
    ],
)
def test_another_persons_document_is_refused_or_warned_of_wherever_they_are_named(
    arrival: Arrival, claimed: ClaimedTraits | None, of_set: ClaimedTraits | None, field: str
) -> None:
    for refuses, strict in ((True, False), (False, True)):
        with pytest.raises(PatientContradicted) as refused:
            build(arrival, claimed, of_set, refuses=refuses, strict=strict)
        assert refused.value.details == {"field": field}
    assert build(arrival, claimed, of_set, refuses=False).warnings[0] == field


@pytest.mark.parametrize(
    ("arrival", "claimed", "of_set", "warnings"),
    [
        (of_cda(WHOLE), None, None, ()),
        (of_cda(ClaimedTraits()), None, None, (CDA_DATE, CDA_NAME)),
        (of_cda(ClaimedTraits()), WHOLE, WHOLE, (CDA_DATE, CDA_NAME)),
        (of_cda(WHOLE), ClaimedTraits(), None, ()),
        (of_file(), ClaimedTraits(), None, (FILE_DATE, FILE_NAME)),
        (of_file(), WHOLE, None, ()),
        (of_file(), None, WHOLE, ()),
        (of_file(), ClaimedTraits(birth_date="1979"), None, (FILE_NAME,)),
    ],
)
def test_a_patient_named_in_part_or_not_at_all_is_warned_of(
    arrival: Arrival, claimed: ClaimedTraits | None, of_set: ClaimedTraits | None, warnings: tuple[str, ...]
) -> None:
    assert build(arrival, claimed, of_set).warnings == warnings
    # Nothing is corrected, so strict handling accepts it too.
    assert build(arrival, claimed, of_set, strict=True).warnings == warnings


def test_traits_are_compared_and_not_stored() -> None:
    stored = msgspec.json.encode(build(of_cda(WHOLE), WHOLE).stored_document)
    assert b"PAT-TROIS" not in stored
    assert b"1979" not in stored
