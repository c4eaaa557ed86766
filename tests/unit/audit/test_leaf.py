"""A leaf is canonical: the same act always gives the same bytes."""

import json
from datetime import timedelta, timezone
from hashlib import sha256
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import Act, Capacity, DocumentId
from services.audit.domain.leaf import (
    Personal,
    commitment_of,
    leaf_bytes,
    leaf_hash,
    personal_bytes,
    personal_from,
    personal_of,
)
from tests.unit.audit.builders import AT, HOLDER, NONCE, PATIENT, a_leaf, an_entry

HOLDER_ID = "00000000-0000-0000-0000-000000000001"
TEXTS = st.text(st.characters(codec="utf-8"))


def test_a_leaf_is_as_documented() -> None:
    leaf = a_leaf(an_entry(HOLDER, Act.CONNEXION, "patient"))
    personal = f'{{"actor":"{HOLDER_ID}","patient_id":"{HOLDER_ID}"}}'.encode()

    assert leaf_bytes(leaf).decode() == (
        '{"act":"connexion","at":"2026-03-01T09:30:00.250000Z",'
        f'"commitment":"{sha256(NONCE + personal).hexdigest()}","event_id":"{HOLDER_ID}","mode":"normal","number":1,'
        f'"outcome":"allowed","previous":"{"0" * 64}","reason":"patient","role":"patient",'
        '"strand":"00000000-0000-0000-0000-000000000007","v":1}'
    )


def test_whole_seconds_have_no_fraction() -> None:
    leaf = a_leaf(an_entry(), at=AT.replace(microsecond=0))

    assert b'"at":"2026-03-01T09:30:00Z"' in leaf_bytes(leaf)


def test_a_time_is_the_same_in_every_time_zone() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=2)))

    assert leaf_bytes(a_leaf(an_entry(), at=elsewhere)) == leaf_bytes(a_leaf(an_entry()))


def test_the_hash_of_a_leaf_and_its_commitment_are_those_documented() -> None:
    assert leaf_hash(b"leaf") == sha256(b"\x00leaf").digest()
    assert commitment_of(b"personal", NONCE) == sha256(NONCE + b"personal").digest()


@given(TEXTS, TEXTS, st.one_of(st.none(), TEXTS))
def test_canonical_json_is_sorted_json_without_spaces(name: str, about: str, structure: str | None) -> None:
    personal = Personal(actor="80000000019", patient_id=PATIENT, actor_name=name, about=about, structure=structure)
    values = {"actor": "80000000019", "actor_name": name, "about": about, "patient_id": HOLDER_ID}
    values = {key: value for key, value in values.items() if value}
    values |= {} if structure is None else {"structure": structure}

    expected = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert personal_bytes(personal).decode() == expected


def test_the_personal_part_has_every_identifying_field_and_the_leaf_none() -> None:
    entry = an_entry(
        document_id=DocumentId(UUID(int=4)),
        about="10003456784",
        capacity=Capacity.AIDANT,
    )
    personal = personal_of(entry)

    assert personal_from(personal_bytes(personal)) == personal
    assert set(msgspec.json.decode(personal_bytes(personal))) == {
        "about",
        "actor",
        "actor_name",
        "capacity",
        "document_id",
        "patient_id",
        "profession",
    }
    for value in (entry.actor, entry.actor_name, entry.about, str(entry.document_id), str(PATIENT)):
        assert value not in leaf_bytes(a_leaf(entry, number=3)).decode()


@pytest.mark.parametrize("field", ["act", "reason", "at", "number", "previous", "strand", "commitment"])
def test_a_leaf_with_a_changed_field_has_another_hash(field: str) -> None:
    leaf = a_leaf(an_entry())
    other = {"act": "x", "reason": "x", "at": AT.replace(year=2025), "number": 2, "strand": UUID(int=8)}
    changed = msgspec.structs.replace(leaf, **{field: other.get(field, "00")})

    assert leaf_hash(leaf_bytes(changed)) != leaf_hash(leaf_bytes(leaf))
