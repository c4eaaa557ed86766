"""Metadata, choice of a professional, codes, tokens and claims of the stand-in, after OpenID Connect Core 1.0."""

import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import unquote, urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

from deploy.dev.people import PROFESSIONALS, STRUCTURES, Professional
from deploy.dev.pro_sante_connect.page import render

CLIENT = "carnet"
_CODE_SECONDS = 60
_TOKEN_SECONDS = 120
_KEY_BITS = 2048
_ASSURANCE = "eidas1"
_BY_NAME = {person.name: person for person in PROFESSIONALS}
_STRUCTURES = {structure.finess: structure.name for structure in STRUCTURES}


@dataclass(frozen=True)
class _Login:
    """A professional who was chosen, and the request that is answered with it."""

    person: Professional
    request: dict[str, str]
    until: float


@dataclass
class Provider:
    """One provider with one client; keys, codes and tokens last as long as the process."""

    issuer: str
    callback: str
    secret: str
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(_KEY_BITS, {"kid": "dev", "use": "sig"}))
    _codes: dict[str, _Login] = field(default_factory=dict)
    _tokens: dict[str, _Login] = field(default_factory=dict)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/.well-known/openid-configuration", self.metadata),
            web.get("/jwks", self.keys),
            web.get("/authorize", self.ask),
            web.post("/authorize", self.choose),
            web.post("/token", self.token),
            web.get("/userinfo", self.userinfo),
            web.get("/health/ready", self.ready),
        ]

    async def metadata(self, _request: web.Request) -> web.Response:
        """OpenID Connect Discovery 1.0."""
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
            }
        )

    async def keys(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [self._key.as_dict(private=False)]})

    async def ask(self, request: web.Request) -> web.Response:
        """The page on which one chooses who logs in."""
        self._check(dict(request.query))
        people = [(person, _STRUCTURES[person.structure]) for person in PROFESSIONALS]
        return web.Response(text=render(people, str(request.query_string)), content_type="text/html")

    async def choose(self, request: web.Request) -> web.Response:
        """Back to the client with a code; without a person, with an error."""
        sent = dict(request.query)
        self._check(sent)
        chosen = _BY_NAME.get(str((await request.post()).get("person", "")))
        result = {"error": "access_denied"}
        if chosen is not None:
            code = secrets.token_urlsafe(32)
            self._codes[code] = _Login(chosen, sent, time.time() + _CODE_SECONDS)
            result = {"code": code}
        query = urlencode(result | {"state": sent.get("state", ""), "iss": self.issuer})
        raise web.HTTPSeeOther(f"{self.callback}?{query}")

    async def token(self, request: web.Request) -> web.Response:
        """A code against tokens: by its client, with its verifier, once."""
        form = await request.post()
        login = self._codes.pop(str(form.get("code", "")), None)
        is_valid = (
            login is not None
            and time.time() < login.until
            and self._is_client(request.headers.get("authorization", ""))
            and form.get("redirect_uri") == self.callback
            and compare_digest(
                _challenge(str(form.get("code_verifier", ""))), login.request.get("code_challenge", "")
            )
        )
        if login is None or not is_valid:
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = secrets.token_urlsafe(32)
        self._tokens[token] = _Login(login.person, login.request, time.time() + _TOKEN_SECONDS)
        return web.json_response(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": _TOKEN_SECONDS,
                "id_token": self._id_token(login),
            }
        )

    async def userinfo(self, request: web.Request) -> web.Response:
        """The claims that Pro Santé Connect gives of a professional."""
        login = self._tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if login is None or time.time() >= login.until:
            raise web.HTTPUnauthorized
        person = login.person
        return web.json_response(
            {
                "sub": _subject(person),
                "SubjectNameID": f"8{person.rpps}",
                "SubjectRefPro": {"exercices": [{"codeProfession": person.profession}]},
                "family_name": person.family_name,
                "given_name": person.given_names,
            }
        )

    async def ready(self, _request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    def _check(self, request: dict[str, str]) -> None:
        if request.get("client_id") != CLIENT or request.get("redirect_uri") != self.callback:
            raise web.HTTPBadRequest(text="unknown client_id or redirect_uri")

    def _is_client(self, authorization: str) -> bool:
        scheme, _, sent = authorization.partition(" ")
        try:
            client, _, secret = b64decode(sent).decode().partition(":")
        except (Base64Error, UnicodeDecodeError):
            return False
        is_named = scheme.lower() == "basic" and unquote(client) == CLIENT
        return is_named and compare_digest(unquote(secret), self.secret)

    def _id_token(self, login: _Login) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": _subject(login.person),
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "auth_time": now,
            "nonce": login.request.get("nonce", ""),
            "acr": _ASSURANCE,
        }
        return jwt.encode({"alg": "RS256", "kid": "dev"}, claims, self._key)


def _subject(person: Professional) -> str:
    return f"f:dev:{person.rpps}"


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
