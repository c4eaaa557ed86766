"""OAuth endpoints for software: token, revocation, introspection, pushed requests, public keys."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import Example
from litestar.params import Body, Parameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from contracts.errors.request import GrantUnsupported, PossessionUnproven
from contracts.identity.api import Identity
from contracts.identity.oauth import (
    AboutToken,
    AuthorizationParameters,
    AuthorizationPushed,
    ClientProof,
    GetPublicKeys,
    GrantToken,
    GrantType,
    Introspection,
    PushAuthorization,
)
from contracts.identity.people import AgentAssertion, ProfessionalAssertion, Token
from gateway.clients import ApiRequest
from gateway.errors import oauth_error_response
from gateway.guards import PUBLIC, ROLES
from gateway.peer import client_certificate
from gateway.possession import HEADER

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANTS = (*(grant.value for grant in GrantType), JWT_BEARER)
BEARER_TYPE, DPOP_TYPE = "Bearer", "DPoP"

_FORM = RequestEncodingType.URL_ENCODED
_FORM_OPT: dict[str, Any] = {ROLES: PUBLIC, "takes": _FORM.value}
ERROR_HANDLERS: Any = {Exception: oauth_error_response}


class TokenRequest(ClientProof, frozen=True, kw_only=True):
    """Token request by RFC 6749 and RFC 7523."""

    grant_type: Annotated[str, Parameter(schema_extra={"enum": list(GRANTS)})]
    assertion: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    refresh_token: str = ""
    scope: str = ""


class TokenResponse(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Token response by RFC 6749; `expires_in`: seconds; `patient`: the record it is for (SMART)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str = ""
    patient: str = ""
    refresh_token: str = ""
    id_token: str = ""


class TokenReference(ClientProof, frozen=True, kw_only=True):
    """Request by RFC 7009 and RFC 7662."""

    token: str
    token_type_hint: str = ""


class PushedAuthorizationRequest(AuthorizationParameters, frozen=True, kw_only=True, omit_defaults=True):
    """Pushed authorization request by RFC 9126, with the client's authentication."""

    client_assertion_type: str = ""
    client_assertion: str = ""


class JsonWebKeys(msgspec.Struct, frozen=True, kw_only=True):
    """Public keys by RFC 7517."""

    keys: tuple[dict[str, str], ...]


def form_example(**value: str) -> Any:
    """The body of a form, with an example of its fields."""
    return Body(media_type=_FORM, examples=[Example(summary="exemple", value=value)])


@post(
    "/oauth/token",
    opt=_FORM_OPT,
    # RFC 6749, 5.1; `Cache-Control: no-store` is on every answer.
    response_headers={"pragma": "no-cache"},
    status_code=HTTP_200_OK,
    exception_handlers=ERROR_HANDLERS,
    tags=["Connexion"],
    summary="Obtenir un jeton",
)
async def grant_token(
    request: ApiRequest,
    data: Annotated[TokenRequest, form_example(grant_type=JWT_BEARER, assertion="eyJhbGciOiJF...")],
) -> TokenResponse:
    """Issue an access token for a CPS card's assertion, an organisation's assertion for its agent (with its
    `client_id`), a code, a refresh token or a back end's own key.
    """
    if data.grant_type == JWT_BEARER:
        token = await _by_assertion(request, data)
        return TokenResponse(access_token=token.access_token, token_type=BEARER_TYPE, expires_in=token.expires_in)
    if data.grant_type not in GRANTS:
        raise GrantUnsupported(expected=", ".join(GRANTS))
    message = GrantToken(
        proof=_client_proof(data),
        grant_type=GrantType(data.grant_type),
        code=data.code,
        redirect_uri=data.redirect_uri,
        code_verifier=data.code_verifier,
        refresh_token=data.refresh_token,
        scope=data.scope,
        possession=_possession_proof(request),
    )
    issued = await request.call(Identity.grant_token, message)
    fields = msgspec.structs.asdict(issued)
    return TokenResponse(token_type=DPOP_TYPE if fields.pop("bound") else BEARER_TYPE, **fields)


