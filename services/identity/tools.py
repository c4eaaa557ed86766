"""The tools on the desk, made once per process, and the token an action ends with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec

from chassis.settings import load
from chassis.tokens import Signer, sign_actor
from contracts.envelope import Actor
from contracts.identity import Means, Session, Token
from services.identity import domain
from services.identity.authenticators import Authenticators
from services.identity.authorities import CardAuthority
from services.identity.breaches import Breaches
from services.identity.cards import CardReader
from services.identity.openid import OpenIdKeys
from services.identity.otp import OtpGenerator
from services.identity.passkeys import Passkeys
from services.identity.passwords import Passwords
from services.identity.pro_sante_connect import ProSanteConnect
from services.identity.repositories.sessions import SessionRepository
from services.identity.settings import IdentitySettings


@dataclass(frozen=True)
class Tools:
    """What actions work with."""

    cards: CardReader
    passwords: Passwords
    codes: OtpGenerator
    apps: Authenticators
    openid: OpenIdKeys
    passkeys: Passkeys
    pro_sante_connect: ProSanteConnect | None
    public_url: str
    logins_per_address: int
    test_identities: bool

    @classmethod
    def load_from(cls, settings: IdentitySettings) -> "Tools":
        """Load everything the settings point to."""
        authorities = settings.card_authorities
        cps = CardAuthority.from_directory(authorities / "cps")
        vitale = CardAuthority.from_directory(authorities / "vitale")
        return cls(
            cards=CardReader(cps, vitale, settings.public_url),
            passwords=Passwords(Breaches(Path(settings.breached_passwords) if settings.breached_passwords else None)),
            codes=OtpGenerator.from_file(settings.code_pepper_file),
            apps=Authenticators(settings.code_pepper_file.read_bytes()),
            openid=OpenIdKeys(settings.openid_keys),
            passkeys=Passkeys(settings.public_url),
            pro_sante_connect=ProSanteConnect.of(
                settings.pro_sante_connect,
                settings.pro_sante_connect_client,
                settings.pro_sante_connect_secret_file,
                settings.public_url,
            ),
            public_url=settings.public_url,
            logins_per_address=settings.logins_per_address,
            test_identities=settings.test_identities,
        )


def load_tools() -> Tools:
    """The desk of this process, by its settings."""
    return Tools.load_from(load(IdentitySettings))


def token_for(
    actor: Actor, signer: Signer, now: datetime, *, repositories: SessionRepository, means: Means, device: str = ""
) -> Token:
    """An access token for ten minutes, of a session that its holder sees and may end."""
    session = new_session(means, device, now)
    repositories.begin_session(session, actor.role, actor.subject)
    return actor_token(actor, session.session_id, signer, now)


def new_session(means: Means, device: str, now: datetime) -> Session:
    """A session as long as its access token."""
    return Session(
        session_id=uuid4(),
        means=means,
        device=device,
        started_at=now,
        until=now + timedelta(seconds=domain.TOKEN_SECONDS),
    )


def actor_token(actor: Actor, session: UUID, signer: Signer, now: datetime) -> Token:
    """An access token for ten minutes, of a session that is on file."""
    actor = msgspec.structs.replace(actor, session=str(session))
    signed = sign_actor(signer, actor, seconds=domain.TOKEN_SECONDS, now=now.timestamp())
    return Token(access_token=signed, expires_in=domain.TOKEN_SECONDS, actor=actor)
