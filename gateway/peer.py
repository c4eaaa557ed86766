"""Address and TLS certificate of the client, from the connection or from the headers of a trusted ingress."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from litestar.connection import ASGIConnection

from gateway.clients import ApiRequest, clients_of

_FORWARDED = "x-forwarded-for"
_CERTIFICATE = "client-cert"
_MAX_FORWARDED = 20
_SITE_PREFIX = 64
"""Bits of an IPv6 address that name the site; the rest its holder chooses, and may change for every request."""


def client_address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The address by which a client is counted, see `counted_address`; empty where the connection has none.

    `X-Forwarded-For` is read only from the addresses in CARNET_TRUSTED_INGRESS, and from its end: the last entry
    that is not an ingress is the client, and entries before it are whatever the client sent.
    """
    peer = connection.client.host if connection.client else ""
    trusted = clients_of(connection.app).settings.ingresses
    if peer not in trusted:
        return counted_address(peer)
    addresses = [address.strip() for address in connection.headers.get(_FORWARDED, "").split(",")[-_MAX_FORWARDED:]]
    return counted_address(
        next((address for address in reversed(addresses) if address and address not in trusted), peer)
    )


def counted_address(address: str) -> str:
    """An IPv4 address, also where it is mapped to IPv6; of IPv6 the /64 network; anything else as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), _SITE_PREFIX), strict=False))


def client_certificate(request: ApiRequest) -> str:
    """The client's TLS certificate, in base64 DER (RFC 9440); empty without one.

    `Client-Cert` is read only from the addresses in CARNET_TRUSTED_INGRESS, and ignored from any other.
    """
    peer = request.client.host if request.client else ""
    if peer not in request.clients.settings.ingresses:
        return ""
    return request.headers.get(_CERTIFICATE, "").strip().strip(":")
