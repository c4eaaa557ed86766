"""Every refusal has a status at the data plane, and a body that names it."""

import msgspec

from contracts.envelope import Problem
from contracts.errors.execution import LengthRequired
from contracts.errors.registry import all_refusals, refusal_from
from services.documents.data_plane import answer_refusal
from tests.support.comparisons import check_all


def test_every_refusal_has_a_status_and_names_itself() -> None:
    problems = {code: Problem(code=code, details={"field": "id"}) for code in all_refusals()}
    answers = {code: answer_refusal(refusal_from(problem)) for code, problem in problems.items()}
    assert {code: answer.status_code for code, answer in answers.items() if not 400 <= answer.status_code < 600} == {}
    bodies = {code: msgspec.json.decode(answer.data, type=Problem) for code, answer in answers.items()}
    check_all("answer of the data plane", bodies, problems)


def test_the_status_of_a_refusal_goes_before_that_of_its_category() -> None:
    assert answer_refusal(LengthRequired()).status_code == 411
