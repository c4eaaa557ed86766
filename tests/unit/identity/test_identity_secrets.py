"""One-time codes and passwords: what is stored of them opens nothing by itself."""

import hashlib
import tempfile
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.settings import SettingsError
from services.identity.breaches import Breaches
from services.identity.otp import OtpGenerator
from services.identity.passwords import Passwords

CODES = OtpGenerator(bytes(32))


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(Breaches(None))


def test_a_code_is_six_digits_and_not_the_one_before() -> None:
    codes = Counter(CODES.new_code() for _ in range(200))
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 190


def test_a_sealed_code_is_bound_to_its_attempt_and_to_the_pepper() -> None:
    attempt = uuid4()
    sealed = CODES.seal(attempt, "123456")
    assert sealed == CODES.seal(attempt, "123456")
    others = {
        CODES.seal(uuid4(), "123456"),
        CODES.seal(attempt, "123457"),
        OtpGenerator(bytes([1] * 32)).seal(attempt, "123456"),
    }
    assert sealed not in others


def test_a_login_is_counted_under_a_key_that_hides_the_identifier() -> None:
    assert CODES.login_key("adele") == CODES.login_key("adele") != CODES.login_key("roger")
    assert b"adele" not in CODES.login_key("adele")


def test_a_short_pepper_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "pepper"
    file.write_bytes(bytes(31))
    with pytest.raises(SettingsError):
        OtpGenerator.from_file(file)


def test_passwords_are_hashed_by_the_current_advice(passwords: Passwords) -> None:
    encoded = passwords.hash("une phrase assez longue")
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "phrase" not in encoded


def test_only_the_same_password_is_right(passwords: Passwords) -> None:
    encoded = passwords.hash("café très serré")
    assert passwords.is_right(encoded, "café très serré")
    assert not passwords.is_right(encoded, "cafe\u0301 tre\u0300s serre\u0301"), "not even composed otherwise"
    assert not passwords.is_right(encoded, "cafe tres serre")
    assert not passwords.is_right("not a hash", "café très serré")


def test_nobody_has_a_right_password(passwords: Passwords) -> None:
    assert not passwords.is_right(None, "café très serré")
    assert not passwords.is_right("", "")


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse1234",
        "azertyuiop12",
        "123456789012",
        "aaaaaaaaaaaa",
        "carnetdesante",
        "MonEspaceSante1",
        "MotDePasse123",
    ],
)
def test_what_somebody_would_try_first_is_guessable(passwords: Passwords, password: str) -> None:
    assert passwords.is_guessable(password, "camille.martin")


@pytest.mark.parametrize("password", ["une phrase longue et facile", "x7!kq0vT2mZw", "girafe bleue, ravin, été"])
def test_what_nobody_would_try_is_not(passwords: Passwords, password: str) -> None:
    assert not passwords.is_guessable(password, "camille.martin")


@given(password=st.text(max_size=256), identifier=st.text(max_size=64))
def test_any_text_is_judged_in_whatever_script(passwords: Passwords, password: str, identifier: str) -> None:
    assert passwords.is_guessable(password, identifier) in {True, False}


@given(st.sets(st.text(min_size=1, max_size=12), min_size=1, max_size=40), st.data())
def test_a_breached_password_is_found_in_the_file_and_no_other(known: set[str], data: st.DataObject) -> None:
    wanted = data.draw(st.sampled_from(sorted(known)) | st.text(max_size=12))
    with tempfile.TemporaryDirectory() as directory:
        assert Breaches(breached(Path(directory), known)).has(wanted) == (wanted in known)


def test_a_breached_password_is_guessable_however_good_it_looks(tmp_path: Path) -> None:
    good = "une phrase longue et facile"
    assert Passwords(Breaches(breached(tmp_path, {good}))).is_guessable(good)


@pytest.mark.parametrize("content", ["", "mot de passe", "abc:1"])
def test_a_file_that_is_no_list_of_hashes_keeps_the_service_from_starting(tmp_path: Path, content: str) -> None:
    file = tmp_path / "list.txt"
    file.write_text(content)
    with pytest.raises(SettingsError):
        Breaches(file)


def breached(directory: Path, passwords: set[str]) -> Path:
    """A list as Have I Been Pwned publishes it."""
    hashes = sorted(hashlib.sha1(password.encode()).hexdigest().upper() for password in passwords)
    file = directory / "list.txt"
    file.write_text("".join(f"{digest}:{count}\r\n" for count, digest in enumerate(hashes, start=1)))
    return file
