"""One-time codes and passwords: what is kept of them opens nothing by itself."""

from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.settings import SettingsError
from services.identity.otp import CodeMint
from services.identity.passwords import Passwords

MINT = CodeMint(bytes(32))


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords()


def test_a_code_is_six_digits_and_not_the_one_before() -> None:
    codes = Counter(MINT.new_code() for _ in range(200))
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 190


def test_a_sealed_code_is_bound_to_its_attempt_and_to_the_pepper() -> None:
    attempt = uuid4()
    sealed = MINT.seal(attempt, "123456")
    assert sealed == MINT.seal(attempt, "123456")
    others = {
        MINT.seal(uuid4(), "123456"),
        MINT.seal(attempt, "123457"),
        CodeMint(bytes([1] * 32)).seal(attempt, "123456"),
    }
    assert sealed not in others


def test_a_login_is_counted_under_a_name_that_does_not_tell_the_identifier() -> None:
    assert MINT.login_key("adele") == MINT.login_key("adele") != MINT.login_key("roger")
    assert b"adele" not in MINT.login_key("adele")


def test_a_short_pepper_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "pepper"
    file.write_bytes(bytes(31))
    with pytest.raises(SettingsError):
        CodeMint.from_file(file)


def test_passwords_are_hashed_by_the_current_advice(passwords: Passwords) -> None:
    encoded = passwords.hash("une phrase assez longue")
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "phrase" not in encoded


def test_only_the_same_password_is_right(passwords: Passwords) -> None:
    encoded = passwords.hash("café très serré")
    assert passwords.is_right(encoded, "café très serré")
    assert passwords.is_right(encoded, "cafe\u0301 tre\u0300s serre\u0301")
    assert not passwords.is_right(encoded, "cafe tres serre")
    assert not passwords.is_right("not a hash", "café très serré")


def test_nobody_has_a_right_password(passwords: Passwords) -> None:
    assert not passwords.is_right(None, "café très serré")
    assert not passwords.is_right("", "")


def test_the_list_of_common_passwords_holds_only_what_the_length_rule_lets_through(passwords: Passwords) -> None:
    assert len(passwords.common) > 50
    assert all(len(one) >= 12 and one == one.casefold() for one in passwords.common)
