"""Limits of requests: pages, spans of time, pairs of tree sizes."""

from datetime import datetime, timedelta

from contracts.audit import AttestAct, ProveConsistency, SearchJournal
from contracts.errors.request import HeadNotFound, InvalidRequest
from contracts.vocabulary import PLATFORM, Act, PatientId

_MAX_COUNT = 100
_MAX_SPAN = timedelta(days=1)
_ATTESTED = frozenset({Act.SUPPRESSION_MESSAGE, Act.ROTATION_CLES, Act.RUPTURE_JOURNAL})
_LONGEST_SUBJECT = 200


def check_count(count: int) -> None:
    """A page has 1 to 100 lines.

    Raises:
        InvalidRequest.
    """
    if not 1 <= count <= _MAX_COUNT:
        raise InvalidRequest(field="count")


def check_span(since: datetime | None, until: datetime | None) -> None:
    """Both have a time zone, and `until` is not before `since`.

    Raises:
        InvalidRequest.
    """
    for field, moment in (("since", since), ("until", until)):
        if moment is not None and moment.tzinfo is None:
            raise InvalidRequest(field=field)
    if since is not None and until is not None and until < since:
        raise InvalidRequest(field="until")


def check_search(request: SearchJournal) -> None:
    """A search names a patient, an actor, or a span of at most a day: it never covers the whole journal.

    Raises:
        InvalidRequest.
    """
    check_count(request.count)
    check_span(request.since, request.until)
    if request.patient_id is not None or request.actor:
        return
    if request.since is None or request.until is None or request.until - request.since > _MAX_SPAN:
        raise InvalidRequest(field="since")


def check_sizes(request: ProveConsistency, newest: int) -> None:
    """`newest`: size of the newest head.

    Raises:
        InvalidRequest: `first` is not within 1 and `second`. HeadNotFound: no head is that large yet.
    """
    if not 1 <= request.first <= request.second:
        raise InvalidRequest(field="first")
    if request.second > newest:
        raise HeadNotFound


def check_is_patient(patient_id: PatientId) -> None:
    """The platform's own strand has no identity to erase.

    Raises:
        InvalidRequest.
    """
    if patient_id == PLATFORM:
        raise InvalidRequest(field="patient_id")


def check_attested(request: AttestAct) -> None:
    """The act is one that operators do on the host, and says to what.

    Raises:
        InvalidRequest.
    """
    if request.act not in _ATTESTED:
        raise InvalidRequest(field="act")
    if not 1 <= len(request.subject) <= _LONGEST_SUBJECT or not request.subject.isprintable():
        raise InvalidRequest(field="subject")
