"""Identity without its broker: real actions, real database, units that end as the chassis ends them."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from joserfc.jwk import OKPKey, RSAKey
from sqlalchemy import Connection, Engine

from chassis.db import Transaction, autocommit, separate_transaction
from chassis.pending_events import PendingEvents
from chassis.tokens import Keyring, Signer
from contracts.envelope import Event
from contracts.errors import Refusal
from contracts.identity import (
    ActivateAccount,
    Admitted,
    CodeSent,
    EndedSince,
    EndSessions,
    PresentCode,
    ProfessionalAssertion,
    Sessions,
    StartLogin,
    Token,
    VitaleProof,
)
from contracts.notify import CodeSentOut, SendCode
from contracts.vocabulary import Channel
from deploy.dev import authority, people
from services.identity.actions import accounts, logins, patients, professionals, sessions
from services.identity.actions.desk import Desk
from services.identity.authenticators import Authenticators
from services.identity.authorities import Authority
from services.identity.breaches import Breaches
from services.identity.cards import CardReader
from services.identity.openid import OpenIdKeys
from services.identity.otp import CodeMint
from services.identity.passkeys import Passkeys
from services.identity.passwords import Passwords
from services.identity.store import Cellar, IdentityStore

PUBLIC_URL = "https://carnet.example"
PASSWORD = "une phrase que personne ne devine"
PATIENT = people.PATIENTS[0]
LOGINS_PER_ADDRESS = 8


def openid_keys(beside: Path) -> Path:
    """A directory with one key for id tokens, made once."""
    directory = beside / "openid"
    if not directory.exists():
        directory.mkdir()
        key = RSAKey.generate_key(2048)
        (directory / "2026-01-01.jwk.json").write_text(json.dumps(key.as_dict(private=True)))
    return directory


class OneUnit:
    """What a unit of work offers of the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.transaction = Transaction(engine)

    @property
    def connection(self) -> Connection:
        return self.transaction.connection

    def separate_transaction(self) -> AbstractContextManager[Connection]:
        return separate_transaction(self._engine)

    def autocommit(self) -> AbstractContextManager[Connection]:
        return autocommit(self._engine)


