"""An invented organisation of the development stack, which vouches for agents with a key of its own."""

import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from contracts.identity.apps import ClientKind, RegisterClient
from deploy.dev.paths import write_private

CLIENT_ID = "cpam-essai"
_KIND = "carnet-agent+jwt"
_LIFE = timedelta(minutes=2)


def organisation_key(directory: Path) -> ECKey:
    """Its private key, made when it is first needed."""
    file = directory / "organisation.jwk.json"
    if not file.exists():
        key = ECKey.generate_key("P-256", {"kid": CLIENT_ID})
        write_private(file, json.dumps(key.as_dict(private=True)).encode())
    return ECKey.import_key(json.loads(file.read_text()))


def registration(key: ECKey) -> RegisterClient:
    """What two operators register of it."""
    return RegisterClient(
        client_id=CLIENT_ID,
        name="CPAM d'essai",
        publisher="CPAM d'essai",
        purpose="Accueil des assurés",
        kind=ClientKind.ORGANISATION,
        keys=json.dumps({"keys": [key.as_dict(private=False)]}),
    )


def agent_assertion(key: ECKey, client_id: str, login: str, gateway: str, now: datetime) -> str:
    """Who an agent is, signed by their organisation; it serves once."""
    claims = {
        "iss": client_id,
        "sub": login,
        "aud": f"{gateway}/oauth/token",
        "exp": int((now + _LIFE).timestamp()),
        "jti": secrets.token_hex(16),
    }
    header = {"alg": "ES256", "kid": key.kid or client_id, "typ": _KIND}
    return jwt.encode(header, claims, key, algorithms=["ES256"])
