"""A record in the address of a professional's page, and how it is read."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from contracts.errors.request import InvalidRequest
from contracts.vocabulary import AccessMode, PatientId
from gateway.clients import ApiRequest
from gateway.portal.routes import PROFESSIONAL_SITE

MODE, UNTIL = "mode", "fin"
_DIGITS = 10
_LONGEST = timedelta(hours=24)
"""More than an emergency access lasts."""


@dataclass(frozen=True)
class RecordView:
    """A record, and how the professional reads it; `until`: when an emergency ends, for the banner only."""

    patient_id: PatientId
    mode: AccessMode
    until: datetime | None

    @property
    def base(self) -> str:
        """The path of the record."""
        return f"{PROFESSIONAL_SITE}/d/{self.patient_id}"

    @property
    def is_emergency(self) -> bool:
        return self.mode is not AccessMode.NORMAL

    @property
    def query(self) -> str:
        """What the links of its pages repeat; empty for normal access."""
        if not self.is_emergency:
            return ""
        until = {UNTIL: str(int(self.until.timestamp()))} if self.until else {}
        return f"?{urlencode({MODE: self.mode.value} | until)}"


def view_of(request: ApiRequest, patient_id: PatientId) -> RecordView:
    """How the address says that a record is read; raises InvalidRequest."""
    sent, until = request.query_params.get(MODE, AccessMode.NORMAL.value), request.query_params.get(UNTIL, "")
    try:
        mode = AccessMode(sent)
    except ValueError:
        raise InvalidRequest(field=MODE) from None
    return RecordView(patient_id, mode, _end_of_emergency(until, datetime.now(UTC)))


def _end_of_emergency(sent: str, now: datetime) -> datetime | None:
    """None for what cannot be one: pages repeat it, and another site may have chosen it."""
    if not (sent.isascii() and sent.isdigit() and len(sent) <= _DIGITS):
        return None
    until = datetime.fromtimestamp(int(sent), UTC)
    return until if now <= until <= now + _LONGEST else None
