"""Sends the steps of the scenario in their order, each in a trace of its own, and remembers requests and answers."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec
import requests

from chassis.bus import Bus
from client.oauth import SmartApp
from client.people import DemoPeople
from contracts.api import Method
from contracts.documents import TICKET_HEADER, SignedReceipt
from contracts.envelope import CallContext, Problem, RpcReply, RpcRequest
from contracts.errors.base import Refusal
from contracts.errors.registry import refusal_from
from contracts.vocabulary import PatientId
from deploy.dev.stack import Stack
from tests.journeys.entries.callers import Callers
from tests.journeys.entries.data_plane import (
    DownloadedContent,
    DownloadOfContent,
    ReadingOfClinicalData,
    TransferMethods,
    UploadOfContent,
)
from tests.journeys.entries.steps import ScenarioStep
from tests.support.passkeys import Device
from tests.support.people import document_for, new_unique_id

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

_SECONDS = 20.0
_LATE = -1.0


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """What became of a step: `code` of the refusal, `fault` where it could not be sent at all."""

    step: ScenarioStep
    trace: str
    request: Any = None
    code: str = ""
    fault: str = ""


@dataclass
class ScenarioRun:
    """The state of one run, which the requests of later steps are made from."""

    platform: Stack
    demo: DemoPeople
    callers: Callers = field(init=False)
    app: SmartApp = field(init=False)
    device: Device = field(init=False)
    browser: str = field(default_factory=token_hex)
    results: list[StepResult] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.callers = Callers(self.platform, self.demo)
        self.app = SmartApp(self.demo.gateway, f"app-{token_hex(6)}")
        self.device = Device(self.demo.gateway)
        self._requests: dict[tuple[str, str], Any] = {}
        self._answers: dict[tuple[str, str], Any] = {}
        self._documents: dict[str, bytes] = {}
        self._read: dict[str, int] = {}

    async def send_all(self, steps: Iterable[ScenarioStep]) -> None:
        """Send the steps one after the other; what fails is noted, and the next one is sent."""
        bus = await Bus.connect(self.platform.addresses.amqp_url)
        try:
            for step in steps:
                self.results.append(await self._send(bus, step))
        finally:
            await bus.close()

    async def _send(self, bus: Bus, step: ScenarioStep) -> StepResult:
        trace, request = token_hex(16), None
        try:
            if step.before is not None:
                step.before(self)
            request = step.request(self)
            self._requests[step.method.route, step.keep] = request
            answer = await self._answer(bus, step, request, f"00-{trace}-{token_hex(8)}-00")
            self._answers[step.method.route, step.keep] = answer
            if step.then is not None:
                step.then(self, answer)
        except Refusal as refusal:
            return StepResult(step=step, trace=trace, request=request, code=refusal.code)
        except Exception as error:
            return StepResult(step=step, trace=trace, request=request, fault=repr(error))
        return StepResult(step=step, trace=trace, request=request)

    async def _answer(self, bus: Bus, step: ScenarioStep, request: Any, traceparent: str) -> Any:
        if step.method.service == TransferMethods.service:
            return self._transfer(request, traceparent)
        token = "" if step.method.anonymous else self.callers.token(step.who)
        seconds = _LATE if step.is_late else _SECONDS
        context = CallContext(token=token, deadline=time.time() + seconds, traceparent=traceparent)
        body = RpcRequest(context=context, message=msgspec.Raw(msgspec.json.encode(request)))
        encoded = await bus.ask(step.method.route, msgspec.json.encode(body), _SECONDS)
        reply = msgspec.json.decode(encoded, type=RpcReply)
        if reply.problem is not None:
            raise refusal_from(reply.problem)
        return step.method.decode_response(reply.result)

    def _transfer(
        self, request: UploadOfContent | DownloadOfContent | ReadingOfClinicalData, traceparent: str
    ) -> msgspec.Struct:
        path = "clinical-data" if isinstance(request, ReadingOfClinicalData) else f"contents/{request.content_id}"
        url = f"{self.platform.addresses.url(TransferMethods.service)}/{path}"
        headers = {TICKET_HEADER: request.ticket, "traceparent": traceparent}
        if isinstance(request, UploadOfContent):
            answer = requests.put(url, data=request.content, headers=headers, timeout=_SECONDS)
        else:
            answer = requests.get(url, headers=headers, timeout=_SECONDS)
        if not answer.ok:
            raise refusal_from(msgspec.json.decode(answer.content, type=Problem))
        if isinstance(request, UploadOfContent):
            return msgspec.json.decode(answer.content, type=SignedReceipt)
        return DownloadedContent(content=answer.content)

    def last(self, method: Method[Q, A], keep: str = "") -> A:
        """The last answer to a method, among the steps of this `keep`."""
        return cast(A, self._answers[method.route, keep])

    def sent(self, method: Method[Q, A], keep: str = "") -> Q:
        """The last request to a method, to be sent again."""
        return cast(Q, self._requests[method.route, keep])

    def know(self, who: str, patient_id: PatientId) -> None:
        """A patient's id, learnt from an answer."""
        self.callers.ids[who] = patient_id

    def log_in(self, who: str, token: str) -> None:
        """The token that `who` sends from now on."""
        self.callers.tokens[who] = token

    def name(self, who: str, subject: str) -> None:
        """The number or login of somebody who sends no token."""
        self.callers.subjects[who] = subject

    def id(self, who: str) -> PatientId:
        """The id of a patient."""
        return self.callers.ids[who]

    def proof(self, who: str) -> str:
        """A new proof of presence by the card of a patient."""
        return self.demo.vitale_proof(self.callers.people[who].card)

    def code_sent_to(self, address: str) -> str:
        """The code in the first message to an address that was not read yet."""
        code = self.demo.mailbox.code_sent_to(address, after=self._read.get(address, 0))
        self._read[address] = self.demo.mailbox.newest(address)
        return code

    def content(self, name: str, of: str = "holder", *, unique_id: str = "") -> bytes:
        """The CDA document of this name, about that patient; the same bytes each time."""
        if name not in self._documents:
            holder = self.callers.people[of]
            # The other author makes the bytes others than those of the document that has the unique id.
            author = "gp" if unique_id else "hospital"
            unique_id = unique_id or new_unique_id()
            self._documents[name] = document_for(self.demo, holder, by=author, unique_id=unique_id)
        return self._documents[name]

    def new_browser(self) -> str:
        """Another browser than before; returns its secret."""
        self.browser = token_hex()
        return self.browser

    def unknown_id(self) -> UUID:
        """An id that nothing has."""
        return UUID(token_hex(16))
