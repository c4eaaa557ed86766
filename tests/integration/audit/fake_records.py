"""A stand-in for records: it says which records there are, and their status."""

import msgspec

from contracts.envelope import RpcReply, RpcRequest
from contracts.records.api import Records
from contracts.records.lifecycle import RecordStatusResult
from contracts.vocabulary import PatientId, RecordStatus
from tests.support.rpc_responder import RpcResponder


class FakeRecordStatuses(RpcResponder):
    """Knows the records that a test has put into `statuses`; of others it says that there is none."""

    def __init__(self, amqp_url: str) -> None:
        self.statuses: dict[PatientId, RecordStatus] = {}
        super().__init__(amqp_url, (Records.status_of.route,))

    def reply(self, route: str, request: RpcRequest) -> RpcReply:
        question = Records.status_of.decode_request(request.message)
        found = RecordStatusResult(status=self.statuses.get(question.patient_id))
        return RpcReply(result=msgspec.Raw(msgspec.json.encode(found)))
