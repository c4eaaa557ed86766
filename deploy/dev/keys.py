"""The stack's keys: one signing key per issuer, their public set, the keys of content, codes and journal."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from joserfc.jwk import OKPKey, RSAKey

from contracts.wiring import SERVICES
from deploy.dev.paths import write_private

_OPENID_FIRST = "2026-01-01.jwk.json"
_OPENID_BITS = 2048

ISSUERS = (*SERVICES, "gateway", "operator")


@dataclass(frozen=True)
class Keys:
    """The files of keys under one directory, each mode 0600."""

    directory: Path

    @property
    def trusted(self) -> Path:
        """Public JWKS; each key's `kid` is its issuer's name."""
        return self.directory / "trusted.jwks.json"

    @property
    def master(self) -> Path:
        """32 random bytes that wrap the documents' data keys."""
        return self.directory / "master.key"

    @property
    def code_pepper(self) -> Path:
        """32 random bytes mixed into the hashes of one-time codes."""
        return self.directory / "code-pepper.key"

    @property
    def journal_heads(self) -> Path:
        """Private Ed25519 JWK that signs the heads of the journal; services are not told to believe it."""
        return self.directory / "journal-heads.jwk.json"

    @property
    def journal_subjects(self) -> Path:
        """32 random bytes that wrap the keys under which the journal names people."""
        return self.directory / "journal-subjects.key"

    @property
    def openid(self) -> Path:
        """Private RSA keys of id tokens, each named after its first day."""
        return self.directory / "openid"

    def signing(self, issuer: str) -> Path:
        """Private Ed25519 JWK."""
        return self.directory / f"{issuer}.jwk.json"

    def prepare(self) -> None:
        """Make what is missing; keys that exist are kept."""
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
