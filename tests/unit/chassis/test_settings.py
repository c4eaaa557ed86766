"""Settings come from the environment; missing and malformed ones are named."""

from pathlib import Path

import msgspec
import pytest

from chassis.settings import ServiceSettings, SettingsError, load
from chassis.topology import DELAYS
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
    with pytest.raises(SettingsError, match="smtp_port"):
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


def test_the_delays_of_retries_are_numbers() -> None:
    names = ("service", "amqp_url", "database_url", "trusted_keys", "signing_key", "http_address", "public_url")
    environ = {f"CARNET_{name.upper()}": "x" for name in names} | {"CARNET_RETRY_SECONDS": "1,10"}
    environ |= {"CARNET_AMQP_URL": "amqps://broker"}
    assert load(ServiceSettings, environ).delays == (1, 10)
    del environ["CARNET_RETRY_SECONDS"]
    assert load(ServiceSettings, environ).delays == DELAYS, (
        "those for which the broker has queues unless told otherwise"
    )


@pytest.mark.parametrize("wanted", [ServiceSettings, GatewaySettings])
@pytest.mark.parametrize("host", ["broker", "10.1.2.3", "localhost.example", "[::2]", ""])
def test_a_broker_on_another_host_is_reached_over_tls_unless_the_operator_permits_otherwise(
    wanted: type[msgspec.Struct], host: str
) -> None:
    fields = {f"CARNET_{field.name.upper()}": "x" for field in msgspec.structs.fields(wanted) if field.required}
    with pytest.raises(SettingsError, match="use amqps://, or set CARNET_AMQP_PLAIN=1"):
        load(wanted, fields | {"CARNET_AMQP_URL": f"amqp://a:b@{host}/"})
    for url, plain in ((f"amqps://a:b@{host}/", "0"), (f"amqp://a:b@{host}/", "1"), ("amqp://a:b@127.0.0.1/", "0")):
        load(wanted, fields | {"CARNET_AMQP_URL": url, "CARNET_AMQP_PLAIN": plain})
