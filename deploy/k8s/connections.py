"""Which pod connects to which: what the wiring says, and the addresses outside that settings name."""

from contracts.wiring import GATEWAY, SERVICES

PROCESSES = (GATEWAY, *SERVICES)

HTTP_PORT = 8080
METRICS_PORT = 9090
BROKER = "rabbitmq"
BROKER_PORT = 5671
DATABASE_PORT = 5432

DATA_PLANE: dict[str, tuple[str, ...]] = {GATEWAY: ("documents",)}
"""Process -> services it sends bytes to; all other calls go through the broker."""

OUTSIDE: dict[str, dict[str, int]] = {
    "identity": {"CARNET_PRO_SANTE_CONNECT": 443},
    "documents": {"CARNET_S3_ENDPOINT": 443},
    "notify": {"CARNET_SMTP_HOST": 587, "CARNET_TWILIO_ORIGIN": 443},
    "audit": {"CARNET_TIMESTAMP_URL": 443},
}
"""Process -> setting with an address outside the cluster -> its TCP port."""

SCANNER_NAMESPACE = "clamav"
NEIGHBOURS: dict[str, dict[str, tuple[str, int]]] = {"documents": {"CARNET_CLAMD_ADDRESS": (SCANNER_NAMESPACE, 3310)}}
"""Process -> setting with an address in another namespace -> that namespace, and the TCP port."""


def database(service: str) -> str:
    """Name of a service's database cluster."""
    return f"{service}-database"


def migration(service: str) -> str:
    """Name of the job that migrates a service's database."""
    return f"{service}-migration"
