"""Readiness of audit: heads are looked at only where broker and database can be reached."""

from collections.abc import Sequence
from typing import Any

import pytest

from services.audit.readiness import missing_parts


@pytest.mark.parametrize("missing", [("broker",), ("database",), ("broker", "database")])
def test_no_heads_are_looked_at_while_broker_or_database_are_missing(missing: Sequence[str]) -> None:
    unused: Any = None
    assert missing_parts(unused, unused, missing) == []
