"""The endpoints where software speaks for itself: tokens given, ended and looked at, requests pushed, keys shown."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import Example
from litestar.params import Body, Parameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from contracts.errors import GrantUnsupported, PossessionUnproven
from contracts.identity import (
    AboutToken,
    AgentAssertion,
    AskKeys,
    AuthorizationParameters,
    AuthorizationPushed,
    ClientProof,
    GrantToken,
    GrantType,
    Identity,
    Introspection,
    ProfessionalAssertion,
    PushAuthorization,
    Token,
)
from gateway.clients import Caller
from gateway.errors import refuse_token
from gateway.guards import PUBLIC, ROLES
from gateway.origin import certificate_of
from gateway.possession import HEADER

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANTS = (*(one.value for one in GrantType), JWT_BEARER)
BEARER_TYPE, BOUND_TYPE = "Bearer", "DPoP"

_FORM = RequestEncodingType.URL_ENCODED
_OPEN: dict[str, Any] = {ROLES: PUBLIC, "takes": _FORM.value}
_REFUSED: Any = {Exception: refuse_token}


class TokenRequest(ClientProof, frozen=True, kw_only=True):
    """The form of RFC 6749 and RFC 7523."""

    grant_type: Annotated[str, Parameter(schema_extra={"enum": list(GRANTS)})]
    assertion: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""
    refresh_token: str = ""
    scope: str = ""


class TokenGranted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer of RFC 6749; `expires_in` in seconds, `patient`: whose record it is for (SMART)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str = ""
    patient: str = ""
    refresh_token: str = ""
    id_token: str = ""


class TokenShown(ClientProof, frozen=True, kw_only=True):
    """The form of RFC 7009 and RFC 7662."""

    token: str
    token_type_hint: str = ""


class RequestPushed(AuthorizationParameters, frozen=True, kw_only=True, omit_defaults=True):
    """The form of RFC 9126: a request for authorization, and the proof of whose it is."""

    client_assertion_type: str = ""
    client_assertion: str = ""


def _form(**value: str) -> Any:
    return Body(media_type=_FORM, examples=[Example(summary="exemple", value=value)])


@post(
    "/oauth/token",
    opt=_OPEN,
    status_code=HTTP_200_OK,
    exception_handlers=_REFUSED,
    tags=["Connexion"],
    summary="Obtenir un jeton",
)
async def grant_token(
    request: Caller, data: Annotated[TokenRequest, _form(grant_type=JWT_BEARER, assertion="eyJhbGciOiJF...")]
) -> TokenGranted:
    """An access token, for a CPS card's assertion, an organisation's for its agent (naming itself as `client_id`), a
    code, a refresh token or a back end's own key.
    """
    if data.grant_type == JWT_BEARER:
        token = await _by_assertion(request, data)
        return TokenGranted(access_token=token.access_token, token_type=BEARER_TYPE, expires_in=token.expires_in)
    if data.grant_type not in GRANTS:
        raise GrantUnsupported(expected=", ".join(GRANTS))
    question = GrantToken(
        proof=_proof(data),
        grant_type=GrantType(data.grant_type),
        code=data.code,
        redirect_uri=data.redirect_uri,
        code_verifier=data.code_verifier,
        refresh_token=data.refresh_token,
        scope=data.scope,
        possession=_possession(request),
    )
    issued = await request.ask(Identity.grant_token, question)
    facts = msgspec.structs.asdict(issued)
    return TokenGranted(token_type=BOUND_TYPE if facts.pop("bound") else BEARER_TYPE, **facts)


@post(
    "/oauth/par",
    opt=_OPEN,
    status_code=HTTP_201_CREATED,
    exception_handlers=_REFUSED,
    tags=["Connexion"],
    summary="Déposer une demande d'autorisation",
)
async def push_authorization(
    request: Caller,
    data: Annotated[RequestPushed, _form(client_id="carnet-de-vaccins", response_type="code")],
) -> AuthorizationPushed:
    """Push a request (RFC 9126); a browser then comes with `client_id` and `request_uri` alone."""
    parameters = {field.name: getattr(data, field.name) for field in _PUSHABLE}
    question = PushAuthorization(proof=_proof(data), parameters=AuthorizationParameters(**parameters))
    return await request.ask(Identity.push_authorization, question)


@post(
    "/oauth/revoke",
    opt=_OPEN,
    status_code=HTTP_200_OK,
    exception_handlers=_REFUSED,
    tags=["Connexion"],
    summary="Rendre un jeton",
)
async def end_token(
    request: Caller,
    data: Annotated[TokenShown, _form(client_id="carnet-de-vaccins", token="...")],  # noqa: S106
) -> None:
    """End what a token is of (RFC 7009): within five seconds it is refused everywhere."""
    await request.ask(Identity.end_token, AboutToken(proof=_proof(data), token=data.token))


@post(
    "/oauth/introspect",
    opt=_OPEN,
    status_code=HTTP_200_OK,
    exception_handlers=_REFUSED,
    tags=["Connexion"],
    summary="Savoir ce que vaut un jeton",
)
async def introspect_token(
    request: Caller,
    data: Annotated[TokenShown, _form(client_id="carnet-de-vaccins", token="...")],  # noqa: S106
) -> Introspection:
    """Whether a token of the asker's is good, and for what (RFC 7662)."""
    return await request.ask(Identity.introspect_token, AboutToken(proof=_proof(data), token=data.token))


@get("/oauth/keys", opt={ROLES: PUBLIC}, tags=["Connexion"], summary="Clés des jetons d'identité")
async def show_keys(request: Caller) -> Response[bytes]:
    """The keys that sign id tokens, have signed them, or will (JWKS)."""
    found = await request.ask(Identity.public_keys, AskKeys())
    headers = {"cache-control": f"public, max-age={_KEYS_KEPT}"}
    return Response(found.jwks.encode(), media_type="application/json", headers=headers)


async def _by_assertion(request: Caller, data: TokenRequest) -> Token:
    """A card's own assertion; or, where a client is named, that organisation's for one of its agents."""
    if data.client_id:
        question = AgentAssertion(client_id=data.client_id, assertion=data.assertion)
        return await request.ask(Identity.login_agent, question)
    shown = ProfessionalAssertion(assertion=data.assertion, certificate=certificate_of(request))
    return await request.ask(Identity.login_professional, shown)


def _possession(request: Caller) -> str:
    sent = request.headers.getall(HEADER, [])
    if len(sent) > 1:
        raise PossessionUnproven
    return sent[0] if sent else ""


def _proof(data: TokenRequest | TokenShown | RequestPushed) -> ClientProof:
    return ClientProof(
        client_id=data.client_id,
        client_assertion_type=data.client_assertion_type,
        client_assertion=data.client_assertion,
    )


_KEYS_KEPT = 300
_PUSHABLE = [field for field in msgspec.structs.fields(AuthorizationParameters) if field.name != "request_uri"]

PUBLIC_ROUTES = [grant_token, push_authorization, end_token, introspect_token, show_keys]
