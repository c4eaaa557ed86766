"""Card proofs: right ones are accepted; every forgery, confusion or expired one is refused."""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey

from contracts.errors.base import Refusal
from contracts.errors.request import ProofExpired, ProofInvalid
from deploy.dev import authority, people
from services.identity.cards import CardReader
from tests.unit.identity.card_builders import (
    GP,
    PATIENT,
    PUBLIC_URL,
    TOKEN_ENDPOINT,
    assertion,
    cause_of,
    claims,
    part,
    signed,
)


def test_a_professionals_assertion_opens(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    card = authority.load_cps(shared_cards, "gp")
    shown = reader.read_cps(assertion(card, now), now)
    assert (shown.claims.sub, shown.claims.profession) == (GP.rpps, GP.profession)
    assert (shown.claims.structure, shown.claims.software) == (GP.structure, people.FULL_SOFTWARE.number)
    assert shown.keep_until > datetime.fromtimestamp(shown.claims.exp, UTC)


@pytest.mark.parametrize(
    "changed",
    [{"aud": PUBLIC_URL}, {"aud": [TOKEN_ENDPOINT]}, {"iat": -0.5, "exp": 60.25}, {"iat": 2, "exp": 302}],
    ids=str,
)
def test_a_proof_may_be_written_in_each_way_of_its_standards(
    shared_cards: Path, reader: CardReader, now: datetime, changed: dict[str, object]
) -> None:
    """RFC 7519: an array of audiences, fractions of a second; RFC 7523: the server, or its token endpoint."""
    card = authority.load_cps(shared_cards, "gp")
    times = {name: now.timestamp() + value for name, value in changed.items() if isinstance(value, int | float)}
    assert reader.read_cps(signed(card, claims(card, now, **changed | times)), now).claims.sub == GP.rpps


def test_a_patients_proof_opens(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    proof = authority.vitale_proof(authority.load_vitale(shared_cards, "patient"), PUBLIC_URL, now)
    shown = reader.read_vitale(proof, now).claims
    assert (shown.sub, shown.ins_oid) == (PATIENT.ins.matricule, PATIENT.ins.oid)
    assert (shown.family_name, shown.birth_date, shown.sex) == (PATIENT.family_name, PATIENT.birth_date, PATIENT.sex)


def test_the_same_proof_has_the_same_replay_key_even_signed_again(
    shared_cards: Path, reader: CardReader, now: datetime
) -> None:
    card = authority.load_cps(shared_cards, "gp")
    first, again = (reader.read_cps(signed(card, claims(card, now)), now).replay_key for _ in range(2))
    other = reader.read_cps(signed(card, claims(card, now, jti="another-jti-now")), now).replay_key
    assert first == again != other


def test_a_proof_without_signature_is_refused(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    card = authority.load_cps(shared_cards, "gp")
    for algorithm in ("none", "None", "ES256"):
        header = {"alg": algorithm, "typ": "cps+jwt", "x5c": list(card.x5c)}
        token = f"{part(header)}.{part(claims(card, now))}."
        with pytest.raises(ProofInvalid):
            reader.read_cps(token, now)


def test_the_cards_public_key_is_no_shared_secret(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    card = authority.load_cps(shared_cards, "gp")
    certificate = base64.b64decode(card.x5c[0])
    public = x509.load_der_x509_certificate(certificate).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, certificate, card.x5c[0].encode()):
        header = {"alg": "HS256", "typ": "cps+jwt", "x5c": list(card.x5c)}
        content = f"{part(header)}.{part(claims(card, now))}"
        code = base64.urlsafe_b64encode(hmac.digest(secret, content.encode(), "sha256")).rstrip(b"=").decode()
        assert cause_of(partial(reader.read_cps, f"{content}.{code}", now)) == "shape"


def test_a_key_offered_in_the_header_is_not_trusted(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    card = authority.load_cps(shared_cards, "gp")
    stranger = ECKey.generate_key("P-256")
    token = signed(
        card, claims(card, now), key=stranger.as_pem(private=True).decode(), jwk=stranger.as_dict(private=False)
    )
    assert cause_of(lambda: reader.read_cps(token, now)) == "signature"


def test_another_cards_signature_is_refused(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    card, other = (authority.load_cps(shared_cards, name) for name in ("gp", "nurse"))
    token = signed(card, claims(card, now), key=other.private_key)
    assert cause_of(lambda: reader.read_cps(token, now)) == "signature"


def test_a_card_of_a_foreign_authority_of_the_same_name_is_refused(
    own_cards: Path, reader: CardReader, now: datetime
) -> None:
    token = assertion(authority.load_cps(own_cards, "gp"), now)
    assert cause_of(lambda: reader.read_cps(token, now)) == "chain"


def test_a_carte_vitale_is_no_professional_card(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    vitale = authority.load_vitale(shared_cards, "patient")
    assert cause_of(lambda: reader.read_cps(authority.vitale_proof(vitale, TOKEN_ENDPOINT, now), now)) == "kind"
    cps = authority.load_cps(shared_cards, "gp")
    dressed_up = signed(cps, claims(cps, now), key=vitale.private_key, x5c=list(vitale.x5c))
    assert cause_of(lambda: reader.read_cps(dressed_up, now)) == "chain"


def test_a_professional_card_is_no_carte_vitale(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    card = authority.load_cps(shared_cards, "gp")
    assert cause_of(lambda: reader.read_vitale(assertion(card, now, PUBLIC_URL), now)) == "kind"
    dressed_up = signed(card, claims(card, now, aud=PUBLIC_URL), typ="vitale+jwt")
    assert cause_of(lambda: reader.read_vitale(dressed_up, now)) == "chain"


@pytest.mark.parametrize(
    "audience",
    ["", f"{PUBLIC_URL}/", f"{TOKEN_ENDPOINT}/", "https://elsewhere.example/oauth/token", TOKEN_ENDPOINT.upper()],
)
def test_an_assertion_for_another_audience_is_refused(
    shared_cards: Path, reader: CardReader, now: datetime, audience: str
) -> None:
    card = authority.load_cps(shared_cards, "gp")
    assert cause_of(lambda: reader.read_cps(assertion(card, now, audience), now)) == "audience"


def test_a_patients_proof_for_another_audience_is_refused(
    shared_cards: Path, reader: CardReader, now: datetime
) -> None:
    proof = authority.vitale_proof(authority.load_vitale(shared_cards, "patient"), TOKEN_ENDPOINT, now)
    assert cause_of(lambda: reader.read_vitale(proof, now)) == "audience"


def test_a_proof_is_good_until_it_expires_and_no_longer(
    shared_cards: Path, reader: CardReader, now: datetime
) -> None:
    token = assertion(authority.load_cps(shared_cards, "gp"), now, seconds=120)
    reader.read_cps(token, now + timedelta(seconds=118))
    with pytest.raises(ProofExpired):
        reader.read_cps(token, now + timedelta(seconds=120))


def test_a_proof_that_claims_a_long_life_is_refused(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    card = authority.load_cps(shared_cards, "gp")
    assert cause_of(lambda: reader.read_cps(assertion(card, now, seconds=301), now)) == "life"


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"iss": "89990000021"}, "subject"),
        ({"sub": "89990000039", "iss": "89990000039"}, "subject"),
        ({"profession": "60"}, "subject"),
        ({"jti": "short"}, "claims: jti"),
        ({"jti": "x" * 129}, "claims: jti"),
        ({"jti": None}, "claims: jti"),
        ({"aud": [7]}, "claims"),
        ({"exp": "soon"}, "claims: exp"),
        ({"exp": 1e400}, "claims"),
    ],
)
def test_claims_that_disagree_with_the_card_or_their_form_are_refused(
    shared_cards: Path, reader: CardReader, now: datetime, changed: dict[str, object], cause: str
) -> None:
    card = authority.load_cps(shared_cards, "pharmacist")
    token = signed(card, claims(card, now, **changed))
    assert cause_of(lambda: reader.read_cps(token, now)) == cause


def test_a_patients_proof_states_its_cards_own_number(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    card = authority.load_vitale(shared_cards, "patient")
    thief = authority.VitaleCard(
        private_key=card.private_key,
        x5c=card.x5c,
        matricule=people.PATIENTS[1].ins.matricule,
        oid=card.oid,
        family_name=card.family_name,
        given_names=card.given_names,
        birth_date=card.birth_date,
        sex=card.sex,
    )
    proof = authority.vitale_proof(thief, PUBLIC_URL, now)
    assert cause_of(lambda: reader.read_vitale(proof, now)) == "subject"


def test_a_card_number_with_a_wrong_key_is_refused(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    wrong = people.Professional(**(vars(GP) | {"rpps": "89990000022"}))
    card = authority.mint_cps(shared_cards, wrong)
    assert cause_of(lambda: reader.read_cps(assertion(card, now), now)) == "subject"


@pytest.mark.parametrize("x5c", [None, [], [""], ["AAAA"], ["not base64!"], [7], "AAAA", {}])
def test_a_proof_without_a_readable_certificate_is_refused(
    shared_cards: Path, reader: CardReader, now: datetime, x5c: object
) -> None:
    card = authority.load_cps(shared_cards, "gp")
    token = signed(card, claims(card, now))
    header = {"alg": "ES256", "typ": "cps+jwt"} | ({} if x5c is None else {"x5c": x5c})
    with pytest.raises(ProofInvalid):
        reader.read_cps(f"{part(header)}.{token.partition('.')[2]}", now)


@given(st.one_of(st.text(max_size=200), st.from_regex(r"[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}", fullmatch=True)))
def test_any_nonsense_is_refused_and_nothing_breaks(reader: CardReader, nonsense: str) -> None:
    with pytest.raises(Refusal):
        reader.read_cps(nonsense, datetime.now(UTC))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8))
def test_any_header_is_refused_and_nothing_breaks(reader: CardReader, content: object) -> None:
    for header in (content, {"alg": content}, {"alg": "ES256", "typ": "cps+jwt", "x5c": content}):
        with pytest.raises(Refusal):
            reader.read_vitale(f"{part(header)}.{part({})}.AAAA", datetime.now(UTC))


def test_json_nested_without_end_is_refused(shared_cards: Path, reader: CardReader, now: datetime) -> None:
    card = authority.load_cps(shared_cards, "gp")
    deep = base64.urlsafe_b64encode(b"[" * 6_000).decode()
    assert cause_of(lambda: reader.read_cps(f"{deep}.e30.AAAA", now)) == "shape"
    signing = ECKey.import_key(card.private_key)
    header = {"alg": "ES256", "typ": "cps+jwt", "x5c": list(card.x5c)}
    token = jws.serialize_compact(header, b'{"sub":' + b"[" * 6_000, signing, algorithms=["ES256"])
    assert cause_of(lambda: reader.read_cps(token, now)) == "claims: sub"


def test_an_endless_proof_is_refused_unread(reader: CardReader, now: datetime) -> None:
    assert cause_of(lambda: reader.read_cps("a" * 16_385, now)) == "shape"
