"""Names of folders, limits of folders and pins, and who may arrange a record."""

import unicodedata

from contracts.errors.execution import ArrangementFull
from contracts.errors.request import InvalidRequest, NotShared, RoleForbidden
from contracts.vocabulary import Capacity, Role

MOST_FOLDERS = 50
MOST_PINNED = 20
_LONGEST_NAME = 60


def checked_name(name: str) -> str:
    """The name as it is stored: NFC, without surrounding blanks.

    Raises:
        InvalidRequest: empty, longer than 60 characters, or with unprintable characters.
    """
    composed = unicodedata.normalize("NFC", name).strip()
    if not 0 < len(composed) <= _LONGEST_NAME or not composed.isprintable():
        raise InvalidRequest(field="name")
    return composed


def key_of(name: str) -> str:
    """The form in which names are compared: NFKC, case-folded."""
    return unicodedata.normalize("NFKC", name).casefold()


def check_room(count: int, most: int) -> None:
    """Raises ArrangementFull when there are `most` already."""
    if count >= most:
        raise ArrangementFull(most=str(most))


def check_arranges(role: Role, capacity: Capacity) -> None:
    """Folders are for the holder and legal representatives.

    Raises:
        RoleForbidden: a professional or an app. NotShared: a carer.
    """
    if role is not Role.PATIENT:
        raise RoleForbidden
    if capacity in {Capacity.AIDANT, Capacity.AYANT_DROIT}:
        raise NotShared
