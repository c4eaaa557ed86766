"""The base of repositories."""

from sqlalchemy import Connection


class Repository:
    """Does not commit: the connection's transaction belongs to the caller."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
