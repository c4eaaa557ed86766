"""A data key unwraps only under the master key that wrapped it, and master keys have generations."""

import os
from pathlib import Path

import pytest

from chassis.settings import SettingsError
from contracts.errors.execution import ContentDamaged
from services.documents.domain import WrappedKey
from services.documents.keepers import FileKeyKeeper, KeyGenerations, keeper_from
from services.documents.settings import MasterKeySettings
from services.documents.vault import new_data_key

KEY = new_data_key()
FIRST, SECOND, THIRD = (os.urandom(32) for _ in range(3))


def written(file: Path, content: bytes) -> str:
    file.write_bytes(content)
    return str(file)


def test_a_keeper_unwraps_what_it_wrapped() -> None:
    keeper = FileKeyKeeper(FIRST)
    wrapped = keeper.wrap(KEY)
    assert KEY not in wrapped.sealed
    assert keeper.unwrap(wrapped) == KEY


def test_a_wrapped_key_names_its_generation_without_revealing_the_master_key() -> None:
    keeper = FileKeyKeeper(FIRST)
    assert keeper.wrap(KEY).key_id == keeper.active == FileKeyKeeper(FIRST).active
    assert keeper.active != FileKeyKeeper(SECOND).active
    assert keeper.active not in FIRST.hex()


def test_a_key_that_an_earlier_release_wrapped_still_unwraps() -> None:
    master = bytes(range(32))
    wrapped = WrappedKey(
        key_id="965fb3e176a2f90c",
        sealed=bytes.fromhex("0500a0485962b223baab1500c2f56cad56276cfaf7d77863d9ea26f1f46b2aade024e080ba358687"),
    )
    assert FileKeyKeeper(SECOND, master).unwrap(wrapped) == bytes(reversed(range(32)))


def test_another_keeper_unwraps_nothing() -> None:
    wrapped = FileKeyKeeper(FIRST).wrap(KEY)
    other = FileKeyKeeper(SECOND)
    with pytest.raises(ContentDamaged):
        other.unwrap(wrapped)
    with pytest.raises(ContentDamaged):
        other.unwrap(WrappedKey(key_id=other.active, sealed=wrapped.sealed))
    with pytest.raises(ContentDamaged):
        other.unwrap(WrappedKey(key_id=other.active, sealed=b"short"))


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_master_key_of_another_size_is_refused_at_the_start(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        FileKeyKeeper(bytes(size))
    with pytest.raises(ValueError, match="32 bytes"):
        FileKeyKeeper(FIRST, bytes(size))


def test_older_generations_only_unwrap() -> None:
    former, keeper = FileKeyKeeper(FIRST), FileKeyKeeper(SECOND, FIRST, THIRD)
    assert keeper.unwrap(former.wrap(KEY)) == KEY
    assert keeper.wrap(KEY).key_id == FileKeyKeeper(SECOND).active
    assert keeper.holds(former.active)
    assert not former.holds(keeper.active)


def test_a_keeper_that_replaces_another_unwraps_what_both_wrapped() -> None:
    former, current = FileKeyKeeper(FIRST), FileKeyKeeper(SECOND)
    both = KeyGenerations(current, former)
    assert both.active == both.wrap(KEY).key_id == current.active
    assert both.unwrap(former.wrap(KEY)) == both.unwrap(current.wrap(KEY)) == KEY
    assert both.holds(former.active)
    assert both.holds(current.active)
    assert not both.holds(FileKeyKeeper(THIRD).active)


def test_settings_name_the_active_key_and_the_older_ones(tmp_path: Path) -> None:
    active, older = written(tmp_path / "2", SECOND), written(tmp_path / "1", FIRST)
    keeper = keeper_from(MasterKeySettings(master_key_file=active, older_master_key_files=f" {older} , "))
    assert keeper.active == FileKeyKeeper(SECOND).active
    assert keeper.holds(FileKeyKeeper(FIRST).active)


def test_a_process_without_a_master_key_does_not_start(tmp_path: Path) -> None:
    here, short = written(tmp_path / "key", FIRST), written(tmp_path / "short", b"x")
    for settings in (
        MasterKeySettings(),
        MasterKeySettings(older_master_key_files=here),
        MasterKeySettings(master_key_file=str(tmp_path / "nowhere")),
        MasterKeySettings(master_key_file=short),
        MasterKeySettings(master_key_file=here, older_master_key_files=short),
    ):
        with pytest.raises(SettingsError, match="CARNET_MASTER_KEY_FILE"):
            keeper_from(settings)
