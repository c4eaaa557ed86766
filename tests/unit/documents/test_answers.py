"""Every refusal of the house has a status at the data plane, and a body that says which it is."""

import msgspec
import pytest

from contracts.envelope import Problem
from contracts.errors import LengthRequired, all_refusals, refusal_from
from services.documents import answers


@pytest.mark.parametrize("code", all_refusals())
def test_every_refusal_has_a_status_and_names_itself(code: str) -> None:
    response = answers.refused(refusal_from(Problem(code=code, details={"field": "id"})))
    assert 400 <= response.status_code < 600
    assert msgspec.json.decode(response.data, type=Problem) == Problem(code=code, details={"field": "id"})


def test_a_leaf_with_a_status_of_its_own_goes_before_its_category() -> None:
    assert answers.refused(LengthRequired()).status_code == 411
