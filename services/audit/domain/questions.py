"""What may be asked of the journal: pages, spans of time, pairs of sizes."""

from datetime import datetime, timedelta

from contracts.audit import ProveConsistency, SearchJournal
from contracts.errors import HeadNotFound, InvalidRequest
from contracts.vocabulary import PLATFORM, PatientId

_LONGEST_PAGE = 100
_LONGEST_SPAN = timedelta(days=1)


def check_count(count: int) -> None:
    """A page has 1 to 100 lines.

    Raises:
        InvalidRequest.
    """
    if not 1 <= count <= _LONGEST_PAGE:
        raise InvalidRequest(field="count")


def check_span(since: datetime | None, until: datetime | None) -> None:
    """Moments say their time zone, and stand in their order.

    Raises:
        InvalidRequest.
    """
    for field, moment in (("since", since), ("until", until)):
        if moment is not None and moment.tzinfo is None:
            raise InvalidRequest(field=field)
    if since is not None and until is not None and until < since:
        raise InvalidRequest(field="until")


def check_search(asked: SearchJournal) -> None:
    """A search names a patient, an actor, or a span of at most a day: nobody leafs through the whole journal.

    Raises:
        InvalidRequest.
    """
    check_count(asked.count)
    check_span(asked.since, asked.until)
    if asked.patient_id is not None or asked.actor:
        return
    if asked.since is None or asked.until is None or asked.until - asked.since > _LONGEST_SPAN:
        raise InvalidRequest(field="since")


def check_sizes(asked: ProveConsistency, newest: int) -> None:
    """A proof leads from one tree to a later one, up to the newest head.

    Raises:
        InvalidRequest: the sizes are in no order. HeadNotFound: no head is that large yet.
    """
    if not 1 <= asked.first <= asked.second:
        raise InvalidRequest(field="first")
    if asked.second > newest:
        raise HeadNotFound


def check_is_somebody(patient_id: PatientId) -> None:
    """The platform is nobody, and has no identity to erase.

    Raises:
        InvalidRequest.
    """
    if patient_id == PLATFORM:
        raise InvalidRequest(field="patient_id")
