"""The scanner of FHIR bodies against the standard parser, on generated bodies."""

import asyncio
import json
import re
from base64 import b64decode, b64encode
from binascii import Error
from random import Random
from typing import Any

from contracts.errors.request import InvalidRequest
from gateway.fhir.json_scanner import LONG_STRING, JsonScanner
from gateway.fhir.spooled_parts import SpooledPart

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_SPACES = (" ", "\n", "\r\n", "\t")
_NAMES = ("data", "title", "url", "data ", "Data", "dáta", "description")
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "/": "\\/", '"': '\\"', "\\": "\\\\"}


def compare(seed: int) -> str:
    """What differs for the body of a seed; empty if nothing does."""
    random = Random(seed)
    body = _written(_value(random, depth=0), random).encode("utf-8", "surrogatepass")
    if random.random() < 0.1:
        body = _damaged(body, random)
    try:
        expected, is_json = json.loads(body), True
    except ValueError:
        expected, is_json = None, False
    try:
        found = scanned(body, random)
    except InvalidRequest:
        return "" if not is_json or _has_wrong_content(expected) else f"seed {seed}: refused"
    except ValueError:
        return "" if not is_json else f"seed {seed}: no JSON without its contents"
    if not is_json:
        return f"seed {seed}: accepted, and is no JSON"
    return "" if _bare(found) == _bare(expected) else f"seed {seed}: differs"


def scanned(body: bytes, random: Random) -> Any:
    """The body as the scanner reads it in random chunks, its parts back in their places.

    Raises:
        InvalidRequest: the scanner's. ValueError: what it left is no JSON.
    """
    scanner, start = JsonScanner(), 0
    try:
        while start < len(body):
            size = random.choice((1, 2, 3, 7, 100, 4_095, 4_096, 70_000))
            scanner.feed(body[start : start + size])
            start += size
        parts = {name: b64encode(content_of(part)).decode() for name, part in scanner.parts.items()}
        return _with_parts(json.loads(scanner.skeleton()), parts)
    finally:
        scanner.close()


def content_of(part: SpooledPart) -> bytes:
    """All bytes of a part."""

    async def read() -> bytes:
        receive, content = part.receive(), bytearray()
        while True:
            message: Any = await receive()
            content += message["body"]
            if not message["more_body"]:
                return bytes(content)

    return asyncio.run(read())


def _with_parts(value: Any, parts: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _with_parts(member, parts) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_parts(item, parts) for item in value]
    return parts.get(value, value) if isinstance(value, str) else value


def _bare(value: Any) -> Any:
    """The value with its contents without white space, and as text, for `1` and `true` are equal in Python."""
    if isinstance(value, dict):
        return {name: _content(member) if name == "data" else _bare(member) for name, member in value.items()}
    return [_bare(item) for item in value] if isinstance(value, list) else repr(value)


def _content(value: Any) -> Any:
    return repr("".join(value.split())) if isinstance(value, str) else _bare(value)


def _has_wrong_content(value: Any) -> bool:
    """Whether a content that is long as it was sent is no base64."""
    if isinstance(value, dict):
        return any(
            (name == "data" and isinstance(member, str) and not _is_base64(member)) or _has_wrong_content(member)
            for name, member in value.items()
        )
    return any(map(_has_wrong_content, value)) if isinstance(value, list) else False


def _is_base64(text: str) -> bool:
    bare = "".join(character for character in text if character not in " \t\r\n")
    try:
        b64decode(bare, validate=True)
    except (Error, ValueError):
        return False
    return _BASE64.fullmatch(bare) is not None


def _value(random: Random, *, depth: int) -> Any:
    kind = random.randrange(5 if depth < 3 else 3)
    if kind == 0:
        return random.choice((1, -2.5, True, False, None, ""))
    if kind < 3:
        return _text(random)
    if kind == 3:
        return [_value(random, depth=depth + 1) for _ in range(random.randrange(4))]
    names = random.sample(_NAMES, random.randrange(1, 4))
    return {name: _base64(random) if name == "data" else _value(random, depth=depth + 1) for name in names}


def _text(random: Random) -> str:
    length = random.choice((0, 1, 30, LONG_STRING - 1, LONG_STRING + 1))
    return "".join(random.choices('aé"\\/\n\t +=😀data', k=length))


def _base64(random: Random) -> str:
    size = random.choice((0, 1, 2, 30, LONG_STRING * 3 // 4 - 3, LONG_STRING * 3 // 4, LONG_STRING, 3 * LONG_STRING))
    text = b64encode(random.randbytes(size)).decode()
    if random.random() < 0.3:
        line, end = random.choice((1, 64, 76, 4_000)), random.choice(_SPACES)
        text = end.join(text[place : place + line] for place in range(0, len(text), line))
    if random.random() < 0.1:
        place = random.randrange(len(text) + 1)
        text = text[:place] + random.choice(("é", "=", "-", "_", "\x0b", "A")) + text[place:]
    return text


def _written(value: Any, random: Random) -> str:
    """JSON of a value, with white space and escapes that a writer may choose."""
    space = random.choice(("", " ", "\n  "))
    if isinstance(value, dict):
        members = (
            f"{_string(name, random)}{space}:{space}{_written(member, random)}" for name, member in value.items()
        )
        return "{" + f",{space}".join(members) + "}"
    if isinstance(value, list):
        return "[" + f",{space}".join(_written(item, random) for item in value) + "]"
    return _string(value, random) if isinstance(value, str) else json.dumps(value)


def _string(text: str, random: Random) -> str:
    rate = random.choice((0.0, 0.0, 0.001, 0.05, 1.0))
    return '"' + "".join(_character(character, random, rate) for character in text) + '"'


def _character(character: str, random: Random, rate: float) -> str:
    must_escape = character in '"\\' or character < " "
    if not must_escape and random.random() >= rate:
        return character
    if character in _SHORT_ESCAPES and random.random() < 0.5:
        return _SHORT_ESCAPES[character]
    units = character.encode("utf-16-be").hex()
    digits = units.upper() if random.random() < 0.5 else units
    return "".join(f"\\u{digits[place : place + 4]}" for place in range(0, len(digits), 4))


def _damaged(body: bytes, random: Random) -> bytes:
    place = random.randrange(len(body) + 1)
    if random.random() < 0.5:
        return body[:place]
    return body[:place] + random.choice((b"\\", b'"', b"\n", b"\\u12", b"\\x", b"{", b"\xff")) + body[place:]
