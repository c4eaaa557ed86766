"""A relying party of Pro Santé Connect, the OpenID provider of professionals."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from chassis.jose import Key
from chassis.settings import SettingsError
from contracts.errors.execution import SignInUnavailable
from contracts.errors.request import SignInRefused
from contracts.identity.workplaces import CALLBACK_PATH
from services.identity.domain.workplaces import (
    ASSURANCE,
    REQUESTED_ASSURANCE,
    Confirmed,
    ProviderSession,
    provider_session,
)
from services.identity.logout_tokens import LogoutReader, ReadLogout

_SCOPE = "openid scope_all"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256")
_TIMEOUTS = (2.0, 3.0)
"""Seconds to reach the provider, and for its answer."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_CLOCK_SKEW = 30
_KEYS_ASKED_EVERY = timedelta(seconds=10)
"""Anybody may send a logout token that names an unknown key: the provider is not asked for each."""


class _Metadata(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str


class _Practice(msgspec.Struct, frozen=True, rename={"profession": "codeProfession"}):
    profession: str = ""


class _Practices(msgspec.Struct, frozen=True, rename={"all": "exercices"}):
    all: tuple[_Practice, ...] = ()


class _UserInfo(msgspec.Struct, frozen=True, rename={"national_id": "SubjectNameID", "practices": "SubjectRefPro"}):
    sub: str
    national_id: str
    practices: _Practices


@dataclass
class ProSanteConnect:
    """One provider; its metadata and keys are fetched when first needed.

    Nonce and code verifier of a request are derived from the secret of the browser that made it: no other browser can
    continue it, and nothing more is stored.
    """

    issuer: str
    client_id: str
    secret: str
    redirect_uri: str
    _metadata: _Metadata | None = field(default=None, init=False)
    _keys: KeySet | None = field(default=None, init=False)
    _keys_asked_at: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _asking: Lock = field(default_factory=Lock, init=False)

    @classmethod
    def of(cls, issuer: str, client_id: str, secret_file: str, public_url: str) -> "ProSanteConnect | None":
        """The provider of this platform, if it has one; raises SettingsError where its settings are incomplete."""
        if not issuer:
            return None
        if not client_id or not secret_file:
            raise SettingsError("CARNET_PRO_SANTE_CONNECT needs its _CLIENT and its _SECRET_FILE")
        here = urlsplit(issuer)
        if here.scheme != "https" and here.hostname not in _LOOPBACK:
            raise SettingsError("CARNET_PRO_SANTE_CONNECT must be an https address")
        secret = Path(secret_file).read_text().strip()
        return cls(issuer, client_id, secret, f"{public_url}{CALLBACK_PATH}")

    def address(self, request_id: UUID, browser: str) -> str:
        """The URL at which a browser signs in; raises SignInUnavailable."""
        with self._session() as session:
            url, _ = session.create_authorization_url(
                self._provider_metadata().authorization_endpoint,
                state=str(request_id),
                nonce=_derived("nonce", request_id, browser),
                code_verifier=_derived("verifier", request_id, browser),
                acr_values=REQUESTED_ASSURANCE,
            )
        return str(url)

    def confirm(self, code: str, request_id: UUID, browser: str, now: datetime) -> Confirmed:
        """Whom the provider confirms for the code a browser came back with.

        Raises:
            SignInRefused: nobody, or its answer is not valid. SignInUnavailable.
        """
        nonce = _derived("nonce", request_id, browser)
        try:
            with self._session() as session:
                given = session.fetch_token(
                    self._provider_metadata().token_endpoint,
                    code=code,
                    code_verifier=_derived("verifier", request_id, browser),
                    timeout=_TIMEOUTS,
                )
                session_there = self._session_in(str(given.get("id_token", "")), nonce, now)
                answer = session.get(self._provider_metadata().userinfo_endpoint, timeout=_TIMEOUTS)
                answer.raise_for_status()
                person = msgspec.json.decode(answer.content, type=_UserInfo)
        except requests.RequestException:
            raise SignInUnavailable from None
        except (OAuthError, JoseError, ValueError, TypeError, KeyError, msgspec.MsgspecError):
            raise SignInRefused from None
        if person.sub != session_there.subject:
            raise SignInRefused
        professions = frozenset(practice.profession for practice in person.practices.all)
        return Confirmed(person.national_id, professions, session_there)

    def read_logout(self, token: str, now: datetime) -> ReadLogout:
        """The session that a logout token of the provider ends.

        Raises:
            LogoutRefused: it is none. SignInUnavailable: the provider's keys are unknown, and it does not answer.
        """
        reader = LogoutReader(self.issuer, self.client_id, _ALGORITHMS, _CLOCK_SKEW)
        signed = reader.parse(token)
        return reader.read(signed, self._keys_named(signed.header.get("kid"), now), now)

    def _keys_named(self, kid: object, now: datetime) -> list[Key]:
        with self._asking:
            named = _named(self._keys, kid)
            if not named and now - self._keys_asked_at >= _KEYS_ASKED_EVERY:
                self._keys_asked_at = now
                self._keys = self._fetched_keys_or_unavailable()
                named = _named(self._keys, kid)
        if self._keys is None:
            raise SignInUnavailable
        return named

    def _fetched_keys_or_unavailable(self) -> KeySet:
        try:
            return self._fetched_keys()
        except (requests.RequestException, JoseError, ValueError, TypeError, KeyError):
            raise SignInUnavailable from None

    def _session_in(self, id_token: str, nonce: str, now: datetime) -> ProviderSession:
        token = self._decoded(id_token)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
                "acr": {"essential": True, "values": list(ASSURANCE)},
            },
            {"nonce": nonce, "client_id": self.client_id},
        )
        claims.validate(now=int(now.timestamp()), leeway=_CLOCK_SKEW)
        return provider_session(str(claims["sub"]), str(claims.get("sid", "")))

    def _decoded(self, id_token: str) -> jwt.Token:
        # An unknown key may have been added since: the keys are fetched once more.
        try:
            return jwt.decode(id_token, self._known_keys(), algorithms=list(_ALGORITHMS))
        except InvalidKeyIdError:
            self._keys = None
            return jwt.decode(id_token, self._known_keys(), algorithms=list(_ALGORITHMS))

    def _known_keys(self) -> KeySet:
        if self._keys is None:
            self._keys = self._fetched_keys()
        return self._keys

    def _fetched_keys(self) -> KeySet:
        return KeySet.import_key_set(_json(self._provider_metadata().jwks_uri))

    def _provider_metadata(self) -> _Metadata:
        if self._metadata is None:
            url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            try:
                found = msgspec.convert(_json(url), _Metadata)
            except (requests.RequestException, ValueError, msgspec.MsgspecError):
                raise SignInUnavailable from None
            if found.issuer != self.issuer:
                raise SignInUnavailable
            self._metadata = found
        return self._metadata

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            self.client_id,
            self.secret,
            scope=_SCOPE,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106
        )


def _named(keys: KeySet | None, kid: object) -> list[Key]:
    """The keys that may have made a signature whose header has this `kid`."""
    return [cast(Key, key) for key in keys or () if kid is None or key.kid == kid]


def _json(url: str) -> Any:
    answer = requests.get(url, timeout=_TIMEOUTS)
    answer.raise_for_status()
    return answer.json()


def _derived(use: str, request_id: UUID, browser: str) -> str:
    """64 characters safe in a URL, always the same for this browser and request."""
    return sha256(f"{use}\0{request_id}\0{browser}".encode()).hexdigest()
