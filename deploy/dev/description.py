"""var/dev.json: addresses, credentials, people and processes of a stack that is up."""

import json
from dataclasses import asdict
from typing import Any

import msgspec

from chassis.broker_permissions import USERS
from contracts.wiring import SERVICES
from deploy.dev import people
from deploy.dev.addresses import Addresses
from deploy.dev.paths import Layout, write_private
from deploy.dev.ports import HOST
from deploy.dev.processes import Processes


def write_description(base_port: int, addresses: Addresses, processes: Processes) -> None:
    """Replace the file; it holds secrets, so only its owner may read it."""
    description = msgspec.json.encode(_description(base_port, addresses, processes))
    write_private(addresses.layout.description, msgspec.json.format(description))


def read_description(layout: Layout) -> dict[str, Any] | None:
    """Content of the file; None if the stack is not up."""
    try:
        description: dict[str, Any] = json.loads(layout.description.read_text())
    except FileNotFoundError:
        return None
    return description


def _description(base_port: int, addresses: Addresses, processes: Processes) -> dict[str, Any]:
    store, layout, credentials = addresses.object_store, addresses.layout, addresses.credentials
    return {
        "root": str(layout.root),
        "base_port": base_port,
        "gateway": addresses.url("gateway"),
        "mailbox": addresses.url("mailbox"),
        "services": {name: addresses.url(name) for name in SERVICES},
        "amqp": addresses.amqp_url,
        "amqp_of": {user: addresses.amqp_url_of(user) for user in USERS},
        "amqp_ca_file": addresses.amqp_ca_file,
        "postgres": {
            "admin": addresses.database_admin_url,
            **{name: addresses.database_url(name) for name in SERVICES},
        },
        "s3": {
            "endpoint": store.endpoint,
            "access_key": store.access_key,
            "secret_key": store.secret_key,
            "region": store.region,
            "bucket": store.bucket,
            "secure": store.secure,
        },
        "smtp": {"host": HOST, "port": addresses.ports["smtp"]},
        "twilio": {
            "origin": addresses.url("mailbox"),
            "account_sid": credentials["twilio_account_sid"],
            "auth_token": credentials["twilio_auth_token"],
        },
        "keys": {"trusted": str(addresses.keys.trusted), "directory": str(layout.keys)},
        "cards": str(layout.cards),
        "professionals": _professionals(layout),
        "patients": _patients(layout),
        "processes": {
            record.name: {"pid": record.pid, "log": str(layout.log_of(record.name))} for record in processes.records()
        },
    }


def _professionals(layout: Layout) -> list[dict[str, Any]]:
    return [
        asdict(person) | {"card": str(layout.cards / "cps" / f"{person.name}.json")}
        for person in people.PROFESSIONALS
    ]


def _patients(layout: Layout) -> list[dict[str, Any]]:
    logins = people.load_logins(layout.cards)
    return [
        asdict(patient)
        | {"card": str(layout.cards / "vitale" / f"{patient.name}.json"), "login": logins[patient.name]}
        for patient in people.PATIENTS
    ]
