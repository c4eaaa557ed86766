"""What the operator may set about documents that describe another person."""

import pytest

from chassis.settings import SettingsError, load
from services.records.settings import RecordsSettings


@pytest.mark.parametrize(
    ("environment", "refuses"),
    [({}, True), ({"CARNET_PATIENT_TRAITS": "refuse"}, True), ({"CARNET_PATIENT_TRAITS": "warn"}, False)],
)
def test_documents_of_other_people_are_refused_unless_only_a_warning_is_set(
    environment: dict[str, str], refuses: bool
) -> None:
    assert load(RecordsSettings, environment).refuses_other_traits is refuses


def test_another_value_ends_the_process() -> None:
    with pytest.raises(SettingsError, match="CARNET_PATIENT_TRAITS"):
        load(RecordsSettings, {"CARNET_PATIENT_TRAITS": "off"})
