"""Every refusal has a status at the data plane, and a body that names it."""

import msgspec
import pytest

from contracts.envelope import Problem
from contracts.errors import LengthRequired, all_refusals, refusal_from
from services.documents.data_plane import answer_refusal


@pytest.mark.parametrize("code", all_refusals())
def test_every_refusal_has_a_status_and_names_itself(code: str) -> None:
    response = answer_refusal(refusal_from(Problem(code=code, details={"field": "id"})))
    assert 400 <= response.status_code < 600
    assert msgspec.json.decode(response.data, type=Problem) == Problem(code=code, details={"field": "id"})


def test_the_status_of_a_refusal_goes_before_that_of_its_category() -> None:
    assert answer_refusal(LengthRequired()).status_code == 411
