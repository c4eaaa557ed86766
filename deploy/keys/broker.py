"""RabbitMQ's definitions: users with hashed passwords, their permissions, exchanges, queues and bindings."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from chassis.broker_permissions import permissions_of
from chassis.topology import topology

VIRTUAL_HOST = "/"


def definitions(
    passwords: Mapping[str, str], delays: Iterable[int], *, administrators: Mapping[str, str] | None = None
) -> bytes:
    """The file that `load_definitions` and `rabbitmqctl import_definitions` read.

    Args:
        passwords: of every user of the permissions. delays: of retries, in seconds.
        administrators: passwords of users who may do everything; none in production, where rabbitmqctl needs none.
    """
    everything = dict(administrators or {})
    content = {
        "vhosts": [{"name": VIRTUAL_HOST}],
        "users": [
            *(_user(name, password, "administrator") for name, password in everything.items()),
            *(_user(name, password, "") for name, password in passwords.items()),
        ],
        "permissions": [
            *(_permission(name, ".*", ".*", ".*") for name in everything),
            *map(_permissions, passwords),
        ],
        "topic_permissions": [row for name in passwords for row in _topic_permissions(name)],
        **_topology(delays),
    }
    return json.dumps(content, indent=1).encode()


def password_hash(user: str, password: str) -> str:
    """As RabbitMQ stores passwords: a salt of four bytes, then the SHA-256 of salt and password.

    The salt follows from user and password, so that the same password gives the same file; passwords are random.
    """
    salt = hashlib.sha256(f"salt\0{user}\0{password}".encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _user(name: str, password: str, tags: str) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": password_hash(name, password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": tags,
    }


def _permissions(user: str) -> dict[str, str]:
    found = permissions_of(user)
    return _permission(user, found.configure, found.write, found.read)


def _permission(user: str, configure: str, write: str, read: str) -> dict[str, str]:
    return {"user": user, "vhost": VIRTUAL_HOST, "configure": configure, "write": write, "read": read}


def _topic_permissions(user: str) -> list[dict[str, str]]:
    return [
        {"user": user, "vhost": VIRTUAL_HOST, "exchange": exchange, "write": keys, "read": "^$"}
        for exchange, keys in permissions_of(user).keys.items()
    ]


def _topology(delays: Iterable[int]) -> dict[str, list[dict[str, Any]]]:
    wanted = topology(delays)
    durable = {"vhost": VIRTUAL_HOST, "durable": True, "auto_delete": False}
    return {
        "exchanges": [
            durable | {"name": exchange.name, "type": exchange.kind, "internal": False, "arguments": {}}
            for exchange in wanted.exchanges
        ],
        "queues": [durable | {"name": queue.name, "arguments": queue.arguments} for queue in wanted.queues],
        "bindings": [
            {
                "vhost": VIRTUAL_HOST,
                "source": binding.exchange,
                "destination": binding.queue,
                "destination_type": "queue",
                "routing_key": binding.key,
                "arguments": {},
            }
            for binding in wanted.bindings
        ],
    }
