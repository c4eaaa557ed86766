"""Access tokens for the software of professionals: a CPS card's assertion against a token (RFC 7523)."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import Example
from litestar.params import Body, Parameter
from litestar.status_codes import HTTP_200_OK

from contracts.errors import GrantUnsupported
from contracts.identity import Identity, ProfessionalAssertion
from gateway.clients import Caller
from gateway.errors import refuse_token
from gateway.guards import PUBLIC, ROLES

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
BEARER_TYPE = "Bearer"


class TokenRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The form of RFC 7523."""

    grant_type: Annotated[str, Parameter(schema_extra={"enum": [JWT_BEARER]})]
    assertion: str = ""


class TokenGranted(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of RFC 6749; `expires_in` in seconds."""

    access_token: str
    token_type: str
    expires_in: int


@post(
    "/oauth/token",
    opt={ROLES: PUBLIC, "takes": RequestEncodingType.URL_ENCODED.value},
    status_code=HTTP_200_OK,
    exception_handlers={Exception: refuse_token},
    tags=["Connexion"],
    summary="Obtenir un jeton avec une carte CPS",
)
async def grant_token(
    request: Caller,
    data: Annotated[
        TokenRequest,
        Body(
            media_type=RequestEncodingType.URL_ENCODED,
            examples=[Example(summary="exemple", value={"grant_type": JWT_BEARER, "assertion": "eyJhbGciOiJF..."})],
        ),
    ],
) -> TokenGranted:
    """Exchange a CPS card's signed assertion for an access token."""
    if data.grant_type != JWT_BEARER:
        raise GrantUnsupported(expected=JWT_BEARER)
    token = await request.ask(Identity.login_professional, ProfessionalAssertion(assertion=data.assertion))
    return TokenGranted(access_token=token.access_token, token_type=BEARER_TYPE, expires_in=token.expires_in)


PUBLIC_ROUTES = [grant_token]
