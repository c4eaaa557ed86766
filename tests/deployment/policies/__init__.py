"""What must hold of the manifests of this platform and no general validator knows."""

from collections.abc import Callable, Iterable

from tests.deployment.manifests import Manifests
from tests.deployment.policies import (
    broker,
    databases,
    ingress,
    kinds,
    network,
    pods,
    scaling,
    secrets,
    settings,
    workloads,
)

RULES: tuple[Callable[[Manifests], Iterable[str]], ...] = (
    *(kinds.unexpected, pods.namespaces, pods.unrestricted, pods.unsafe_volumes),
    *(pods.settings_from_elsewhere, pods.wrong_ports, pods.too_little_memory),
    *(settings.unknown, settings.missing, settings.given_twice, settings.of_wrong_type, settings.in_the_open),
    *(settings.unsafe, settings.trusted_ingress, settings.shares_of_quotas),
    *(secrets.unknown_keys, secrets.missing_files, secrets.of_others, secrets.of_other_entries),
    *(secrets.unreadable_stores,),
    *(network.without_policy, network.not_as_printed, network.between_pods, network.from_outside),
    *(network.to_outside, network.published, network.broken_services, network.addresses_within),
    *(ingress.missing, ingress.wrong_backend, ingress.wrong_host, ingress.wrong_cards),
    *(workloads.unsafe_images, workloads.wrong_commands, workloads.wrong_probes, workloads.without_migration),
    *(workloads.wrong_rollouts, workloads.unevictable),
    *(scaling.wrong_queues, scaling.not_scaled, scaling.wrong_authentication),
    *(broker.without_quorum, broker.without_tls, broker.without_definitions),
    *(databases.unsafe_clusters, databases.without_backup, databases.wrong_recoveries),
    *(databases.unsafe_stores, databases.too_many_connections),
)
"""Each yields a sentence for whatever is against it."""


def findings(manifests: Manifests) -> list[str]:
    """All that is against a rule."""
    return [finding for rule in RULES for finding in rule(manifests)]
