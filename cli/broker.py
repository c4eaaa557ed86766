"""The broker that commands act on, as the operator's user."""

from chassis.broker_permissions import OPERATOR
from cli.target import announce_target, optional_target, stack_that_is_up, target, without_secret


def operator_broker() -> tuple[str, str]:
    """URL of the broker for the operator's user, and file of its authority; says first which broker it is."""
    url, ca_file = target("CARNET_AMQP_URL"), optional_target("CARNET_AMQP_CA_FILE")
    if url is None:
        description = stack_that_is_up("CARNET_AMQP_URL")
        url, ca_file = str(description["amqp_of"][OPERATOR]), str(description["amqp_ca_file"])
    announce_target("courtier / broker", without_secret(url))
    return url, ca_file or ""
