"""The header `Warning` of a deposit that was accepted with remarks (RFC 7234, code 199)."""

from collections.abc import Sequence


def warning_header(fields: Sequence[str]) -> dict[str, str]:
    """The header that names these fields; none without any."""
    return {"warning": f'199 - "{", ".join(fields)}"'} if fields else {}
