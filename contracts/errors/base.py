"""Base class of refusals, and their categories."""

from typing import ClassVar

from contracts.envelope import Problem

_REGISTRY: dict[str, type["Refusal"]] = {}


class Refusal(Exception):
    """A refused request with a stable code; `details` are values for the text, never personal data.

    `fields`: the details that the text of the code needs.
    """

    code: ClassVar[str] = ""
    fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, code: str = "", fields: tuple[str, ...] = ()) -> None:
        super().__init_subclass__()
        if code:
            cls.code, cls.fields = code, fields
            _REGISTRY[code] = cls

    def __init__(self, **details: str) -> None:
        super().__init__(self.code)
        self.details = details

    def problem(self) -> Problem:
        """This refusal as sent on the wire."""
        return Problem(code=self.code, details=self.details)


def refusal_from(problem: Problem) -> Refusal:
    """The refusal that a problem stands for; an unknown code becomes ServiceUnavailable."""
    refusal = _REGISTRY.get(problem.code) or _REGISTRY["service.unavailable"]
    return refusal(**problem.details)


def all_refusals() -> dict[str, type[Refusal]]:
    """Every concrete refusal by code."""
    return dict(_REGISTRY)


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
