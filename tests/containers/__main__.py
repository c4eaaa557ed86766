"""`make containers`: builds, starts and tries the platform in containers; prints a table, then one line of JSON."""

import json
import sys

from rich.console import Console
from rich.table import Table

from cli.stack import announce
from deploy.dev.errors import StackError
from deploy.docker.engine import NoEngine
from tests.containers.containers import BILLS_OF_MATERIALS, Containers, Measured, containers
from tests.containers.killing import deposit_while_all_are_killed

DEPOSITS = 1000
_SECONDS = 900.0


def main() -> int:
    """Exit code 1 if anything fails; 0, and the reason in the JSON, where no engine can be started."""
    console = Console(highlight=False, soft_wrap=True, stderr=True)
    try:
        with containers(announce) as platform:
            _try(console, platform)
    except NoEngine as reason:
        print(json.dumps({"skipped": str(reason)}))
        return 0
    except StackError as error:
        console.print(f"✗ {error}", markup=False)
        return 1
    measured = platform.measured
    console.print(_table(measured))
    console.print(f"CycloneDX: {BILLS_OF_MATERIALS}")
    result = {"seconds": measured.seconds, "bytes": measured.sizes, "own_bytes": measured.own_sizes}
    print(json.dumps(result | {"deposits": DEPOSITS, "lost": 0}))
    return 0


def _try(console: Console, platform: Containers) -> None:
    with platform.measured.phase("carnet demo"):
        demo = platform.run_demo()
        console.print(demo.stdout, markup=False)
        if demo.returncode != 0:
            raise StackError("carnet demo failed")
    with platform.measured.phase(f"{DEPOSITS} deposits, each container killed"):
        deposit_while_all_are_killed(platform, DEPOSITS, _SECONDS)


def _table(measured: Measured) -> Table:
    table = Table("image", "MB", "MB of its own")
    for image, size in measured.sizes.items():
        table.add_row(image, f"{size / 1e6:.0f}", f"{measured.own_sizes[image] / 1e6:.1f}")
    return table


if __name__ == "__main__":
    sys.exit(main())
