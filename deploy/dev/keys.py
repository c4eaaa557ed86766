"""Keys of the stack: signing keys and their public set, content, code and journal keys."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from joserfc.jwk import OKPKey, RSAKey

from chassis.tokens import issuer_of_operator
from contracts.wiring import SERVICES
from deploy.dev.paths import write_private

_OPENID_FIRST = "2026-01-01.jwk.json"
_OPENID_BITS = 2048

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

    def signing(self, issuer: str) -> Path:
        """Private Ed25519 JWK of an issuer."""
        return self.directory / f"{issuer}.jwk.json"

    def prepare(self) -> None:
        """Create missing keys; existing ones are kept."""
        for file in (self.master, self.code_pepper, self.journal_subjects):
            if not file.exists():
                write_private(file, secrets.token_bytes(32))
        self._signing_key("journal-heads")
        if not list(self.openid.glob("*.jwk.json")):
            key = RSAKey.generate_key(_OPENID_BITS)
            write_private(self.openid / _OPENID_FIRST, json.dumps(key.as_dict(private=True)).encode())
        public = [self._signing_key(issuer).as_dict(private=False) for issuer in ISSUERS]
        write_private(self.trusted, json.dumps({"keys": public}, indent=2).encode())

    def _signing_key(self, issuer: str) -> OKPKey:
        file = self.signing(issuer)
        if file.exists():
            return OKPKey.import_key(json.loads(file.read_text()))
        key = OKPKey.generate_key("Ed25519", {"kid": issuer, "use": "sig"})
        write_private(file, json.dumps(key.as_dict(private=True), indent=2).encode())
        return key
