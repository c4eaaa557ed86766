"""How a process reaches the broker: over TLS with a verified certificate, or unencrypted on the same host."""

import ipaddress
import ssl
from typing import Any
from urllib.parse import urlsplit

import pika

_ENCRYPTED = "amqps"
_TLS_PORT, _PORT = 5671, 5672


def check_encrypted(url: str, *, plain: bool) -> None:
    """Check that passwords and messages do not cross a network unencrypted; `plain`: the operator permits it.

    Raises:
        ValueError: the broker of an amqp:// URL is not on this host.
    """
    parts = urlsplit(url)
    if parts.scheme != _ENCRYPTED and not plain and not _is_this_host(parts.hostname or ""):
        raise ValueError("the broker is on another host: use amqps://, or set CARNET_AMQP_PLAIN=1")


def host_of(url: str) -> str:
    """host:port of a broker's URL."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (_TLS_PORT if parts.scheme == _ENCRYPTED else _PORT)}"


def tls_of(url: str, ca_file: str) -> dict[str, Any] | bool:
    """The `ssl` argument of amqp and kombu; False without TLS.

    Args:
        ca_file: PEM of the authorities that may have signed the broker's certificate; empty: those of the system.
    """
    parts = urlsplit(url)
    if parts.scheme != _ENCRYPTED:
        return False
    return {
        "ca_certs": ca_file or None,
        "cert_reqs": ssl.CERT_REQUIRED,
        "server_hostname": parts.hostname,
        "tls_minimum_version": ssl.TLSVersion.TLSv1_2,
    }


def pika_parameters(url: str, ca_file: str) -> pika.URLParameters:
    """Parameters of a pika connection; arguments as `tls_of`."""
    parameters = pika.URLParameters(url)
    parts = urlsplit(url)
    if parts.scheme == _ENCRYPTED:
        context = ssl.create_default_context(cafile=ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        parameters.ssl_options = pika.SSLOptions(context, parts.hostname)
    return parameters


def _is_this_host(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
