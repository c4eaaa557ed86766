"""The conversations of the authorization server: OAuth 2.1, OpenID Connect, SMART on FHIR 2.2."""

from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.envelope import Problem
from contracts.vocabulary import PatientId, Section


class ClientProof(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which client asks; one with a key of its own signs an assertion (RFC 7523)."""

    client_id: str = ""
    client_assertion_type: str = ""
    client_assertion: str = ""


class AuthorizationParameters(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an app sends a browser to the authorization endpoint with; `request_uri`: what it pushed before."""

    client_id: str = ""
    request_uri: str = ""
    response_type: str = ""
    redirect_uri: str = ""
    scope: str = ""
    state: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    aud: str = ""
    nonce: str = ""
    prompt: str = ""
    response_mode: str = ""


class PushAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """The same, sent behind the browser's back (RFC 9126)."""

    proof: ClientProof
    parameters: AuthorizationParameters


class AuthorizationPushed(msgspec.Struct, frozen=True, kw_only=True):
    """Good once, for so many seconds."""

    request_uri: str
    expires_in: int


class BeginAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """A browser has come; `browser` is a secret it keeps, and without which the request is not gone on with."""

    parameters: AuthorizationParameters
    browser: str


class AuthorizationBegun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The request to go on with, or the refusal to send back to the app with its own `state`.

    `sign_in_at`: where a professional's browser goes on to, at Pro Santé Connect.
    """

    request_id: UUID | None = None
    sign_in_at: str = ""
    refusal: Problem | None = None
    redirect_uri: str = ""
    state: str = ""


class ShowAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """What does this request ask for?"""

    request_id: UUID
    browser: str


class ConsentAsked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the patient reads before consenting; `redirect_uri`: where they go then."""

    client_id: str
    name: str
    publisher: str
    purpose: str
    redirect_uri: str
    sections: tuple[Section, ...] = ()
    identity: bool = False
    offline: bool = False


class DecideAuthorization(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The patient's answer: yes to these parts of what was asked, or no.

    `patient_id`: whose record it is about, where the patient answers for somebody they represent.
    """

    request_id: UUID
    browser: str
    allowed: bool
    patient_id: PatientId | None = None
    sections: tuple[Section, ...] = ()
    identity: bool = False
    offline: bool = False


class AuthorizationAnswered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the browser goes back to, with the app's own `state`; without a code the patient said no."""

    redirect_uri: str
    state: str = ""
    code: str = ""


class GrantType(StrEnum):
    """What is shown for a token, beside the assertions of cards and organisations."""

    CODE = "authorization_code"
    REFRESH = "refresh_token"
    OWN_KEY = "client_credentials"


class GrantToken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A code, a refresh token or a client's own key against a token (RFC 6749).

    `possession`: a proof (DPoP, RFC 9449) of the key the token shall be bound to.
    """

    proof: ClientProof
    grant_type: GrantType
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    refresh_token: str = ""
    scope: str = ""
    possession: str = ""


class TokenIssued(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the client may use from now on; `patient`: whose record it is for; `bound`: with proofs of its key."""

    access_token: str
    expires_in: int
    scope: str = ""
    patient: str = ""
    refresh_token: str = ""
    id_token: str = ""
    bound: bool = False


class AboutToken(msgspec.Struct, frozen=True, kw_only=True):
    """An access or refresh token, shown by the client it was given to."""

    proof: ClientProof
    token: str


class TokenEnded(msgspec.Struct, frozen=True, kw_only=True):
    """Whatever it was, it is good for nothing any more (RFC 7009)."""


class Introspection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 7662; nothing but `active: false` of a token that is not the asker's."""

    active: bool
    client_id: str = ""
    scope: str = ""
    patient: str = ""
    sub: str = ""
    exp: int = 0
    token_type: str = ""
    cnf: dict[str, str] = {}
    """`jkt`: thumbprint of the key the token is bound to."""


class AskKeys(msgspec.Struct, frozen=True, kw_only=True):
    """By which keys are id tokens signed?"""


class PublicKeys(msgspec.Struct, frozen=True, kw_only=True):
    """A JWKS, as JSON: the key that signs, and those that have or will."""

    jwks: str


class ReadPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Who is the holder of this record? For the holder, and an app they let know."""

    patient_id: PatientId
