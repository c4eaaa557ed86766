"""Base class of refusals, and their categories."""

from typing import ClassVar

from contracts.envelope import Problem

BY_CODE: dict[str, type["Refusal"]] = {}
"""Filled as modules with refusals are imported; `contracts.errors.registry` imports them all."""


class Refusal(Exception):
    """A refused request with a stable code; `details` are values for the text, never personal data.

    `fields`: the details that the text of the code needs. `alarms`: an operator must look into it.
    """

    code: ClassVar[str] = ""
    fields: ClassVar[tuple[str, ...]] = ()
    alarms: ClassVar[bool] = False

    def __init_subclass__(cls, *, code: str = "", fields: tuple[str, ...] = (), alarms: bool = False) -> None:
        super().__init_subclass__()
        cls.alarms = cls.alarms or alarms
        if code:
            cls.code, cls.fields = code, fields
            BY_CODE[code] = cls

    def __init__(self, **details: str) -> None:
        super().__init__(self.code)
        self.details = details

    def problem(self) -> Problem:
        """This refusal as sent on the wire."""
        return Problem(code=self.code, details=self.details)


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
