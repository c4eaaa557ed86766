"""What a refusal is, and its categories."""

from typing import ClassVar

from contracts.envelope import Problem

_LEAVES: dict[str, type["Refusal"]] = {}


class Refusal(Exception):
    """A no with a stable code; `details` are facts for the text, never personal ones."""

    code: ClassVar[str] = ""
    fr: ClassVar[str] = ""
    en: ClassVar[str] = ""

    def __init_subclass__(cls, *, code: str = "", fr: str = "", en: str = "") -> None:
        super().__init_subclass__()
        if code:
            cls.code, cls.fr, cls.en = code, fr, en
            _LEAVES[code] = cls

    def __init__(self, **details: str) -> None:
        super().__init__(self.code)
        self.details = details

    def text(self, language: str) -> str:
        """The explanation in `fr` or `en`, its facts filled in."""
        text = self.fr if language == "fr" else self.en
        return text.format_map(_Known(self.details))

    def problem(self) -> Problem:
        """This refusal as it travels."""
        return Problem(code=self.code, details=self.details)


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def refusal_from(problem: Problem) -> Refusal:
    """The refusal a problem speaks of; a code we do not know is a part we cannot rely on."""
    leaf = _LEAVES.get(problem.code) or _LEAVES["service.unavailable"]
    return leaf(**problem.details)


def all_refusals() -> dict[str, type[Refusal]]:
    """Every leaf by its code."""
    return dict(_LEAVES)


class Malformed(Refusal): ...


class Unauthenticated(Refusal): ...


class Forbidden(Refusal): ...


class Missing(Refusal): ...


class Conflict(Refusal): ...


class TooLarge(Refusal): ...


class Unsupported(Refusal): ...


class Contradiction(Refusal): ...


class TooMany(Refusal): ...


class Unavailable(Refusal): ...
