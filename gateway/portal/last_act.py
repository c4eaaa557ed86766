"""What a form has just done, told once on the page that follows, with what undoes it.

It is in a cookie: what an address says may be chosen by another site, and a page repeats none of it beside what is
private (see `gateway.compression`).
"""

from litestar import Response
from litestar.datastructures import Cookie

from contracts.vocabulary import PatientId
from gateway.clients import ApiRequest
from gateway.cookies import cookie_name, host_cookie

_NAME = "carnet-last-act"
_SECONDS = 60
_SEPARATOR = "!"


def last_act_cookie(request: ApiRequest, patient_id: PatientId, *words: str) -> Cookie:
    """For the answer to a form; the words are ours: acts, numbers, times."""
    value = _SEPARATOR.join((str(patient_id), *words))
    return host_cookie(request.clients.settings.public_url, _NAME, value, same_site="strict", seconds=_SECONDS)


def last_act(request: ApiRequest, patient_id: PatientId, count: int) -> tuple[str, ...]:
    """The words of what was just done to this record; empty unless there are so many."""
    public_url = request.clients.settings.public_url
    record, *words = request.cookies.get(cookie_name(public_url, _NAME), "").split(_SEPARATOR)
    return tuple(words) if record == str(patient_id) and len(words) == count else ()


def clear_last_act(request: ApiRequest, response: Response[bytes]) -> Response[bytes]:
    """The page that has told it: the next one does not again."""
    public_url = request.clients.settings.public_url
    if cookie_name(public_url, _NAME) in request.cookies:
        response.set_cookie(host_cookie(public_url, _NAME, "", same_site="strict", seconds=0))
    return response
