"""What is known of the other end of the connection: of our own, or of what an ingress we trust says of its own."""

from typing import Any

from litestar.connection import ASGIConnection

from gateway.clients import Caller, clients_of

_FORWARDED = "x-forwarded-for"
_CERTIFICATE = "client-cert"
_MOST = 20


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The client's address; empty where the connection tells none.

    `X-Forwarded-For` is believed from the addresses of CARNET_TRUSTED_INGRESS alone, from its end backwards: what
    stands before the last entry that is not an ingress is the client's own word.
    """
    peer = connection.client.host if connection.client else ""
    trusted = clients_of(connection.app).settings.ingresses
    if peer not in trusted:
        return peer
    said = [one.strip() for one in connection.headers.get(_FORWARDED, "").split(",")[-_MOST:]]
    return next((one for one in reversed(said) if one and one not in trusted), peer)


def certificate_of(request: Caller) -> str:
    """The certificate the client set TLS up with, in base64 DER (RFC 9440); empty where it showed none.

    `Client-Cert` is believed from the addresses of CARNET_TRUSTED_INGRESS alone; from everybody else it is nothing.
    """
    peer = request.client.host if request.client else ""
    if peer not in request.clients.settings.ingresses:
        return ""
    return request.headers.get(_CERTIFICATE, "").strip().strip(":")
