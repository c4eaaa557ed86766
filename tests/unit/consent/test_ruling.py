"""What a diff of the matrix is told against before any version is in force."""

from contracts.codes import matrix
from services.consent.domain.matrix import diff_of, ruling_of


def test_where_no_version_is_in_force_everything_is_new() -> None:
    diff = diff_of(matrix(), ruling_of(None))
    assert diff.against == ""
    assert set(diff.professions_added) == set(matrix().professions)
    assert all(cell.readable for cell in diff.cells)
