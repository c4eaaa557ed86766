"""Settings come from the environment; missing and malformed ones are named."""

from pathlib import Path

import msgspec
import pytest

from chassis.settings import ServiceSettings, SettingsError, check_known, load
from chassis.topology import DELAYS
from deploy.dev.paths import write_private
from gateway.settings import GatewaySettings


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A field of each type."""

    smtp_host: str
    smtp_port: int
    key_file: Path
    secure: bool = True


def test_each_type_is_read() -> None:
    environ = {
        "CARNET_SMTP_HOST": "h",
        "CARNET_SMTP_PORT": "25",
        "CARNET_KEY_FILE": "/k",
        "CARNET_SECURE": "0",
        "OTHER": "x",
    }
    assert load(Example, environ) == Example(smtp_host="h", smtp_port=25, key_file=Path("/k"), secure=False)


def test_every_missing_variable_is_named() -> None:
    with pytest.raises(SettingsError, match=r"CARNET_SMTP_PORT, CARNET_KEY_FILE"):
        load(Example, {"CARNET_SMTP_HOST": "h"})


def test_a_malformed_variable_stops_the_process() -> None:
    environ = {"CARNET_SMTP_HOST": "h", "CARNET_SMTP_PORT": "many", "CARNET_KEY_FILE": "/k"}
    with pytest.raises(SettingsError, match="CARNET_SMTP_PORT"):
        load(Example, environ)


def test_a_text_may_be_mounted_as_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("h\n")
    environ = {"CARNET_SMTP_HOST_FILE": str(secret), "CARNET_SMTP_PORT": "25", "CARNET_KEY_FILE": "/k"}
    assert load(Example, environ).smtp_host == "h"
    with pytest.raises(SettingsError, match="CARNET_SMTP_HOST or CARNET_SMTP_HOST_FILE, not both"):
        load(Example, environ | {"CARNET_SMTP_HOST": "h"})
    with pytest.raises(SettingsError, match=r"CARNET_SMTP_HOST_FILE: .*none cannot be read"):
        load(Example, environ | {"CARNET_SMTP_HOST_FILE": str(tmp_path / "none")})


def of_a_service(folder: Path) -> dict[str, str]:
    """Right settings."""
    for name in ("trusted", "signing"):
        write_private(folder / name, b"{}")
    return {
        "CARNET_SERVICE": "notify",
        "CARNET_AMQP_URL": "amqps://user:password@rabbitmq:5671/",
        "CARNET_DATABASE_URL": "postgresql://user:password@postgres/notify",
        "CARNET_TRUSTED_KEYS": str(folder / "trusted"),
        "CARNET_SIGNING_KEY": str(folder / "signing"),
        "CARNET_HTTP_ADDRESS": "[::]:8080",
        "CARNET_PUBLIC_URL": "https://carnet.example",
    }


def test_the_delays_of_retries_are_numbers(tmp_path: Path) -> None:
    environ = of_a_service(tmp_path)
    assert load(ServiceSettings, environ | {"CARNET_RETRY_SECONDS": "1,10"}).delays == (1, 10)
    assert load(ServiceSettings, environ).delays == DELAYS, (
        "those for which the broker has queues unless told otherwise"
    )


@pytest.mark.parametrize("wanted", [ServiceSettings, GatewaySettings])
@pytest.mark.parametrize("host", ["broker", "10.1.2.3", "localhost.example", "[::2]", ""])
def test_a_broker_on_another_host_is_reached_over_tls_unless_the_operator_permits_otherwise(
    tmp_path: Path, wanted: type[msgspec.Struct], host: str
) -> None:
    environ = of_a_service(tmp_path) | {"CARNET_DOCUMENTS_URL": "http://documents:8080"}
    with pytest.raises(SettingsError, match="use amqps://, or set CARNET_AMQP_PLAIN=1"):
        load(wanted, environ | {"CARNET_AMQP_URL": f"amqp://a:b@{host}/"})
    for url, plain in ((f"amqps://a:b@{host}/", "0"), (f"amqp://a:b@{host}/", "1"), ("amqp://a:b@127.0.0.1/", "0")):
        load(wanted, environ | {"CARNET_AMQP_URL": url, "CARNET_AMQP_PLAIN": plain})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RETRY_SECONDS", "soon"),
        ("WORKERS", "0"),
        ("HTTP_ADDRESS", "8080"),
        ("METRICS_ADDRESS", "8080"),
        ("DATABASE_URL", "mysql://user:password@server/x"),
        ("AMQP_URL", "http://user:password@server"),
        ("PUBLIC_URL", "carnet.example"),
    ],
)
def test_a_value_that_cannot_be_is_named_and_not_shown(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^CARNET_{name} is not what it should be") as refused:
        load(ServiceSettings, of_a_service(tmp_path) | {f"CARNET_{name}": value})
    assert "password" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "mode", "is_taken"),
    [
        ("SIGNING_KEY", 0o400, True),
        ("SIGNING_KEY", 0o440, True),
        ("SIGNING_KEY", 0o460, False),
        ("SIGNING_KEY", 0o604, False),
        ("SIGNING_KEY", 0o602, False),
        ("TRUSTED_KEYS", 0o644, True),
        ("TRUSTED_KEYS", 0o646, False),
        ("DATABASE_URL_FILE", 0o440, True),
        ("DATABASE_URL_FILE", 0o644, False),
        ("SERVICE_FILE", 0o644, True),
        ("SERVICE_FILE", 0o646, False),
    ],
)
def test_secrets_are_closed_to_others_and_what_is_public_to_their_changes(
    tmp_path: Path, name: str, mode: int, is_taken: bool
) -> None:
    environ = of_a_service(tmp_path)
    file = tmp_path / "file"
    file.write_text(environ.pop(f"CARNET_{name.removesuffix('_FILE')}", "x"))
    file.chmod(mode)
    environ[f"CARNET_{name}"] = str(file)
    if is_taken:
        load(ServiceSettings, environ)
        return
    with pytest.raises(SettingsError, match=f"^CARNET_{name}: {file} is open to others, with mode {mode:o}: chmod "):
        load(ServiceSettings, environ)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("CARNET_SMTP_HOTS", "write CARNET_SMTP_HOST"),
        ("CARNET_SECURE_FILE", "write CARNET_SECURE"),
        ("CARNET_ELSEWHERE", "take it out of this process's environment"),
    ],
)
def test_what_no_setting_is_called_is_refused(name: str, advice: str) -> None:
    known = ("CARNET_SMTP_HOST", "CARNET_SMTP_HOST_FILE", "CARNET_SMTP_PORT", "CARNET_KEY_FILE", "CARNET_SECURE")
    check_known([Example], dict.fromkeys((*known, "OTHER"), "x"))
    with pytest.raises(SettingsError, match=f"^{name} is no setting of this process: {advice}$"):
        check_known([Example], {name: "x"})
