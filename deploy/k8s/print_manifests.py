"""Manifests that follow from the wiring: `python -m deploy.k8s.print_manifests`."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from deploy.k8s.databases import clusters, migrations, recoveries, scheduled_backups
from deploy.k8s.network_policies import network_policies
from deploy.k8s.scaling import disruption_budgets, scaled_objects
from deploy.k8s.secrets import external_secrets

FOLDER = Path(__file__).parent

PRINTED: dict[str, Callable[[], Iterable[dict[str, Any]]]] = {
    "base/printed/network-policies.yaml": network_policies,
    "base/printed/disruption-budgets.yaml": disruption_budgets,
    "migrations/printed/jobs.yaml": migrations,
    "components/scaling/printed/scaled-objects.yaml": scaled_objects,
    "components/databases/printed/clusters.yaml": clusters,
    "components/backups/printed/scheduled-backups.yaml": scheduled_backups,
    "components/recovery/printed/clusters.yaml": recoveries,
    "components/secrets/printed/external-secrets.yaml": external_secrets,
}
"""File -> what is printed into it."""

_HEAD = "# Printed by `python -m deploy.k8s.print_manifests`.\n"


def printed(manifests: Iterable[dict[str, Any]]) -> str:
    """The content of a file."""
    # By way of JSON, so that what occurs twice is written twice and not by reference.
    plain = json.loads(json.dumps(list(manifests)))
    return _HEAD + str(yaml.safe_dump_all(plain, sort_keys=False, width=110))


def main() -> None:
    for name, manifests in PRINTED.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(printed(manifests()))


if __name__ == "__main__":
    main()
