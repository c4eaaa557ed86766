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
from services.identity.authenticators import Authenticators
from services.identity.authorities import CardAuthority
from services.identity.breaches import Breaches
from services.identity.cards import CardReader
from services.identity.handlers import accounts, logins, patients, professionals, sessions
from services.identity.openid import OpenIdKeys
from services.identity.otp import OtpGenerator
from services.identity.passkeys import Passkeys
from services.identity.passwords import Passwords
from services.identity.repositories import Database, IdentityRepositories
from services.identity.tools import Tools

PUBLIC_URL = "https://carnet.example"
PASSWORD = "une phrase que personne ne devine"
PATIENT = people.PATIENTS[0]
LOGINS_PER_ADDRESS = 8


def openid_keys(separate_transaction: Path) -> Path:
    """A directory with one key for id tokens, made once."""
    directory = separate_transaction / "openid"
    if not directory.exists():
        directory.mkdir()
        key = RSAKey.generate_key(2048)
        (directory / "2026-01-01.jwk.json").write_text(json.dumps(key.as_dict(private=True)))
    return directory


class SingleUnit:
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


class IdentityHarness:
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
        cps, vitale = (CardAuthority.from_directory(cards / "authority" / kind) for kind in authority.CardKind)
        self.tools = Tools(
            CardReader(cps, vitale, PUBLIC_URL),
            Passwords(Breaches(None)),
            OtpGenerator(bytes(32)),
            Authenticators(bytes(32)),
            OpenIdKeys(openid_keys(cards)),
            Passkeys(PUBLIC_URL),
            None,
            PUBLIC_URL,
            LOGINS_PER_ADDRESS,
            test_identities,
        )

    @contextmanager
    def unit(self) -> Iterator[tuple[Database, PendingEvents]]:
        """Committed at the end; on a refusal undone, but for what is told of refusals."""
        # As the chassis has it: BEGIN and COMMIT are sent by hand.
        unit, events = SingleUnit(self.engine.execution_options(isolation_level="AUTOCOMMIT")), PendingEvents()
        try:
            yield Database(unit), events
        except Refusal:
            unit.transaction.rollback()
            self.events += events.after(refused=True)
            raise
        unit.transaction.commit()
        self.events += events.after(refused=False)

    @contextmanager
    def repositories(self) -> Iterator[IdentityRepositories]:
        """The store in a transaction of the test's own."""
        with self.engine.begin() as connection:
            yield IdentityRepositories(connection)

    def wait(self, seconds: float) -> None:
        """Let the clock go on."""
        self.now += timedelta(seconds=seconds)

    def send(self, message: SendCode) -> CodeSentOut:
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
        with self.unit() as (database, events):
            return professionals.login_professional(
                ProfessionalAssertion(assertion=assertion),
                now=self.now,
                database=database,
                tools=self.tools,
                events=events,
                signer=self.signer,
            )

    def list_sessions(self, token: Token) -> Sessions:
        with self.unit() as (database, _):
            return sessions.list_sessions(token.actor, database.repositories, self.now)

    def end_sessions(self, token: Token, session_id: UUID | None = None) -> int:
        with self.unit() as (database, events):
            message = EndSessions(session_id=session_id)
            return sessions.end_sessions(message, token.actor, database.repositories, events, self.now).count

    def ended_since(self, seconds: int) -> set[str]:
        with self.repositories() as repositories:
            return {one.session for one in sessions.ended_since(EndedSince(seconds=seconds), repositories, self.now)}

    def admit(self, proof: str) -> Admitted:
        with self.unit() as (database, _):
            return patients.admit_patient(VitaleProof(proof=proof), now=self.now, database=database, tools=self.tools)

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
        with self.unit() as (database, _):
            return accounts.activate_account(
                message, now=self.now, database=database, tools=self.tools, send=self.send
            )

    def confirm(self, attempt: str, code: str) -> Token:
        with self.unit() as (database, events):
            return accounts.confirm_account(
                PresentCode(attempt=attempt, code=code),
                now=self.now,
                database=database,
                tools=self.tools,
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
        with self.unit() as (database, _):
            return logins.start_login(message, now=self.now, database=database, tools=self.tools, send=self.send)

    def finish_login(self, attempt: str, code: str, device: str = "", origin: str = "") -> Token:
        with self.unit() as (database, events):
            return logins.finish_login(
                PresentCode(attempt=attempt, code=code, device=device, origin=origin),
                now=self.now,
                database=database,
                tools=self.tools,
                events=events,
                signer=self.signer,
            )

    def open_account(self, patient: people.Patient = PATIENT, identifier: str = "Adele") -> Token:
        """A patient's account from card to code."""
        attempt = self.activate(self.vitale_proof(patient), identifier).attempt
        return self.confirm(attempt, self.sent[-1].code)
