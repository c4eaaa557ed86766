"""What an operator may change about the law of access; each default is explained in an ADR."""

import msgspec


class ConsentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    authorisation_days: int = 365
    """How long an authorisation lasts where the patient set no end; use renews it (ADR 0008)."""
    emergency_minutes: int = 60
    """How long a broken glass stays broken: one consultation (ADR 0008)."""
    regulation_centres: str = ""
    """FINESS numbers of the emergency regulation centres (SAMU), separated by commas; none by default."""
    majority_age: int = 18
    """Years; the representation of a minor ends on that birthday."""

    carers_per_person: int = 3
    """With how many carers one record is shared, open invitations counted."""
    people_per_carer: int = 5
    """How many people one carer helps."""
    invitation_days: int = 7
    """How long an invitation waits for its answer."""

    def is_regulation_centre(self, structure: str | None) -> bool:
        """Whether a structure is one of them."""
        return structure is not None and structure in self.regulation_centres.split(",")
