"""The door for apps and business software: authorization, tokens, what is listed and what is shut out."""

from functools import partial

from chassis.events import listen
from chassis.rpc import RequestContext, serve
from chassis.service import Service, per_process
from contracts.consent import AppRevoked, Consent
from contracts.identity import (
    AboutToken,
    AskKeys,
    AuthorizationAnswered,
    AuthorizationBegun,
    AuthorizationPushed,
    BeginAuthorization,
    ChooseStructure,
    Client,
    Clients,
    ConsentAsked,
    DecideAuthorization,
    GrantToken,
    Identity,
    Introspection,
    ListClients,
    ListSoftware,
    ProfessionalSignedIn,
    PublicKeys,
    PushAuthorization,
    RegisterClient,
    SetQuota,
    ShowAuthorization,
    SignInProfessional,
    Software,
    SoftwareList,
    SuspendClient,
    SuspendSoftware,
    TokenEnded,
    TokenIssued,
)
from services.identity.handlers import (
    authorizing,
    clients,
    granting,
    software,
    tokens,
    workplaces,
)
from services.identity.repositories import Database, IdentityRepositories
from services.identity.tools import load_tools


class AppsDoor(Service):
    """Clients of the authorization server."""

    tools = per_process(load_tools)

    @serve(Identity.push_authorization)
    def push_authorization(self, call: RequestContext[PushAuthorization]) -> AuthorizationPushed:
        """A request behind the browser's back."""
        return authorizing.push_authorization(call.message, now=call.now, database=Database(call), tools=self.tools)

    @serve(Identity.begin_authorization)
    def begin_authorization(self, call: RequestContext[BeginAuthorization]) -> AuthorizationBegun:
        """A browser has come."""
        return authorizing.begin_authorization(call.message, now=call.now, database=Database(call), tools=self.tools)

    @serve(Identity.show_authorization, reading=True)
    def show_authorization(self, call: RequestContext[ShowAuthorization]) -> ConsentAsked:
        """What the patient is asked."""
        repositories = IdentityRepositories(call.connection)
        return authorizing.show_authorization(call.message, now=call.now, repositories=repositories, tools=self.tools)

    @serve(Identity.decide_authorization)
    def decide_authorization(self, call: RequestContext[DecideAuthorization]) -> AuthorizationAnswered:
        """What the patient answers."""
        return authorizing.decide_authorization(
            call.message,
            call.actor,
            now=call.now,
            repositories=IdentityRepositories(call.connection),
            tools=self.tools,
            to_consent=partial(call.remote, Consent.grant_app),
        )

    @serve(Identity.sign_in_professional)
    def sign_in_professional(self, call: RequestContext[SignInProfessional]) -> ProfessionalSignedIn:
        """A browser is back from Pro Santé Connect."""
        return workplaces.sign_in_professional(
            call.message, now=call.now, database=Database(call), tools=self.tools, events=call.events
        )

    @serve(Identity.choose_structure)
    def choose_structure(self, call: RequestContext[ChooseStructure]) -> ProfessionalSignedIn:
        """Where they work today."""
        return workplaces.choose_structure(
            call.message, now=call.now, repositories=IdentityRepositories(call.connection)
        )

    @serve(Identity.grant_token)
    def grant_token(self, call: RequestContext[GrantToken]) -> TokenIssued:
        """A code, a refresh token or a key against a token."""
        return granting.grant_token(
            call.message,
            now=call.now,
            database=Database(call),
            tools=self.tools,
            events=call.events,
            signer=call.runtime.signer,
        )

    @serve(Identity.end_token)
    def end_token(self, call: RequestContext[AboutToken]) -> TokenEnded:
        """A client ends what it holds."""
        keyring = call.runtime.keyring
        tokens.end_token(call.message, now=call.now, database=Database(call), tools=self.tools, keyring=keyring)
        return TokenEnded()

    @serve(Identity.introspect_token)
    def introspect_token(self, call: RequestContext[AboutToken]) -> Introspection:
        """What a token is good for."""
        keyring = call.runtime.keyring
        return tokens.introspect_token(
            call.message, now=call.now, database=Database(call), tools=self.tools, keyring=keyring
        )

    @serve(Identity.public_keys, reading=True)
    def public_keys(self, _call: RequestContext[AskKeys]) -> PublicKeys:
        """The keys of id tokens."""
        return PublicKeys(jwks=self.tools.openid.public())

    @serve(Identity.register_client)
    def register_client(self, call: RequestContext[RegisterClient]) -> Client:
        """The operator lists an app."""
        repositories = IdentityRepositories(call.connection)
        return clients.register_client(
            call.message, call.actor, now=call.now, repositories=repositories, events=call.events
        )

    @serve(Identity.suspend_client)
    def suspend_client(self, call: RequestContext[SuspendClient]) -> Client:
        """The operator shuts an app out, or lets it in again."""
        repositories = IdentityRepositories(call.connection)
        return clients.suspend_client(
            call.message, call.actor, now=call.now, repositories=repositories, events=call.events
        )

    @serve(Identity.list_clients, reading=True)
    def list_clients(self, call: RequestContext[ListClients]) -> Clients:
        """What is listed."""
        return clients.list_clients(IdentityRepositories(call.connection))

    @serve(Identity.list_software, reading=True)
    def list_software(self, call: RequestContext[ListSoftware]) -> SoftwareList:
        """What is homologated."""
        return software.list_software(IdentityRepositories(call.connection))

    @serve(Identity.suspend_software)
    def suspend_software(self, call: RequestContext[SuspendSoftware]) -> Software:
        """The operator shuts a software out, or lets it in again."""
        repositories = IdentityRepositories(call.connection)
        return software.suspend_software(
            call.message, call.actor, now=call.now, repositories=repositories, events=call.events
        )

    @serve(Identity.set_quota)
    def set_quota(self, call: RequestContext[SetQuota]) -> Software:
        """The operator bounds a software."""
        return software.set_quota(
            call.message, call.actor, repositories=IdentityRepositories(call.connection), events=call.events
        )

    @listen(AppRevoked)
    def end_grants(self, call: RequestContext[AppRevoked]) -> None:
        """A patient took back what an app was allowed."""
        tokens.end_grants(call.message, IdentityRepositories(call.connection), call.now)
