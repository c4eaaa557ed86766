"""Proofs of possession (RFC 9449), valid and invalid."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc.jwk import OctKey, OKPKey, RSAKey

from chassis.possession import read_possession
from contracts.errors.request import PossessionUnproven
from tests.support.dpop import Prover, new_key

URL, TOKEN = "https://carnet.example/fhir/DocumentReference", "a.b.c"
PROVER = Prover()
NOW = 1_800_000_000
DEEP = f"{'W1tb' * 1_000}.e30.e30"
"""A header of three thousand brackets."""


def proof(url: str = URL, token: str = TOKEN, **changed: Any) -> str:
    return PROVER.proof("GET", url, token, **{"iat": NOW} | changed)


def read(proof: str, token: str = TOKEN) -> str:
    return read_possession(proof, method="GET", url=URL, now=NOW, token=token).thumbprint


def test_a_proof_names_the_key_that_signed_it() -> None:
    assert read(proof()) == PROVER.thumbprint
    assert read(proof(f"{URL}?patient=x#y")) == PROVER.thumbprint
    assert read(proof(token=""), token="") == PROVER.thumbprint


@pytest.mark.parametrize(
    "htu",
    [
        "HTTPS://Carnet.EXAMPLE/fhir/DocumentReference",
        "https://carnet.example:443/fhir/DocumentReference",
        "https://carnet.example/fhir/%44ocument%52eference",
        "https://carnet.example/dmp/../fhir/./DocumentReference",
        "https://carnet.example/fhir/DocumentReference?patient=x",
    ],
)
def test_a_url_is_compared_after_its_normalisation(htu: str) -> None:
    """RFC 9449, 4.3: as RFC 3986 normalises syntax and scheme, without query and fragment."""
    assert read(proof(htu=htu)) == PROVER.thumbprint


def test_a_reserved_character_is_the_same_in_either_case_of_its_escape_only() -> None:
    url = "https://carnet.example/fhir/Binary/a%2fb"
    assert read_possession(proof(url.replace("2f", "2F")), method="GET", url=url, now=NOW, token=TOKEN)
    with pytest.raises(PossessionUnproven):
        read_possession(proof(url.replace("%2f", "/")), method="GET", url=url, now=NOW, token=TOKEN)


@pytest.mark.parametrize("changed", [{"iat": NOW - 89.5}, {"iat": NOW + 29.5}, {"header": {"typ": "DPoP+JWT"}}])
def test_a_proof_in_another_form_is_accepted(changed: dict[str, Any]) -> None:
    assert read(proof(**changed)) == PROVER.thumbprint


def test_each_proof_of_a_key_has_its_own_replay_key() -> None:
    replay_keys = {
        read_possession(proof(jti=jti), method="GET", url=URL, now=NOW).replay_key
        for jti in ("number-one", "number-two", "number-two")
    }
    assert len(replay_keys) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"htm": "POST"},
        {"htm": None},
        {"htu": "https://carnet.example/fhir/Patient"},
        {"htu": "https://elsewhere.example/fhir/DocumentReference"},
        {"htu": None},
        {"htu": "http://carnet.example/fhir/DocumentReference"},
        {"htu": "https://carnet.example:8443/fhir/DocumentReference"},
        {"htu": "https://carnet.example/fhir/documentreference"},
        {"htu": "https://carnet.example/fhir/DocumentReference/"},
        {"htu": "https://carnet.example@elsewhere.example/fhir/DocumentReference"},
        {"htu": "https://carnet.example:port/fhir/DocumentReference"},
        {"htu": "https://[carnet/fhir/DocumentReference"},
        {"htu": "/fhir/DocumentReference"},
        {"iat": NOW - 91},
        {"iat": NOW + 31},
        {"iat": None},
        {"iat": "now"},
        {"ath": "x"},
        {"ath": None},
        {"jti": "short"},
        {"jti": "x" * 129},
        {"jti": None},
        {"exp": NOW},
        {"nbf": NOW + 31},
        {"signed_by": new_key()},
        {"header": {"typ": "JWT"}},
        {"header": {"jwk": new_key().as_dict(private=False)}},
        {"header": {"jwk": PROVER.key.as_dict(private=True)}},
        {"header": {"jwk": OctKey.generate_key(256).as_dict()}},
        {"header": {"jwk": RSAKey.generate_key(2048).as_dict(private=False)}},
        {"header": {"jwk": OKPKey.generate_key("X25519").as_dict(private=False)}},
        {"header": {"jwk": "key"}},
        {"header": {"jwk": None}},
    ],
)
def test_an_invalid_proof_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(PossessionUnproven):
        read(proof(**changed))


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_proof_without_a_valid_signature_is_refused(alg: str) -> None:
    head, body, signature = proof().split(".")
    header = json.dumps({"typ": "dpop+jwt", "alg": alg, "jwk": PROVER.key.as_dict(private=False)}).encode()
    forged = urlsafe_b64encode(header).rstrip(b"=").decode()
    for wrong in (f"{forged}.{body}.", f"{forged}.{body}.{signature}", f"{head}.{body}."):
        with pytest.raises(PossessionUnproven):
            read(wrong)


@pytest.mark.parametrize("nonsense", ["", ".", "a.b.c", "é" * 10, "x" * 7_000, "e30.e30.e30", "W10.W10.W10", DEEP])
def test_nonsense_is_refused(nonsense: str) -> None:
    with pytest.raises(PossessionUnproven):
        read(nonsense)
