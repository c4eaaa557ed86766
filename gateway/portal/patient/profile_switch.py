"""The records whose pages a patient may open: their own, those they represent, those shared with them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import Response, get

from contracts.consent.carers import Profile
from contracts.errors.request import TokenMissing
from contracts.vocabulary import Capacity, PatientId, Section
from gateway.clients import ApiRequest
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.profiles import kept_cookie, list_profiles, name_of
from gateway.portal.patient.record_view import PROFILES, base_of, frame_of
from gateway.portal.routes import PATIENT_PAGE
from gateway.request_state import request_state_of
from translations.catalogue import catalogue

_CAPACITIES = catalogue("portal").of_codes(
    "profiles.as.{}", (Capacity.REPRESENTANT_LEGAL, Capacity.AIDANT, Capacity.AYANT_DROIT)
)
_SECTIONS = catalogue("pages").of_codes("section.{}", Section)


@dataclass(frozen=True)
class ProfileRow:
    """A record of somebody else, as the list of profiles shows it; `sections`: those shared, in words."""

    path: str
    name: str
    capacity: str
    since: datetime
    until: datetime | None
    sections: tuple[str, ...]


@get(PROFILES, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_profiles(request: ApiRequest) -> Response[bytes]:
    """All of them; each leads to its own addresses, so that windows of two profiles never mix."""
    actor = request_state_of(request.scope).actor
    if actor is None:
        raise TokenMissing
    own, found = PatientId(UUID(actor.subject)), await list_profiles(request)
    response = render(
        request,
        "patient/profiles",
        own=base_of(own),
        tabs=frame_of(request, own)["tabs"],
        profiles=[_row(profile, language_of(request)) for profile in found],
    )
    cookie = kept_cookie(request)
    if cookie is not None:
        response.set_cookie(cookie)
    return response


def _row(profile: Profile, language: str) -> ProfileRow:
    return ProfileRow(
        path=base_of(profile.patient_id),
        name=name_of(profile),
        capacity=_CAPACITIES.text(profile.capacity, language),
        since=profile.since,
        until=profile.until,
        sections=tuple(_SECTIONS.text(section, language) for section in profile.sections),
    )


ROUTES = [show_profiles]
