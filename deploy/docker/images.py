"""The images: built with the package index of this machine, measured, and their bills of materials kept."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from contracts.wiring import GATEWAY, SERVICES
from deploy.dev.paths import CHECKOUT, write_private
from deploy.docker.engine import Engine

PROCESSES = (*SERVICES, GATEWAY)
TOOLS = "tools"
IMAGES = (*PROCESSES, TOOLS)
STAND_INS = ("postgres", "rabbitmq", "object-store")

_DOCKER = CHECKOUT / "deploy" / "docker"
_CA = "ca"
# Of pip's configuration; the rest names files of this machine.
_INDEX_OPTIONS = {"index-url", "extra-index-url", "trusted-host", "proxy"}
_PIP_OPTION = re.compile(r"^(?:global|:env:|install)\.{1,2}([a-z-]+)='(.*)'$", re.MULTILINE)


def build(engine: Engine, image: str, base: str) -> None:
    """Build `carnet/<image>`; raises StackError."""
    target = "service" if image in SERVICES else image
    arguments = {"BASE": base, "VERSION": _version(), "REVISION": _revision()}
    if image in SERVICES:
        arguments["SERVICE"] = image
    _build(engine, f"carnet/{image}", target, arguments, _DOCKER / "Dockerfile", CHECKOUT)


def build_stand_in(engine: Engine, name: str, base: str) -> None:
    """Build a server that takes the place of an official image; raises StackError."""
    tag = f"carnet/stand-in-{name}"
    _build(engine, tag, name, {"BASE": base}, _DOCKER / "stand-ins" / "Dockerfile", _DOCKER)


def size(engine: Engine, image: str) -> int:
    """Bytes of an image, with its base."""
    return int(engine.docker("image", "inspect", "--format", "{{.Size}}", f"carnet/{image}"))


def own_size(engine: Engine, image: str) -> int:
    """Bytes of the layers that an image does not share with the other processes."""
    history = engine.docker("history", "--human=false", "--format", "{{.Size}} {{.CreatedBy}}", f"carnet/{image}")
    rows = (line.split(" ", 1) for line in history.splitlines())
    return sum(int(number) for number, made_by in rows if re.search(r"/src/(services|gateway)\b", made_by))


def keep_bill_of_materials(engine: Engine, image: str, directory: Path) -> Path:
    """Copy the CycloneDX file of an image to `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    kept = directory / f"{image}.cdx.json"
    container = engine.docker("create", f"carnet/{image}", "true").strip()
    try:
        engine.docker("cp", f"{container}:/opt/carnet/sbom.cdx.json", str(kept))
    finally:
        engine.docker("rm", container)
    return kept


def _build(engine: Engine, tag: str, target: str, arguments: dict[str, str], file: Path, context: Path) -> None:
    engine.docker(
        *("build", "--network", "host", "--progress", "plain", "--tag", tag, "--target", target),
        *(part for name, value in arguments.items() for part in ("--build-arg", f"{name}={value}")),
        *_package_index(engine.directory),
        *("--file", str(file), str(context)),
        seconds=1800,
    )


def _package_index(directory: Path) -> list[str]:
    """Secrets of a build: where this machine gets packages from, and whose certificates it trusts."""
    listed = subprocess.run(
        (sys.executable, "-m", "pip", "config", "list"), capture_output=True, text=True, check=True
    )
    options = dict(_PIP_OPTION.findall(listed.stdout))
    lines = [
        f"{name} = {value}"
        for name, value in options.items()
        if name in _INDEX_OPTIONS and not (name.endswith("index-url") and value.startswith("file:"))
    ]
    file = directory / "pip.conf"
    write_private(file, "\n".join(["[global]", "timeout = 180", *lines, ""]).encode())
    certificates = options.get("cert", "")
    trust = ["--secret", f"id={_CA},src={certificates}"] if certificates and Path(certificates).exists() else []
    return ["--secret", f"id=pip.conf,src={file}", *trust]


def _version() -> str:
    return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"])


def _revision() -> str:
    found = subprocess.run(
        ("git", "-C", str(CHECKOUT), "rev-parse", "HEAD"), capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"
