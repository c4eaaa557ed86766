"""Steps: clients are registered; a patient authorises an app; its tokens are granted, introspected and revoked."""

import json
import time
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from chassis.access_rules import NoEntry
from client.oauth import CALLBACK, SCOPES
from contracts.consent.api import Consent
from contracts.identity.api import Identity
from contracts.identity.apps import (
    ClientKind,
    ListClients,
    ListSoftware,
    RegisterClient,
    SetQuota,
    SuspendClient,
    SuspendSoftware,
)
from contracts.identity.oauth import (
    AboutToken,
    AuthorizationParameters,
    BeginAuthorization,
    ClientProof,
    DecideAuthorization,
    GetPublicKeys,
    GrantToken,
    GrantType,
    PushAuthorization,
    ShowAuthorization,
    SpendProof,
)
from contracts.identity.people import AgentAssertion
from contracts.identity.suspensions import SuspendProfessional, SuspensionCause
from contracts.scopes import ALL_SECTIONS
from contracts.vocabulary import Act, PatientId, Rpps
from deploy.dev.people import FEEDING_SOFTWARE
from services.identity.client_assertions import AGENT_KIND, ASSERTION_TYPE
from tests.journeys.entries.callers import AGENT_OF_ORGANISATION, BOUND_APP
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import NOBODY, ScenarioStep, allowed, by_two, refused


@dataclass(frozen=True)
class BackEnd:
    """A client that signs with its own key."""

    kind: ClientKind
    client_id: str = field(default_factory=lambda: f"essai-{token_hex(6)}")
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k"}))

    def registration(self) -> RegisterClient:
        return registration(
            self.client_id,
            kind=self.kind,
            redirect_uris=(),
            scopes="",
            keys=json.dumps({"keys": [self.key.as_dict(private=False)]}),
        )

    def assertion(self, run: ScenarioRun, **changed: str) -> str:
        """What it signs to prove who it is; with `typ` and `sub`, who its agent is."""
        header = {"alg": "ES256", "kid": "k"} | ({"typ": changed.pop("typ")} if "typ" in changed else {})
        claims: dict[str, Any] = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{run.demo.gateway}/oauth/token",
            "exp": int(time.time()) + 60,
            "jti": token_hex(8),
        }
        return jwt.encode(header, claims | changed, self.key, algorithms=["ES256"])


FEEDER = BackEnd(ClientKind.FEEDER)
ORGANISATION = BackEnd(ClientKind.ORGANISATION)


def registration(client_id: str, **terms: Any) -> RegisterClient:
    """A public app, unless the terms say otherwise."""
    defaults: dict[str, Any] = {
        "name": "Essai",
        "publisher": "Essai SAS",
        "purpose": "Essayer",
        "kind": ClientKind.PUBLIC,
        "redirect_uris": (CALLBACK,),
        "scopes": SCOPES,
    }
    return RegisterClient(client_id=client_id, **defaults | terms)


def proof(run: ScenarioRun) -> ClientProof:
    return ClientProof(client_id=run.app.client_id)


def parameters(run: ScenarioRun) -> AuthorizationParameters:
    return msgspec.convert(run.app.parameters(), AuthorizationParameters)


def decides(run: ScenarioRun, *, browser: str = "", patient_id: PatientId | None = None) -> DecideAuthorization:
    return DecideAuthorization(
        request_id=request_id(run),
        browser=browser or run.browser,
        allowed=True,
        patient_id=patient_id,
        sections=ALL_SECTIONS,
        identity=True,
        offline=True,
    )


def request_id(run: ScenarioRun) -> Any:
    return run.last(Identity.begin_authorization).request_id


def redeems(run: ScenarioRun, code: str) -> GrantToken:
    return GrantToken(
        proof=proof(run),
        grant_type=GrantType.CODE,
        code=code,
        redirect_uri=CALLBACK,
        code_verifier=run.app.verifier,
    )


def agent_login(run: ScenarioRun) -> AgentAssertion:
    signed = ORGANISATION.assertion(run, typ=AGENT_KIND, sub="accueil.12")
    return AgentAssertion(client_id=ORGANISATION.client_id, assertion=signed)


def own_key(run: ScenarioRun) -> GrantToken:
    signed = ClientProof(client_assertion_type=ASSERTION_TYPE, client_assertion=FEEDER.assertion(run))
    return GrantToken(proof=signed, grant_type=GrantType.OWN_KEY)


def about_token(run: ScenarioRun, *, client: str = "") -> AboutToken:
    token = run.last(Identity.grant_token).refresh_token
    return AboutToken(proof=ClientProof(client_id=client or run.app.client_id), token=token)


REGISTERED: tuple[ScenarioStep, ...] = (
    refused(
        "request.invalid",
        Identity.register_client,
        "operator",
        lambda run: registration(run.app.client_id, redirect_uris=()),
    ),
    *by_two(
        allowed(
            Identity.register_client,
            "operator",
            lambda run: registration(run.app.client_id),
            then=lambda run, answer: run.name("app", answer.client_id),
        )
    ),
    *by_two(
        allowed(
            Identity.register_client,
            "operator",
            lambda _: FEEDER.registration(),
            then=lambda run, answer: run.name("feeder", answer.client_id),
        )
    ),
    *by_two(
        allowed(
            Identity.register_client,
            "operator",
            lambda _: ORGANISATION.registration(),
            then=lambda run, answer: run.name(AGENT_OF_ORGANISATION, f"{answer.client_id}:accueil.12"),
        )
    ),
    allowed(Identity.list_clients, "operator", lambda _: ListClients()),
    allowed(
        Identity.login_agent,
        AGENT_OF_ORGANISATION,
        agent_login,
        then=lambda run, answer: run.log_in(AGENT_OF_ORGANISATION, answer.access_token),
    ),
    refused("oauth.client", Identity.login_agent, NOBODY, lambda run: run.sent(Identity.login_agent)),
)

