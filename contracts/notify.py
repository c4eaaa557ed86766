"""Messages of the notify service: one-time codes, warnings, and notices to patients."""

from datetime import datetime

import msgspec

from contracts.api import Api, Method
from contracts.vocabulary import Channel, NoticeCode, PatientId, Role


class SendCode(msgspec.Struct, frozen=True, kw_only=True):
    """Send a one-time code at once; nothing is stored."""

    channel: Channel
    address: str
    code: str
    minutes: int


class MessageSent(msgspec.Struct, frozen=True, kw_only=True):
    """The provider accepted the message."""


class WarnAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Warn an address that is about to be replaced; nothing is stored."""

    channel: Channel
    address: str
    code: NoticeCode


class ListNotices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List a record's notices, newest first; `count`: 1 to 100, `before`: last id of the previous page.

    Consent decides who may read them; a legal representative sees none about a secret act.
    """

    patient_id: PatientId
    count: int = 20
    before: str | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One notice; its text never contains clinical content."""

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
    """RPC methods of the notify service, which sends e-mails and SMS."""

    send_code = Method(SendCode, MessageSent, roles=frozenset({Role.SERVICE}), seconds=5.0)
    warn_address = Method(WarnAddress, MessageSent, roles=frozenset({Role.SERVICE}), seconds=5.0)
    list_notices = Method(ListNotices, Notices, roles=frozenset({Role.PATIENT}))
