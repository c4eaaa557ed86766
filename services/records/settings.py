"""What an operator may change about records."""

import msgspec


class RecordsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    professional_limit_bytes: int = 20_000_000
    """Largest document a professional may deposit."""
