"""The traits that a FHIR Patient states."""

from typing import Any

import pytest

from contracts.errors.request import InvalidRequest
from contracts.traits import ClaimedTraits
from gateway.fhir.patient_traits import traits_of

EXTENSION = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-birth-list-given-name"


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ({}, ClaimedTraits()),
        ({"identifier": [{"value": "1"}]}, ClaimedTraits()),
        ({"birthDate": "1985-07", "gender": "female"}, ClaimedTraits(birth_date="1985-07", sex="F")),
        ({"gender": "other"}, ClaimedTraits()),
        (
            {
                "name": [
                    {
                        "use": "official",
                        "family": "A",
                        "given": ["C", None],
                        "extension": [{"url": EXTENSION, "valueString": "C D"}, {"url": "urn:x"}],
                    },
                    {"use": "usual", "family": "B", "given": ["E"]},
                ]
            },
            ClaimedTraits(birth_names=("A",), birth_given_names=("C", "C D")),
        ),
        ({"name": [{"use": "maiden", "family": "A"}]}, ClaimedTraits(birth_names=("A",))),
        ({"name": [{"family": "A", "given": ["C"]}]}, ClaimedTraits(family_names=("A",), given_names=("C",))),
        ({"name": [{"text": "C A"}]}, ClaimedTraits()),
    ],
)
def test_official_and_maiden_names_are_birth_names(patient: dict[str, Any], expected: ClaimedTraits) -> None:
    assert traits_of(patient, "field") == expected


@pytest.mark.parametrize("names", [[{"family": "A" * 501}], [{"given": ["A"] * 51}]])
def test_more_names_than_a_person_has_are_refused(names: list[dict[str, Any]]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        traits_of({"name": names}, "DocumentReference.context")
    assert refused.value.details == {"field": "DocumentReference.context"}
