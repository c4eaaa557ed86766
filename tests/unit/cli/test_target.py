"""A command acts on what the operator's variables name, and says so; it never falls back to another platform."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from joserfc.jwk import OKPKey
from typer.testing import CliRunner, Result

from cli.main import app
from cli.target import OPERATOR_VARIABLES

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in OPERATOR_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(f"{variable}_FILE", raising=False)
    monkeypatch.delenv("CARNET_DEV_ROOT", raising=False)
    monkeypatch.delenv("CARNET_OPERATOR_NAME", raising=False)


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A development stack that is up, whose gateway, broker and databases nobody may reach."""
    forbidden = "nobody@127.0.0.1:9/forbidden"
    names = ("identity", "documents", "audit")
    description = {
        "base_port": 28_000,
        "gateway": "http://forbidden.invalid",
        "mailbox": "http://forbidden.invalid",
        "cards": str(tmp_path),
        "amqp_of": {"operator": f"amqp://{forbidden}"},
        "amqp_ca_file": "",
        "postgres": dict.fromkeys(names, f"postgresql://{forbidden}"),
    }
    checkout = tmp_path / "checkout"
    (checkout / "var").mkdir(parents=True)
    (checkout / "var" / "dev.json").write_text(json.dumps(description))
    monkeypatch.setattr("deploy.dev.stack.CHECKOUT", checkout)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "operator.jwk.json"
    file.write_text(json.dumps(OKPKey.generate_key("Ed25519", {"kid": "operator.x"}).as_dict(private=True)))
    return file


def carnet(*words: str, **variables: str) -> Result:
    return CliRunner().invoke(app, list(words), env=variables)


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize(
    ("words", "given", "missing"),
    [
        (("app", "list"), "CARNET_OPERATOR_KEY", "CARNET_GATEWAY_URL"),
        (("app", "list"), "CARNET_GATEWAY_URL", "CARNET_OPERATOR_KEY"),
        (("app", "list"), "CARNET_AUDIT_DATABASE_URL", "CARNET_GATEWAY_URL"),
        (("dead-letters", "list"), "CARNET_GATEWAY_URL", "CARNET_AMQP_URL"),
        (("journal", "verify"), "CARNET_HEAD_KEY", "CARNET_AUDIT_DATABASE_URL"),
        (("documents", "verify"), "CARNET_MASTER_KEY_FILE", "CARNET_DOCUMENTS_DATABASE_URL"),
        (("directory", "import", __file__), "CARNET_AMQP_URL", "CARNET_IDENTITY_DATABASE_URL"),
        (("letters", "a", "--insured", "b"), "CARNET_IDENTITY_DATABASE_URL", "CARNET_CODE_PEPPER_FILE"),
    ],
)
def test_with_any_variable_of_an_operator_nothing_falls_back_to_the_development_stack(
    words: tuple[str, ...], given: str, missing: str, key: Path
) -> None:
    value = str(key) if given.endswith(("KEY", "KEY_FILE")) else "postgresql://x@127.0.0.1:9/x"
    done = carnet(*words, **{given: value})
    assert done.exit_code == 1
    assert missing in done.stderr
    assert given in done.stderr
    assert "forbidden" not in done.output


@pytest.mark.usefixtures("stack")
@pytest.mark.parametrize("words", [("token", "gp"), ("card", "list"), ("card", "cps", "gp")])
def test_test_cards_are_for_the_development_stack_alone(words: tuple[str, ...], key: Path) -> None:
    done = carnet(*words, CARNET_OPERATOR_KEY=str(key))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "CARNET_OPERATOR_KEY" in done.stderr


@pytest.mark.usefixtures("stack")
def test_without_variables_or_by_its_directory_the_development_stack_is_named(tmp_path: Path) -> None:
    assert "amqp://nobody@127.0.0.1:9/forbidden" in carnet("dead-letters", "list").stderr
    root = str(tmp_path / "checkout" / "var")
    assert "http://forbidden.invalid" not in carnet("app", "list", CARNET_OPERATOR_KEY="x").stderr
    named = carnet("dead-letters", "list", CARNET_OPERATOR_KEY="x", CARNET_DEV_ROOT=root)
    assert "amqp://nobody@127.0.0.1:9/forbidden" in named.stderr


@pytest.mark.parametrize(
    ("words", "variable", "value", "announced"),
    [
        (("app", "list"), "CARNET_GATEWAY_URL", NOBODY, f"gateway {NOBODY}, operator.x"),
        (("dead-letters", "list"), "CARNET_AMQP_URL", "amqp://a:secret@127.0.0.1:9/v", "amqp://a@127.0.0.1:9/v"),
        (
            ("journal", "verify", "--key", "x"),
            "CARNET_AUDIT_DATABASE_URL",
            "postgresql://a:secret@127.0.0.1:9/audit?password=secret",
            "postgresql://a@127.0.0.1:9/audit",
        ),
    ],
)
def test_each_command_says_first_what_it_acts_on_and_no_secret(
    words: tuple[str, ...], variable: str, value: str, announced: str, key: Path
) -> None:
    done = carnet(*words, **{variable: value, "CARNET_OPERATOR_KEY": str(key)})
    assert done.exit_code == 1
    assert announced in done.stderr.splitlines()[0]
    assert "secret" not in done.output
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "announced"),
    [
        (("session", "end", "--professional", "80000000019"), NOBODY),
        (("journal", "erase", str(UUID(int=7))), NOBODY),
        (("dead-letters", "drop", "0123456789"), "amqp://a@127.0.0.1:9/v"),
    ],
)
def test_a_command_that_asks_says_first_what_it_acts_on(words: tuple[str, ...], announced: str, key: Path) -> None:
    variables = {
        "CARNET_GATEWAY_URL": NOBODY,
        "CARNET_OPERATOR_KEY": str(key),
        "CARNET_AMQP_URL": "amqp://a:secret@127.0.0.1:9/v",
    }
    done = CliRunner().invoke(app, list(words), env=variables, input="n\n")
    assert done.exit_code == 1
    assert announced in done.output.splitlines()[0]
    assert "Aborted" in done.output


def test_a_target_may_be_in_a_mounted_file(tmp_path: Path) -> None:
    file = tmp_path / "amqp-url"
    file.write_text("amqp://a:secret@127.0.0.1:9/v\n")
    assert "amqp://a@127.0.0.1:9/v" in carnet("dead-letters", "list", CARNET_AMQP_URL_FILE=str(file)).stderr
