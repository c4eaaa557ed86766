"""Readiness of audit: heads are looked at only where the database can be read."""

from collections.abc import Sequence
from typing import Any

import pytest

from services.audit.readiness import missing_parts


@pytest.mark.parametrize("missing", [("database",), ("database.unmigrated",), ("broker", "database")])
def test_no_heads_are_looked_at_while_the_database_is_missing(missing: Sequence[str]) -> None:
    unused: Any = None
    assert missing_parts(unused, unused, missing) == []
