"""Settings, read from the environment and from mounted files at the start; a wrong one ends the process."""

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec

from chassis.broker_address import check_encrypted
from chassis.given_files import fault_of_directory, fault_of_public, fault_of_secret

PREFIX = "CARNET_"
_MOUNTED = "_FILE"
_FAULT = "fault_of"
_IS_SECRET = {_FAULT: fault_of_secret}
_PLACE = re.compile(r" - at `\$\.(\w+)`$")

S = TypeVar("S", bound=msgspec.Struct)

SecretFile = Annotated[Path, msgspec.Meta(extra=_IS_SECRET)]
PublicFile = Annotated[Path, msgspec.Meta(extra={_FAULT: fault_of_public})]
Directory = Annotated[Path, msgspec.Meta(extra={_FAULT: fault_of_directory})]
SecretFiles = Annotated[str, msgspec.Meta(extra=_IS_SECRET | {"are_paths": True})]
"""Paths, separated by commas; empty: none."""
PublicFiles = Annotated[str, msgspec.Meta(extra={_FAULT: fault_of_public, "are_paths": True})]
SecretText = Annotated[str, msgspec.Meta(extra=_IS_SECRET)]
"""Where it is mounted as a file, others may not read that."""
Address = Annotated[str, msgspec.Meta(pattern=r"^.+:[0-9]{1,5}$")]
Url = Annotated[str, msgspec.Meta(pattern=r"^https?://[^/]")]


class SettingsError(SystemExit):
    """A setting, or a file that it names, is missing, wrong or unknown; ends the process with one sentence."""


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of every service."""

    service: str
    amqp_url: Annotated[SecretText, msgspec.Meta(pattern="^amqps?://")]
    database_url: Annotated[SecretText, msgspec.Meta(pattern="^postgresql://")]
    trusted_keys: PublicFile
    """JWKS file: the public keys this service trusts, `kid` = issuer."""
    signing_key: SecretFile
    """JWK file: this service's private key."""
    http_address: Address
    """host:port for health, metrics and, in documents, the data plane."""
    metrics_address: Annotated[str, msgspec.Meta(pattern=r"^(.+:[0-9]{1,5})?$")] = ""
    """host:port for metrics and what readiness misses, which then are not at CARNET_HTTP_ADDRESS; empty: they are."""
    public_url: Url
    """The gateway's public address; the audience of card proofs."""
    amqp_ca_file: PublicFiles = ""
    """PEM of the authority of the broker's certificate, for amqps://; empty: the authorities of the system."""
    amqp_plain: bool = False
    """Whether amqp:// may lead to another host, without encryption."""
    workers: Annotated[int, msgspec.Meta(ge=1)] = 24
    """Concurrent units of work in a process; the database pool has a connection for each."""
    retry_seconds: Annotated[str, msgspec.Meta(pattern="^[0-9]+(,[0-9]+)*$")] = "1,10,60,300"
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
        SettingsError: a variable is missing, given twice or not of its type, or a file that it names cannot be read,
            is empty, or is open to others; the message names it and says what to do.
    """
    source = os.environ if environ is None else environ
    found: dict[str, Any] = {}
    missing: list[str] = []
    for field in msgspec.structs.fields(wanted):
        variable, plain, rules = _variable(field.name), *_parts(field.type)
        value = read_text(variable, source, secret=_FAULT in rules) if plain is str else source.get(variable)
        if value is not None:
            found[field.name] = value
        elif field.required:
            missing.append(variable)
    if missing:
        raise SettingsError(f"{wanted.__name__}: set {', '.join(missing)} in the environment")
    try:
        settings = msgspec.convert(found, wanted, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(_sentence(wanted, str(error))) from None
    _check_files(settings)
    return settings


def read_text(variable: str, source: Mapping[str, str], *, secret: bool = False) -> str | None:
    """The value of a variable, or what the file holds that `<variable>_FILE` names; None if neither is set.

    Raises:
        SettingsError: both are set, or the file cannot be read, or is a secret and open to others.
    """
    mounted = f"{variable}{_MOUNTED}"
    if variable in source and mounted in source:
        raise SettingsError(f"set {variable} or {mounted}, not both")
    return _content(mounted, Path(source[mounted]), secret) if mounted in source else source.get(variable)


def check_known(groups: Iterable[type[msgspec.Struct]], environ: Mapping[str, str] | None = None) -> None:
    """Refuse variables that no struct of a process names: a safeguard that was written wrong would not be in force.

    Raises:
        SettingsError: names them, and what may have been meant.
    """
    known = {name for group in groups for field in msgspec.structs.fields(group) for name in names_of(field)}
    given = {name for name in (os.environ if environ is None else environ) if name.startswith(PREFIX)}
    if unknown := sorted(given - known):
        meant = get_close_matches(unknown[0], known, 1, 0.8)
        advice = f"write {meant[0]}" if meant else "take it out of this process's environment"
        raise SettingsError(f"{unknown[0]} is no setting of this process: {advice}")


def names_of(field: msgspec.structs.FieldInfo) -> tuple[str, ...]:
    """The variables by which a setting may be given; the first is its own."""
    variable = _variable(field.name)
    return (variable, f"{variable}{_MOUNTED}") if _parts(field.type)[0] is str else (variable,)


def _variable(field: str) -> str:
    return f"{PREFIX}{field.upper()}"


def _parts(declared: Any) -> tuple[Any, dict[str, Any]]:
    """A declared type without its annotations, and what those say beside limits."""
    if get_origin(declared) is not Annotated:
        return declared, {}
    plain, *notes = get_args(declared)
    return plain, {name: rule for note in notes for name, rule in (note.extra or {}).items()}


def _sentence(wanted: type[msgspec.Struct], error: str) -> str:
    place = _PLACE.search(error)
    name = _variable(place[1]) if place else wanted.__name__
    return f"{name} is not what it should be, see docs/operations.md, Settings: {_PLACE.sub('', error)}"


def _check_files(settings: msgspec.Struct) -> None:
    for field in msgspec.structs.fields(settings):
        plain, rules = _parts(field.type)
        if _FAULT in rules and (plain is Path or "are_paths" in rules):
            for path in str(getattr(settings, field.name)).split(","):
                if fault := rules[_FAULT](Path(path.strip())) if path.strip() else "":
                    raise SettingsError(f"{_variable(field.name)}: {fault}")


def _content(variable: str, path: Path, secret: bool) -> str:
    if fault := (fault_of_secret if secret else fault_of_public)(path):
        raise SettingsError(f"{variable}: {fault}")
    try:
        return path.read_text().removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{variable}: {path} cannot be read: {error}") from None


def _decode(wanted: type[Any], value: Any) -> Any:
    if wanted is Path:
        return Path(value)
    raise NotImplementedError(wanted)
