"""Values of the law are keyword-only and immutable."""

import inspect

import msgspec
import pytest

from services.consent.domain.facts import Fact, Question
from services.consent.domain.matrix import Entitlement


@pytest.mark.parametrize("value", [Fact, Question, Entitlement])
def test_values_are_keyword_only_and_frozen(value: type[msgspec.Struct]) -> None:
    assert value.__struct_config__.frozen
    kinds = {parameter.kind for parameter in inspect.signature(value).parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}
