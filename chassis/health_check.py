"""`python -m chassis.health_check`: exit code 0 if the process of this container is ready; for HEALTHCHECK."""

import http.client
import os
import sys

_PATIENCE_SECONDS = 3.0


def is_ready(http_address: str) -> bool:
    """Whether the process that listens there answers 200 to /health/ready.

    Args:
        http_address: CARNET_HTTP_ADDRESS; asked on loopback.
    """
    port = int(http_address.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(os.environ["CARNET_HTTP_ADDRESS"]) else 1)