@post(
    "/oauth/par",
    opt=_FORM_OPT,
    status_code=HTTP_201_CREATED,
    exception_handlers=ERROR_HANDLERS,
    tags=["Connexion"],
    summary="Déposer une demande d'autorisation",
)
async def push_authorization(
    request: ApiRequest,
    data: Annotated[PushedAuthorizationRequest, form_example(client_id="carnet-de-vaccins", response_type="code")],
) -> AuthorizationPushed:
    """Push an authorization request (RFC 9126); the browser then needs only `client_id` and `request_uri`."""
    parameters = {field.name: getattr(data, field.name) for field in _PUSHABLE}
    message = PushAuthorization(proof=_client_proof(data), parameters=AuthorizationParameters(**parameters))
    return await request.call(Identity.push_authorization, message)


@post(
    "/oauth/revoke",
    opt=_FORM_OPT,
    status_code=HTTP_200_OK,
    exception_handlers=ERROR_HANDLERS,
    tags=["Connexion"],
    summary="Rendre un jeton",
)
async def end_token(
    request: ApiRequest,
    data: Annotated[TokenReference, form_example(client_id="carnet-de-vaccins", token="...")],  # noqa: S106
) -> None:
    """Revoke a token and its grant or session (RFC 7009): it is refused everywhere within five seconds."""
    await request.call(Identity.end_token, AboutToken(proof=_client_proof(data), token=data.token))


@post(
    "/oauth/introspect",
    opt=_FORM_OPT,
    status_code=HTTP_200_OK,
    exception_handlers=ERROR_HANDLERS,
    tags=["Connexion"],
    summary="Savoir ce que vaut un jeton",
)
async def introspect_token(
    request: ApiRequest,
    data: Annotated[TokenReference, form_example(client_id="carnet-de-vaccins", token="...")],  # noqa: S106
) -> Introspection:
    """Introspect a token of the client (RFC 7662): whether it is active, and for what."""
    return await request.call(Identity.introspect_token, AboutToken(proof=_client_proof(data), token=data.token))


@get("/oauth/keys", opt={ROLES: PUBLIC}, tags=["Connexion"], summary="Clés des jetons d'identité")
async def show_keys(request: ApiRequest) -> Response[JsonWebKeys]:
    """Show the past, current and next keys that sign id tokens (JWKS)."""
    keys = await request.call(Identity.public_keys, GetPublicKeys())
    headers = {"cache-control": f"public, max-age={_KEYS_MAX_AGE}"}
    return Response(msgspec.json.decode(keys.jwks, type=JsonWebKeys), headers=headers)


async def _by_assertion(request: ApiRequest, data: TokenRequest) -> Token:
    """Log in by a card's assertion; or, with a `client_id`, by that organisation's assertion for an agent."""
    if data.client_id:
        message = AgentAssertion(client_id=data.client_id, assertion=data.assertion)
        return await request.call(Identity.login_agent, message)
    assertion = ProfessionalAssertion(assertion=data.assertion, certificate=client_certificate(request))
    return await request.call(Identity.login_professional, assertion)


def _possession_proof(request: ApiRequest) -> str:
    sent = request.headers.getall(HEADER, [])
    if len(sent) > 1:
        raise PossessionUnproven
    return sent[0] if sent else ""


def _client_proof(data: TokenRequest | TokenReference | PushedAuthorizationRequest) -> ClientProof:
    return ClientProof(
        client_id=data.client_id,
        client_assertion_type=data.client_assertion_type,
        client_assertion=data.client_assertion,
    )


_KEYS_MAX_AGE = 300
_PUSHABLE = [field for field in msgspec.structs.fields(AuthorizationParameters) if field.name != "request_uri"]

PUBLIC_ROUTES = [grant_token, push_authorization, end_token, introspect_token, show_keys]
