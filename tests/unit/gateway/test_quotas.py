"""Quotas shared by several gateways."""

import pytest

from contracts.envelope import Actor
from contracts.errors.execution import QuotaExceeded, TooManyRequests
from contracts.vocabulary import Finess, Role
from gateway.quotas import Quotas


def an_actor(quota: int) -> Actor:
    return Actor(role=Role.PROFESSIONAL, subject="1", software="LPS-1", structure=Finess("990000010"), quota=quota)


def allowed_requests(quotas: Quotas, actor: Actor, attempts: int = 20) -> int:
    for count in range(attempts):
        try:
            quotas.check(actor)
        except QuotaExceeded:
            return count
    return attempts


@pytest.mark.parametrize(("gateways", "expected"), [(1, 10), (2, 5), (3, 4), (100, 1)])
def test_each_gateway_allows_its_share(gateways: int, expected: int) -> None:
    assert allowed_requests(Quotas(gateways, 0), an_actor(10)) == expected


def test_zero_quota_is_unlimited() -> None:
    assert allowed_requests(Quotas(1, 0), an_actor(0)) == 20


def test_exceeded_quota_says_how_long_to_wait() -> None:
    quotas = Quotas(1, 0)
    quotas.check(an_actor(1))
    with pytest.raises(QuotaExceeded) as refused:
        quotas.check(an_actor(1))
    assert refused.value.details["quota"] == "1"
    assert 1 <= int(refused.value.details["seconds"]) <= 60


def test_anonymous_requests_are_counted_by_address_if_known() -> None:
    quotas = Quotas(1, 2)
    for address in ("192.0.2.1", "192.0.2.2"):
        quotas.check_anonymous(address)
        quotas.check_anonymous(address)
        with pytest.raises(TooManyRequests):
            quotas.check_anonymous(address)
    for _ in range(5):
        quotas.check_anonymous("")
        Quotas(1, 0).check_anonymous("192.0.2.1")
