"""What passes between the documents service and its rendering workers: a head as one line of JSON, then bytes."""

import msgspec


class RenderingRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`size` bytes of a CDA follow; wanted is a page in that language, or clinical data."""

    size: int
    language: str
    is_page: bool


class RenderingReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`size` bytes follow, none after a refusal or an error.

    `refused`: NotRenderable. `error`, `where`: the name of an unexpected exception and its place in the code, nothing
    of its text. `ends`: the worker takes no further document.
    """

    size: int = 0
    media_type: str = ""
    policy: str = ""
    refused: bool = False
    error: str = ""
    where: str = ""
    ends: bool = False
