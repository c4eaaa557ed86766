"""Names and limits of folders, and who arranges a record."""

import pytest

from contracts.errors.execution import ArrangementFull
from contracts.errors.request import InvalidRequest, NotShared, RoleForbidden
from contracts.vocabulary import Capacity, Role
from services.records.domain.folders import check_arranges, check_room, checked_name, key_of


@pytest.mark.parametrize(
    ("name", "stored_name"), [("Dos", "Dos"), ("  Cœur ", "Cœur"), ("e\u0301te\u0301", "été"), ("x" * 60, "x" * 60)]
)
def test_a_name_is_stored_composed_and_stripped(name: str, stored_name: str) -> None:
    assert checked_name(name) == stored_name


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb", "a\u202eb"])
def test_an_empty_long_or_unprintable_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest):
        checked_name(name)


def test_names_are_compared_without_case_and_width() -> None:
    assert key_of("DOS") == key_of("dos") == key_of("\uff24os")
    assert key_of("Dos") != key_of("Doses")


def test_the_limit_is_refused_once_reached() -> None:
    check_room(19, 20)
    with pytest.raises(ArrangementFull) as refused:
        check_room(20, 20)
    assert refused.value.details == {"most": "20"}


@pytest.mark.parametrize("capacity", [Capacity.SELF, Capacity.REPRESENTANT_LEGAL])
def test_holders_and_their_representatives_arrange(capacity: Capacity) -> None:
    check_arranges(Role.PATIENT, capacity)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PATIENT}))
def test_other_roles_do_not_arrange(role: Role) -> None:
    with pytest.raises(RoleForbidden):
        check_arranges(role, Capacity.SELF)


def test_carers_do_not_arrange() -> None:
    with pytest.raises(NotShared):
        check_arranges(Role.PATIENT, Capacity.AIDANT)
