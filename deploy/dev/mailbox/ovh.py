"""SMS side of the mailbox: the part of OVHcloud's API that sends one text message.

Formats: https://eu.api.ovh.com/console/?section=%2Fsms and https://docs.ovhcloud.com, "First steps with the API".
"""

import hashlib
import re
import secrets
import time
from dataclasses import dataclass
from json import JSONDecodeError, loads
from typing import Any

from aiohttp import web

from deploy.dev.mailbox.messages import Messages

_PHONE_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_MOST_SKEW = 30
"""Seconds."""
_CODINGS = (None, "7bit", "8bit")
_PRIORITIES = (None, "high", "medium", "low", "veryLow")


class OvhError(Exception):
    """An error response: HTTP status, OVHcloud's class, error code and message."""

    def __init__(self, status: int, kind: str, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.kind, self.message, self.code = status, kind, message, code

    def response(self) -> web.Response:
        body = {"class": self.kind, "message": self.message} | ({"errorCode": self.code} if self.code else {})
        return web.json_response(body, status=self.status)


@dataclass(frozen=True)
class OvhMessages:
    """POST /1.0/sms/{service}/jobs for one account, and the server's time, which clients ask for."""

    messages: Messages
    application_key: str
    application_secret: str
    consumer_key: str
    service: str

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/1.0/auth/time", self.time), web.post("/1.0/sms/{service}/jobs", self.create)]

    async def time(self, _request: web.Request) -> web.Response:
        """Seconds since 1970."""
        return web.json_response(int(time.time()))

    async def create(self, request: web.Request) -> web.Response:
        """200 with the report of the job, or OVHcloud's error."""
        body = await request.text()
        try:
            self._check_caller(request, body)
            job = _checked(body)
        except OvhError as refusal:
            return refusal.response()
        valid = [number for number in job["receivers"] if _PHONE_NUMBER.fullmatch(number)]
        for number in valid:
            self.messages.receive("sms", job["sender"], number, job["message"])
        return web.json_response(
            {
                "totalCreditsRemoved": len(valid),
                "invalidReceivers": [number for number in job["receivers"] if number not in valid],
                "ids": [secrets.randbelow(10**9) for _ in valid],
                "validReceivers": valid,
                "tag": secrets.token_hex(16),
            }
        )

    def _check_caller(self, request: web.Request, body: str) -> None:
        if self.messages.is_down("sms"):
            raise OvhError(503, "Server::ServiceUnavailable", "Service unavailable")
        sent = request.headers
        if sent.get("X-Ovh-Application") != self.application_key:
            raise OvhError(403, "Client::Forbidden", "This application key is invalid", "INVALID_KEY")
        if sent.get("X-Ovh-Consumer") != self.consumer_key:
            raise OvhError(403, "Client::Forbidden", "This credential is not valid", "INVALID_CREDENTIAL")
        timestamp = sent.get("X-Ovh-Timestamp", "")
        if not timestamp.isdigit() or abs(int(timestamp) - time.time()) > _MOST_SKEW:
            raise OvhError(400, "Client::BadRequest", "Invalid signature", "INVALID_SIGNATURE")
        signed = f"{self.application_secret}+{self.consumer_key}+POST+{request.url}+{body}+{timestamp}"
        expected = f"$1${hashlib.sha1(signed.encode()).hexdigest()}"  # noqa: S324
        if not secrets.compare_digest(sent.get("X-Ovh-Signature", ""), expected):
            raise OvhError(400, "Client::BadRequest", "Invalid signature", "INVALID_SIGNATURE")
        if request.match_info["service"] != self.service:
            raise OvhError(404, "Client::NotFound", "The requested object (serviceName) does not exist")


def _checked(body: str) -> dict[str, Any]:
    """The job in a body; raises the OvhError that OVHcloud would return."""
    try:
        job: Any = loads(body)
    except JSONDecodeError:
        job = None
    if not isinstance(job, dict) or not job.get("message"):
        raise OvhError(400, "Client::BadRequest", "Missing parameter: message")
    if not job.get("receivers"):
        raise OvhError(400, "Client::BadRequest", "Missing parameter: receivers")
    if not job.get("sender"):
        raise OvhError(400, "Client::BadRequest", "You must provide a sender")
    if job.get("coding") not in _CODINGS or job.get("priority") not in _PRIORITIES:
        raise OvhError(400, "Client::BadRequest", "Given data is not valid for type")
    return job
