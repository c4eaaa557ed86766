"""Settings read from the environment once, at the start: a missing one stops the process with its name."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

PREFIX = "CARNET_"

S = TypeVar("S", bound=msgspec.Struct)


class SettingsError(SystemExit):
    """A setting is missing or malformed; the process must not start."""


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every service needs to know."""

    service: str
    amqp_url: str
    database_url: str
    trusted_keys: Path
    """JWKS file: the public keys whose signatures this service believes, `kid` = issuer."""
    signing_key: Path
    """This service's own private key, a JWK file."""
    http_address: str
    """host:port of health, metrics and, for documents, the data plane."""
    public_url: str
    """The gateway's address as the outside world knows it; the audience of card proofs."""
    workers: int = 24
    """Units of work at the same time in one process; the database pool holds as many connections."""
    retry_seconds: str = "1,10,60,300"
    """Growing pauses before a failed event is tried again; after the last it is parked."""

    @property
    def delays(self) -> tuple[int, ...]:
        """The pauses in seconds."""
        return tuple(int(part) for part in self.retry_seconds.split(","))


def load(wanted: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Read `wanted` from CARNET_* variables.

    Raises:
        SettingsError: a variable is absent or does not read as its type; the text names it.
    """
    source = os.environ if environ is None else environ
    found: dict[str, Any] = {}
    missing: list[str] = []
    for field in msgspec.structs.fields(wanted):
        variable = PREFIX + field.name.upper()
        if variable in source:
            found[field.name] = source[variable]
        elif field.required:
            missing.append(variable)
    if missing:
        raise SettingsError(f"{wanted.__name__}: set {', '.join(missing)} in the environment")
    try:
        return msgspec.convert(found, wanted, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{wanted.__name__}: {error}") from None


def _decode(wanted: type[Any], value: Any) -> Any:
    if wanted is Path:
        return Path(value)
    raise NotImplementedError(wanted)
