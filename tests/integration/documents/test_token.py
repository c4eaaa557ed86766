"""A service whose master key is on a PKCS#11 token, and rotation between a key file and the token."""

import msgspec
import pytest

from cli.documents import app
from deploy.dev.stack import Stack
from tests.integration.documents.papers import document
from tests.integration.documents.stack import DocumentsStack
from tests.support.operators import TwoOperators
from tests.unit.documents.tokens import TestToken


def test_keys_are_rotated_from_a_key_file_to_a_token_and_back(
    platform: Stack, stack: DocumentsStack, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, key_file = TestToken(tmp_path_factory.mktemp("token")), str(stack.addresses.keys.master)
    token.make_key("carnet-1")
    on_token = {name: value for name, value in msgspec.structs.asdict(token.settings("carnet-1")).items() if value}
    receipt = stack.deposit(document("139 kB"))
    stack.stop()
    stack.start(**on_token)
    assert stack.read(receipt) == document("139 kB")
    other = stack.deposit(document("small"))
    assert stack.content(other)["key_id"] == "pkcs11:carnet-1"

    for name, value in (on_token | {"master_key_file": key_file}).items():
        monkeypatch.setenv(f"CARNET_{name.upper()}", value)
    monkeypatch.setenv("CARNET_GATEWAY_URL", platform.addresses.url("gateway"))
    rotate = ["rotate", "--database", stack.addresses.database_url("documents")]
    operators = TwoOperators(platform.addresses.keys)
    assert operators.invoke(app, rotate).exit_code == 0
    assert stack.content(receipt)["key_id"] == "pkcs11:carnet-1"
    assert stack.read(receipt) == document("139 kB")
    stack.stop()
    stack.start(**on_token, master_key_file="")
    assert stack.read(receipt) == document("139 kB")

    monkeypatch.setenv("CARNET_PKCS11_KEY", "")
    assert operators.invoke(app, rotate).exit_code == 0
    stack.stop()
    stack.start()
    assert stack.read(receipt) == document("139 kB")
    assert stack.read(other) == document("small")
