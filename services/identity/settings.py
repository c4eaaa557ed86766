"""Settings of the identity service."""

from typing import Literal

from chassis.settings import Directory, SecretFile, SecretFiles, ServiceSettings


class IdentitySettings(ServiceSettings, frozen=True, kw_only=True):
    """Beside those of every service: which card authorities it trusts, and whom it admits."""

    card_authorities: Directory
    """Directory with `cps/` and `vitale/`, each holding root.pem, issuing.pem and *.crl."""
    openid_keys: Directory
    """Directory of private RSA keys `YYYY-MM-DD.jwk.json`: each signs id tokens from that day on."""
    code_pepper_file: SecretFile
    """At least 32 random bytes mixed into the hashes of one-time codes and of login counters."""
    breached_passwords: str = ""
    """File of SHA-1 hashes of breached passwords, `HASH:count` in order (Have I Been Pwned); empty: none is known."""
    logins_per_address: int = 50
    """Unfinished logins from one address on the network before the next one waits."""
    pro_sante_connect: str = ""
    """Issuer of the OpenID provider professionals may log in by; empty: they log in by their cards alone."""
    pro_sante_connect_client: str = ""
    """Our client id at that provider, which sends logout tokens to `/oauth/pro-sante-connect/logout`."""
    pro_sante_connect_secret_file: SecretFiles = ""
    """File with our client secret."""
    portal_software: str = ""
    """Number in the list of homologated software under which professionals work on the platform's own pages; empty:
    these pages admit none."""
    majority_age: int = 18
    """Years; only a search for somebody younger may be secret."""
    activation_factor: Literal["letter", "agent", "none"] = "letter"
    """What a new account waits for after the carte Vitale and a code: `letter` (or an agent), `agent`, or `none`."""
    refresh_grace_seconds: int = 10
    """How long a client with a key may repeat a refresh whose answer was lost (ADR 0038); 0: never."""
    test_identities: bool = False
    """Whether INS of the test and demonstration lists are admitted."""
