"""Forbidden imports fail the import check: each is added to a copy and must be found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "contracts",
    "translations",
    "chassis",
    "services",
    "gateway",
    "client",
    "cli",
    "deploy",
    "samples",
    "bench",
)


@pytest.mark.parametrize(
    ("module", "added"),
    [
        ("services/consent/handlers/deciding.py", "import services.records.repositories"),
        ("services/consent/domain/decide.py", "import sqlalchemy"),
        ("services/records/handlers/reading.py", "import sqlalchemy"),
        ("services/records/repositories/records.py", "import services.records.handlers"),
        ("contracts/errors/base.py", "import chassis.settings"),
        ("chassis/bus.py", "import services.records.domain"),
        ("gateway/app.py", "import services.records.domain"),
        ("services/records/handlers/opening.py", "import nameko.rpc"),
        ("bench/floor/connection.py", "import chassis.rpc_client"),
        ("client/connection.py", "import gateway.errors"),
        ("deploy/dev/authority.py", "import services.identity.cards"),
        ("deploy/dev/stack.py", "import client.people"),
    ],
)
def test_a_forbidden_import_fails_the_check(tmp_path: Path, module: str, added: str) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "results"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    assert (tmp_path / module).is_file()
    with (tmp_path / module).open("a") as file:
        file.write(f"\n{added}\n")
    linter = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    found = subprocess.run(
        [linter, "--no-cache"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert found.returncode == 1, found.stdout
    assert "BROKEN" in found.stdout


def test_bench_floor_loads_no_other_package() -> None:
    code = "import sys, bench.floor.server, bench.floor.client\nprint(*sys.modules)"
    done = subprocess.run((sys.executable, "-W", "ignore", "-c", code), capture_output=True, check=True, text=True)
    ours = {name for name in done.stdout.split() if name.split(".")[0] in PACKAGES}
    assert {name for name in ours if not name.startswith("bench.floor")} == {"bench"}


SERVICE_ONLY = {"nameko", "eventlet", "kombu"}


@pytest.mark.parametrize(
    ("start", "excluded"),
    [("cli.main", SERVICE_ONLY), ("gateway.__main__", SERVICE_ONLY | {"sqlalchemy", "services"})],
)
def test_command_line_and_gateway_start_without_what_only_services_need(start: str, excluded: set[str]) -> None:
    code = f"import sys, {start}\nprint({excluded!r} & set(sys.modules))"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, check=False, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("set()\n", "", 0)
