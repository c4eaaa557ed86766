"""Documents of typical sizes, made once."""

from functools import cache

from tests.unit.documents.specimens import biology, vsm

SIZES = {"small": 10_000, "139 kB": 139_000, "5 MB": 5_000_000, "20 MB": 20_000_000}


@cache
def document(size: str) -> bytes:
    """A document of about that many bytes."""
    made = vsm() if size == "small" else biology(padding=int(SIZES[size] * 0.995) - 8_000)
    assert abs(len(made) - SIZES[size]) < SIZES[size] * 0.06, len(made)
    return made
