"""Address and TLS certificate of the client, from the connection or from the headers of a trusted ingress."""

from typing import Any

from litestar.connection import ASGIConnection

from gateway.clients import ApiRequest, clients_of

_FORWARDED = "x-forwarded-for"
_CERTIFICATE = "client-cert"
_MAX_FORWARDED = 20


def client_address(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The client's address; empty where the connection has none.

    `X-Forwarded-For` is read only from the addresses in CARNET_TRUSTED_INGRESS, and from its end: the last entry
    that is not an ingress is the client, and entries before it are whatever the client sent.
    """
    peer = connection.client.host if connection.client else ""
    trusted = clients_of(connection.app).settings.ingresses
    if peer not in trusted:
        return peer
    addresses = [address.strip() for address in connection.headers.get(_FORWARDED, "").split(",")[-_MAX_FORWARDED:]]
    return next((address for address in reversed(addresses) if address and address not in trusted), peer)


def client_certificate(request: ApiRequest) -> str:
    """The client's TLS certificate, in base64 DER (RFC 9440); empty without one.

    `Client-Cert` is read only from the addresses in CARNET_TRUSTED_INGRESS, and ignored from any other.
    """
    peer = request.client.host if request.client else ""
    if peer not in request.clients.settings.ingresses:
        return ""
    return request.headers.get(_CERTIFICATE, "").strip().strip(":")
