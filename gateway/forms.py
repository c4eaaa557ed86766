"""Fields of a form that a browser sends."""

from urllib.parse import parse_qs

from contracts.errors.request import InvalidRequest
from gateway.clients import ApiRequest
from gateway.request_state import request_state_of

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_MAX_FIELDS = 40


async def form_of(request: ApiRequest) -> dict[str, list[str]]:
    """The fields of a form, which an error page may need too; raises InvalidRequest."""
    try:
        body = (await request.body()).decode()
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise InvalidRequest(field="body") from None
    request_state_of(request.scope).form = fields
    return fields


def single_value(fields: dict[str, list[str]], name: str) -> str:
    """The value of a field, empty without one; raises InvalidRequest for several."""
    values = fields.get(name, [""])
    if len(values) != 1:
        raise InvalidRequest(field=name)
    return values[0]
