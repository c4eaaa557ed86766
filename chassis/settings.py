"""Settings, read from the environment and from mounted files at the start; a missing one ends the process."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from chassis.broker_address import check_encrypted

PREFIX = "CARNET_"

S = TypeVar("S", bound=msgspec.Struct)


class SettingsError(SystemExit):
    """A setting is missing or malformed; ends the process."""


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of every service."""

    service: str
    amqp_url: str
    database_url: str
    trusted_keys: Path
    """JWKS file: the public keys this service trusts, `kid` = issuer."""
    signing_key: Path
    """JWK file: this service's private key."""
    http_address: str
    """host:port for health, metrics and, in documents, the data plane."""
    metrics_address: str = ""
    """host:port for metrics and what readiness misses, which then are not at CARNET_HTTP_ADDRESS; empty: they are."""
    public_url: str
    """The gateway's public address; the audience of card proofs."""
    amqp_ca_file: str = ""
    """PEM of the authority of the broker's certificate, for amqps://; empty: the authorities of the system."""
    amqp_plain: bool = False
    """Whether amqp:// may lead to another host, without encryption."""
    workers: int = 24
    """Concurrent units of work in a process; the database pool has a connection for each."""
    retry_seconds: str = "1,10,60,300"
    """Delays before a failed event is retried; after the last one it is dead-lettered."""
    countersignature_hours: int = 24
    """How long a dangerous request of an operator waits for the same request by another operator."""
    timer_seconds: float = 3600
    """No timer waits longer than this from one round to the next; most have shorter periods of their own."""

    def __post_init__(self) -> None:
        """Raise ValueError where the broker must not be reached so."""
        check_encrypted(self.amqp_url, plain=self.amqp_plain)

    @property
    def delays(self) -> tuple[int, ...]:
        """`retry_seconds` as numbers."""
        return tuple(int(part) for part in self.retry_seconds.split(","))


def load(wanted: type[S], environ: Mapping[str, str] | None = None) -> S:
    """A settings struct from the CARNET_* variables that its fields name.

    A text may also be given as `<variable>_FILE`, the path of a file that holds it: secrets are mounted so.

    Raises:
        SettingsError: a variable is missing, given twice, unreadable or not of its type; the message names it.
    """
    source = os.environ if environ is None else environ
    found: dict[str, Any] = {}
    missing: list[str] = []
    for field in msgspec.structs.fields(wanted):
        variable = PREFIX + field.name.upper()
        value = read_text(variable, source) if field.type is str else source.get(variable)
        if value is not None:
            found[field.name] = value
        elif field.required:
            missing.append(variable)
    if missing:
        raise SettingsError(f"{wanted.__name__}: set {', '.join(missing)} in the environment")
    try:
        return msgspec.convert(found, wanted, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{wanted.__name__}: {error}") from None


def read_text(variable: str, source: Mapping[str, str]) -> str | None:
    """The value of a variable, or what the file holds that `<variable>_FILE` names; None if neither is set.

    Raises:
        SettingsError: both are set, or the file cannot be read.
    """
    mounted = f"{variable}_FILE"
    if variable in source and mounted in source:
        raise SettingsError(f"set {variable} or {mounted}, not both")
    return _content(mounted, source[mounted]) if mounted in source else source.get(variable)


def _content(variable: str, path: str) -> str:
    try:
        return Path(path).read_text().removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{variable}: {path} cannot be read: {error}") from None


def _decode(wanted: type[Any], value: Any) -> Any:
    if wanted is Path:
        return Path(value)
    raise NotImplementedError(wanted)
