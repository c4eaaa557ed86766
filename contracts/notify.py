"""What the notify service answers: codes it carries at once, notices it has sent."""

from datetime import datetime

import msgspec

from contracts.api import Api, Method
from contracts.vocabulary import Channel, NoticeCode, PatientId, Role


class SendCode(msgspec.Struct, frozen=True, kw_only=True):
    """Carry a one-time code to a contact now; nothing of it is kept."""

    channel: Channel
    address: str
    code: str
    minutes: int


class CodeSentOut(msgspec.Struct, frozen=True, kw_only=True):
    """The provider took it."""


class WarnAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Tell an address that is about to be an account's no more; nothing of it is kept."""

    channel: Channel
    address: str
    code: NoticeCode


class ListNotices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record's notices, newest first; `count` 1 to 100, `before` the id the last page ended with.

    Whoever may read them is ruled by consent; a legal representative finds none about a secret act.
    """

    patient_id: PatientId
    count: int = 20
    before: str | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One notice; its text says that something happened, never what is in the record."""

    id: str
    code: NoticeCode
    at: datetime
    fr: str
    en: str
    sent: tuple[Channel, ...] = ()


class Notices(msgspec.Struct, frozen=True, kw_only=True):
    """One page of notices."""

    notices: tuple[Notice, ...]


class Notify(Api, service="notify"):
    """The flat that tells people."""

    send_code = Method(SendCode, CodeSentOut, roles=frozenset({Role.SERVICE}), seconds=5.0)
    warn_address = Method(WarnAddress, CodeSentOut, roles=frozenset({Role.SERVICE}), seconds=5.0)
    list_notices = Method(ListNotices, Notices, roles=frozenset({Role.PATIENT}))
