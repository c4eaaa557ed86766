"""The settings of the consent service; ADRs explain the defaults."""

from typing import Annotated

import msgspec


class ConsentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    authorisation_days: int = 365
    """Duration of an authorisation for which the patient set no end; use renews it (ADR 0008)."""
    emergency_minutes: int = 60
    """Duration of an emergency access: one consultation (ADR 0008)."""
    regulation_centres: str = ""
    """FINESS numbers of the emergency regulation centres (SAMU), separated by commas; none by default."""
    majority_age: int = 18
    """Years; the representation of a minor ends on that birthday."""

    carers_per_person: int = 3
    """Maximum number of carers of a record, open invitations included."""
    people_per_carer: int = 5
    """Maximum number of people whom a carer helps."""
    invitation_days: int = 7
    """Days until an unanswered invitation expires."""

    representation_delay_hours: Annotated[int, msgspec.Meta(ge=1, le=2160)] = 72
    """Hours until the naming or ending of a legal representative that one agent requested takes effect, unless a
    second agent confirms it before, or it is contested (ADR 0029)."""

    heir_access_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30
    """Days for which an heir reads what two agents opened to them (ADR 0043)."""

    def is_regulation_centre(self, structure: str | None) -> bool:
        return structure is not None and structure in self.regulation_centres.split(",")
