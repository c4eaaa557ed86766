"""A signed token is refused for its first flaw: form, kind, signature, then each registered claim."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from chassis.jose import (
    ALGORITHMS,
    ClaimRules,
    Key,
    RegisteredClaims,
    TokenFlaw,
    TokenFlawed,
    TokenReader,
    check_claims,
    public_key,
    public_keys,
)

NOW = 1_800_000_000.5
READER = TokenReader(max_length=4_000)
EC, OTHER, RSA, ED = (
    ECKey.generate_key("P-256"),
    ECKey.generate_key("P-256"),
    RSAKey.generate_key(2048),
    OKPKey.generate_key("Ed25519"),
)
DEEP = "[" * 1_400


class ExampleRequired(RegisteredClaims, frozen=True, kw_only=True):
    """Claims that require an issuer."""

    iss: str


def token(payload: str = '{"iss":"me"}', key: Key = EC, alg: str = "ES256", **header: Any) -> str:
    head = {"alg": alg, "typ": "example+jwt"} | header
    return jws.serialize_compact(head, payload, key, registry=jws.JWSRegistry(algorithms=ALGORITHMS))


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def flaw_of(signed: str, *keys: Key) -> TokenFlaw | None:
    """As a user of the component reads a token."""
    try:
        parsed = READER.parse(signed)
        parsed.check_kind("example+jwt")
        parsed.check_signed_by(keys or (EC,))
        parsed.claims(ExampleRequired)
    except TokenFlawed as flawed:
        return flawed.flaw
    return None


@pytest.mark.parametrize(("alg", "key"), [("ES256", EC), ("RS256", RSA), ("PS256", RSA), ("Ed25519", ED)])
def test_a_token_is_opened_with_the_key_that_signed_it_among_others(alg: str, key: Key) -> None:
    assert flaw_of(token(alg=alg, key=key), OTHER, RSA, ED, EC) is None
    assert flaw_of(token(alg=alg, key=key), OTHER) is TokenFlaw.SIGNATURE


def unsigned(header: Any) -> str:
    return f"{encoded(json.dumps(header))}.e30.e30"


RIGHT_HEADER = {"alg": "ES256", "typ": "example+jwt"}
_, BODY, SIGNATURE = token().split(".")
HEAD = encoded(json.dumps(RIGHT_HEADER))
TOKENS = {
    "nothing": ("", TokenFlaw.SHAPE),
    "two parts": (f"{HEAD}.{BODY}", TokenFlaw.SHAPE),
    "four parts": (f"{HEAD}.{BODY}.{SIGNATURE}.", TokenFlaw.SHAPE),
    "not ASCII": ("é.é.é", TokenFlaw.SHAPE),
    "a lone surrogate": ("\ud800.e30.e30", TokenFlaw.SHAPE),
    "too long": (token("x" * 3_000), TokenFlaw.SHAPE),
    "a long header": (unsigned(RIGHT_HEADER | {"kid": "x" * 500}), TokenFlaw.SHAPE),
    "a header that is a list": (unsigned(["alg"]), TokenFlaw.SHAPE),
    "a header that is a text": (unsigned("alg"), TokenFlaw.SHAPE),
    "a header without algorithm": (unsigned({"typ": "example+jwt"}), TokenFlaw.SHAPE),
    "another kind": (token(typ="other+jwt"), TokenFlaw.KIND),
    "no kind": (unsigned({"alg": "ES256"}), TokenFlaw.KIND),
    "an unknown critical header": (unsigned(RIGHT_HEADER | {"crit": ["x"]}), TokenFlaw.SHAPE),
    "a kid that is no text": (unsigned(RIGHT_HEADER | {"kid": []}), TokenFlaw.SHAPE),
    "no signature": (f"{HEAD}.{BODY}.", TokenFlaw.SIGNATURE),
    "changed claims": (f"{HEAD}.e30.{SIGNATURE}", TokenFlaw.SIGNATURE),
    "no JSON": (token("x"), TokenFlaw.CLAIMS),
    "a list": (token("[]"), TokenFlaw.CLAIMS),
    "claims nested without end": (token(f'{{"iss":"me","x":{DEEP}'), TokenFlaw.CLAIMS),
    "a required claim is missing": (token("{}"), TokenFlaw.CLAIMS),
    "a required claim is of another type": (token('{"iss":7}'), TokenFlaw.CLAIMS),
    "a time is a text": (token('{"iss":"me","exp":"soon"}'), TokenFlaw.CLAIMS),
    "a time without end": (token('{"iss":"me","exp":1e400}'), TokenFlaw.CLAIMS),
    "a time that is true": (token('{"iss":"me","nbf":true}'), TokenFlaw.CLAIMS),
}


@pytest.mark.parametrize("case", TOKENS)
def test_a_malformed_or_forged_token_is_refused(case: str) -> None:
    signed, flaw = TOKENS[case]
    assert flaw_of(signed) is flaw


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "ES512", "RS512", "", "é"])
def test_an_algorithm_that_is_not_accepted_is_refused_before_any_key_is_tried(alg: str) -> None:
    header = encoded(json.dumps({"alg": alg, "typ": "example+jwt"}))
    assert flaw_of(f"{header}.{BODY}.{SIGNATURE}") is TokenFlaw.SHAPE
    assert flaw_of(f"{header}.{BODY}.") is TokenFlaw.SHAPE


def test_a_header_nested_without_end_is_refused() -> None:
    with pytest.raises(TokenFlawed):
        TokenReader(max_length=9_000, max_header_length=8_000).parse(f"{encoded(DEEP)}.e30.e30")


LIFE = ClaimRules(max_life=300, skew=30)
LEFT = ClaimRules(max_left=300, skew=30)
AGE = ClaimRules(max_age=90, skew=30)
NAMED = ClaimRules(issuer="app", subject="app", audiences=frozenset({"here", "there"}), skew=0)
RIGHT = {"iss": "app", "sub": "app", "aud": "here"}
HUGE = 10**400


# Times are relative to now.
@pytest.mark.parametrize(
    ("payload", "cause"),
    [
        ("{}", "claims: iss"),
        ('{"iss":7}', "claims: iss"),
        ('{"iss":"me","exp":"soon"}', "claims: exp"),
        ("[]", "claims"),
    ],
)
def test_a_missing_or_mistyped_claim_is_named(payload: str, cause: str) -> None:
    with pytest.raises(TokenFlawed) as flawed:
        READER.parse(token(payload)).claims(ExampleRequired)
    assert flawed.value.cause == cause


CLAIMS: list[tuple[ClaimRules, dict[str, Any], TokenFlaw | None]] = [
    (NAMED, {}, None),
    (NAMED, {"aud": ("here",)}, None),
    (NAMED, {"aud": ("here", "there")}, None),
    (NAMED, {"iss": "another"}, TokenFlaw.ISSUER),
    (NAMED, {"iss": ""}, TokenFlaw.ISSUER),
    (NAMED, {"sub": "another"}, TokenFlaw.SUBJECT),
    (NAMED, {"aud": "elsewhere"}, TokenFlaw.AUDIENCE),
    (NAMED, {"aud": "her"}, TokenFlaw.AUDIENCE),
    (NAMED, {"aud": ""}, TokenFlaw.AUDIENCE),
    (NAMED, {"aud": ()}, TokenFlaw.AUDIENCE),
    (NAMED, {"aud": ("here", "elsewhere")}, TokenFlaw.AUDIENCE),
    (NAMED, {"jti": "x" * 7}, TokenFlaw.CLAIMS),
    (NAMED, {"jti": "x" * 8}, None),
    (NAMED, {"jti": "x" * 128}, None),
    (NAMED, {"jti": "x" * 129}, TokenFlaw.CLAIMS),
    (NAMED, {"exp": 1}, None),
    (NAMED, {"exp": 0}, TokenFlaw.EXPIRED),
    (NAMED, {"nbf": 0}, None),
    (NAMED, {"nbf": 1}, TokenFlaw.LIFE),
    (NAMED, {"iat": 1}, TokenFlaw.LIFE),
    (LIFE, {"iat": -120, "exp": 0}, TokenFlaw.EXPIRED),
    (LIFE, {"iat": -600, "exp": -300}, TokenFlaw.EXPIRED),
    (LIFE, {"iat": -1, "exp": 300}, TokenFlaw.LIFE),
    (LIFE, {"iat": 0, "exp": 301}, TokenFlaw.LIFE),
    (LIFE, {"iat": 31, "exp": 60}, TokenFlaw.LIFE),
    (LIFE, {"iat": 60, "exp": 30}, TokenFlaw.LIFE),
    (LIFE, {"iat": 20, "exp": 10}, TokenFlaw.LIFE),
    (LIFE, {"iat": -120, "exp": 1}, None),
    (LIFE, {"iat": 0, "exp": 300}, None),
    (LIFE, {"iat": 30, "exp": 60}, None),
    (LIFE, {"exp": 60}, TokenFlaw.LIFE),
    (LIFE, {"iat": 0}, TokenFlaw.LIFE),
    (LIFE, {"iat": 0, "exp": 60, "nbf": 30}, None),
    (LIFE, {"iat": 0, "exp": 60, "nbf": 31}, TokenFlaw.LIFE),
    (LEFT, {"exp": 300}, None),
    (LEFT, {"iat": 2, "exp": 302}, None),
    (LEFT, {"exp": 330}, None),
    (LEFT, {"exp": 331}, TokenFlaw.LIFE),
    (LEFT, {"iat": -0.5, "exp": 60.25}, None),
    (LEFT, {"exp": 331.5}, TokenFlaw.LIFE),
    (LEFT, {"exp": 60, "nbf": 29.5}, None),
    (LEFT, {"exp": 300, "nbf": 200}, TokenFlaw.LIFE),
    (LIFE, {"iat": -0.5, "exp": 299.5}, None),
    (LIFE, {"iat": -0.5, "exp": 299.75}, TokenFlaw.LIFE),
    (LIFE, {"iat": -0.5, "exp": HUGE}, TokenFlaw.LIFE),
    (LIFE, {"iat": -HUGE, "exp": 60.5}, TokenFlaw.LIFE),
    (AGE, {"iat": -89.5}, None),
    (LEFT, {"iat": -600, "exp": 300}, None),
    (LEFT, {}, TokenFlaw.LIFE),
    (AGE, {"iat": -89}, None),
    (AGE, {"iat": -91}, TokenFlaw.LIFE),
    (AGE, {"iat": 30}, None),
    (AGE, {"iat": 31}, TokenFlaw.LIFE),
    (AGE, {}, TokenFlaw.LIFE),
    (AGE, {"iat": HUGE}, TokenFlaw.LIFE),
    (AGE, {"iat": -HUGE}, TokenFlaw.LIFE),
    (LEFT, {"exp": HUGE}, TokenFlaw.LIFE),
    (LEFT, {"exp": -HUGE}, TokenFlaw.EXPIRED),
    (LIFE, {"iat": HUGE, "exp": HUGE + 1}, TokenFlaw.LIFE),
    (LIFE, {"iat": -HUGE, "exp": HUGE}, TokenFlaw.LIFE),
]


@pytest.mark.parametrize(
    ("rules", "changed", "flaw"), CLAIMS, ids=[f"{changed} {flaw}"[:60] for _, changed, flaw in CLAIMS]
)
def test_registered_claims_keep_the_rules(rules: ClaimRules, changed: dict[str, Any], flaw: TokenFlaw | None) -> None:
    times = {name: int(NOW) + changed[name] for name in ("exp", "nbf", "iat") if name in changed}
    claims = RegisteredClaims(**({"jti": "x" * 16} | RIGHT | changed | times))
    if flaw is None:
        check_claims(claims, rules, NOW)
        return
    with pytest.raises(TokenFlawed) as flawed:
        check_claims(claims, rules, NOW)
    assert flawed.value.flaw is flaw


@pytest.mark.parametrize("typ", ["example+jwt", "Example+JWT", "application/example+jwt"])
def test_a_kind_is_a_media_type_in_any_case_with_or_without_its_tree(typ: str) -> None:
    """RFC 7515, 4.1.9."""
    token = f"{encoded(json.dumps({'alg': 'ES256', 'typ': typ}))}.{BODY}.{SIGNATURE}"
    READER.parse(token).check_kind("example+jwt")


@pytest.mark.parametrize("typ", ["JWT", "", None, 7, ["example+jwt"], "text/example+jwt", "example+jwt "])
def test_another_kind_is_refused(typ: object) -> None:
    token = f"{encoded(json.dumps({'alg': 'ES256', 'typ': typ}))}.{BODY}.{SIGNATURE}"
    with pytest.raises(TokenFlawed):
        READER.parse(token).check_kind("example+jwt")


@pytest.mark.parametrize("key", [EC, RSA, ED], ids=["EC", "RSA", "Ed25519"])
def test_a_strong_public_key_is_accepted(key: Key) -> None:
    jwk = key.as_dict(private=False)
    assert public_key(jwk).thumbprint() == key.thumbprint()
    assert [found.thumbprint() for found in public_keys(json.dumps({"keys": [jwk]}))] == [key.thumbprint()]


@pytest.mark.filterwarnings("ignore:Key size should be")
@pytest.mark.parametrize(
    "jwk",
    [
        EC.as_dict(private=True),
        RSA.as_dict(private=True),
        OctKey.generate_key(256).as_dict(),
        # RSA of 1024 bits.
        RSA.as_dict(private=False) | {"n": encoded("\x7f" * 128)},
        OKPKey.generate_key("X25519").as_dict(private=False),
        {"kty": "EC"},
        EC.as_dict(private=False) | {"x": 5},
    ],
)
def test_a_private_weak_or_incomplete_key_is_refused_also_in_a_set(jwk: Any) -> None:
    with pytest.raises(ValueError, match="strong public key"):
        public_key(jwk)
    with pytest.raises(ValueError, match="strong public key"):
        public_keys(json.dumps({"keys": [EC.as_dict(private=False), jwk]}))


@pytest.mark.parametrize("jwk", [{}, {"kty": "new"}, [], None, "key", 7])
def test_what_is_no_key_is_refused(jwk: Any) -> None:
    with pytest.raises(ValueError, match="strong public key"):
        public_key(jwk)
    with pytest.raises(ValueError, match="strong public key"):
        public_keys(json.dumps({"keys": [jwk]}))


@pytest.mark.parametrize("jwks", ["", "{}", "[]", '{"keys":[]}', '{"keys":{}}', '{"keys":"key"}', "[" * 9_000])
def test_a_set_without_readable_keys_is_refused(jwks: str) -> None:
    with pytest.raises(ValueError, match="strong public key"):
        public_keys(jwks)
