"""Professionals who log in at Pro Santé Connect, step by step, and what follows from it."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from contracts.errors.request import GrantInvalid
from contracts.identity.oauth import (
    AuthorizationParameters,
    BeginAuthorization,
    ClientProof,
    GrantToken,
    GrantType,
    TokenIssued,
)
from contracts.identity.workplaces import LogOutProfessional, ProfessionalSignedIn, SignInProfessional
from deploy.dev import people
from services.identity.domain.granting import challenge_of
from services.identity.handlers import authorizing, granting, workplaces
from tests.integration.identity.false_provider import FalseProvider
from tests.integration.identity.harness import IdentityHarness

CALLBACK, CLIENT, VERIFIER = "http://127.0.0.1:41234/retour", "lgc-1", "v" * 43


@dataclass(frozen=True)
class WaitingLogin:
    """A login in a browser that Pro Santé Connect has confirmed: with a code, or with structures to choose from."""

    request_id: UUID
    browser: str
    signed_in: ProfessionalSignedIn

    @property
    def code(self) -> str:
        assert self.signed_in.answered is not None
        return self.signed_in.answered.code


class Logins:
    """Logins and logouts of professionals at one provider."""

    def __init__(
        self, harness: IdentityHarness, provider: FalseProvider, *, client_id: str = CLIENT, callback: str = CALLBACK
    ) -> None:
        self.harness = harness
        self.client_id, self.callback = client_id, callback
        self.provider = provider
        provider.now = harness.now
        self._browsers = (f"browser-{number}" for number in count())

    def confirm(self, person: people.Professional, *, session: str, rpps: str = "") -> WaitingLogin:
        """Log in at the provider, in its session `session`."""
        browser = next(self._browsers)
        fields = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.callback,
            "aud": "https://carnet.example/fhir",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        begins = BeginAuthorization(parameters=AuthorizationParameters(**fields), browser=browser)
        begun = self.harness.run(authorizing.begin_authorization, begins)
        assert begun.request_id is not None, begun.refusal
        number = rpps or person.rpps
        self.provider.claims = {
            "nonce": parse_qs(urlsplit(begun.sign_in_at).query)["nonce"][0],
            "sub": f"f:{number}",
            "sid": session,
        }
        self.provider.person = {
            "sub": f"f:{number}",
            "SubjectNameID": f"8{number}",
            "SubjectRefPro": {"exercices": [{"codeProfession": person.profession}]},
        }
        returns = SignInProfessional(request_id=begun.request_id, browser=browser, code="c")
        return WaitingLogin(begun.request_id, browser, self.harness.run(workplaces.sign_in_professional, returns))

    def begin(self, person: people.Professional, *, session: str) -> TokenIssued:
        """A session here, begun in a session of the provider."""
        return self.redeem(self.confirm(person, session=session).code)

    def redeem(self, code: str) -> TokenIssued:
        return self._grant(grant_type=GrantType.CODE, code=code, redirect_uri=self.callback, code_verifier=VERIFIER)

    def refresh(self, tokens: TokenIssued) -> TokenIssued:
        return self._grant(grant_type=GrantType.REFRESH, refresh_token=tokens.refresh_token)

    def log_out(self, **claims: Any) -> int:
        """What the provider sends when a session ends there; returns how many ended here."""
        return self.present(self.provider.logout_token(**claims))

    def present(self, token: str) -> int:
        return self.harness.run(workplaces.log_out_professional, LogOutProfessional(logout_token=token)).count

    def session(self, tokens: TokenIssued) -> str:
        """The session here that tokens belong to."""
        return self.harness.keyring.actor(tokens.access_token, now=self.harness.now.timestamp()).session

    def is_continued(self, tokens: TokenIssued) -> bool:
        try:
            self.refresh(tokens)
        except GrantInvalid:
            return False
        return True

    def _grant(self, **fields: Any) -> TokenIssued:
        return self.harness.run(
            granting.grant_token, GrantToken(proof=ClientProof(client_id=self.client_id), **fields)
        )
