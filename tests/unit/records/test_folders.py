"""What a folder may be called, how many there may be, and who arranges a record."""

import pytest

from contracts.errors import ArrangementFull, InvalidRequest, NotShared, RoleForbidden
from contracts.vocabulary import Capacity, Role
from services.records.domain.folders import check_arranges, check_room, checked_name, key_of


@pytest.mark.parametrize(
    ("name", "kept"), [("Dos", "Dos"), ("  Cœur ", "Cœur"), ("e\u0301te\u0301", "été"), ("x" * 60, "x" * 60)]
)
def test_a_name_is_kept_composed_and_without_blanks_around_it(name: str, kept: str) -> None:
    assert checked_name(name) == kept


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb", "a\u202eb"])
def test_a_name_nobody_can_read_is_none(name: str) -> None:
    with pytest.raises(InvalidRequest):
        checked_name(name)


def test_case_and_width_do_not_make_another_name() -> None:
    assert key_of("DOS") == key_of("dos") == key_of("\uff24os")
    assert key_of("Dos") != key_of("Doses")


def test_there_is_room_up_to_the_limit() -> None:
    check_room(19, 20)
    with pytest.raises(ArrangementFull) as refused:
        check_room(20, 20)
    assert refused.value.details == {"most": "20"}


@pytest.mark.parametrize("capacity", [Capacity.SELF, Capacity.REPRESENTANT_LEGAL])
def test_holders_and_their_representatives_arrange(capacity: Capacity) -> None:
    check_arranges(Role.PATIENT, capacity)


@pytest.mark.parametrize("role", set(Role) - {Role.PATIENT})
def test_nobody_of_another_role_does(role: Role) -> None:
    with pytest.raises(RoleForbidden):
        check_arranges(role, Capacity.SELF)


def test_carers_do_not() -> None:
    with pytest.raises(NotShared):
        check_arranges(Role.PATIENT, Capacity.AIDANT)
