"""Steps: a patient activates an account, logs in by each means, and changes it."""

import time
from secrets import token_urlsafe
from uuid import uuid4

import pyotp

from chassis.access_rules import NoEntry
from contracts.identity.api import Identity
from contracts.identity.browser_sessions import OpenBrowserSession, RenewBrowserSession
from contracts.identity.logins import (
    ActivateAccount,
    BeginAuthenticator,
    ChangeContact,
    ChangePassword,
    ConfirmAuthenticator,
    ConfirmInPerson,
    EndSessions,
    EndUserSessions,
    ListEndedSessions,
    ListSessions,
    PresentCode,
    RemoveAuthenticator,
    ShowAuthenticator,
    ShowContact,
    StartLogin,
)
from contracts.identity.oauth import ReadPerson
from contracts.identity.passkeys import (
    BeginPasskey,
    BeginPasskeyLogin,
    ConfirmPasskey,
    FinishPasskeyLogin,
    ListPasskeys,
    RemovePasskey,
)
from contracts.identity.people import Token
from contracts.identity.recovery import FinishRecovery, RecoverAccount, ReviewRecovery
from contracts.vocabulary import Channel, Role
from deploy.dev.people import Login
from services.identity.domain import FREE_LOGINS
from tests.journeys.entries.callers import OLD_SESSION
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import NOBODY, allowed, refused
from tests.support.clock import run_sql
from tests.support.waiting import wait_until

_WRONG = "-"
"""No code."""
_NEW_ADDRESS = "nouvelle.{number}@courrier.example"


def login_of(run: ScenarioRun) -> Login:
    return run.callers.people["holder"].login


def code(run: ScenarioRun) -> str:
    return run.code_sent_to(login_of(run).email)


def activates(run: ScenarioRun, password: str = "") -> ActivateAccount:
    login = login_of(run)
    return ActivateAccount(
        proof=run.proof("holder"),
        identifier=login.identifier,
        password=password or login.password,
        email=login.email,
        mobile=login.mobile,
        channel=Channel.EMAIL,
    )


def starts(identifier: str, password: str) -> StartLogin:
    return StartLogin(identifier=identifier, password=password, channel=Channel.EMAIL)


def log_in(run: ScenarioRun, answer: Token) -> None:
    run.log_in("holder", answer.access_token)


def passkey_login(run: ScenarioRun, *, is_signed: bool = True) -> FinishPasskeyLogin:
    begun = run.last(Identity.begin_passkey_login)
    credential = run.device.authenticate(begun.options)
    if not is_signed:
        credential["response"]["signature"] = "AAAA"
    return FinishPasskeyLogin(attempt=begun.attempt, credential=credential)


def recovers(run: ScenarioRun, *, code: str, password: str = "") -> FinishRecovery:
    attempt = run.last(Identity.recover_account).attempt
    return FinishRecovery(attempt=attempt, code=code, password=password or token_urlsafe(18))


def new_address(run: ScenarioRun) -> str:
    return _NEW_ADDRESS.format(number=run.callers.people["holder"].patient.name)


def wait_for_fresh_code(_run: ScenarioRun) -> None:
    """A code of an app is good for what is left of its 30 seconds."""
    wait_until(lambda: time.time() % 30 < 25, "the next code of the app")


def set_mail_outage(run: ScenarioRun, *, is_away: bool) -> None:
    run.demo.mailbox.set_outage(mail=is_away)


OPENED = (
    refused("account.password_weak", Identity.activate_account, NOBODY, lambda run: activates(run, "azerty")),
    allowed(Identity.activate_account, NOBODY, activates),
    refused(
        "login.failed", Identity.confirm_account, NOBODY, lambda _: PresentCode(attempt=str(uuid4()), code=_WRONG)
    ),
    refused(
        "login.failed",
        Identity.confirm_account,
        "holder",
        lambda run: PresentCode(attempt=run.last(Identity.activate_account).attempt, code=_WRONG),
    ),
    allowed(
        Identity.confirm_account,
        "holder",
        lambda run: PresentCode(attempt=run.last(Identity.activate_account).attempt, code=code(run)),
        then=log_in,
    ),
)


def make_pending(run: ScenarioRun) -> None:
    """As where activations have a second factor; this platform's have none."""
    run_sql(
        run.platform,
        "identity",
        "UPDATE accounts SET pending_since = now() WHERE patient_id = %(holder)s RETURNING 1",
        holder=str(run.id("holder")),
    )


