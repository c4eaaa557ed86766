"""Whether identity was given the pepper under which what is on file was encrypted."""

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag

from chassis.readiness import can_read
from chassis.runtime import Runtime
from services.identity.repositories.database import IdentityRepositories
from services.identity.tools import Tools


def missing_parts(runtime: Runtime, tools: Tools, missing: Sequence[str]) -> list[str]:
    """`code_pepper.changed` where an authenticator or a letter on file was sealed under another pepper."""
    if not can_read(missing):
        return []
    with runtime.engine.connect() as connection:
        repositories = IdentityRepositories(connection)
        authenticator, letter = repositories.an_authenticator(), repositories.a_sealed_letter()
    try:
        if authenticator is not None:
            tools.authenticators.check_sealed(*authenticator)
        if letter is not None:
            tools.letter_codes.open(*letter)
    except InvalidTag:
        return ["code_pepper.changed"]
    return []
