"""Readiness checks of parts from outside their processes; each returns within seconds."""

import http.client
import socket

import pika
import pika.exceptions
import psycopg2

from chassis.broker_address import pika_parameters

_PATIENCE_SECONDS = 2.0


def is_http_ready(port: int, path: str = "/health/ready") -> bool:
    """Whether GET `path` returns 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_listening(host: str, port: int) -> bool:
    """Whether the port accepts connections."""
    try:
        socket.create_connection((host, port), timeout=_PATIENCE_SECONDS).close()
    except OSError:
        return False
    return True


def is_amqp_ready(url: str, ca_file: str = "") -> bool:
    """Whether the broker accepts this user."""
    parameters = pika_parameters(url, ca_file)
    parameters.connection_attempts = 1
    parameters.socket_timeout = parameters.stack_timeout = _PATIENCE_SECONDS
    # Most checks happen before the port is open; a bare socket is much cheaper than pika.
    if not is_listening(parameters.host, parameters.port):
        return False
    try:
        pika.BlockingConnection(parameters).close()
    except (pika.exceptions.AMQPError, OSError):
        return False
    return True


def is_database_ready(url: str) -> bool:
    """Whether the database accepts this role."""
    try:
        psycopg2.connect(url, connect_timeout=int(_PATIENCE_SECONDS)).close()
    except psycopg2.OperationalError:
        return False
    return True
