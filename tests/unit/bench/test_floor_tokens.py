"""The floor's tokens: accepted if signed, for this audience and not expired; verified ones are cached."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.floor.messages import TOKEN_REFUSED, Refused
from bench.floor.tokens import EchoClaims, EchoKeyring, sign

KEY = Ed25519PrivateKey.generate()
CLAIMS = EchoClaims(sub="899", role="professional", aud=("near",), exp=100)
TOKEN = sign(KEY, CLAIMS)


def test_a_signed_token_yields_its_claims_each_time() -> None:
    keyring = EchoKeyring("near", KEY.public_key())
    assert keyring.check(TOKEN, now=50) == keyring.check(TOKEN, now=99) == CLAIMS


def test_a_cached_token_expires_too() -> None:
    keyring = EchoKeyring("near", KEY.public_key())
    keyring.check(TOKEN, now=99)
    with pytest.raises(Refused, match=TOKEN_REFUSED):
        keyring.check(TOKEN, now=100)


@pytest.mark.parametrize(
    ("name", "token"),
    [
        ("far", TOKEN),
        ("near", sign(Ed25519PrivateKey.generate(), CLAIMS)),
        ("near", TOKEN[:-8]),
        ("near", "a" + TOKEN),
        ("near", "a.b.c"),
        ("near", ""),
        ("near", "é.é.é"),
    ],
    ids=["for another", "another key", "cut", "changed", "garbage", "none", "no ASCII"],
)
def test_any_other_token_is_refused_each_time(name: str, token: str) -> None:
    keyring = EchoKeyring(name, KEY.public_key())
    for _ in range(2):
        with pytest.raises(Refused, match=TOKEN_REFUSED):
            keyring.check(token, now=50)
