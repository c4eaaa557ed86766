"""Recovery leaves nobody else inside: what opened the account is shown, and removed unless it is to be kept."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from chassis.opaque import token_hash
from contracts.errors.request import LoginFailed, LoginTooOld, TokenInvalid
from contracts.identity.apps import ClientKind, RegisterClient
from contracts.identity.events import AppAccessEnded, AuthenticatorChanged, PasswordSet
from contracts.identity.logins import (
    BeginAuthenticator,
    ChangeContact,
    ChangePassword,
    ConfirmAuthenticator,
    PresentCode,
)
from contracts.identity.oauth import DecideAuthorization
from contracts.identity.passkeys import BeginPasskey, BeginPasskeyLogin, ConfirmPasskey, FinishPasskeyLogin
from contracts.identity.people import Token
from contracts.identity.recovery import FinishRecovery, MeansOfAccess, RecoverAccount, ReviewRecovery
from contracts.vocabulary import Channel, PatientId
from services.identity.domain.granting import CODE_LIFE, Grant
from services.identity.handlers import authenticators, authorizing, changes, passkeys, recovery
from tests.integration.identity.harness import PASSWORD, PUBLIC_URL, IdentityHarness
from tests.integration.identity.test_identity_authenticators import AuthenticatorApp
from tests.support.passkeys import Device

NEW = "une autre phrase que personne ne devine"
THIEFS_ADDRESS = "voleur@courrier.example"


@pytest.fixture
def token(harness: IdentityHarness) -> Token:
    return harness.open_account()


def holder_of(token: Token) -> PatientId:
    return PatientId(UUID(token.actor.subject))


def add_passkey(harness: IdentityHarness, token: Token, label: str) -> Device:
    device = Device(PUBLIC_URL)
    offered = harness.run(passkeys.begin_passkey, BeginPasskey(), token.actor)
    request = ConfirmPasskey(attempt=offered.attempt, credential=device.register(offered.options), label=label)
    harness.run(passkeys.confirm_passkey, request, token.actor)
    return device


def log_in_by(harness: IdentityHarness, device: Device) -> Token:
    offered = harness.run(passkeys.begin_passkey_login, BeginPasskeyLogin())
    answer = FinishPasskeyLogin(attempt=offered.attempt, credential=device.authenticate(offered.options))
    return harness.run(passkeys.finish_passkey_login, answer)


def add_authenticator(harness: IdentityHarness, token: Token) -> AuthenticatorApp:
    secret = harness.run(authenticators.begin_authenticator, BeginAuthenticator(), token.actor).secret
    app = AuthenticatorApp(harness, secret)
    harness.run(authenticators.confirm_authenticator, ConfirmAuthenticator(code=app.code()), token.actor)
    harness.wait(30)
    return app


def add_grant(harness: IdentityHarness, app: str, record: PatientId, representative: PatientId | None = None) -> UUID:
    """A grant with a refresh token, as consent and the authorization pages leave it."""
    grant = Grant(
        grant_id=uuid4(),
        client_id=app,
        patient_id=record,
        scopes="offline_access",
        redirect_uri="https://app.example",
        challenge="",
        nonce="",
        started_at=harness.now,
        code_until=harness.now + CODE_LIFE,
        representative=representative,
    )
    with harness.repositories() as repositories:
        if repositories.client(app) is None:
            terms = RegisterClient(client_id=app, name=app.title(), publisher="", purpose="", kind=ClientKind.PUBLIC)
            repositories.put_client(terms, harness.now)
        repositories.put_grant(grant, token_hash(str(grant.grant_id)))
        repositories.put_refresh_token(
            token_hash(f"refresh {grant.grant_id}"), grant.grant_id, harness.now + timedelta(days=30)
        )
    return grant.grant_id


def lasts(harness: IdentityHarness, grant_id: UUID) -> bool:
    with harness.repositories() as repositories:
        refreshed = repositories.refresh_token(token_hash(f"refresh {grant_id}"))
        return refreshed is not None and refreshed.grant.lasts(harness.now)


def recover(harness: IdentityHarness) -> tuple[str, str]:
    """The attempt of a recovery by card, and the code that was sent."""
    request = RecoverAccount(proof=harness.vitale_proof(), channel=Channel.SMS)
    return harness.run(recovery.recover_account, request).attempt, harness.sent[-1].code


def review(harness: IdentityHarness, attempt: str, code: str) -> MeansOfAccess:
    return harness.run(recovery.review_recovery, ReviewRecovery(attempt=attempt, code=code))


def finish(harness: IdentityHarness, attempt: str, code: str, **kept: object) -> Token:
    request = FinishRecovery(attempt=attempt, code=code, password=NEW, **kept)  # type: ignore[arg-type]
    return harness.run(recovery.finish_recovery, request)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_only_card_and_code_show_what_opens_the_account_and_the_code_stays_good(
    harness: IdentityHarness, token: Token
) -> None:
    add_passkey(harness, token, "Téléphone")
    add_authenticator(harness, token)
    grant = add_grant(harness, "agenda", holder_of(token))
    attempt, code = recover(harness)
    with pytest.raises(LoginFailed):
        review(harness, attempt, wrong(code))
    with pytest.raises(LoginFailed):
        review(harness, harness.start_login().attempt, harness.sent[-1].code)
    shown = review(harness, attempt, code)
    assert [passkey.label for passkey in shown.passkeys] == ["Téléphone"]
    assert shown.authenticator is not None
    assert [(app.grant, app.app, app.name) for app in shown.apps] == [(grant, "agenda", "Agenda")]
    assert finish(harness, attempt, code).actor.subject == token.actor.subject
    with pytest.raises(LoginFailed):
        review(harness, attempt, code)


def test_looking_counts_as_a_try(harness: IdentityHarness, token: Token) -> None:
    attempt, code = recover(harness)
    for _ in range(5):
        with pytest.raises(LoginFailed):
            review(harness, attempt, wrong(code))
    with pytest.raises(LoginFailed):
        finish(harness, attempt, code)


def test_recovery_removes_whatever_else_opened_the_account_and_says_so_once(
    harness: IdentityHarness, token: Token
) -> None:
    devices = [add_passkey(harness, token, label) for label in ("Téléphone", "Voleur")]
    app = add_authenticator(harness, token)
    child = PatientId(uuid4())
    own = add_grant(harness, "agenda", holder_of(token))
    in_place = add_grant(harness, "agenda", child, representative=holder_of(token))
    of_another = add_grant(harness, "agenda", holder_of(token), representative=PatientId(uuid4()))
    before = len([event for event in harness.events if isinstance(event, AuthenticatorChanged)])
    finish(harness, *recover(harness))
    for device in devices:
        with pytest.raises(LoginFailed):
            log_in_by(harness, device)
    with pytest.raises(LoginFailed):
        harness.finish_login(harness.start_login(password=NEW, send=False).attempt, app.code())
    assert not lasts(harness, own)
    assert not lasts(harness, in_place)
    assert lasts(harness, of_another), "another person gave it"
    assert {str(own), str(in_place), token.actor.session} <= harness.ended_since(30)
    ended = [event for event in harness.events if isinstance(event, AppAccessEnded)]
    assert {(event.patient_id, event.representative) for event in ended} == {
        (holder_of(token), None),
        (child, holder_of(token)),
    }
    notified = [event for event in harness.events if isinstance(event, AuthenticatorChanged | PasswordSet)]
    assert len(notified) == before + 2


def test_what_the_holder_names_is_kept_and_nothing_of_anybody_else(harness: IdentityHarness, token: Token) -> None:
    mine, thiefs = (add_passkey(harness, token, label) for label in ("Téléphone", "Voleur"))
    app = add_authenticator(harness, token)
    kept, ended = (add_grant(harness, "agenda", holder_of(token)) for _ in range(2))
    attempt, code = recover(harness)
    passkey = next(key.passkey for key in review(harness, attempt, code).passkeys if key.label == "Téléphone")
    finish(harness, attempt, code, keep_passkeys=(passkey, "AAAA"), keep_authenticator=True, keep_apps=(kept,))
    log_in_by(harness, mine)
    with pytest.raises(LoginFailed):
        log_in_by(harness, thiefs)
    harness.finish_login(harness.start_login(password=NEW, send=False).attempt, app.code())
    assert (lasts(harness, kept), lasts(harness, ended)) == (True, False)
    assert not [event for event in harness.events if isinstance(event, AppAccessEnded)], "one installation is kept"


def test_what_was_begun_before_cannot_be_finished_after(harness: IdentityHarness, token: Token) -> None:
    """A thief who is logged in has everything prepared when the holder takes the account back."""
    passkey = harness.run(passkeys.begin_passkey, BeginPasskey(), token.actor)
    harness.run(authenticators.begin_authenticator, BeginAuthenticator(), token.actor)
    login = harness.start_login(channel=Channel.SMS).attempt
    code_of_login = harness.sent[-1].code
    request = ChangeContact(channel=Channel.EMAIL, address=THIEFS_ADDRESS)
    contact = harness.run(changes.change_contact, request, token.actor).attempt
    code_of_contact = harness.sent[-1].code
    finish(harness, *recover(harness))
    with pytest.raises(LoginFailed):
        harness.finish_login(login, code_of_login)
    with pytest.raises(LoginFailed):
        harness.run(changes.confirm_contact, PresentCode(attempt=contact, code=code_of_contact), token.actor)
    for do in (
        lambda: harness.run(
            passkeys.confirm_passkey,
            ConfirmPasskey(
                attempt=passkey.attempt, credential=Device(PUBLIC_URL).register(passkey.options), label="x"
            ),
            token.actor,
        ),
        lambda: harness.run(authenticators.confirm_authenticator, ConfirmAuthenticator(code="0"), token.actor),
    ):
        with pytest.raises(LoginTooOld):
            do()
    with pytest.raises(TokenInvalid):
        harness.run(
            authorizing.decide_authorization,
            DecideAuthorization(request_id=uuid4(), browser="b", allowed=True),
            token.actor,
        )


def test_a_new_password_ends_what_was_begun_with_the_old_one_and_shows_what_still_opens_the_account(
    harness: IdentityHarness, token: Token
) -> None:
    add_passkey(harness, token, "Téléphone")
    login = harness.start_login().attempt
    code = harness.sent[-1].code
    request = ChangePassword(current=PASSWORD, password=NEW)
    changed = harness.run(changes.change_password, request, token.actor)
    assert changed.means is not None
    assert [passkey.label for passkey in changed.means.passkeys] == ["Téléphone"]
    with pytest.raises(LoginFailed):
        harness.finish_login(login, code)


def test_a_code_sent_to_an_address_opens_nothing_once_the_address_is_replaced(
    harness: IdentityHarness, token: Token
) -> None:
    login = harness.start_login().attempt
    old = harness.sent[-1]
    assert old.channel is Channel.SMS
    request = ChangeContact(channel=Channel.SMS, address="+33639980099")
    attempt = harness.run(changes.change_contact, request, token.actor).attempt
    harness.run(changes.confirm_contact, PresentCode(attempt=attempt, code=harness.sent[-1].code), token.actor)
    with pytest.raises(LoginFailed):
        harness.finish_login(login, old.code)
