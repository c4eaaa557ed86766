"""Files of npm packages that the pages ship: `python -m deploy.dev.vendored` fetches them again by their lock.

The lock names each package with its version and its integrity, as npm states it (its sha512), and each file with its
place in the package. Arguments `NAME=VERSION` change versions. The icons become one file of symbols.
"""

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from base64 import b64encode
from hashlib import sha512
from pathlib import Path
from typing import Any

from deploy.dev.paths import CHECKOUT

FOLDER = CHECKOUT / "gateway" / "portal" / "static" / "vendor"
LOCK = FOLDER / "lock.json"
SYMBOLS = "icons.svg"
_ICONS = "lucide-static"
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def integrity_of(data: bytes) -> str:
    """The sha512 of a file, as npm writes it."""
    return f"sha512-{b64encode(sha512(data).digest()).decode()}"


def symbols_of(drawings: dict[str, str]) -> str:
    """One SVG file with a symbol for each drawing, by name."""
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(_body_of(drawing).split())}</symbol>\n'
        for name, drawing in sorted(drawings.items())
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'


def fetch(versions: dict[str, str]) -> None:
    """Fetch every package of the lock, in these versions where they are named; writes files and lock.

    Raises:
        ValueError: a package is not the one that the lock knows.
    """
    lock = json.loads(LOCK.read_text())
    for name, package in lock.items():
        version = versions.get(name, package["version"])
        content, integrity = _packed(name, version)
        if version == package["version"] and integrity != package["integrity"]:
            raise ValueError(f"{name} {version} has changed at the registry")
        package |= {"version": version, "integrity": integrity}
        _write(name, package, content)
    LOCK.write_text(f"{json.dumps(lock, indent=2)}\n")


def _packed(name: str, version: str) -> tuple[dict[str, bytes], str]:
    """The files of a package by their place in it, and its integrity."""
    with tempfile.TemporaryDirectory() as folder:
        pack = ("npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}")
        subprocess.run(pack, cwd=folder, check=True, capture_output=True)
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as files:
            found = {
                member.name.removeprefix("package/"): reader.read()
                for member in files.getmembers()
                if (reader := files.extractfile(member)) is not None
            }
        return found, integrity_of(archive.read_bytes())


def _write(name: str, package: dict[str, Any], content: dict[str, bytes]) -> None:
    written = {target: content[source] for target, source in package["from"].items()}
    if name == _ICONS:
        drawings = {icon: content[f"icons/{icon}.svg"].decode() for icon in package["icons"]}
        written[SYMBOLS] = symbols_of(drawings).encode()
    for target, data in written.items():
        (FOLDER / target).write_bytes(data)
    package["files"] = {target: integrity_of(data) for target, data in sorted(written.items())}


def _body_of(drawing: str) -> str:
    found = _DRAWING.search(drawing)
    if found is None:
        raise ValueError("not a drawing")
    return found[1]


if __name__ == "__main__":
    fetch(dict(argument.split("=", 1) for argument in sys.argv[1:]))
