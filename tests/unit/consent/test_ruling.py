"""Which matrix a diff is told against, and the one that comes with the house."""

from contracts.codes import matrix
from services.consent.domain.matrix import built_in, diff_of, ruling_of


def test_where_no_version_is_in_force_everything_is_new() -> None:
    nobody = ruling_of(None)
    diff = diff_of(matrix(), nobody)
    assert diff.against == ""
    assert set(diff.professions_added) == set(matrix().professions)
    assert all(cell.readable for cell in diff.cells)
    assert not nobody.complete


def test_the_version_of_the_house_is_read_once() -> None:
    assert built_in() is built_in()
