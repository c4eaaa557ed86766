"""The door for people: cards, accounts, logins, sessions."""

from collections.abc import Sequence
from functools import partial

from chassis.rpc import RequestContext, serve
from chassis.service import Service, per_process
from chassis.timers import every
from contracts.consent import Consent
from contracts.identity import (
    AccountLock,
    ActivateAccount,
    Admitted,
    AgentAssertion,
    AuthenticatorOffered,
    AuthenticatorStanding,
    BeginAuthenticator,
    BeginPasskey,
    BeginPasskeyLogin,
    BirthDate,
    BirthDateOf,
    ChangeContact,
    ChangePassword,
    CodeSent,
    ConfirmAuthenticator,
    ConfirmPasskey,
    Contact,
    ContactOf,
    EndedSession,
    EndedSessions,
    EndedSince,
    EndSessions,
    EndSessionsOf,
    FindByTraits,
    FindPatient,
    FinishPasskeyLogin,
    FinishRecovery,
    Identity,
    ListPasskeys,
    ListSessions,
    LockAccount,
    PasskeyOffered,
    PasskeysShown,
    PasswordChanged,
    PatientFound,
    Person,
    PersonsFound,
    PresentCode,
    ProfessionalAssertion,
    ReadPerson,
    RecoverAccount,
    RemoveAuthenticator,
    RemovePasskey,
    Sessions,
    SessionsEnded,
    ShowAuthenticator,
    ShowContact,
    StartLogin,
    Token,
    VitaleProof,
)
from contracts.notify import Notify
from services.identity.handlers import (
    accounts,
    agents,
    authenticators,
    changes,
    logins,
    passkeys,
    patients,
    professionals,
    recovery,
    sessions,
)
from services.identity.repositories import Database, IdentityRepositories
from services.identity.tools import load_tools


