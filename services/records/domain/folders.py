"""What folders may be called, and how many of them and of pins a holder has."""

import unicodedata

from contracts.errors import ArrangementFull, InvalidRequest, NotShared, RoleForbidden
from contracts.vocabulary import Capacity, Role

MOST_FOLDERS = 50
MOST_PINNED = 20
_LONGEST_NAME = 60


def checked_name(name: str) -> str:
    """The name as it is kept: composed, without blanks around it.

    Raises:
        InvalidRequest: empty, longer than 60 characters, or with characters nobody sees.
    """
    composed = unicodedata.normalize("NFC", name).strip()
    if not 0 < len(composed) <= _LONGEST_NAME or not composed.isprintable():
        raise InvalidRequest(field="name")
    return composed


def key_of(name: str) -> str:
    """The form in which two names are the same."""
    return unicodedata.normalize("NFKC", name).casefold()


def check_room(count: int, most: int) -> None:
    """Raises ArrangementFull when there are `most` already."""
    if count >= most:
        raise ArrangementFull(most=str(most))


def check_arranges(role: Role, capacity: Capacity) -> None:
    """Folders are for holders and those who stand in their place by law.

    Raises:
        RoleForbidden: a professional or an app. NotShared: a carer, who reads documents and not how they are kept.
    """
    if role is not Role.PATIENT:
        raise RoleForbidden
    if capacity is Capacity.AIDANT:
        raise NotShared
