"""Who can open a connection to whom: NetworkPolicies as Kubernetes reads them, on labels instead of pods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address, ip_network
from typing import Any

Rule = dict[str, Any]

NAMESPACE = "carnet"
_NAME_OF_NAMESPACE = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Place:
    """What connects or is connected to: a pod of the platform, one of another namespace, or an address."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: str = NAMESPACE
    address: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether policies of the platform speak about it."""
        return not self.address and self.namespace == NAMESPACE

    def is_meant_by(self, peer: Rule) -> bool:
        """Whether a peer of a rule is this one."""
        if "ipBlock" in peer:
            return bool(self.address) and _is_in(self.address, peer["ipBlock"])
        if self.address:
            return False
        if "namespaceSelector" in peer:
            in_namespace = _has({_NAME_OF_NAMESPACE: self.namespace}, peer["namespaceSelector"])
        else:
            in_namespace = self.namespace == NAMESPACE
        return in_namespace and _has(self.labels, peer.get("podSelector", {}))


@dataclass(frozen=True)
class Policies:
    """Every NetworkPolicy of the namespace."""

    specs: Sequence[Rule]

    @cached_property
    def ports(self) -> tuple[int, ...]:
        """Every port that a rule names, and one that none does."""
        directions = [spec.get(direction, ()) for spec in self.specs for direction in ("ingress", "egress")]
        named = {port["port"] for rules in directions for rule in rules for port in rule.get("ports", ())}
        return (1, *sorted(named))

    def let_through(self, source: Place, target: Place, port: int, protocol: str = "TCP") -> bool:
        """Whether neither side refuses."""
        is_sent = not source.is_ours or self._allow("egress", source, target, port, protocol)
        return is_sent and (not target.is_ours or self._allow("ingress", target, source, port, protocol))

    def _allow(self, direction: str, pod: Place, other: Place, port: int, protocol: str) -> bool:
        about = [spec for spec in self.specs if _is_about(spec, direction, pod)]
        rules = [rule for spec in about for rule in spec.get(direction, ())]
        peers = "to" if direction == "egress" else "from"
        return not about or any(
            _names_port(rule, port, protocol)
            and (not rule.get(peers) or any(other.is_meant_by(peer) for peer in rule[peers]))
            for rule in rules
        )


def _is_about(spec: Rule, direction: str, pod: Place) -> bool:
    return direction.capitalize() in spec["policyTypes"] and _has(pod.labels, spec["podSelector"])


def _names_port(rule: Rule, port: int, protocol: str) -> bool:
    named = rule.get("ports")
    return not named or any(
        found.get("protocol", "TCP") == protocol and found["port"] <= port <= found.get("endPort", found["port"])
        for found in named
    )


def _has(labels: Mapping[str, str], selector: Rule) -> bool:
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()


def _is_in(address: str, block: Rule) -> bool:
    found = ip_address(address)
    return found in ip_network(block["cidr"]) and not any(
        found in ip_network(left) for left in block.get("except", ())
    )
