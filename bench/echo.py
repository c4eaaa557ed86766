"""Two services that do nothing: a call to the first is two hops, the floor under every answer of two services."""

import msgspec

from chassis.door import Door
from chassis.rpc import Call, serve
from contracts import wiring
from contracts.api import Api, Method
from contracts.vocabulary import Role


class Word(msgspec.Struct, frozen=True):
    """What is said is what comes back."""

    text: str


_ANYBODY = frozenset(Role)


class Near(Api, service="near"):
    """The first hop."""

    say = Method(Word, Word, roles=_ANYBODY)
    pass_on = Method(Word, Word, roles=_ANYBODY)


class Far(Api, service="far"):
    """The second hop."""

    say = Method(Word, Word, roles=_ANYBODY)


wiring.CALLS["near"] = frozenset({"far"})
wiring.CALLS["far"] = frozenset()


class NearService(Door):
    """Echoes, or asks the far one."""

    name = "near"

    @serve(Near.say, reading=True)
    def say(self, call: Call[Word]) -> Word:
        """One hop."""
        return call.message

    @serve(Near.pass_on, reading=True)
    def pass_on(self, call: Call[Word]) -> Word:
        """Two hops."""
        return call.remote(Far.say, call.message)


class FarService(Door):
    """Echoes."""

    name = "far"

    @serve(Far.say, reading=True)
    def say(self, call: Call[Word]) -> Word:
        """The end of the line."""
        return call.message
