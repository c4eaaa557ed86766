"""What the gateway is told through its environment."""

from pathlib import Path

import msgspec


class GatewaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    service: str
    amqp_url: str
    trusted_keys: Path
    """JWKS file: the public keys whose signatures are believed, `kid` = issuer."""
    http_address: str
    """host:port to listen on."""
    public_url: str
    """The address the outside world knows."""
    documents_url: str
    """Where the documents service's data plane listens."""
    stall_seconds: float = 30.0
    """How long a transfer may stand still, in either direction, before it is given up."""

    trusted_ingress: str = ""
    """Addresses of what stands in front and tells the client's own in X-Forwarded-For and its certificate in
    Client-Cert, separated by commas."""

    gateways: int = 1
    """How many gateways share the load: each lets its part of what a minute allows through."""
    strangers_a_minute: int = 3000
    """Logins and other requests without a token that one address on the network may make a minute; 0: any number."""

    @property
    def ingresses(self) -> frozenset[str]:
        """Whose word on addresses is taken."""
        return frozenset(one.strip() for one in self.trusted_ingress.split(",") if one.strip())

    @property
    def host(self) -> str:
        """Interface to listen on."""
        return self.http_address.rpartition(":")[0]

    @property
    def port(self) -> int:
        """Port to listen on."""
        return int(self.http_address.rpartition(":")[2])
