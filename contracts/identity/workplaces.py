"""Login of professionals by Pro Santé Connect, and their choice of a workplace."""

from uuid import UUID

import msgspec

from contracts.identity.oauth import AuthorizationResponse
from contracts.vocabulary import Finess

CALLBACK_PATH = "/oauth/pro-sante-connect"
"""Redirect URI path for Pro Santé Connect: set by identity, served by the gateway."""
LOGOUT_PATH = f"{CALLBACK_PATH}/logout"
"""Where Pro Santé Connect sends logout tokens (OpenID Connect Back-Channel Logout 1.0)."""


class SignInProfessional(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The browser's return from Pro Santé Connect; no `code`: the login was abandoned."""

    request_id: UUID
    browser: str
    code: str = ""


class ChooseStructure(msgspec.Struct, frozen=True, kw_only=True):
    """Choose the structure in which the professional works today."""

    request_id: UUID
    browser: str
    structure: Finess


class Workplace(msgspec.Struct, frozen=True, kw_only=True):
    """A structure in which the directory says the professional works."""

    finess: Finess
    name: str


class ProfessionalSignedIn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The redirect back to the app, or the workplaces to choose from first.

    `redirect_uri`: where the browser goes after the choice.
    """

    answered: AuthorizationResponse | None = None
    workplaces: tuple[Workplace, ...] = ()
    redirect_uri: str = ""


class LogOutProfessional(msgspec.Struct, frozen=True, kw_only=True):
    """End what a session at Pro Santé Connect opened here; `logout_token`: signed by Pro Santé Connect."""

    logout_token: str
