"""Names are under lock: only the key of their strand opens them, only where they stand."""

from uuid import uuid4

import pytest

from chassis.settings import SettingsError
from services.audit.sealing import SealBroken, Sealer, new_nonce

SEALER = Sealer(bytes(range(32)))
STRAND = uuid4()


def test_what_was_sealed_is_opened() -> None:
    cipher, nonce = SEALER.cipher(SEALER.new_key(), STRAND), new_nonce()

    assert cipher.open(3, cipher.seal(3, nonce, b"who")) == (nonce, b"who")


def test_a_seal_holds_at_one_place_only() -> None:
    key = SEALER.new_key()
    sealed = SEALER.cipher(key, STRAND).seal(3, new_nonce(), b"who")

    for cipher, number in (
        (SEALER.cipher(key, STRAND), 4),
        (SEALER.cipher(key, uuid4()), 3),
        (SEALER.cipher(SEALER.new_key(), STRAND), 3),
    ):
        with pytest.raises(SealBroken):
            cipher.open(number, sealed)


@pytest.mark.parametrize("damaged", [b"", b"short", bytes(80)])
def test_a_damaged_seal_does_not_open(damaged: bytes) -> None:
    with pytest.raises(SealBroken):
        SEALER.cipher(SEALER.new_key(), STRAND).open(1, damaged)


def test_the_same_line_sealed_twice_looks_different() -> None:
    cipher, nonce = SEALER.cipher(SEALER.new_key(), STRAND), new_nonce()

    assert cipher.seal(1, nonce, b"who") != cipher.seal(1, nonce, b"who")


def test_a_strands_key_opens_with_its_subject_key_only() -> None:
    with pytest.raises(SealBroken):
        Sealer(bytes(32)).cipher(SEALER.new_key(), STRAND)


def test_a_mark_is_the_same_each_time_and_under_each_key_another() -> None:
    document = uuid4()

    assert SEALER.actor_mark("80000000019") == SEALER.actor_mark("80000000019")
    assert len(SEALER.actor_mark("80000000019")) == len(SEALER.document_mark(document)) == 16
    assert SEALER.actor_mark("80000000019") != SEALER.actor_mark("80000000027")
    assert SEALER.actor_mark("80000000019") != Sealer(bytes(32)).actor_mark("80000000019")
    assert SEALER.document_mark(document) != SEALER.actor_mark(document.bytes.decode("latin-1"))


def test_a_key_of_another_length_stops_the_service() -> None:
    with pytest.raises(SettingsError):
        Sealer(bytes(16))
