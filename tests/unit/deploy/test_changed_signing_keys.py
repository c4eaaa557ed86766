"""`carnet keys next, switch, retire`: a signing key is changed without a moment in which what it signs is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chassis.tokens import Keyring, Signer
from cli.main import app
from contracts.wiring import GATEWAY, SERVICES
from deploy.dev.errors import StackError
from deploy.keys.layout import Owners, Places, make
from deploy.keys.rotation import add_next, retire, switch
from deploy.keys.signing import key_file, next_key_file
from tests.unit.deploy.test_keys_make import OPERATORS, contents

ISSUERS = ("records", "operator.exploitant")
VERIFIERS = (GATEWAY, *SERVICES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make(tmp_path / "keys", OPERATORS, Places(), Owners(), datetime.now(UTC))
    return tmp_path / "keys"


def keyrings(root: Path) -> list[Keyring]:
    """As every process reads them when it starts."""
    return [Keyring.from_file(name, root / name / "trusted.jwks.json") for name in VERIFIERS]


def signed(root: Path, issuer: str) -> bytes:
    return Signer.from_file(root / key_file(issuer)).sign_bytes(b"data")


def are_valid(verifiers: list[Keyring], issuer: str, signature: bytes) -> set[bool]:
    return {keyring.is_signed_by(issuer, b"data", signature) for keyring in verifiers}


@pytest.mark.parametrize("issuer", ISSUERS)
def test_no_step_has_a_moment_in_which_a_signature_is_refused(root: Path, issuer: str) -> None:
    former = signed(root, issuer)
    before = keyrings(root)
    add_next(root, issuer)
    assert are_valid(before, issuer, signed(root, issuer)) == {True}, "while not all processes were restarted"
    restarted = keyrings(root)
    switch(root, issuer)
    latter = signed(root, issuer)
    assert latter != former
    for signature in (former, latter):
        assert are_valid(restarted, issuer, signature) == {True}, "by the processes that were not restarted since"
        assert are_valid(keyrings(root), issuer, signature) == {True}, "by those that were"
    retire(root, issuer)
    assert are_valid(restarted, issuer, latter) == are_valid(keyrings(root), issuer, latter) == {True}
    assert are_valid(keyrings(root), issuer, former) == {False}
    assert not (root / next_key_file(issuer)).exists()


@pytest.mark.parametrize("issuer", ISSUERS)
def test_a_change_that_was_interrupted_is_taken_up_again(root: Path, issuer: str) -> None:
    add_next(root, issuer)
    (after_next, next_key) = contents(root), (root / next_key_file(issuer)).read_bytes()
    add_next(root, issuer)
    assert contents(root) == after_next
    make(root, OPERATORS, Places(), Owners(), datetime.now(UTC))
    assert contents(root) == after_next
    (root / key_file(issuer)).write_bytes(next_key)
    switch(root, issuer)
    assert (root / key_file(issuer)).read_bytes() == next_key


def test_a_step_out_of_order_is_refused_and_changes_nothing(root: Path) -> None:
    def check_refused(step: str, *words: str) -> None:
        before = contents(root)
        assert CliRunner().invoke(app, ["keys", step, str(root), *words]).exit_code == 1, (step, words)
        assert contents(root) == before

    check_refused("switch", "records")
    for unknown in ("gateway", "nobody", "operator.nobody", "journal-heads"):
        for step in ("next", "switch", "retire"):
            check_refused(step, unknown)
    check_refused("retire", "records", "--all")
    add_next(root, "records")
    check_refused("retire", "records")
    (root / next_key_file("records")).unlink()
    check_refused("retire", "records")


def test_an_operator_who_leaves_is_trusted_no_longer(root: Path) -> None:
    signature = signed(root, "operator.astreinte")
    retire(root, "operator.astreinte", all_keys=True)
    assert are_valid(keyrings(root), "operator.astreinte", signature) == {False}
    assert not (root / key_file("operator.astreinte")).exists()
    with pytest.raises(StackError):
        add_next(root, "operator.astreinte")
    make(root, ("exploitant", "successor"), Places(), Owners(), datetime.now(UTC))
    assert are_valid(keyrings(root), "operator.astreinte", signature) == {False}


def test_an_operator_who_took_the_next_key_away_keeps_it(root: Path) -> None:
    add_next(root, "operator.astreinte")
    handed = root / next_key_file("operator.astreinte")
    signature = Signer.from_file(handed).sign_bytes(b"data")
    handed.unlink()
    retire(root, "operator.astreinte")
    assert are_valid(keyrings(root), "operator.astreinte", signature) == {True}
