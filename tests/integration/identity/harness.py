"""Identity without its broker: real units of work on a real database, by a clock of the test's own."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import msgspec
from joserfc.jwk import OKPKey, RSAKey
from sqlalchemy import Engine

from chassis.context import UnitOfWork
from chassis.remote import Remote
from chassis.tokens import Keyring, Signer
from contracts.api import Method
from contracts.envelope import Actor
from contracts.errors.execution import ServiceUnavailable
from contracts.identity.logins import (
    ActivateAccount,
    CodeSent,
    EndSessions,
    ListEndedSessions,
    ListSessions,
    PresentCode,
    Sessions,
    StartLogin,
)
from contracts.identity.people import AdmittedPatient, ProfessionalAssertion, Token, VitaleProof
from contracts.notify import SendCode, WarnAddress
from contracts.vocabulary import Channel, Role
from deploy.dev import authority, people
from services.identity.authenticators import Authenticators
from services.identity.authorities import CardAuthority
from services.identity.breaches import Breaches
from services.identity.cards import CardReader
from services.identity.context import IdentityContext
from services.identity.domain.activating import ActivationFactor
from services.identity.domain.clients import portal_client
from services.identity.handlers import accounts, logins, patients, professionals, sessions
from services.identity.letter_codes import LetterCodes
from services.identity.openid import OpenIdKeys
from services.identity.otp import OtpGenerator
from services.identity.passkeys import Passkeys
from services.identity.passwords import Passwords
from services.identity.pro_sante_connect import ProSanteConnect
from services.identity.repositories.database import IdentityRepositories
from services.identity.service import SERVICE
from services.identity.tools import Tools
from tests.support.handler_harness import BrokerlessRuntime, HandlerHarness

PUBLIC_URL = "https://carnet.example"
PASSWORD = "une phrase que personne ne devine"
PATIENT = people.PATIENTS[0]
LOGINS_PER_ADDRESS = 8
MAJORITY_AGE = 18
REFRESH_GRACE = timedelta(seconds=10)
NOBODY = Actor(role=Role.SERVICE, subject="identity")
"""Who acts where no token is asked for, as the chassis has it."""

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R")
T = TypeVar("T")


class RecordingRemote(Remote):
    """Notify as identity calls it: `sent` are the codes it was given, `warnings` the rest; none while `is_away`."""

    def __init__(self) -> None:
        self.sent: list[SendCode] = []
        self.warnings: list[WarnAddress] = []
        self.is_away = False

    def as_service(self, method: Method[Q, A], message: Q) -> A:
        if self.is_away:
            raise ServiceUnavailable
        if isinstance(message, SendCode):
            self.sent.append(message)
        if isinstance(message, WarnAddress):
            self.warnings.append(message)
        return method.response()


class IdentityRuntime(BrokerlessRuntime):
    """With a key of its own, and notify as `recording_remote`."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        key = OKPKey.generate_key("Ed25519", {"kid": "identity"})
        self.signer = Signer(key, "identity")
        self.keyring = Keyring("identity", {"identity": [key]})
        self.recording_remote = RecordingRemote()

    def remote(self, *, token: str, deadline: float) -> Remote:
        return self.recording_remote


def openid_keys(folder: Path) -> Path:
    """A directory with one key for id tokens, made once."""
    directory = folder / "openid"
    if not directory.exists():
        directory.mkdir()
        key = RSAKey.generate_key(2048)
        (directory / "2026-01-01.jwk.json").write_text(json.dumps(key.as_dict(private=True)))
    return directory


