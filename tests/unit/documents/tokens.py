"""A software PKCS#11 token (SoftHSM), set up as an operator would."""

import os
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.dev.paths import write_private
from services.documents.settings import MasterKeySettings

pkcs11 = pytest.importorskip("pkcs11")

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "4711"

if not MODULE.exists():
    pytest.skip("the package softhsm2 is not installed", allow_module_level=True)


class TestToken:
    """One token; SOFTHSM2_CONF names its directory, and the library reads that once per process."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.label = f"carnet-{uuid4().hex[:8]}"
        self.configuration = Path(os.environ.get("SOFTHSM2_CONF", folder / "softhsm2.conf"))
        if not self.configuration.exists():
            (folder / "tokens").mkdir()
            self.configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(self.configuration)
        command = ("softhsm2-util", "--init-token", "--free", "--label", self.label, "--pin", PIN, "--so-pin", PIN)
        subprocess.run(command, check=True, capture_output=True)
        self._pin_file = folder / f"{self.label}.pin"
        write_private(self._pin_file, f"{PIN}\n".encode())

    def make_key(self, label: str) -> None:
        """A master key that never leaves the token."""
        attribute = pkcs11.Attribute
        template = {
            attribute.WRAP: True,
            attribute.UNWRAP: True,
            attribute.EXTRACTABLE: False,
            attribute.SENSITIVE: True,
        }
        library = pkcs11.lib(str(MODULE))
        library.reinitialize()
        with library.get_token(token_label=self.label).open(rw=True, user_pin=PIN) as session:
            session.generate_key(pkcs11.KeyType.AES, 256, label=label, store=True, template=template)

    def settings(self, label: str, **more: str) -> MasterKeySettings:
        """Settings of a process that uses the key of that label."""
        return MasterKeySettings(
            pkcs11_module=str(MODULE),
            pkcs11_token=self.label,
            pkcs11_pin_file=str(self._pin_file),
            pkcs11_key=label,
            **more,
        )