CONFIRMED = (
    refused(
        "record.not_found",
        Identity.confirm_in_person,
        "agent",
        lambda run: ConfirmInPerson(patient_id=run.id("holder")),
    ),
    allowed(
        Identity.confirm_in_person,
        "agent",
        lambda run: ConfirmInPerson(patient_id=run.id("holder")),
        before=make_pending,
    ),
)

LOGGED_IN = (
    *(
        allowed(
            Identity.start_login,
            NOBODY,
            lambda run: starts(f"personne.{run.browser}", "mauvais"),
            keep="unknown",
        )
        for _ in range(FREE_LOGINS)
    ),
    refused("login.too_many", Identity.start_login, NOBODY, lambda run: run.sent(Identity.start_login, "unknown")),
    allowed(
        Identity.start_login,
        NOBODY,
        lambda run: starts(login_of(run).identifier, login_of(run).password),
    ),
    refused("login.failed", Identity.finish_login, NOBODY, lambda _: PresentCode(attempt=str(uuid4()), code=_WRONG)),
    refused(
        "login.failed",
        Identity.finish_login,
        "holder",
        lambda run: PresentCode(attempt=run.last(Identity.start_login).attempt, code=_WRONG),
    ),
    allowed(
        Identity.finish_login,
        "holder",
        lambda run: PresentCode(attempt=run.last(Identity.start_login).attempt, code=code(run)),
        then=log_in,
    ),
    refused("oauth.client_not_allowed", Identity.open_browser_session, "gp", lambda _: OpenBrowserSession()),
    allowed(Identity.open_browser_session, "holder", lambda _: OpenBrowserSession()),
    refused(
        "token.invalid", Identity.renew_browser_session, NOBODY, lambda _: RenewBrowserSession(browser_token=_WRONG)
    ),
    allowed(
        Identity.renew_browser_session,
        NOBODY,
        lambda run: RenewBrowserSession(browser_token=run.last(Identity.open_browser_session).browser_token),
    ),
)

AUTHENTICATOR = (
    allowed(Identity.show_authenticator, "holder", lambda _: ShowAuthenticator()),
    refused("account.login_too_old", Identity.begin_authenticator, OLD_SESSION, lambda _: BeginAuthenticator()),
    allowed(Identity.begin_authenticator, "holder", lambda _: BeginAuthenticator()),
    refused("login.failed", Identity.confirm_authenticator, "holder", lambda _: ConfirmAuthenticator(code=_WRONG)),
    allowed(
        Identity.confirm_authenticator,
        "holder",
        lambda run: ConfirmAuthenticator(code=pyotp.TOTP(run.last(Identity.begin_authenticator).secret).now()),
        before=wait_for_fresh_code,
    ),
    refused("account.login_too_old", Identity.remove_authenticator, OLD_SESSION, lambda _: RemoveAuthenticator()),
    allowed(Identity.remove_authenticator, "holder", lambda _: RemoveAuthenticator()),
)

PASSKEYS = (
    refused("account.login_too_old", Identity.begin_passkey, OLD_SESSION, lambda _: BeginPasskey()),
    allowed(Identity.begin_passkey, "holder", lambda _: BeginPasskey()),
    refused(
        "request.invalid",
        Identity.confirm_passkey,
        "holder",
        lambda run: ConfirmPasskey(attempt=run.last(Identity.begin_passkey).attempt, credential={}, label=""),
    ),
    allowed(
        Identity.confirm_passkey,
        "holder",
        lambda run: ConfirmPasskey(
            attempt=run.last(Identity.begin_passkey).attempt,
            credential=run.device.register(run.last(Identity.begin_passkey).options),
            label="Téléphone",
        ),
    ),
    allowed(Identity.list_passkeys, "holder", lambda _: ListPasskeys()),
    allowed(Identity.begin_passkey_login, NOBODY, lambda _: BeginPasskeyLogin()),
    refused(
        "login.failed",
        Identity.finish_passkey_login,
        NOBODY,
        lambda _: FinishPasskeyLogin(attempt=str(uuid4()), credential={}),
    ),
    refused(
        "login.failed",
        Identity.finish_passkey_login,
        "holder",
        lambda run: passkey_login(run, is_signed=False),
    ),
    allowed(Identity.begin_passkey_login, NOBODY, lambda _: BeginPasskeyLogin()),
    allowed(Identity.finish_passkey_login, "holder", passkey_login, then=log_in),
    refused("account.login_too_old", Identity.remove_passkey, OLD_SESSION, lambda _: RemovePasskey(passkey="AAAA")),
    allowed(
        Identity.remove_passkey,
        "holder",
        lambda run: RemovePasskey(passkey=run.last(Identity.list_passkeys).passkeys[0].passkey),
    ),
)

