"""What every repository is built on: one connection, whose transaction somebody else ends."""

from sqlalchemy import Connection


class Repository:
    """Rows reached through one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
