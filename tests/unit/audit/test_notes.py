"""Heads are checkpoints in the format of C2SP: text, key and signature."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.settings import SettingsError
from services.audit.domain.notes import Head, NoteInvalid, Verifier, head_from, note_from, verifier_from
from services.audit.signing import HeadSigner, is_signed_by

ORIGIN = "carnet.example/journal"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = HeadSigner(KEY, ORIGIN)
HEAD = Head(origin=ORIGIN, size=1_234, root=bytes(range(32)), at=datetime(2026, 11, 24, 20, tzinfo=UTC))
ROOT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
TEXT = f"carnet.example/journal\n1234\n{ROOT}\nat 2026-11-24T20:00:00Z\n"


def test_a_head_is_as_documented() -> None:
    public = KEY.public_key().public_bytes_raw()
    key_hash = sha256(ORIGIN.encode() + b"\n\x01" + public).digest()[:4]
    signature = b64encode(key_hash + KEY.sign(TEXT.encode())).decode()

    assert SIGNER.sign(HEAD) == f"{TEXT}\n— {ORIGIN} {signature}\n"
    key = b64encode(b"\x01" + public).decode()
    assert SIGNER.verifier.text == f"{ORIGIN}+{key_hash.hex()}+{key}"


def test_the_example_key_of_the_specification_is_read() -> None:
    published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    verifier = verifier_from(published)

    assert verifier.key_hash == signature[:4]
    assert verifier.text == published
    assert _verifies(verifier, text, signature[4:])


def test_a_note_is_parsed_and_its_signature_is_valid() -> None:
    note = note_from(SIGNER.sign(HEAD))

    assert note.head == HEAD
    assert note.text == HEAD.text == TEXT
    assert SIGNER.has_signed(note)
    assert is_signed_by(note, verifier_from(SIGNER.verifier.text))


def test_a_note_may_have_signatures_of_witnesses() -> None:
    witness = HeadSigner(Ed25519PrivateKey.generate(), "witness.example")
    countersigned = SIGNER.sign(HEAD) + witness.sign(HEAD).rpartition("\n\n")[2]

    assert SIGNER.has_signed(note_from(countersigned))
    assert witness.has_signed(note_from(countersigned))


@pytest.mark.parametrize(
    "forged",
    [
        SIGNER.sign(HEAD).replace("1234", "1235"),
        HeadSigner(Ed25519PrivateKey.generate(), ORIGIN).sign(HEAD),
        HeadSigner(KEY, "elsewhere.example/journal").sign(HEAD),
    ],
    ids=["other size", "other key", "other name"],
)
def test_a_forged_note_has_no_valid_signature(forged: str) -> None:
    assert not SIGNER.has_signed(note_from(forged))


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n- {ORIGIN} AAAA\n",
        f"{TEXT}\n— {ORIGIN} ***\n",
        SIGNER.sign(HEAD).replace("1234", "01234"),
        SIGNER.sign(HEAD).replace("AAECAw", "AAEC"),
        SIGNER.sign(HEAD).replace(ROOT, b64encode(bytes(31)).decode()),
        SIGNER.sign(HEAD).replace(ROOT, b64encode(bytes(33)).decode()),
        SIGNER.sign(HEAD).replace("at 2026-11", "at 2026-13"),
        SIGNER.sign(HEAD)[:-1],
    ],
)
def test_an_invalid_note_is_rejected(text: str) -> None:
    with pytest.raises(NoteInvalid):
        note_from(text)


@pytest.mark.parametrize(
    "text",
    ["", "a+b", SIGNER.verifier.text.replace(ORIGIN, "elsewhere"), f"{ORIGIN}+00000000+{b64encode(b'x').decode()}"],
)
def test_an_invalid_verifier_key_is_rejected(text: str) -> None:
    with pytest.raises(NoteInvalid):
        verifier_from(text)


def test_a_head_is_parsed_from_its_text() -> None:
    assert head_from(HEAD.text) == HEAD


@pytest.mark.parametrize("origin", ["", "two words", "a+b"])
def test_an_origin_not_allowed_in_a_note_is_a_settings_error(origin: str) -> None:
    with pytest.raises(SettingsError):
        HeadSigner(KEY, origin)


def _verifies(verifier: Verifier, text: str, signature: bytes) -> bool:
    Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature, text.encode())
    return True
