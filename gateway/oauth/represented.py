"""For whom somebody may let an app read, beside themself: those they represent by law, as they know them."""

from typing import NamedTuple
from uuid import UUID

from contracts.consent import Consent, ListProfiles
from contracts.identity import Identity, ReadPerson
from contracts.vocabulary import Capacity
from gateway.clients import Caller


class Represented(NamedTuple):
    """Somebody, by their first name and the day they were born."""

    patient_id: UUID
    name: str


async def people_represented(request: Caller) -> list[Represented]:
    """Those the caller represents; whose name is looked at reads so in their journal."""
    profiles = (await request.ask(Consent.list_profiles, ListProfiles())).profiles
    found = []
    for profile in profiles:
        if profile.capacity is Capacity.REPRESENTANT_LEGAL:
            person = await request.ask(Identity.read_person, ReadPerson(patient_id=profile.patient_id))
            traits = person.traits
            found.append(Represented(profile.patient_id, f"{traits.given_names} ({traits.birth_date:%d/%m/%Y})"))
    return found