class PeopleDoor(Service):
    """People, their cards and their accounts."""

    tools = per_process(load_tools)

    @serve(Identity.login_professional)
    def login_professional(self, call: RequestContext[ProfessionalAssertion]) -> Token:
        """A CPS card's assertion against a token."""
        return professionals.login_professional(
            call.message,
            now=call.now,
            database=Database(call),
            tools=self.tools,
            events=call.events,
            signer=call.runtime.signer,
        )

    @serve(Identity.login_agent)
    def login_agent(self, call: RequestContext[AgentAssertion]) -> Token:
        """An organisation's word for its agent against a token."""
        return agents.login_agent(
            call.message,
            now=call.now,
            database=Database(call),
            tools=self.tools,
            events=call.events,
            signer=call.runtime.signer,
        )

    @serve(Identity.admit_patient)
    def admit_patient(self, call: RequestContext[VitaleProof]) -> Admitted:
        """A carte Vitale's proof against the patient's id."""
        return patients.admit_patient(call.message, now=call.now, database=Database(call), tools=self.tools)

    @serve(Identity.find_patient, reading=True)
    def find_patient(self, call: RequestContext[FindPatient]) -> PatientFound:
        """Who bears this INS."""
        repositories = IdentityRepositories(call.connection)
        return patients.find_patient(call.message, repositories, test_identities=self.tools.test_identities)

    @serve(Identity.find_by_traits, reading=True)
    def find_by_traits(self, call: RequestContext[FindByTraits]) -> PersonsFound:
        """Who answers to these traits."""
        return patients.find_by_traits(call.message, call.actor, IdentityRepositories(call.connection), call.events)

    @serve(Identity.birth_date_of, reading=True)
    def birth_date_of(self, call: RequestContext[BirthDateOf]) -> BirthDate:
        """When a patient was born."""
        return patients.birth_date_of(call.message, IdentityRepositories(call.connection))

    @serve(Identity.contact_of, reading=True)
    def contact_of(self, call: RequestContext[ContactOf]) -> Contact:
        """Where somebody may be told something."""
        return patients.contact_of(call.message, IdentityRepositories(call.connection))

    @serve(Identity.activate_account)
    def activate_account(self, call: RequestContext[ActivateAccount]) -> CodeSent:
        """First step of an account."""
        send = partial(call.remote.as_service, Notify.send_code)
        return accounts.activate_account(
            call.message, now=call.now, database=Database(call), tools=self.tools, send=send
        )

    @serve(Identity.confirm_account)
    def confirm_account(self, call: RequestContext[PresentCode]) -> Token:
        """Second step of an account."""
        return accounts.confirm_account(
            call.message,
            now=call.now,
            database=Database(call),
            tools=self.tools,
            events=call.events,
            signer=call.runtime.signer,
        )

    @serve(Identity.start_login)
    def start_login(self, call: RequestContext[StartLogin]) -> CodeSent:
        """Identifier and password."""
        send = partial(call.remote.as_service, Notify.send_code)
        return logins.start_login(call.message, now=call.now, database=Database(call), tools=self.tools, send=send)

    @serve(Identity.finish_login)
    def finish_login(self, call: RequestContext[PresentCode]) -> Token:
        """The code."""
        return logins.finish_login(
            call.message,
            now=call.now,
            database=Database(call),
            tools=self.tools,
            events=call.events,
            signer=call.runtime.signer,
        )

    @serve(Identity.begin_authenticator)
    def begin_authenticator(self, call: RequestContext[BeginAuthenticator]) -> AuthenticatorOffered:
        """Offer a secret to an app."""
        return authenticators.begin_authenticator(call.actor, now=call.now, database=Database(call), tools=self.tools)

    @serve(Identity.confirm_authenticator)
    def confirm_authenticator(self, call: RequestContext[ConfirmAuthenticator]) -> AuthenticatorStanding:
        """The app's first code."""
        return authenticators.confirm_authenticator(
            call.message, call.actor, now=call.now, database=Database(call), tools=self.tools, events=call.events
        )

    @serve(Identity.show_authenticator)
    def show_authenticator(self, call: RequestContext[ShowAuthenticator]) -> AuthenticatorStanding:
        """Whether there is an app."""
        return authenticators.authenticator_standing(call.actor, Database(call))

    @serve(Identity.remove_authenticator)
    def remove_authenticator(self, call: RequestContext[RemoveAuthenticator]) -> AuthenticatorStanding:
        """Take the app off."""
        return authenticators.remove_authenticator(
            call.actor, now=call.now, database=Database(call), events=call.events
        )

    @serve(Identity.begin_passkey)
    def begin_passkey(self, call: RequestContext[BeginPasskey]) -> PasskeyOffered:
        """Offer what a key is made from."""
        return passkeys.begin_passkey(call.actor, now=call.now, database=Database(call), tools=self.tools)

    @serve(Identity.confirm_passkey)
    def confirm_passkey(self, call: RequestContext[ConfirmPasskey]) -> PasskeysShown:
        """The key that was made."""
        return passkeys.confirm_passkey(
            call.message, call.actor, now=call.now, database=Database(call), tools=self.tools, events=call.events
        )

    @serve(Identity.list_passkeys, reading=True)
    def list_passkeys(self, call: RequestContext[ListPasskeys]) -> PasskeysShown:
        """Which keys open the account."""
        return passkeys.list_passkeys(call.actor, IdentityRepositories(call.connection), self.tools)

    @serve(Identity.remove_passkey)
    def remove_passkey(self, call: RequestContext[RemovePasskey]) -> PasskeysShown:
        """Take a key off."""
        return passkeys.remove_passkey(
            call.message, call.actor, now=call.now, database=Database(call), tools=self.tools, events=call.events
        )

    @serve(Identity.begin_passkey_login)
    def begin_passkey_login(self, call: RequestContext[BeginPasskeyLogin]) -> PasskeyOffered:
        """What a key is to sign."""
        return passkeys.begin_passkey_login(
            now=call.now, repositories=IdentityRepositories(call.connection), tools=self.tools
        )

    @serve(Identity.finish_passkey_login)
    def finish_passkey_login(self, call: RequestContext[FinishPasskeyLogin]) -> Token:
        """What it has signed."""
        return passkeys.finish_passkey_login(
            call.message,
            now=call.now,
            database=Database(call),
            tools=self.tools,
            events=call.events,
            signer=call.runtime.signer,
        )

    @serve(Identity.change_password)
    def change_password(self, call: RequestContext[ChangePassword]) -> PasswordChanged:
        """Another password."""
        return changes.change_password(
            call.message, call.actor, now=call.now, database=Database(call), tools=self.tools, events=call.events
        )

    @serve(Identity.show_contact)
    def show_contact(self, call: RequestContext[ShowContact]) -> Contact:
        """Where the caller is reached."""
        return changes.my_contact(call.actor, Database(call))

    @serve(Identity.change_contact)
    def change_contact(self, call: RequestContext[ChangeContact]) -> CodeSent:
        """Another address, to be proven."""
        send = partial(call.remote.as_service, Notify.send_code)
        return changes.change_contact(
            call.message, call.actor, now=call.now, database=Database(call), tools=self.tools, send=send
        )

    @serve(Identity.confirm_contact)
    def confirm_contact(self, call: RequestContext[PresentCode]) -> Contact:
        """It is proven."""
        return changes.confirm_contact(
            call.message,
            call.actor,
            now=call.now,
            database=Database(call),
            tools=self.tools,
            events=call.events,
            warn=partial(call.remote.as_service, Notify.warn_address),
        )

    @serve(Identity.recover_account)
    def recover_account(self, call: RequestContext[RecoverAccount]) -> CodeSent:
        """A forgotten password."""
        send = partial(call.remote.as_service, Notify.send_code)
        return recovery.recover_account(
            call.message, now=call.now, database=Database(call), tools=self.tools, send=send
        )

    @serve(Identity.finish_recovery)
    def finish_recovery(self, call: RequestContext[FinishRecovery]) -> Token:
        """Another password instead."""
        return recovery.finish_recovery(
            call.message,
            now=call.now,
            database=Database(call),
            tools=self.tools,
            events=call.events,
            signer=call.runtime.signer,
        )

    @serve(Identity.list_sessions, reading=True)
    def list_sessions(self, call: RequestContext[ListSessions]) -> Sessions:
        """Where the caller is logged in."""
        return sessions.list_sessions(call.actor, IdentityRepositories(call.connection), call.now)

    @serve(Identity.end_sessions)
    def end_sessions(self, call: RequestContext[EndSessions]) -> SessionsEnded:
        """End sessions from afar."""
        return sessions.end_sessions(
            call.message, call.actor, IdentityRepositories(call.connection), call.events, call.now
        )

    @serve(Identity.end_sessions_of)
    def end_sessions_of(self, call: RequestContext[EndSessionsOf]) -> SessionsEnded:
        """End somebody else's sessions."""
        repositories = IdentityRepositories(call.connection)
        return sessions.end_sessions_of(call.message, call.actor, repositories, call.events, call.now)

    @serve(Identity.ended_sessions, reading=True)
    def tell_ended_sessions(self, call: RequestContext[EndedSince]) -> EndedSessions:
        """What was ended lately, for every process that checks tokens."""
        return EndedSessions(
            sessions=sessions.ended_since(call.message, IdentityRepositories(call.connection), call.now)
        )

    def ended_sessions(self, call: RequestContext[None], asked: EndedSince) -> Sequence[EndedSession]:
        """Looked up, not asked for."""
        return sessions.ended_since(asked, IdentityRepositories(call.connection), call.now)

    @serve(Identity.lock_account)
    def lock_account(self, call: RequestContext[LockAccount]) -> AccountLock:
        """Lock somebody's account, or open it again."""
        repositories = IdentityRepositories(call.connection)
        return accounts.lock_account(
            call.message, call.actor, now=call.now, repositories=repositories, tools=self.tools, events=call.events
        )

    @serve(Identity.read_person)
    def read_person(self, call: RequestContext[ReadPerson]) -> Person:
        """Who the holder of a record is."""
        decide = partial(call.remote, Consent.decide)
        repositories = IdentityRepositories(call.connection)
        return patients.read_person(
            call.message, call.actor, repositories=repositories, events=call.events, decide=decide
        )

    @every(seconds=60)
    def sweep(self, call: RequestContext[None]) -> None:
        """Drop spent proofs, attempts and unfinished accounts that the clock refuses by itself."""
        repositories = IdentityRepositories(call.connection)
        repositories.forget_expired_proofs(call.now)
        repositories.forget_expired_attempts(call.now)
        repositories.forget_expired_accounts(call.now)
        repositories.forget_sessions(call.now)
        repositories.forget_expired_authorizations(call.now)
        repositories.forget_old_grants(call.now)
        repositories.forget_professional_codes(call.now)
        repositories.forget_expired_challenges(call.now)
