"""Values of search parameters: alternatives, and tokens, with their escapes."""

import re
from collections.abc import Iterable

import msgspec

from contracts.errors.request import InvalidRequest
from gateway.fhir.systems import oid_of

_ESCAPED = re.compile(r"\\([,|$\\])")


class SearchToken(msgspec.Struct, frozen=True):
    """A value of a token parameter (FHIR R4, search.html#token).

    `system`: an OID, or else a URL; None: any or none, empty: none. `code`: empty: any of the system.
    """

    system: str | None
    code: str

    def matches(self, system: str, code: str) -> bool:
        """Whether it asks for this code, which has this system."""
        return self.system in (None, oid_of(system)) and self.code in ("", code)

    def in_index(self, kind: str) -> str:
        """Its form in the index of records, where codes are kept in all forms."""
        return f"{kind}:{self.code}" if self.system is None else f"{kind}:{self.system}|{self.code}"


def names_code(tokens: Iterable[SearchToken], system: str, code: str) -> bool:
    """Whether one of these tokens asks for this code, which has this system."""
    return any(token.matches(system, code) for token in tokens)


def alternatives(value: str, name: str) -> list[str]:
    """The values between unescaped commas.

    Raises:
        InvalidRequest: an empty value.
    """
    found = [_unescaped(part) for part in _split(value, ",")]
    if not all(found):
        raise InvalidRequest(field=name)
    return found


def tokens_in(value: str, name: str) -> list[SearchToken]:
    """The tokens between unescaped commas.

    Raises:
        InvalidRequest: an empty token, or more than one unescaped bar.
    """
    return [_token(part, name) for part in _split(value, ",")]


def _token(value: str, name: str) -> SearchToken:
    *system, code = map(_unescaped, _split(value, "|"))
    if len(system) > 1 or not (code or any(system)):
        raise InvalidRequest(field=name)
    return SearchToken(oid_of(system[0]) if system else None, code)


def _split(value: str, separator: str) -> list[str]:
    """The parts between separators that no backslash escapes (FHIR R4, search.html#escaping)."""
    parts, characters = [""], iter(value)
    for character in characters:
        if character == separator:
            parts.append("")
        else:
            parts[-1] += character + (next(characters, "") if character == "\\" else "")
    return parts


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(r"\1", value)
