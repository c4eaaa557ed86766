"""What keeps a comparison from being made."""


class CannotCompare(Exception):
    """One sentence for whoever asked; nothing was measured."""
