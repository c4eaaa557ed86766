"""`carnet keys make`: a directory for each process, with its own keys; nothing that exists is changed."""

import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from typer.testing import CliRunner

from chassis.broker_permissions import OPERATOR, USERS
from chassis.tokens import Keyring, Signer
from cli.main import app
from contracts.wiring import GATEWAY, SERVICES
from deploy.dev.errors import StackError
from deploy.keys.broker import password_hash
from deploy.keys.files import KeyFiles
from deploy.keys.layout import Owners, Places, make

NOW = datetime(2027, 3, 1, tzinfo=UTC)
OPERATORS = ("exploitant", "astreinte")


def made(root: Path, *, now: datetime = NOW, places: Places | None = None) -> KeyFiles:
    return make(root, OPERATORS, places or Places(), Owners(), now)


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made(tmp_path / "keys")
    return tmp_path / "keys"


def test_only_the_owner_reads_what_was_made(root: Path) -> None:
    assert {path.stat().st_mode & 0o777 for path in root.rglob("*") if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (root, *root.rglob("*")) if path.is_dir()} == {0o700}


def test_a_second_call_changes_nothing_and_says_so(root: Path) -> None:
    before = contents(root)
    again = made(root)
    assert contents(root) == before
    assert (again.made, again.renewed, set(again.kept)) == ([], [], set(before))


def test_what_is_missing_is_made_and_what_follows_from_it_is_renewed(root: Path) -> None:
    before = contents(root)
    (root / "notify" / "amqp-url").unlink()
    again = made(root)
    after = contents(root)
    assert again.made == ["notify/amqp-url"]
    assert again.renewed == ["rabbitmq/definitions.json"]
    assert {name for name in after if after[name] != before[name]} == {"notify/amqp-url", "rabbitmq/definitions.json"}


@pytest.mark.parametrize("name", ["records/signing-key.jwk.json", "operators/astreinte.jwk.json", "records/amqp-url"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[1]"])
def test_a_file_that_is_not_what_it_must_be_is_named_and_not_overwritten(
    root: Path, name: str, content: bytes
) -> None:
    (root / name).write_bytes(content)
    with pytest.raises(StackError):
        made(root)
    assert (root / name).read_bytes() == content


def test_no_process_holds_a_secret_of_another(root: Path) -> None:
    shared = {"trusted.jwks.json", "ca.pem"}
    holders: dict[bytes, set[str]] = {}
    for process in (GATEWAY, *SERVICES):
        for name, content in contents(root / process).items():
            if name not in shared:
                holders.setdefault(content, set()).add(process)
    assert holders
    assert all(len(found) == 1 for found in holders.values())


def test_each_service_signs_with_its_own_key_and_trusts_those_of_all(root: Path) -> None:
    for verifier in (GATEWAY, *SERVICES):
        keyring = Keyring.from_file(verifier, root / verifier / "trusted.jwks.json")
        for issuer in SERVICES:
            signer = Signer.from_file(root / issuer / "signing-key.jwk.json")
            assert keyring.is_signed_by(issuer, b"data", signer.sign_bytes(b"data"))
        for login in OPERATORS:
            signer = Signer.from_file(root / "operators" / f"{login}.jwk.json")
            assert keyring.is_signed_by(f"operator.{login}", b"data", signer.sign_bytes(b"data"))
    assert not (root / GATEWAY / "signing-key.jwk.json").exists()


def test_an_operator_who_keeps_their_own_private_key_stays_trusted(root: Path) -> None:
    trusted = (root / "trusted.jwks.json").read_bytes()
    (root / "operators" / "astreinte.jwk.json").unlink()
    assert made(root).made == []
    assert (root / "trusted.jwks.json").read_bytes() == trusted


def test_fewer_than_two_operators_are_refused(tmp_path: Path) -> None:
    for operators in ((), ("alone",), ("twice", "twice")):
        with pytest.raises(StackError, match="two operators"):
            make(tmp_path / "keys", operators, Places(), Owners(), NOW)
    assert not (tmp_path / "keys").exists()


def test_the_broker_knows_the_hash_of_every_password_and_no_password(root: Path) -> None:
    text = (root / "rabbitmq" / "definitions.json").read_text()
    users = {user["name"]: user for user in json.loads(text)["users"]}
    assert set(users) == set(USERS)
    for name, user in users.items():
        file = root / ("operators" if name == OPERATOR else name) / "amqp-url"
        url = urlsplit(file.read_text())
        assert (url.scheme, url.username, url.hostname, url.port) == ("amqps", name, "rabbitmq", 5671)
        assert user["password_hash"] == password_hash(name, str(url.password))
        assert user["tags"] == ""
        assert str(url.password) not in text


def test_each_service_has_the_url_of_its_own_database(root: Path) -> None:
    script = (root / "postgres" / "roles.sql").read_text()
    for service in SERVICES:
        url = urlsplit((root / service / "database-url").read_text())
        assert (url.username, url.path) == (service, f"/{service}")
        assert url.password == (root / "postgres" / f"{service}-password").read_text()
        assert str(url.password) in script


def test_a_changed_address_keeps_the_passwords(root: Path) -> None:
    before = urlsplit((root / "records" / "amqp-url").read_text()).password
    made(root, places=Places(broker="broker.hospital:5671", broker_names=("10.1.2.3",)))
    after = urlsplit((root / "records" / "amqp-url").read_text())
    assert (after.hostname, after.password) == ("broker.hospital", before)


def test_the_certificate_of_the_broker_names_it_and_is_renewed_in_time(root: Path) -> None:
    server = root / "rabbitmq" / "server.pem"
    names = x509.load_pem_x509_certificate(server.read_bytes()).extensions.get_extension_for_oid(
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME
    )
    assert "rabbitmq" in str(names.value)
    assert "localhost" in str(names.value)
    ssl.create_default_context(cafile=str(root / "records" / "ca.pem"))
    assert made(root, now=NOW + timedelta(days=365)).renewed == []
    assert made(root, now=NOW + timedelta(days=700)).renewed == ["rabbitmq/server.pem"]


def test_the_command_says_what_it_kept_and_made(tmp_path: Path) -> None:
    command = ["keys", "make", str(tmp_path / "keys"), "--operators", "a,b"]
    first, second = CliRunner().invoke(app, command), CliRunner().invoke(app, command)
    assert first.exit_code == second.exit_code == 0
    assert "made  records/signing-key.jwk.json" in first.output
    assert "kept  records/signing-key.jwk.json" in second.output
    assert "made" not in second.output
    assert CliRunner().invoke(app, ["keys", "make", str(tmp_path / "other"), "--operators", "a"]).exit_code == 1
