"""Messages of the authorization server: OAuth 2.1, OpenID Connect, SMART on FHIR 2.2."""

from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.envelope import Problem
from contracts.vocabulary import PatientId, Section


class ClientProof(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Client authentication; a client with a key of its own sends a signed assertion (RFC 7523)."""

    client_id: str = ""
    client_assertion_type: str = ""
    client_assertion: str = ""


class AuthorizationParameters(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Parameters of an authorization request; `request_uri`: names one that was pushed."""

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
    """A pushed authorization request (RFC 9126)."""

    proof: ClientProof
    parameters: AuthorizationParameters


class AuthorizationPushed(msgspec.Struct, frozen=True, kw_only=True):
    """Reference to the pushed request; single use, for `expires_in` seconds."""

    request_uri: str
    expires_in: int


class BeginAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """Begin an authorization; `browser`: a secret of the browser, required to continue."""

    parameters: AuthorizationParameters
    browser: str


class AuthorizationBegun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The request to continue with, or the refusal to return to the app with its `state`.

    `sign_in_at`: where a professional's browser is sent, at Pro Santé Connect.
    """

    request_id: UUID | None = None
    sign_in_at: str = ""
    refusal: Problem | None = None
    redirect_uri: str = ""
    state: str = ""


class ShowAuthorization(msgspec.Struct, frozen=True, kw_only=True):
    """Get what a request asks for."""

    request_id: UUID
    browser: str


class ConsentRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the patient reads before consenting; `redirect_uri`: where the browser goes afterwards."""

    client_id: str
    name: str
    publisher: str
    purpose: str
    redirect_uri: str
    sections: tuple[Section, ...] = ()
    identity: bool = False
    offline: bool = False


class DecideAuthorization(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The patient's decision: these parts of the request, or none.

    `patient_id`: the record, when a legal representative decides.
    """

    request_id: UUID
    browser: str
    allowed: bool
    patient_id: PatientId | None = None
    sections: tuple[Section, ...] = ()
    identity: bool = False
    offline: bool = False


class AuthorizationResponse(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the browser is redirected, with the app's `state`; no `code`: access was denied."""

    redirect_uri: str
    state: str = ""
    code: str = ""


class GrantType(StrEnum):
    """Values of grant_type, besides the assertions of cards and organisations."""

    CODE = "authorization_code"
    REFRESH = "refresh_token"
    OWN_KEY = "client_credentials"


class GrantToken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Exchange a code, a refresh token or a client's own key for a token (RFC 6749).

    `possession`: a DPoP proof (RFC 9449) of the key that the token will be bound to.
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
    """The issued token; `patient`: whose record it is for; `bound`: it must be used with DPoP."""

    access_token: str
    expires_in: int
    scope: str = ""
    patient: str = ""
    refresh_token: str = ""
    id_token: str = ""
    bound: bool = False


class AboutToken(msgspec.Struct, frozen=True, kw_only=True):
    """An access or refresh token, sent by the client it was issued to."""

    proof: ClientProof
    token: str


class TokenRevoked(msgspec.Struct, frozen=True, kw_only=True):
    """The token is revoked, if it was valid (RFC 7009)."""


class Introspection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Token introspection (RFC 7662); only `active: false` for a token that is not the caller's."""

    active: bool
    client_id: str = ""
    scope: str = ""
    patient: str = ""
    sub: str = ""
    exp: int = 0
    token_type: str = ""
    cnf: dict[str, str] = {}
    """`jkt`: thumbprint of the key that the token is bound to."""


class SpendProof(msgspec.Struct, frozen=True, kw_only=True):
    """Use up a DPoP proof of the key that the caller's token is bound to; `jti`: of the verified proof."""

    jti: str


class ProofSpent(msgspec.Struct, frozen=True, kw_only=True):
    """The proof was not used before, at any gateway."""


class GetPublicKeys(msgspec.Struct, frozen=True, kw_only=True):
    """Get the keys that sign id tokens."""


class PublicKeys(msgspec.Struct, frozen=True, kw_only=True):
    """A JWKS as JSON: the current key, and those before and after it."""

    jwks: str


class ReadPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Get the identity of a record's holder; for the holder, and an app they authorised for it."""

    patient_id: PatientId
