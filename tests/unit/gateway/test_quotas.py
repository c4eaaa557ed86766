"""Quotas of software, counted by one gateway of several."""

import pytest

from contracts.envelope import Actor
from contracts.errors import QuotaExceeded, TooManyRequests
from contracts.vocabulary import Finess, Role
from gateway.quotas import Quotas


def an_actor(quota: int) -> Actor:
    return Actor(role=Role.PROFESSIONAL, subject="1", software="LPS-1", structure=Finess("990000010"), quota=quota)


def let_through(quotas: Quotas, actor: Actor, asked: int = 20) -> int:
    for count in range(asked):
        try:
            quotas.check(actor)
        except QuotaExceeded:
            return count
    return asked


@pytest.mark.parametrize(("gateways", "expected"), [(1, 10), (2, 5), (3, 4), (100, 1)])
def test_each_gateway_lets_its_part_through(gateways: int, expected: int) -> None:
    assert let_through(Quotas(gateways, 0), an_actor(10)) == expected


def test_without_a_quota_nothing_is_counted() -> None:
    assert let_through(Quotas(1, 0), an_actor(0)) == 20


def test_whoever_is_beyond_hears_how_long_to_wait() -> None:
    quotas = Quotas(1, 0)
    quotas.check(an_actor(1))
    with pytest.raises(QuotaExceeded) as refused:
        quotas.check(an_actor(1))
    assert refused.value.details["quota"] == "1"
    assert 1 <= int(refused.value.details["seconds"]) <= 60


def test_strangers_are_counted_by_address_and_not_at_all_without_one() -> None:
    quotas = Quotas(1, 2)
    for address in ("192.0.2.1", "192.0.2.2"):
        quotas.check_stranger(address)
        quotas.check_stranger(address)
        with pytest.raises(TooManyRequests):
            quotas.check_stranger(address)
    for _ in range(5):
        quotas.check_stranger("")
        Quotas(1, 0).check_stranger("192.0.2.1")
