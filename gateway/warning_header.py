"""The header `Warning` of a deposit that was accepted with remarks (RFC 7234, code 199)."""

from collections.abc import Sequence


def warning_header(fields: Sequence[str]) -> dict[str, str]:
    """The header that says what was missing, corrected or not kept; none without any field."""
    return {"warning": f'199 - "missing, corrected or not kept: {", ".join(fields)}"'} if fields else {}
