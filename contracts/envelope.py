"""What wraps every call and every event: who acts, until when, on whose trace."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from contracts.vocabulary import Finess, PatientId, Role, Rpps, SoftwareProfile


class Actor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who acts, as the signed token says; every service reads it from the token it checked itself."""

    role: Role
    subject: str
    """RPPS, patient id, service name or operator login, by role."""
    name: str = ""
    """Shown to the patient in the journal; a professional's name, empty for the others."""
    profession: str | None = None
    structure: Finess | None = None
    software: str | None = None
    """Homologation number of the business software."""
    profile: SoftwareProfile | None = None
    quota: int = 0
    """Requests a minute that the software may make at the structure; 0: as many as it likes."""
    patient: str = ""
    """The patient whose record an app's token is for."""
    representative: str = ""
    """The legal representative (patient id) who let the app read in that patient's place; empty: the patient did."""
    scopes: str = ""
    """What an app's token is good for, as contracts/scopes.py writes it."""
    bound_to: str = ""
    """Thumbprint (RFC 7638) of the key without whose proof the street door takes no request; empty: anybody's."""
    session: str = ""
    """The session of the token; once that was ended, the token is refused. Empty for services and operators."""

    @property
    def rpps(self) -> Rpps | None:
        """The professional's number, None for everybody else."""
        return Rpps(self.subject) if self.role is Role.PROFESSIONAL else None

    def is_patient(self, patient_id: PatientId) -> bool:
        """Whether this is the holder of that record."""
        return self.role is Role.PATIENT and self.subject == str(patient_id)


class CallContext(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Travels with every call: the caller's token and the moment after which nobody waits any more."""

    token: str
    deadline: float
    """Unix time in seconds; work that starts after it is not done."""
    traceparent: str = ""
    """W3C trace context."""


class RpcRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A call on the wire."""

    context: CallContext
    message: msgspec.Raw


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A refusal on the wire: a stable code and the facts its text needs, never personal."""

    code: str
    details: dict[str, str] = {}


class RpcReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer on the wire: a result or a problem."""

    result: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"null"))
    problem: Problem | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of everything that happened; the topic names it for ever."""

    topic: ClassVar[str]
    bundle: ClassVar[int] = 1
    """How many of these may travel in one message; consumers still take each once."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event on the wire; the id makes its effect happen once however often it arrives."""

    id: UUID
    topic: str
    occurred_at: datetime
    payload: msgspec.Raw
    traceparent: str = ""
