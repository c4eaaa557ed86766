"""SMS side of the mailbox: the part of Twilio's Messages resource that sends one message.

Formats and codes: https://www.twilio.com/docs/messaging/api/message-resource and
https://www.twilio.com/docs/api/errors
"""

import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from deploy.dev.mailbox.messages import Message, Messages

_PHONE_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_LONGEST_BODY = 1600
_SEGMENT = 153


class TwilioError(Exception):
    """An error response: HTTP status, Twilio's error code and message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def response(self) -> web.Response:
        more_info = f"https://www.twilio.com/docs/errors/{self.code}"
        body = {"code": self.code, "message": self.message, "more_info": more_info, "status": self.status}
        return web.json_response(body, status=self.status)


@dataclass(frozen=True)
class TwilioMessages:
    """POST /2010-04-01/Accounts/{account_sid}/Messages.json for one account."""

    messages: Messages
    account_sid: str
    auth_token: str

    async def create(self, request: web.Request) -> web.Response:
        """201 with the message resource, or Twilio's error."""
        form = await request.post()
        try:
            self._check_caller(request)
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            check_fields(fields)
        except TwilioError as refusal:
            return refusal.response()
        message = self.messages.receive("sms", fields["From"], fields["To"], fields["Body"])
        return web.json_response(message_resource(message, self.account_sid), status=201)

    def _check_caller(self, request: web.Request) -> None:
        if self.messages.is_down("sms"):
            raise TwilioError(503, 20503, "Service unavailable")
        expected = b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        given = request.headers.get("Authorization", "")
        known = secrets.compare_digest(given.encode(), f"Basic {expected}".encode())
        if not known or request.match_info["account_sid"] != self.account_sid:
            raise TwilioError(401, 20003, "Authenticate")


def check_fields(fields: Mapping[str, str]) -> None:
    """Raise the TwilioError that Twilio would return."""
    to, body = fields.get("To", ""), fields.get("Body", "")
    if not to:
        raise TwilioError(400, 21604, "A 'To' phone number is required.")
    if not _PHONE_NUMBER.fullmatch(to):
        raise TwilioError(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if not fields.get("From"):
        raise TwilioError(400, 21603, "A 'From' phone number is required.")
    if not body:
        raise TwilioError(400, 21602, "Message body is required.")
    if len(body) > _LONGEST_BODY:
        raise TwilioError(400, 21617, "The concatenated message body exceeds the 1600 character limit.")


def message_resource(message: Message, account_sid: str) -> dict[str, Any]:
    """Twilio's representation of a message that was just accepted."""
    sid = f"SM{secrets.token_hex(16)}"
    path = f"/2010-04-01/Accounts/{account_sid}/Messages/{sid}"
    now = format_datetime(datetime.now(UTC))
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": now,
        "date_sent": None,
        "date_updated": now,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": message.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(-(-len(message.body) // _SEGMENT)),
        "price": None,
        "price_unit": None,
        "sid": sid,
        "status": "queued",
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": message.to,
        "uri": f"{path}.json",
    }
