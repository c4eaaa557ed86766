"""Assertions and proofs of test cards, right and forged, and readers that trust a test authority."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from contracts.errors.request import ProofInvalid
from deploy.dev import authority, people
from services.identity.authorities import CardAuthority
from services.identity.cards import CardReader

PUBLIC_URL = "https://carnet.example"
TOKEN_ENDPOINT = f"{PUBLIC_URL}/oauth/token"
GP = next(professional for professional in people.PROFESSIONALS if professional.name == "gp")
PATIENT = people.PATIENTS[0]


def reader_of(directory: Path) -> CardReader:
    """A reader that trusts the authority of a directory."""
    cps = CardAuthority.from_directory(directory / "authority" / "cps")
    vitale = CardAuthority.from_directory(directory / "authority" / "vitale")
    return CardReader(cps, vitale, PUBLIC_URL)


def assertion(card: authority.CpsCard, now: datetime, audience: str = TOKEN_ENDPOINT, seconds: int = 120) -> str:
    return authority.cps_assertion(card, audience, card.structure, card.software, now, seconds=seconds)


def claims(card: authority.CpsCard, now: datetime, **changed: object) -> dict[str, object]:
    stamp = int(now.timestamp())
    right: dict[str, object] = {
        "iss": card.rpps,
        "sub": card.rpps,
        "aud": TOKEN_ENDPOINT,
        "iat": stamp,
        "exp": stamp + 120,
        "jti": "a-jti-of-one-use",
        "profession": card.profession,
        "structure": card.structure,
        "software": card.software,
    }
    return right | changed


def signed(card: authority.CpsCard, body: object, key: str = "", **header: object) -> str:
    head = {"alg": "ES256", "typ": "cps+jwt", "x5c": list(card.x5c)} | header
    signing = ECKey.import_key(key or card.private_key)
    return jws.serialize_compact(head, json.dumps(body), signing, algorithms=["ES256"])


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def cause_of(read: Callable[[], object]) -> str:
    with pytest.raises(ProofInvalid) as refused:
        read()
    return refused.value.details["cause"]
