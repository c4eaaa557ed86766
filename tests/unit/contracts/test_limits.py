"""Every field of every request message has a bound: long strings, long lists, deep and wide values are refused."""

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from contracts.api import Method
from contracts.errors.request import InvalidRequest
from contracts.limits import DEFAULT_LIMITS, MessageLimits, check_limits
from contracts.records.api import Records
from contracts.records.searching import NamePart, NamePattern, SearchDocuments
from contracts.vocabulary import DocumentStatus
from contracts.wiring import APIS
from tests.unit.records.specimens import PATIENT

METHODS = {method.route: method for api in APIS for method in api.methods()}


def too_large_for(limits: MessageLimits) -> dict[str, Any]:
    deep: Any = "end"
    for _ in range(100):
        deep = [deep]
    return {
        "text": "x" * (limits.text + 1),
        "list": ("x",) * (limits.items + 1),
        "mapping": {str(number): number for number in range(limits.items + 1)},
        "key": {"x" * (limits.text + 1): 1},
        "depth": deep,
        "number": 2**63,
        "moment whose offset PostgreSQL does not read": datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=16))),
        "moment before the first year": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        "values": (("x",) * limits.items,) * (limits.values // limits.items + 1),
    }


def refused_field(message: msgspec.Struct, limits: MessageLimits) -> str:
    with pytest.raises(InvalidRequest) as refused:
        check_limits(message, limits)
    return refused.value.details["field"]


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_field_of_a_request_is_bounded(method: Method[Any, Any]) -> None:
    fields = method.request.__struct_fields__
    for field in fields:
        for value in too_large_for(method.limits).values():
            message = method.request(**dict.fromkeys(fields, 0) | {field: value})
            assert refused_field(message, method.limits) == field


def test_a_field_within_a_list_is_bounded_and_named() -> None:
    names = (NamePattern(part=NamePart.FAMILY, any_of=("x",) * 51),)
    search = SearchDocuments(patient_id=PATIENT, statuses=(DocumentStatus.CURRENT,), names=names)
    assert refused_field(search, Records.search_documents.limits) == "any_of"


def test_values_are_counted_over_all_fields() -> None:
    group = ("type:11502-2",) * 50
    search = SearchDocuments(patient_id=PATIENT, statuses=(), tokens=(group,) * 10, labels=(("N",) * 50,) * 15)
    assert refused_field(search, Records.search_documents.limits) == "labels"


def test_a_message_within_its_limits_is_accepted() -> None:
    limits = DEFAULT_LIMITS
    check_limits(SearchDocuments(patient_id=PATIENT, statuses=(), identifiers=("x" * limits.text,) * 100), limits)
