"""What must hold of the manifests of this platform and no general validator knows."""

from collections.abc import Callable, Iterable

from tests.deployment.manifests import Manifests
from tests.deployment.policies import backing, network, secrets, settings, workloads

RULES: tuple[Callable[[Manifests], Iterable[str]], ...] = (
    *(settings.unknown, settings.missing, settings.given_twice, settings.shares_of_quotas),
    *(secrets.unknown_keys, secrets.missing_files, secrets.of_others),
    *(network.not_denied, network.without_policy, network.published, network.broken_services, network.closed_ports),
    *(workloads.unsafe_images, workloads.wrong_commands, workloads.wrong_probes, workloads.without_migration),
    *(workloads.unevictable, workloads.service_links),
    *(backing.wrong_queues, backing.without_backup, backing.too_many_connections),
)
"""Each yields a sentence for whatever is against it."""


def findings(manifests: Manifests) -> list[str]:
    """All that is against a rule."""
    return [finding for rule in RULES for finding in rule(manifests)]
