"""What the law is asked about, and on what, is said by name and does not change under it."""

import inspect

import msgspec
import pytest

from services.consent.domain.facts import Fact, Question
from services.consent.domain.matrix import Edition, Entitlement


@pytest.mark.parametrize("value", [Fact, Question, Edition, Entitlement])
def test_a_value_is_named_field_by_field_and_never_changes(value: type[msgspec.Struct]) -> None:
    assert value.__struct_config__.frozen
    kinds = {parameter.kind for parameter in inspect.signature(value).parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}
