"""Patients learn what an app is called, who publishes it and what for; of other clients they learn nothing."""

import json

import pytest
from joserfc.jwk import ECKey

from contracts.envelope import Actor
from contracts.errors.request import InvalidRequest
from contracts.identity.apps import ClientKind, NameApps, NamedApp, RegisterClient
from contracts.vocabulary import Role
from services.identity.handlers import clients
from tests.integration.identity.harness import IdentityHarness

PATIENT = Actor(role=Role.PATIENT, subject="0190a5f0-0000-7000-8000-000000000000")
OPERATOR = Actor(role=Role.OPERATOR, subject="garde.1")
KEYS = json.dumps({"keys": [ECKey.generate_key("P-256", {"kid": "k"}).as_dict(private=False)]})


def register(harness: IdentityHarness, client_id: str, kind: ClientKind) -> None:
    request = RegisterClient(
        client_id=client_id,
        name="Carnet de vaccins",
        publisher="Essai SAS",
        purpose="Vous rappeler vos vaccins",
        kind=kind,
        redirect_uris=("https://app.example/retour",) if kind is ClientKind.PUBLIC else (),
        scopes="patient/DocumentReference.rs" if kind is ClientKind.PUBLIC else "",
        keys="" if kind is ClientKind.PUBLIC else KEYS,
    )
    harness.run(clients.register_client, request, OPERATOR)


def test_only_apps_are_named_and_others_left_out(harness: IdentityHarness) -> None:
    register(harness, "vaccins", ClientKind.PUBLIC)
    register(harness, "caisse-01", ClientKind.ORGANISATION)
    found = harness.run(clients.name_apps, NameApps(apps=("vaccins", "caisse-01", "nobody")), PATIENT)
    assert found.apps == (
        NamedApp(
            app="vaccins",
            name="Carnet de vaccins",
            publisher="Essai SAS",
            purpose="Vous rappeler vos vaccins",
        ),
    )


def test_too_many_are_not_named_at_once(harness: IdentityHarness) -> None:
    with pytest.raises(InvalidRequest):
        harness.run(clients.name_apps, NameApps(apps=("vaccins",) * 101), PATIENT)
