"""Settings of the gateway."""

from typing import Annotated

import msgspec

from chassis.broker_address import check_encrypted
from chassis.settings import Address, PublicFile, PublicFiles, SecretText, Url


class GatewaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    service: str
    amqp_url: Annotated[SecretText, msgspec.Meta(pattern="^amqps?://")]
    trusted_keys: PublicFile
    """JWKS file: the public keys of trusted issuers, `kid` = issuer."""
    http_address: Address
    """host:port to listen on."""
    metrics_address: Annotated[str, msgspec.Meta(pattern=r"^(.+:[0-9]{1,5})?$")] = ""
    """host:port for metrics and what readiness misses, out of strangers' reach; empty: neither is served."""
    public_url: Url
    """Base URL under which clients reach the gateway."""
    documents_url: Url
    """Base URL of the documents service's data plane."""
    amqp_ca_file: PublicFiles = ""
    """PEM of the authority of the broker's certificate, for amqps://; empty: the authorities of the system."""
    amqp_plain: bool = False
    """Whether amqp:// may lead to another host, without encryption."""
    stall_seconds: float = 30.0
    """How long a transfer may make no progress, in either direction, before it is aborted."""
    request_seconds: float = 60.0
    """How long a request may take in all, beside one second for each 32 KiB that its client sends or reads."""

    trusted_ingress: str = ""
    """Addresses of proxies, separated by commas, whose X-Forwarded-For and Client-Cert headers are trusted."""

    gateways: Annotated[int, msgspec.Meta(ge=1)] = 1
    """How many gateways share the load; each allows its share of every quota."""
    strangers_a_minute: int = 3000
    """Logins and other requests without a token that one network address may make a minute; 0: no limit."""

    def __post_init__(self) -> None:
        """Raise ValueError where the broker must not be reached so."""
        check_encrypted(self.amqp_url, plain=self.amqp_plain)

    @property
    def ingresses(self) -> frozenset[str]:
        return frozenset(address.strip() for address in self.trusted_ingress.split(",") if address.strip())

    @property
    def host(self) -> str:
        """Address to listen on."""
        return self.http_address.rpartition(":")[0]

    @property
    def port(self) -> int:
        return int(self.http_address.rpartition(":")[2])
