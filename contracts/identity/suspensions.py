"""Messages about professionals whose access is suspended: struck off, or their card is in the wrong hands."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.vocabulary import Rpps


class SuspensionCause(StrEnum):
    """Why a professional may not log in; each cause is lifted for itself."""

    RADIATION = "radiation"
    """Struck off, or suspended by the order."""
    CARTE_PERDUE = "carte_perdue"
    """The card, or the phone that stands for it, was reported lost or stolen."""


class SuspendProfessional(msgspec.Struct, frozen=True, kw_only=True):
    """Suspend a professional's access, or lift the suspension on this cause."""

    rpps: Rpps
    cause: SuspensionCause
    suspended: bool


class ActiveSuspension(msgspec.Struct, frozen=True, kw_only=True):
    """One cause, and since when."""

    cause: SuspensionCause
    since: datetime


class ProfessionalAccess(msgspec.Struct, frozen=True, kw_only=True):
    """What suspends a professional's access, by cause; none: they log in as the directory says."""

    rpps: Rpps
    suspensions: tuple[ActiveSuspension, ...]