class IdentityHarness(HandlerHarness[IdentityContext]):
    """One replica of identity, by a clock of the test's own; `sent` are the codes it had sent."""

    def __init__(
        self,
        engine: Engine,
        cards: Path,
        *,
        test_identities: bool = True,
        factor: ActivationFactor = ActivationFactor.NONE,
        pro_sante_connect: ProSanteConnect | None = None,
        refresh_grace: timedelta = REFRESH_GRACE,
        portal_software: str = "",
    ) -> None:
        self.cards = cards
        self.now = datetime.now(UTC)
        self.runtime = IdentityRuntime(engine)
        self.keyring = self.runtime.keyring
        cps, vitale = (CardAuthority.from_directory(cards / "authority" / kind) for kind in authority.CardKind)
        self.tools = Tools(
            CardReader(cps, vitale, PUBLIC_URL),
            Passwords(Breaches(None)),
            OtpGenerator(bytes(32)),
            Authenticators(bytes(32)),
            OpenIdKeys(openid_keys(cards)),
            Passkeys(PUBLIC_URL),
            LetterCodes(bytes(32)),
            pro_sante_connect,
            PUBLIC_URL,
            LOGINS_PER_ADDRESS,
            MAJORITY_AGE,
            test_identities,
            factor,
            refresh_grace,
            portal_client(portal_software, PUBLIC_URL),
        )
        super().__init__(SERVICE, self.runtime, self.tools)

    def run(self, handle: Callable[[IdentityContext, T], R], request: T, actor: Actor = NOBODY) -> R:
        return super().run(handle, request, actor)

    def context(self, actor: Actor, work: UnitOfWork) -> IdentityContext:
        ctx = super().context(actor, work)
        ctx.now = self.now
        return ctx

    @property
    def remote(self) -> RecordingRemote:
        return self.runtime.recording_remote

    @property
    def sent(self) -> list[SendCode]:
        return self.remote.sent

    @contextmanager
    def repositories(self) -> Iterator[IdentityRepositories]:
        """In a transaction of the test's own."""
        with self.engine.begin() as connection:
            yield IdentityRepositories(connection)

    def wait(self, seconds: float) -> None:
        """Let the clock go on."""
        self.now += timedelta(seconds=seconds)

    def vitale_proof(self, patient: people.Patient = PATIENT) -> str:
        """A fresh proof of a patient's card."""
        return authority.vitale_proof(authority.mint_vitale(self.cards, patient), PUBLIC_URL, self.now)

    def assertion(self, name: str, structure: str = "", software: str = "") -> str:
        """A fresh assertion of a demo professional's card."""
        card = authority.load_cps(self.cards, name)
        place, program = structure or card.structure, software or card.software
        return authority.cps_assertion(card, f"{PUBLIC_URL}/oauth/token", place, program, self.now)

    def login_professional(self, assertion: str) -> Token:
        return self.run(professionals.login_professional, ProfessionalAssertion(assertion=assertion))

    def list_sessions(self, token: Token) -> Sessions:
        return self.run(sessions.list_sessions, ListSessions(), token.actor)

    def end_sessions(self, token: Token, session_id: UUID | None = None) -> int:
        return self.run(sessions.end_sessions, EndSessions(session_id=session_id), token.actor).count

    def ended_since(self, seconds: int) -> set[str]:
        ended = self.run(sessions.ended_sessions, ListEndedSessions(seconds=seconds)).sessions
        return {session.session for session in ended}

    def admit(self, proof: str) -> AdmittedPatient:
        return self.run(patients.admit_patient, VitaleProof(proof=proof))

    def activate(
        self,
        proof: str,
        identifier: str = "Adele",
        password: str = PASSWORD,
        channel: Channel = Channel.SMS,
        email: str = PATIENT.email,
        mobile: str = PATIENT.mobile,
    ) -> CodeSent:
        request = ActivateAccount(
            proof=proof, identifier=identifier, password=password, email=email, mobile=mobile, channel=channel
        )
        return self.run(accounts.activate_account, request)

    def confirm(self, attempt: str, code: str) -> Token:
        return self.run(accounts.confirm_account, PresentCode(attempt=attempt, code=code))

    def start_login(
        self,
        identifier: str = "adele",
        password: str = PASSWORD,
        channel: Channel = Channel.SMS,
        *,
        send: bool = True,
        origin: str = "",
        device_token: str = "",
    ) -> CodeSent:
        request = StartLogin(
            identifier=identifier,
            password=password,
            channel=channel,
            send=send,
            origin=origin,
            device_token=device_token,
        )
        return self.run(logins.start_login, request)

    def finish_login(
        self,
        attempt: str,
        code: str,
        device: str = "",
        origin: str = "",
        *,
        remember: bool = False,
        letter: str = "",
    ) -> Token:
        request = PresentCode(
            attempt=attempt, code=code, device=device, origin=origin, remember=remember, letter=letter
        )
        return self.run(logins.finish_login, request)

    def open_account(self, patient: people.Patient = PATIENT, identifier: str = "Adele") -> Token:
        """A patient's account from card to code."""
        attempt = self.activate(self.vitale_proof(patient), identifier).attempt
        return self.confirm(attempt, self.sent[-1].code)
