"""Compressed bodies, by what the client accepts: Brotli, or else gzip.

Only pages, static files and the description of the interface are compressed. A page holds no secret of the session,
which is a cookie, nor of its forms, which are checked by their Origin, and repeats no parameter that another site may
choose: nobody learns anything by the length of the answers to what they let a browser ask for (BREACH).
"""

import gzip
import re

import brotli

_SMALLEST = 860
"""Smaller bodies fit one packet anyway."""
_FAST = {"br": 4, "gzip": 5}
_BEST = {"br": 11, "gzip": 9}
_CODING = re.compile(r"\s*(br|gzip)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?$", re.IGNORECASE)


def encoding_for(accepted: str, size: int) -> str:
    """`br`, `gzip` or, for what is not compressed, nothing, by an Accept-Encoding header."""
    if size < _SMALLEST:
        return ""
    found = filter(None, map(_CODING.match, accepted[:200].split(",")))
    taken = {match[1].lower() for match in found if float(match[2] or 1) > 0}
    return next((coding for coding in ("br", "gzip") if coding in taken), "")


def compressed(body: bytes, encoding: str, *, once: bool = False) -> bytes:
    """The body in this encoding; `once`: it is kept, so that more time is well spent."""
    level = (_BEST if once else _FAST).get(encoding, 0)
    if encoding == "br":
        return bytes(brotli.compress(body, quality=level))
    return gzip.compress(body, level, mtime=0) if encoding == "gzip" else body


def content_headers(encoding: str) -> dict[str, str]:
    """Of a response whose body depends on Accept-Encoding."""
    return {"vary": "accept-encoding"} | ({"content-encoding": encoding} if encoding else {})
