"""The form in which names are compared, here and in searches by traits."""

import pytest

from contracts.traits import fold_name


@pytest.mark.parametrize(
    "name", ["D'ÉTÉ-MARTIN", "d ete martin", "  D\u2019E\u0301te\u0301  Martin ", "D.Été_Martin"]
)
def test_accents_case_and_what_joins_names_make_no_difference(name: str) -> None:
    assert fold_name(name) == "d ete martin"


@pytest.mark.parametrize(
    ("name", "folded"), [("", ""), ("-'", ""), ("Œuvrard", "oeuvrard"), ("LÆTITIA", "laetitia"), ("Lê", "le")]
)
def test_letters_are_kept_and_nothing_else(name: str, folded: str) -> None:
    assert fold_name(name) == folded