class Flat:
    """One replica of identity; `sent` are the codes it had carried, `events` what it told for good."""

    def __init__(self, engine: Engine, cards: Path, *, test_identities: bool = True) -> None:
        self.engine = engine
        self.cards = cards
        self.now = datetime.now(UTC)
        self.sent: list[SendCode] = []
        self.events: list[Event] = []
        key = OKPKey.generate_key("Ed25519", {"kid": "identity"})
        self.signer = Signer(key, "identity")
        self.keyring = Keyring("identity", {"identity": key})
        cps, vitale = (Authority.from_directory(cards / "authority" / kind) for kind in authority.Kind)
        self.desk = Desk(
            CardReader(cps, vitale, PUBLIC_URL),
            Passwords(Breaches(None)),
            CodeMint(bytes(32)),
            Authenticators(bytes(32)),
            OpenIdKeys(openid_keys(cards)),
            Passkeys(PUBLIC_URL),
            None,
            PUBLIC_URL,
            LOGINS_PER_ADDRESS,
            test_identities,
        )

    @contextmanager
    def unit(self) -> Iterator[tuple[Cellar, PendingEvents]]:
        """Committed at the end; on a refusal undone, but for what is told of refusals."""
        # As the chassis has it: BEGIN and COMMIT are sent by hand.
        unit, events = OneUnit(self.engine.execution_options(isolation_level="AUTOCOMMIT")), PendingEvents()
        try:
            yield Cellar(unit), events
        except Refusal:
            unit.transaction.rollback()
            self.events += events.after(refused=True)
            raise
        unit.transaction.commit()
        self.events += events.after(refused=False)

    @contextmanager
    def store(self) -> Iterator[IdentityStore]:
        """The store in a transaction of the test's own."""
        with self.engine.begin() as connection:
            yield IdentityStore(connection)

    def wait(self, seconds: float) -> None:
        """Let the clock go on."""
        self.now += timedelta(seconds=seconds)

    def carry(self, message: SendCode) -> CodeSentOut:
        """The post: it takes every code."""
        self.sent.append(message)
        return CodeSentOut()

    def vitale_proof(self, patient: people.Patient = PATIENT) -> str:
        """A fresh proof of a patient's card."""
        return authority.vitale_proof(authority.mint_vitale(self.cards, patient), PUBLIC_URL, self.now)

    def assertion(self, name: str, structure: str = "", software: str = "") -> str:
        """A fresh assertion of a demo professional's card."""
        card = authority.load_cps(self.cards, name)
        place, program = structure or card.structure, software or card.software
        return authority.cps_assertion(card, f"{PUBLIC_URL}/oauth/token", place, program, self.now)

    def login_professional(self, assertion: str) -> Token:
        with self.unit() as (cellar, events):
            return professionals.login_professional(
                ProfessionalAssertion(assertion=assertion),
                now=self.now,
                cellar=cellar,
                desk=self.desk,
                events=events,
                signer=self.signer,
            )

    def list_sessions(self, token: Token) -> Sessions:
        with self.unit() as (cellar, _):
            return sessions.list_sessions(token.actor, cellar.store, self.now)

    def end_sessions(self, token: Token, session_id: UUID | None = None) -> int:
        with self.unit() as (cellar, events):
            message = EndSessions(session_id=session_id)
            return sessions.end_sessions(message, token.actor, cellar.store, events, self.now).count

    def ended_since(self, seconds: int) -> set[str]:
        with self.store() as store:
            return {one.session for one in sessions.ended_since(EndedSince(seconds=seconds), store, self.now)}

    def admit(self, proof: str) -> Admitted:
        with self.unit() as (cellar, _):
            return patients.admit_patient(VitaleProof(proof=proof), now=self.now, cellar=cellar, desk=self.desk)

    def activate(
        self,
        proof: str,
        identifier: str = "Adele",
        password: str = PASSWORD,
        channel: Channel = Channel.SMS,
        email: str = PATIENT.email,
        mobile: str = PATIENT.mobile,
    ) -> CodeSent:
        message = ActivateAccount(
            proof=proof, identifier=identifier, password=password, email=email, mobile=mobile, channel=channel
        )
        with self.unit() as (cellar, _):
            return accounts.activate_account(message, now=self.now, cellar=cellar, desk=self.desk, carry=self.carry)

    def confirm(self, attempt: str, code: str) -> Token:
        with self.unit() as (cellar, events):
            return accounts.confirm_account(
                PresentCode(attempt=attempt, code=code),
                now=self.now,
                cellar=cellar,
                desk=self.desk,
                events=events,
                signer=self.signer,
            )

    def start_login(
        self,
        identifier: str = "adele",
        password: str = PASSWORD,
        channel: Channel = Channel.SMS,
        *,
        send: bool = True,
        origin: str = "",
    ) -> CodeSent:
        message = StartLogin(identifier=identifier, password=password, channel=channel, send=send, origin=origin)
        with self.unit() as (cellar, _):
            return logins.start_login(message, now=self.now, cellar=cellar, desk=self.desk, carry=self.carry)

    def finish_login(self, attempt: str, code: str, device: str = "", origin: str = "") -> Token:
        with self.unit() as (cellar, events):
            return logins.finish_login(
                PresentCode(attempt=attempt, code=code, device=device, origin=origin),
                now=self.now,
                cellar=cellar,
                desk=self.desk,
                events=events,
                signer=self.signer,
            )

    def open_account(self, patient: people.Patient = PATIENT, identifier: str = "Adele") -> Token:
        """A patient's account from card to code."""
        attempt = self.activate(self.vitale_proof(patient), identifier).attempt
        return self.confirm(attempt, self.sent[-1].code)
