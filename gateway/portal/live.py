"""Pages that are kept up to date: a stream that says that something is gone or new, and nothing else.

Each change is asked about as a reading would be, without being one: what is hidden from a reader tells them nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.status_codes import HTTP_200_OK
from litestar.types import ASGIApp

from contracts.audit import Audit
from contracts.envelope import Actor
from contracts.errors.base import Forbidden, Malformed, Refusal, TooMany, Unauthenticated, Unavailable
from contracts.errors.request import InvalidRequest, TokenMissing
from contracts.records.api import Records
from contracts.records.pages import ComparePage
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of, to_refusal
from gateway.event_stream import EventStream, event
from gateway.guards import LIVE
from gateway.live_streams import LiveStream
from gateway.portal.patient.profiles import known_profile
from gateway.portal.patient.record_view import RECORD
from gateway.portal.routes import PATIENT_PAGE, PROFESSIONAL_PAGE, PROFESSIONAL_SITE
from gateway.request_state import request_state_of

_PATH, _PAGE = "direct", "page"
_LONGEST = 16_384
_LIFE_SECONDS = 480.0
"""Shorter than the access token of the stream; the browser connects again."""
_LOOK_SECONDS = 2.0
"""Between two looks whether the session has ended."""
_HEARTBEAT_SECONDS = 15.0
_BETWEEN_QUESTIONS = 1.0
"""However much happens meanwhile."""
_AWAY_SECONDS = 5.0
_RECONNECT = b"retry: 3000\n\n"
_HEARTBEAT = b":\n\n"
GONE, NEW, ENDED = "gone", "new", "ended"
"""Something shown must disappear; there is something else; there is no access any more, or nobody is logged in."""


def live_address(base: str, page: str) -> str:
    """What `render` takes as `live`: the stream of a page of the record at `base`, by what it shows."""
    return f"{base}/{_PATH}?{urlencode({_PAGE: page})}"


def _refused(request: ApiRequest, error: Exception) -> Response[bytes]:
    """A browser does not tell a page by what status its stream was refused; a logged-out one must be told."""
    refusal = to_refusal(error)
    record_refusal(request, error, refusal)
    if isinstance(refusal, Unauthenticated):
        return Response(event(ENDED), status_code=HTTP_200_OK, media_type="text/event-stream")
    return Response(b"", status_code=status_of(refusal), media_type="text/plain")


_ROUTE: dict[str, Any] = {"include_in_schema": False, "exception_handlers": {Exception: _refused}}


@get(f"{PROFESSIONAL_SITE}/d/{{patient_id:uuid}}/{_PATH}", opt=PROFESSIONAL_PAGE | {LIVE: True}, **_ROUTE)
async def follow_record(request: ApiRequest, patient_id: PatientInPath) -> ASGIApp:
    """The stream of a professional's page."""
    return _stream(request, PatientId(patient_id), has_journal=False)


@get(f"{RECORD}/{_PATH}", opt=PATIENT_PAGE | {LIVE: True}, **_ROUTE)
async def follow_own_record(request: ApiRequest, patient_id: PatientInPath) -> ASGIApp:
    """The stream of a patient's page, which also says that others did something with the record."""
    record = PatientId(patient_id)
    return _stream(request, record, has_journal=known_profile(request, record).may_manage)


def _stream(request: ApiRequest, patient_id: PatientId, *, has_journal: bool) -> ASGIApp:
    state, page = request_state_of(request.scope), request.query_params.get(_PAGE, "")
    if state.actor is None:
        raise TokenMissing
    if not 0 < len(page) <= _LONGEST:
        raise InvalidRequest(field=_PAGE)
    live = request.clients.live
    stream = live.open(state.actor.session, patient_id, has_journal=has_journal)
    state.is_lasting = True
    question = ComparePage(patient_id=patient_id, page=page)
    return EventStream(_events(request, state.actor, stream, question), lambda: live.close(stream))


async def _events(
    request: ApiRequest, actor: Actor, stream: LiveStream, question: ComparePage
) -> AsyncIterator[bytes]:
    revocations, loop = request.clients.keyring.revocations, asyncio.get_running_loop()
    ends, beats = loop.time() + _LIFE_SECONDS, loop.time() + _HEARTBEAT_SECONDS
    has_said_new = False
    yield _RECONNECT
    while not stream.is_ended and loop.time() < ends:
        if revocations.has(actor.session):
            yield event(ENDED)
            return
        if stream.has_questions:
            found = await _found(request, stream, question)
            if found in {GONE, ENDED}:
                yield event(found)
                return
            if found == NEW and not has_said_new:
                has_said_new = True
                yield event(NEW)
            await stream.pause(_BETWEEN_QUESTIONS)
        if loop.time() >= beats:
            beats = loop.time() + _HEARTBEAT_SECONDS
            yield _HEARTBEAT
        await stream.wait(_LOOK_SECONDS)


async def _found(request: ApiRequest, stream: LiveStream, question: ComparePage) -> str:
    """What the reader would learn by reading again; empty for nothing."""
    changed, journals = stream.changed, stream.journals
    stream.changed = stream.journals = False
    try:
        async with request.clients.live.asking:
            return await _ask(request, stream, question, changed=changed, journals=journals)
    except (Unavailable, TooMany):
        await stream.pause(_AWAY_SECONDS)
        stream.note(changed=changed, journals=journals)
        return ""
    except Unauthenticated:
        # The access token has expired; the browser connects again, and is told if it is logged out.
        stream.end()
        return ""
    except Malformed:
        # It is too old to be compared.
        return NEW
    except Refusal:
        return ENDED


async def _ask(
    request: ApiRequest, stream: LiveStream, question: ComparePage, *, changed: bool, journals: bool
) -> str:
    has_new = False
    if changed:
        found = await request.call(Records.compare_page, question)
        request.clients.live.follow(stream, found.ids)
        if found.gone:
            return GONE
        has_new = found.new
    if journals and not has_new:
        has_new = await _has_new_lines(request, stream, question)
    return NEW if has_new else ""


async def _has_new_lines(request: ApiRequest, stream: LiveStream, question: ComparePage) -> bool:
    """Whoever may read the record but not its journal asks once: each refusal is a line of the journal."""
    try:
        return (await request.call(Audit.compare_page, question)).new
    except Forbidden:
        stream.has_journal = False
        return False


ROUTES = [follow_record, follow_own_record]
