"""Wire envelopes of RPC calls and events: actor, deadline, trace context."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from contracts.vocabulary import Finess, PatientId, Role, Rpps, SoftwareProfile


class Actor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The authenticated actor, from the signed token; each service reads it from a token it verified itself."""

    role: Role
    subject: str
    """RPPS number, patient id, service name or operator login, by role."""
    name: str = ""
    """A professional's name, shown to the patient in the journal; empty for other roles."""
    profession: str | None = None
    structure: Finess | None = None
    software: str | None = None
    """Homologation number of the business software."""
    profile: SoftwareProfile | None = None
    quota: int = 0
    """Requests a minute that the software may make at the structure; 0: unlimited."""
    patient: str = ""
    """The patient whose record an app's token gives access to."""
    representative: str = ""
    """The legal representative (patient id) who authorised the app; empty: the patient did."""
    scopes: str = ""
    """What an app's token grants, as contracts/scopes.py writes it."""
    bound_to: str = ""
    """Thumbprint (RFC 7638) of the key whose DPoP proof the gateway requires; empty: a bearer token."""
    session: str = ""
    """Session of the token, which is refused once the session ended; empty for services and operators."""

    @property
    def rpps(self) -> Rpps | None:
        """The professional's number; None for other roles."""
        return Rpps(self.subject) if self.role is Role.PROFESSIONAL else None

    @property
    def organisation(self) -> str:
        """The client id of an agent's organisation; empty for other roles, and where none vouches for the agent."""
        organisation, _, login = self.subject.partition(":")
        return organisation if self.role is Role.AGENT and login else ""

    def is_patient(self, patient_id: PatientId) -> bool:
        """Whether the actor is the holder of this record."""
        return self.role is Role.PATIENT and self.subject == str(patient_id)


class CallContext(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Sent with every call: the caller's token and deadline."""

    token: str
    deadline: float
    """Unix time in seconds; the server does not start work after it."""
    traceparent: str = ""
    """W3C trace context."""


class RpcRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A call on the wire."""

    context: CallContext
    message: msgspec.Raw


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A refusal on the wire: a stable code and the values its text needs, never personal data."""

    code: str
    details: dict[str, str] = {}


class RpcReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reply on the wire: a result or a problem."""

    result: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"null"))
    problem: Problem | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all events; `topic` identifies the type and never changes."""

    topic: ClassVar[str]
    bundle: ClassVar[int] = 1
    """How many may travel in one message; consumers still handle each once."""


class PatientEvent(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Base of events about a patient or a patient's record."""

    patient_id: PatientId


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event on the wire; consumers deduplicate by `id`.

    `signer`: the service that sends it. `signature`: its Ed25519 signature of everything else, base64url.
    """

    id: UUID
    topic: str
    occurred_at: datetime
    payload: msgspec.Raw
    traceparent: str = ""
    signer: str = ""
    signature: str = ""
