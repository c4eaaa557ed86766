"""Reasons why a comparison cannot be made."""


class CannotCompare(Exception):
    """Nothing was measured; the message is one sentence for the user."""
