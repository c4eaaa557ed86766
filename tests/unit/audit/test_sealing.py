"""Personal parts are decrypted only with the key of their strand, only at their line."""

from uuid import uuid4

import pytest

from chassis.settings import SettingsError
from services.audit.sealing import SealBroken, Sealer, new_nonce

SEALER = Sealer(bytes(range(32)))
STRAND = uuid4()


def test_what_was_encrypted_is_decrypted() -> None:
    cipher, nonce = SEALER.cipher(SEALER.new_key(), STRAND), new_nonce()

    assert cipher.open(3, cipher.seal(3, nonce, b"who")) == (nonce, b"who")


def test_a_ciphertext_is_valid_for_its_strand_and_line_only() -> None:
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
def test_a_damaged_ciphertext_is_rejected(damaged: bytes) -> None:
    with pytest.raises(SealBroken):
        SEALER.cipher(SEALER.new_key(), STRAND).open(1, damaged)


def test_the_same_line_encrypted_twice_differs() -> None:
    cipher, nonce = SEALER.cipher(SEALER.new_key(), STRAND), new_nonce()

    assert cipher.seal(1, nonce, b"who") != cipher.seal(1, nonce, b"who")


def test_a_strand_key_is_unwrapped_with_its_subject_key_only() -> None:
    with pytest.raises(SealBroken):
        Sealer(bytes(32)).cipher(SEALER.new_key(), STRAND)


def test_a_blind_index_is_stable_and_differs_under_each_key() -> None:
    document = uuid4()

    assert SEALER.actor_blind_index("80000000019") == SEALER.actor_blind_index("80000000019")
    assert len(SEALER.actor_blind_index("80000000019")) == len(SEALER.document_blind_index(document)) == 16
    assert SEALER.actor_blind_index("80000000019") != SEALER.actor_blind_index("80000000027")
    assert SEALER.actor_blind_index("80000000019") != Sealer(bytes(32)).actor_blind_index("80000000019")
    assert SEALER.document_blind_index(document) != SEALER.actor_blind_index(document.bytes.decode("latin-1"))


def test_a_key_of_another_length_is_a_settings_error() -> None:
    with pytest.raises(SettingsError):
        Sealer(bytes(16))
