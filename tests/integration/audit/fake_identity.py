"""A stand-in for identity: it says who is known as a patient."""

from datetime import date

import msgspec

from contracts.envelope import RpcReply, RpcRequest
from contracts.errors.execution import ServiceUnavailable
from contracts.identity.api import Identity
from contracts.identity.people import BirthDate
from contracts.vocabulary import PatientId
from tests.support.rpc_responder import RpcResponder

_BORN = date(1985, 7, 14)


class FakePatients(RpcResponder):
    """Knows everybody, but those whom a test has put into `unknown`; unavailable where the test says so."""

    def __init__(self, amqp_url: str) -> None:
        self.unknown: set[PatientId] = set()
        self.is_away = False
        super().__init__(amqp_url, (Identity.birth_date_of.route,))

    def reply(self, route: str, request: RpcRequest) -> RpcReply:
        if self.is_away:
            return RpcReply(problem=ServiceUnavailable().problem())
        question = Identity.birth_date_of.decode_request(request.message)
        found = BirthDate(birth_date=None if question.patient_id in self.unknown else _BORN)
        return RpcReply(result=msgspec.Raw(msgspec.json.encode(found)))
