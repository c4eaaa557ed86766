"""A stand-in for records: it says which contents a document holds."""

import msgspec

from contracts.envelope import RpcReply, RpcRequest
from contracts.records.api import Records
from contracts.records.deposits import ContentHeld
from contracts.vocabulary import ContentId
from tests.support.rpc_responder import RpcResponder


class FakeHeldContents(RpcResponder):
    """Holds the contents that a test has put into `held`, and no other."""

    def __init__(self, amqp_url: str) -> None:
        self.held: set[ContentId] = set()
        super().__init__(amqp_url, (Records.holds_content.route,))

    def reply(self, route: str, request: RpcRequest) -> RpcReply:
        question = Records.holds_content.decode_request(request.message)
        answer = ContentHeld(held=question.content_id in self.held)
        return RpcReply(result=msgspec.Raw(msgspec.json.encode(answer)))
