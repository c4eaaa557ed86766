"""What identity's handlers work with, made once per process."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from chassis.settings import load
from contracts.identity.apps import Client
from services.identity.authenticators import Authenticators
from services.identity.authorities import CardAuthority
from services.identity.breaches import Breaches
from services.identity.cards import CardReader
from services.identity.domain.activating import ActivationFactor
from services.identity.domain.clients import portal_client
from services.identity.letter_codes import LetterCodes
from services.identity.openid import OpenIdKeys
from services.identity.otp import OtpGenerator
from services.identity.passkeys import Passkeys
from services.identity.passwords import Passwords
from services.identity.pro_sante_connect import ProSanteConnect
from services.identity.settings import IdentitySettings


@dataclass(frozen=True)
class Tools:
    """Readers, keys and limits shared by all handlers of the process."""

    cards: CardReader
    passwords: Passwords
    codes: OtpGenerator
    authenticators: Authenticators
    openid: OpenIdKeys
    passkeys: Passkeys
    letter_codes: LetterCodes
    pro_sante_connect: ProSanteConnect | None
    public_url: str
    logins_per_address: int
    majority_age: int
    test_identities: bool
    activation_factor: ActivationFactor
    refresh_grace: timedelta
    portal: Client | None = None
    """The platform's own pages, if professionals may work on them."""

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
            authenticators=Authenticators(settings.code_pepper_file.read_bytes()),
            openid=OpenIdKeys(settings.openid_keys),
            passkeys=Passkeys(settings.public_url),
            letter_codes=LetterCodes(settings.code_pepper_file.read_bytes()),
            pro_sante_connect=ProSanteConnect.of(
                settings.pro_sante_connect,
                settings.pro_sante_connect_client,
                settings.pro_sante_connect_secret_file,
                settings.public_url,
            ),
            public_url=settings.public_url,
            logins_per_address=settings.logins_per_address,
            majority_age=settings.majority_age,
            test_identities=settings.test_identities,
            activation_factor=ActivationFactor(settings.activation_factor),
            refresh_grace=timedelta(seconds=settings.refresh_grace_seconds),
            portal=portal_client(settings.portal_software, settings.public_url),
        )


def load_tools() -> Tools:
    """The tools of this process, by its settings."""
    return Tools.load_from(load(IdentitySettings))