AUTHORISED = (
    refused(
        "oauth.client",
        Identity.push_authorization,
        NOBODY,
        lambda run: PushAuthorization(proof=ClientProof(client_id="personne"), parameters=parameters(run)),
    ),
    allowed(
        Identity.push_authorization,
        NOBODY,
        lambda run: PushAuthorization(proof=proof(run), parameters=parameters(run)),
    ),
    refused(
        "oauth.redirect",
        Identity.begin_authorization,
        NOBODY,
        lambda run: BeginAuthorization(parameters=AuthorizationParameters(), browser=run.browser),
    ),
    allowed(
        Identity.begin_authorization,
        NOBODY,
        lambda run: BeginAuthorization(
            parameters=AuthorizationParameters(
                client_id=run.app.client_id, request_uri=run.last(Identity.push_authorization).request_uri
            ),
            browser=run.browser,
        ),
    ),
    allowed(
        Identity.show_authorization,
        NOBODY,
        lambda run: ShowAuthorization(request_id=request_id(run), browser=run.browser),
    ),
    refused(
        "oauth.authorization_gone",
        Identity.show_authorization,
        NOBODY,
        lambda run: ShowAuthorization(request_id=request_id(run), browser="un autre"),
    ),
    refused(
        "oauth.authorization_gone",
        Identity.decide_authorization,
        "holder",
        lambda run: decides(run, browser="un autre"),
    ),
    refused(
        "record.not_found",
        Identity.decide_authorization,
        "holder",
        lambda run: decides(run, patient_id=run.id("minor")),
        nested=Consent.grant_app,
        journal_of=("minor",),
    ),
    allowed(Identity.decide_authorization, "holder", decides, nested=Consent.grant_app),
)

GRANTED = (
    refused("oauth.grant", Identity.grant_token, NOBODY, lambda run: redeems(run, "inconnu")),
    allowed(
        Identity.grant_token,
        "app",
        lambda run: redeems(run, run.last(Identity.decide_authorization).code),
        skip=NoEntry.ASKED_SERVICE,
    ),
    allowed(
        Identity.grant_token,
        "app",
        lambda run: GrantToken(
            proof=proof(run),
            grant_type=GrantType.REFRESH,
            refresh_token=run.last(Identity.grant_token).refresh_token,
        ),
        skip=NoEntry.REFRESHED,
    ),
    allowed(Identity.introspect_token, NOBODY, about_token),
    refused("oauth.client", Identity.introspect_token, NOBODY, lambda run: about_token(run, client="personne")),
    # A code shown again has been stolen, and the grant it gave is known.
    refused(
        "oauth.grant",
        Identity.grant_token,
        "app",
        lambda run: redeems(run, run.last(Identity.decide_authorization).code),
        journal_of=("holder",),
    ),
    allowed(Identity.end_token, NOBODY, about_token),
    refused("oauth.client", Identity.end_token, NOBODY, lambda run: about_token(run, client="personne")),
    allowed(Identity.grant_token, "feeder", own_key, keep="own key"),
    allowed(Identity.spend_proof, BOUND_APP, lambda run: SpendProof(jti=run.browser)),
    refused("token.possession", Identity.spend_proof, BOUND_APP, lambda run: SpendProof(jti=run.browser)),
    allowed(Identity.public_keys, NOBODY, lambda _: GetPublicKeys()),
)

OPERATED = (
    *by_two(
        allowed(
            Identity.suspend_client,
            "operator",
            lambda _: SuspendClient(client_id=FEEDER.client_id, suspended=True),
        )
    ),
    refused(
        "oauth.client_not_found",
        Identity.suspend_client,
        "operator",
        lambda _: SuspendClient(client_id="personne", suspended=True),
    ),
    allowed(Identity.list_software, "operator", lambda _: ListSoftware()),
    # Nothing changes for the tests beside this one.
    *by_two(
        allowed(
            Identity.suspend_software,
            "operator",
            lambda _: SuspendSoftware(number=FEEDING_SOFTWARE.number, suspended=False),
        )
    ),
    refused(
        "software.not_found",
        Identity.suspend_software,
        "operator",
        lambda _: SuspendSoftware(number="HOM-0", suspended=True),
    ),
    *by_two(
        allowed(
            Identity.suspend_professional,
            "operator",
            lambda run: SuspendProfessional(
                rpps=Rpps(run.callers.subject("nurse")), cause=SuspensionCause.RADIATION, suspended=False
            ),
            acts=(Act.REPRISE_PROFESSIONNEL,),
        )
    ),
    refused(
        "professional.unknown",
        Identity.suspend_professional,
        "operator",
        lambda _: SuspendProfessional(rpps=Rpps("0"), cause=SuspensionCause.RADIATION, suspended=True),
        acts=(Act.SUSPENSION_PROFESSIONNEL,),
    ),
    allowed(Identity.set_quota, "operator", lambda _: SetQuota(number=FEEDING_SOFTWARE.number, quota=0)),
    refused("request.invalid", Identity.set_quota, "operator", lambda _: SetQuota(number="HOM-0", quota=-1)),
)

STEPS = (*REGISTERED, *AUTHORISED, *GRANTED, *OPERATED)