CHANGED = (
    refused(
        "login.failed",
        Identity.change_password,
        "holder",
        lambda _: ChangePassword(current="mauvais", password=token_urlsafe(18)),
    ),
    allowed(
        Identity.change_password,
        "holder",
        lambda run: ChangePassword(current=login_of(run).password, password=token_urlsafe(18)),
    ),
    allowed(Identity.show_contact, "holder", lambda _: ShowContact()),
    refused(
        "account.contact_invalid",
        Identity.change_contact,
        "holder",
        lambda _: ChangeContact(channel=Channel.EMAIL, address="nulle part"),
    ),
    allowed(
        Identity.change_contact,
        "holder",
        lambda run: ChangeContact(channel=Channel.EMAIL, address=new_address(run)),
    ),
    refused(
        "login.failed",
        Identity.confirm_contact,
        "holder",
        lambda run: PresentCode(attempt=run.last(Identity.change_contact).attempt, code=_WRONG),
    ),
    # The old address cannot be warned: nothing was decided.
    refused(
        "service.unavailable",
        Identity.confirm_contact,
        "holder",
        lambda run: PresentCode(
            attempt=run.last(Identity.change_contact).attempt, code=run.code_sent_to(new_address(run))
        ),
        before=lambda run: set_mail_outage(run, is_away=True),
    ),
    allowed(
        Identity.change_contact,
        "holder",
        lambda run: ChangeContact(channel=Channel.EMAIL, address=new_address(run)),
        before=lambda run: set_mail_outage(run, is_away=False),
    ),
    allowed(
        Identity.confirm_contact,
        "holder",
        lambda run: PresentCode(
            attempt=run.last(Identity.change_contact).attempt, code=run.code_sent_to(new_address(run))
        ),
    ),
)

RECOVERED = (
    refused(
        "account.not_found",
        Identity.recover_account,
        NOBODY,
        lambda run: RecoverAccount(proof=run.proof("carer"), channel=Channel.EMAIL),
    ),
    allowed(
        Identity.recover_account,
        NOBODY,
        lambda run: RecoverAccount(proof=run.proof("holder"), channel=Channel.EMAIL),
    ),
    refused(
        "account.password_weak",
        Identity.finish_recovery,
        NOBODY,
        lambda run: recovers(run, code=_WRONG, password="azerty"),
    ),
    refused(
        "login.failed",
        Identity.review_recovery,
        "holder",
        lambda run: ReviewRecovery(attempt=run.last(Identity.recover_account).attempt, code=_WRONG),
    ),
    allowed(
        Identity.review_recovery,
        "holder",
        lambda run: ReviewRecovery(
            attempt=run.last(Identity.recover_account).attempt, code=run.code_sent_to(new_address(run))
        ),
        skip=NoEntry.LATER_STEP,
    ),
    refused("login.failed", Identity.finish_recovery, "holder", lambda run: recovers(run, code=_WRONG)),
    allowed(
        Identity.finish_recovery,
        "holder",
        lambda run: recovers(run, code=run.sent(Identity.review_recovery).code),
        then=log_in,
    ),
)

SESSIONS = (
    allowed(Identity.list_sessions, "holder", lambda _: ListSessions()),
    allowed(Identity.end_sessions, "holder", lambda _: EndSessions()),
    allowed(
        Identity.end_sessions_of,
        "operator",
        lambda run: EndUserSessions(role=Role.PATIENT, subject=str(run.id("carer"))),
        journal_of=("carer",),
    ),
    refused(
        "request.invalid",
        Identity.end_sessions_of,
        "operator",
        lambda _: EndUserSessions(role=Role.PATIENT, subject="personne"),
    ),
    allowed(Identity.ended_sessions, NOBODY, lambda _: ListEndedSessions(seconds=60)),
    allowed(Identity.read_person, "holder", lambda run: ReadPerson(patient_id=run.id("holder"))),
    refused(
        "record.not_found", Identity.read_person, "stranger", lambda run: ReadPerson(patient_id=run.id("holder"))
    ),
)

STEPS = (*OPENED, *CONFIRMED, *LOGGED_IN, *AUTHENTICATOR, *PASSKEYS, *CHANGED, *RECOVERED, *SESSIONS)
