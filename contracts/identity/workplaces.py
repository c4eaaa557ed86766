"""Professionals who come in by a browser: Pro Santé Connect says who they are, they say where they work today."""

from uuid import UUID

import msgspec

from contracts.identity.oauth import AuthorizationAnswered
from contracts.vocabulary import Finess

CALLBACK_PATH = "/oauth/pro-sante-connect"
"""Where Pro Santé Connect sends browsers back to: identity names it there, the gateway answers it."""


class SignInProfessional(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A browser has come back from Pro Santé Connect, with a code, or without one where somebody gave up."""

    request_id: UUID
    browser: str
    code: str = ""


class ChooseStructure(msgspec.Struct, frozen=True, kw_only=True):
    """Where the professional who has just signed in works today."""

    request_id: UUID
    browser: str
    structure: Finess


class Workplace(msgspec.Struct, frozen=True, kw_only=True):
    """A structure the directory states somebody works in."""

    finess: Finess
    name: str


class ProfessionalSignedIn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the browser goes back to; or, of somebody who works in several places, the places to choose from first.

    `redirect_uri`: where it goes back to then.
    """

    answered: AuthorizationAnswered | None = None
    workplaces: tuple[Workplace, ...] = ()
    redirect_uri: str = ""
