"""Who a record is about, at the head of pages that write in it."""

from datetime import UTC, datetime
from typing import Any

from contracts.errors.base import Forbidden
from contracts.records.api import Records
from contracts.records.documents import ListDocuments
from gateway.clients import ApiRequest
from gateway.portal.documents_shown import holder_of
from gateway.portal.professional.record_view import RecordView


async def head_of(request: ApiRequest, view: RecordView) -> dict[str, Any]:
    """What the head of a page shows: a reading of the list, which tells whoever may not read it nothing.

    A document filed in the wrong record is one that its patient must not have: the name stands above every form.
    """
    message = ListDocuments(patient_id=view.patient_id, mode=view.mode, count=1, holder=True)
    try:
        found = await request.call(Records.list_documents, message)
    except Forbidden:
        return head_without_holder(view)
    return {
        "base": view.base,
        "query": view.query,
        "emergency": found.emergency,
        "until": view.until if found.emergency else None,
        "holder": holder_of(found.holder, datetime.now(UTC)),
    }


def head_without_holder(view: RecordView) -> dict[str, Any]:
    """The head of a page that asks nothing."""
    return {"base": view.base, "query": view.query, "emergency": False, "until": None, "holder": None}
