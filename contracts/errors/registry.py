"""Refusals by their code: all of them, since this module imports every module that defines some."""

from contracts.envelope import Problem
from contracts.errors import execution, request
from contracts.errors.base import BY_CODE, Refusal

_MODULES = (execution, request)


def refusal_from(problem: Problem) -> Refusal:
    """The refusal that a problem stands for; an unknown code becomes ServiceUnavailable."""
    refusal = BY_CODE.get(problem.code, execution.ServiceUnavailable)
    return refusal(**problem.details)


def all_refusals() -> dict[str, type[Refusal]]:
    """Every concrete refusal by code."""
    return dict(BY_CODE)
