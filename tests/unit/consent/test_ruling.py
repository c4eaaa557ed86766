"""The matrix a diff is compared with."""

from contracts.codes.habilitation import matrix
from services.consent.domain.matrix import diff_of, ruling_of


def test_where_no_version_is_in_force_everything_is_new() -> None:
    empty = ruling_of(None)
    diff = diff_of(matrix(), empty)
    assert diff.against == ""
    assert set(diff.professions_added) == set(matrix().professions)
    assert all(cell.readable for cell in diff.cells)
    assert not empty.complete
