"""How one sees from outside that a part is ready: each question answers at once, with yes or no."""

import http.client
import socket

import pika
import pika.exceptions
import psycopg2

_PATIENCE_SECONDS = 2.0


def is_http_ready(port: int, path: str = "/health/ready") -> bool:
    """Whether a service answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_listening(host: str, port: int) -> bool:
    """Whether anything accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=_PATIENCE_SECONDS).close()
    except OSError:
        return False
    return True


def is_amqp_ready(url: str) -> bool:
    """Whether the broker lets this user in."""
    parameters = pika.URLParameters(url)
    parameters.connection_attempts = 1
    parameters.socket_timeout = parameters.stack_timeout = _PATIENCE_SECONDS
    # Most looks happen before the port is open; a bare socket says so at a fraction of pika's cost.
    if not is_listening(parameters.host, parameters.port):
        return False
    try:
        pika.BlockingConnection(parameters).close()
    except (pika.exceptions.AMQPError, OSError):
        return False
    return True


def is_database_ready(url: str) -> bool:
    """Whether the database lets this role in."""
    try:
        psycopg2.connect(url, connect_timeout=int(_PATIENCE_SECONDS)).close()
    except psycopg2.OperationalError:
        return False
    return True
