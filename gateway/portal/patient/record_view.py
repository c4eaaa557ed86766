"""A record in the address of a patient's page: their own, or one they represent or help with."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from litestar import Response

from contracts.vocabulary import PatientId
from gateway.clients import ApiRequest
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.profiles import kept_cookie, known_profile
from gateway.portal.routes import PATIENT_SITE
from translations.catalogue import catalogue

A = TypeVar("A")
B = TypeVar("B")

RECORD = f"{PATIENT_SITE}/d/{{patient_id:uuid}}"
"""Pages of a record name it in their address, so that two windows may show two profiles."""
PROFILES = f"{PATIENT_SITE}/profils"
_MOST_COUNTED = 99
_TEXTS = catalogue("portal")


def base_of(patient_id: PatientId) -> str:
    """The path of the first page of a record."""
    return f"{PATIENT_SITE}/d/{patient_id}"


def frame_of(request: ApiRequest, patient_id: PatientId, *, unread: int = 0) -> dict[str, Any]:
    """What the frame of each page of a record needs: `base`, `tabs` (path, name, drawing), `profile`.

    `unread`: notices that the reader has not seen, where the page knows it.
    """
    _, base = _TEXTS.in_language(language_of(request)), base_of(patient_id)
    profile = known_profile(request, patient_id)
    tabs = [
        (base, _("espace.tab.home"), "house"),
        (f"{base}/documents", _("espace.tab.documents"), "folder-open"),
        (f"{base}/acces", _("espace.tab.access"), "eye"),
        (f"{base}/avis", _("espace.tab.notices") + _count(unread), "bell"),
    ]
    if not profile.may_manage:
        del tabs[2:]
    return {"base": base, "tabs": tabs, "profile": profile}


def record_page(
    request: ApiRequest, patient_id: PatientId, template: str, *, unread: int = 0, **values: Any
) -> Response[bytes]:
    """A page of a record in its frame; `unread` as in `frame_of`."""
    response = render(request, template, **frame_of(request, patient_id, unread=unread), **values)
    cookie = kept_cookie(request)
    if cookie is not None:
        response.set_cookie(cookie)
    return response


def _count(unread: int) -> str:
    if not unread:
        return ""
    return f" ({unread})" if unread <= _MOST_COUNTED else f" ({_MOST_COUNTED}+)"


async def together(first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """Two calls at once; both are answered before the page is, also where one is refused."""
    tasks = asyncio.create_task(first), asyncio.create_task(second)
    await asyncio.wait(tasks)
    return tasks[0].result(), tasks[1].result()
