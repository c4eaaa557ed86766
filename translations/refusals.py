"""The texts of refusals, by their codes."""

from contracts.errors.base import Refusal
from contracts.errors.registry import all_refusals
from translations.catalogue import catalogue

REFUSALS = catalogue("errors").of_codes("{}", all_refusals())


def refusal_text(refusal: Refusal, language: str) -> str:
    """The text in `fr` or `en` with details filled in; `?` stands for one that its sender does not give."""
    return REFUSALS.text(refusal.code, language).format_map(_Details(refusal.details))


class _Details(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"
