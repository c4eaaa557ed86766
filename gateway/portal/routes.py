"""Options of the routes of pages and their forms, the page to go on with, and how a record is read."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlencode

from contracts.errors.request import InvalidRequest
from contracts.vocabulary import AccessMode, PatientId, Role
from gateway.clients import ApiRequest
from gateway.forms import FORM
from gateway.guards import PAGE, PUBLIC, ROLES

_PROFESSIONAL = frozenset({Role.PROFESSIONAL})
PUBLIC_PAGE: dict[str, Any] = {ROLES: PUBLIC, PAGE: True}
PUBLIC_FORM: dict[str, Any] = PUBLIC_PAGE | {"takes": FORM}
PROFESSIONAL_PAGE: dict[str, Any] = {ROLES: _PROFESSIONAL, PAGE: True}
PROFESSIONAL_FORM: dict[str, Any] = PROFESSIONAL_PAGE | {"takes": FORM}

HOME = "/pro"
LOGIN_PATH = f"{HOME}/connexion"
MODE, UNTIL = "mode", "fin"
_LONGEST = 300


@dataclass(frozen=True)
class RecordView:
    """A record, and how the professional reads it; `until`: when an emergency ends, for the banner only."""

    patient_id: PatientId
    mode: AccessMode
    until: datetime | None

    @property
    def base(self) -> str:
        """The path of the record."""
        return f"{HOME}/d/{self.patient_id}"

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
    is_time = until.isascii() and until.isdigit() and len(until) <= 10
    return RecordView(patient_id, mode, datetime.fromtimestamp(int(until), UTC) if is_time else None)


def own_path(path: str) -> str:
    """A path of the pages that was sent, to redirect a browser to; in place of any other, the first page."""
    # Browsers resolve `..`, encoded too: it would lead out of the pages.
    is_own = len(path) <= _LONGEST and path.isprintable() and "\\" not in path and ".." not in unquote(path)
    return path if is_own and (path in {HOME, "/"} or path.startswith((f"{HOME}/", f"{HOME}?"))) else HOME
