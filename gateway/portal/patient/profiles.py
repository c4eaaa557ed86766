"""Whose record a patient's page shows: their own, or that of somebody they represent or help, and by what name."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import msgspec
from litestar.datastructures import Cookie

from contracts.consent.api import Consent
from contracts.consent.carers import ListProfiles, Profile
from contracts.errors.request import TokenMissing
from contracts.vocabulary import Capacity, PatientId
from gateway.clients import ApiRequest
from gateway.cookies import cookie_name, host_cookie
from gateway.portal.person_names import first_name
from gateway.request_state import request_state_of

_COOKIE = "carnet-profiles"
_STATE = "profiles"
_MOST, _LONGEST_NAME = 20, 60
_MANAGE = frozenset({Capacity.SELF, Capacity.REPRESENTANT_LEGAL})


@dataclass(frozen=True)
class ShownProfile:
    """A record and in what capacity its pages are read, None where that is not known; `name`: of another person."""

    patient_id: PatientId
    capacity: Capacity | None
    name: str = ""

    @property
    def is_own(self) -> bool:
        return self.capacity is Capacity.SELF

    @property
    def may_manage(self) -> bool:
        """Whether the pages offer what only the holder and representatives may do; services decide it."""
        return self.capacity is None or self.capacity in _MANAGE


class _Kept(msgspec.Struct, frozen=True):
    """What the cookie holds: for whom, and of each record the capacity and a name."""

    subject: str
    profiles: dict[PatientId, tuple[Capacity, str]] = {}


def known_profile(request: ApiRequest, patient_id: PatientId) -> ShownProfile:
    """As far as it is known without asking."""
    if _subject_of(request) == str(patient_id):
        return ShownProfile(patient_id, Capacity.SELF)
    capacity, name = _kept(request).profiles.get(patient_id, (None, ""))
    return ShownProfile(patient_id, capacity, name)


async def profile_of(request: ApiRequest, patient_id: PatientId) -> ShownProfile:
    """As `known_profile`, but asked where it is not known: once for a browser and record.

    A record that can be read and is none of these is the reader's own, under another identity.
    """
    known = known_profile(request, patient_id)
    if known.capacity is not None:
        return known
    await list_profiles(request, also=patient_id)
    return known_profile(request, patient_id)


async def list_profiles(request: ApiRequest, *, also: PatientId | None = None) -> tuple[Profile, ...]:
    """The records that the reader may act on besides their own; `kept_cookie` keeps them, and `also` as their own."""
    found = (await request.call(Consent.list_profiles, ListProfiles(names=True))).profiles
    own = {} if also is None else {also: (Capacity.SELF, "")}
    named = {each.patient_id: (each.capacity, name_of(each)[:_LONGEST_NAME]) for each in found[:_MOST]}
    request.scope["state"][_STATE] = _Kept(_subject_of(request), own | named)
    return found


def name_of(profile: Profile) -> str:
    """What the reader calls the holder."""
    return profile.label or first_name(profile.given_names)


def kept_cookie(request: ApiRequest) -> Cookie | None:
    """The cookie to send where profiles were asked: names for the frame of later pages, until the browser ends."""
    kept = request.scope["state"].get(_STATE)
    if kept is None:
        return None
    value = urlsafe_b64encode(msgspec.json.encode(kept)).decode().rstrip("=")
    return host_cookie(request.clients.settings.public_url, _COOKIE, value, same_site="lax")


def forgotten_cookie(request: ApiRequest) -> Cookie:
    """The cookie, deleted: for a logout."""
    return host_cookie(request.clients.settings.public_url, _COOKIE, "", same_site="lax", seconds=0)


def _kept(request: ApiRequest) -> _Kept:
    """What was asked for this page, or before it for whoever is logged in; nothing of another person's cookie."""
    found = request.scope["state"].get(_STATE)
    if isinstance(found, _Kept):
        return found
    sent = request.cookies.get(cookie_name(request.clients.settings.public_url, _COOKIE), "")
    subject = _subject_of(request)
    try:
        kept = msgspec.json.decode(urlsafe_b64decode(sent + "=" * (-len(sent) % 4)), type=_Kept)
    except (ValueError, msgspec.MsgspecError):
        return _Kept(subject)
    return kept if kept.subject == subject else _Kept(subject)


def _subject_of(request: ApiRequest) -> str:
    actor = request_state_of(request.scope).actor
    if actor is None:
        raise TokenMissing
    return actor.subject
