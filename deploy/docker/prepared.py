"""`python -m deploy.docker.prepared DIR`: what docker-compose.yml needs for the invented people of the demo."""

import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.dev import authority
from deploy.dev.keys import OPERATORS
from deploy.dev.paths import write_private
from deploy.dev.people import SAMU
from deploy.keys.layout import Owners, Places, make

USER = 10001
"""The user of every container, who must own what it is given."""

_OF_INVENTED_PEOPLE = {
    "CARNET_TEST_IDENTITIES": "1",
    "CARNET_ACTIVATION_FACTOR": "none",
    "CARNET_HEAD_SECONDS": "2",
    "CARNET_REGULATION_CENTRES": SAMU.finess,
}
"""Not for real data: accounts without a letter, INS of the test range."""


@dataclass(frozen=True)
class PreparedFiles:
    """Files below `root`."""

    root: Path

    @property
    def secrets(self) -> Path:
        """As `carnet keys make` writes them."""
        return self.root / "secrets"

    @property
    def cards(self) -> Path:
        """Of the demo people, with the keys of the test authority: no container gets them."""
        return self.root / "cards"

    @property
    def card_authorities(self) -> Path:
        """The certificates and revocation lists among them."""
        return self.root / "card-authorities"

    @property
    def directory(self) -> Path:
        """The demo people, as identity imports them."""
        return self.root / "directory.json"

    @property
    def variables(self) -> Path:
        """Of docker-compose.yml, for its option --env-file."""
        return self.root / "compose.env"

    def make(self) -> None:
        """Make what is missing; keep keys and cards."""
        self.root.mkdir(parents=True, exist_ok=True)
        owner = USER if _is_root() else None
        owners = Owners(processes=owner, rabbitmq=owner, postgres=owner)
        make(self.secrets, OPERATORS, Places(), owners, datetime.now(UTC))
        authority.prepare(self.cards)
        shutil.copytree(self.cards / "authority", self.card_authorities, dirs_exist_ok=True)
        shutil.copy(self.cards / "directory.json", self.directory)
        if _is_root():
            for path in (self.directory, self.card_authorities, *self.card_authorities.rglob("*")):
                os.chown(path, USER, USER)
        lines = [f"{name}={value}" for name, value in self.settings().items()]
        write_private(self.variables, "\n".join([*lines, ""]).encode())

    def settings(self, gateway_port: int = 8080, mailbox_port: int = 8081) -> dict[str, str]:
        """Variables of docker-compose.yml."""
        return _OF_INVENTED_PEOPLE | {
            "CARNET_USER": f"{USER}:{USER}" if _is_root() else f"{os.getuid()}:{os.getgid()}",
            "CARNET_SECRETS": str(self.secrets),
            "CARNET_CARD_AUTHORITIES": str(self.card_authorities),
            "CARNET_DIRECTORY": str(self.directory),
            "CARNET_PUBLIC_URL": f"http://127.0.0.1:{gateway_port}",
            "CARNET_PORT": str(gateway_port),
            "CARNET_MAILBOX_PORT": str(mailbox_port),
        }


def _is_root() -> bool:
    return os.geteuid() == 0


if __name__ == "__main__":
    PreparedFiles(Path(sys.argv[1]).resolve()).make()
