"""People a patient represents legally, whose records they may also open to an app."""

from typing import NamedTuple
from uuid import UUID

from contracts.consent.api import Consent
from contracts.consent.carers import ListProfiles
from contracts.identity.api import Identity
from contracts.identity.oauth import ReadPerson
from contracts.vocabulary import Capacity
from gateway.clients import ApiRequest


class Represented(NamedTuple):
    """A represented person; `name`: given names and birth date."""

    patient_id: UUID
    name: str


async def people_represented(request: ApiRequest) -> list[Represented]:
    """The people the caller represents; reading a name is written to that person's journal."""
    profiles = (await request.call(Consent.list_profiles, ListProfiles())).profiles
    people = []
    for profile in profiles:
        if profile.capacity is Capacity.REPRESENTANT_LEGAL:
            person = await request.call(Identity.read_person, ReadPerson(patient_id=profile.patient_id))
            traits = person.traits
            people.append(Represented(profile.patient_id, f"{traits.given_names} ({traits.birth_date:%d/%m/%Y})"))
    return people
