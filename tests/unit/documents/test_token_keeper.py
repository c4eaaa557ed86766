"""Master keys on a PKCS#11 token work as those in files; an outage of the token is no damage."""

from pathlib import Path

import msgspec
import pytest

from chassis.settings import SettingsError
from contracts.errors.execution import ContentDamaged, ServiceUnavailable
from services.documents.domain import WrappedKey
from services.documents.keepers import FileKeyKeeper, KeyKeeper, keeper_from
from services.documents.vault import new_data_key
from tests.unit.documents.tokens import MODULE, PIN, TestToken, pkcs11

KEY = new_data_key()


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> TestToken:
    """A token with two keys."""
    token = TestToken(tmp_path_factory.mktemp("token"))
    token.make_key("first")
    token.make_key("second")
    return token


@pytest.fixture
def keeper(token: TestToken) -> KeyKeeper:
    return keeper_from(token.settings("second"))


def test_a_token_unwraps_what_it_wrapped(keeper: KeyKeeper) -> None:
    wrapped = keeper.wrap(KEY)
    assert KEY not in wrapped.sealed
    assert wrapped.key_id == keeper.active == "pkcs11:second"
    assert keeper.unwrap(wrapped) == KEY


def test_older_keys_of_the_token_unwrap_what_they_wrapped(token: TestToken, keeper: KeyKeeper) -> None:
    assert keeper.unwrap(keeper_from(token.settings("first")).wrap(KEY)) == KEY
    assert keeper.holds("pkcs11:first")


def test_keys_in_files_unwrap_what_they_wrapped_before_there_was_a_token(token: TestToken, tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    file.write_bytes(bytes(range(32)))
    former = FileKeyKeeper(bytes(range(32)))
    keeper = keeper_from(token.settings("second", master_key_file=str(file)))
    assert keeper.active == "pkcs11:second"
    assert keeper.unwrap(former.wrap(KEY)) == keeper.unwrap(keeper.wrap(KEY)) == KEY
    assert keeper.holds(former.active)


def test_a_token_that_is_no_longer_active_only_unwraps(token: TestToken, tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    file.write_bytes(bytes(range(32)))
    wrapped = keeper_from(token.settings("second")).wrap(KEY)
    keeper = keeper_from(token.settings("", master_key_file=str(file)))
    assert keeper.active == FileKeyKeeper(bytes(range(32))).active
    assert keeper.unwrap(wrapped) == keeper.unwrap(keeper.wrap(KEY)) == KEY


def test_what_no_key_of_the_token_wrapped_is_damaged_and_the_token_still_works(keeper: KeyKeeper) -> None:
    wrapped = keeper.wrap(KEY)
    turned = bytes([wrapped.sealed[0] ^ 1]) + wrapped.sealed[1:]
    for bad in (
        WrappedKey(wrapped.key_id, turned),
        WrappedKey(wrapped.key_id, b""),
        WrappedKey("pkcs11:first", wrapped.sealed),
        WrappedKey("pkcs11:third", wrapped.sealed),
        WrappedKey("0123456789abcdef", wrapped.sealed),
    ):
        with pytest.raises(ContentDamaged):
            keeper.unwrap(bad)
    assert not keeper.holds("pkcs11:third")
    assert not keeper.holds("0123456789abcdef")
    assert keeper.unwrap(wrapped) == KEY


def test_a_session_that_ended_is_replaced(token: TestToken, keeper: KeyKeeper) -> None:
    wrapped = keeper.wrap(KEY)
    pkcs11.lib(str(MODULE)).get_token(token_label=token.label)
    keeper._session.close()  # type: ignore[attr-defined]
    assert keeper.unwrap(wrapped) == KEY


def test_a_token_that_is_away_is_no_damage(tmp_path_factory: pytest.TempPathFactory, keeper: KeyKeeper) -> None:
    wrapped = keeper.wrap(KEY)

    def away() -> None:
        raise pkcs11.NoSuchToken

    keeper._token = away  # type: ignore[attr-defined]
    keeper._session.close()  # type: ignore[attr-defined]
    for use in (lambda: keeper.unwrap(wrapped), lambda: keeper.wrap(KEY)):
        with pytest.raises(ServiceUnavailable):
            use()


def test_a_process_does_not_start_without_its_token(tmp_path: Path) -> None:
    token, wrong = TestToken(tmp_path), tmp_path / "wrong"
    token.make_key("second")
    wrong.write_text(f"{PIN}0")
    good = token.settings("second")
    for changed in (
        {"pkcs11_key": "third"},
        {"pkcs11_token": "another"},
        {"pkcs11_pin_file": str(wrong)},
        {"pkcs11_pin_file": str(tmp_path / "nowhere")},
        {"pkcs11_module": str(tmp_path / "nowhere.so")},
    ):
        with pytest.raises(SettingsError, match="CARNET_PKCS11"):
            keeper_from(msgspec.structs.replace(good, **changed))
