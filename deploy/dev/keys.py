"""Keys of the stack: signing keys and their public set, content, code and journal keys."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.tokens import issuer_of_operator
from contracts.wiring import SERVICES
from deploy.dev.paths import write_private
from deploy.keys.signing import FIRST_OPENID_KEY, new_openid_key, new_signing_key, public_part, trusted_set

OPERATORS = ("exploitant", "astreinte")
"""Logins of the development stack's operators: two, for what one alone may not do."""
ISSUERS = (*SERVICES, "gateway", *map(issuer_of_operator, OPERATORS))


@dataclass(frozen=True)
class Keys:
    """Key files in one directory, each with mode 0600."""

    directory: Path

    @property
    def trusted(self) -> Path:
        """Public JWKS; the `kid` of each key is its issuer."""
        return self.directory / "trusted.jwks.json"

    @property
    def master(self) -> Path:
        """32 random bytes that wrap the data keys of documents."""
        return self.directory / "master.key"

    @property
    def code_pepper(self) -> Path:
        """32 random bytes mixed into the hashes of one-time codes."""
        return self.directory / "code-pepper.key"

    @property
    def journal_heads(self) -> Path:
        """Private Ed25519 JWK that signs tree heads; services do not trust it for tokens."""
        return self.directory / "journal-heads.jwk.json"

    @property
    def journal_subjects(self) -> Path:
        """32 random bytes that wrap the keys of names in the journal."""
        return self.directory / "journal-subjects.key"

    @property
    def openid(self) -> Path:
        """Directory of private RSA keys of id tokens, each named after its first day."""
        return self.directory / "openid"

    @property
    def pro_sante_connect(self) -> Path:
        """The client secret of identity at the stand-in for Pro Santé Connect."""
        return self.directory / "pro-sante-connect.secret"

    def signing(self, issuer: str) -> Path:
        """Private Ed25519 JWK of an issuer."""
        return self.directory / f"{issuer}.jwk.json"

    def prepare(self) -> None:
        """Create missing keys; existing ones are kept."""
        for file in (self.master, self.code_pepper, self.journal_subjects):
            if not file.exists():
                write_private(file, secrets.token_bytes(32))
        if not self.pro_sante_connect.exists():
            write_private(self.pro_sante_connect, secrets.token_urlsafe(32).encode())
        self._make_signing_key("journal-heads")
        if not list(self.openid.glob("*.jwk.json")):
            write_private(self.openid / FIRST_OPENID_KEY, new_openid_key())
        write_private(self.trusted, trusted_set(map(self._public_part, ISSUERS)))

    def _public_part(self, issuer: str) -> dict[str, Any]:
        self._make_signing_key(issuer)
        return public_part(self.signing(issuer).read_bytes(), issuer)

    def _make_signing_key(self, issuer: str) -> None:
        if not self.signing(issuer).exists():
            write_private(self.signing(issuer), new_signing_key(issuer))
