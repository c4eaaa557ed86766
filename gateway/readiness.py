"""What keeps the gateway from serving: no broker, no key of the issuer of people's tokens, a clock that is off."""

import asyncio
from time import time

from chassis.bus import Bus
from chassis.clocks import CLOCK_SECONDS, seconds_apart
from chassis.missing_parts import MissingParts
from chassis.tokens import ISSUER_OF_PEOPLE, Keyring
from gateway.streaming import DataPlane

_LOOK_SECONDS = 10.0


class GatewayReadiness:
    """Looks at documents regularly, so that no stranger's question about readiness makes a request."""

    def __init__(self, bus: Bus, keyring: Keyring, data_plane: DataPlane) -> None:
        self._bus = bus
        self._keyring = keyring
        self._data_plane = data_plane
        self._parts = MissingParts()
        self._is_clock_off = False

    def missing(self) -> tuple[str, ...]:
        """Names of the parts without which the gateway is not ready."""
        wrong = {
            "broker": not self._bus.ready,
            "trusted_keys.incomplete": not self._keyring.knows(ISSUER_OF_PEOPLE),
            "clock.off": self._is_clock_off,
        }
        return tuple(part for part, is_wrong in wrong.items() if is_wrong)

    async def missing_in_all(self) -> tuple[str, ...]:
        """As `missing`, and `documents` if it cannot be reached, which only transfers need."""
        is_reachable = await self._look()
        missing = self.missing()
        found = missing if is_reachable else (*missing, "documents")
        self._parts.note(frozenset(found), ready=not missing)
        return found

    async def keep_looking(self) -> None:
        """Compare clocks until cancelled."""
        while True:
            await self.missing_in_all()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self) -> bool:
        """Ask documents whether it is there, and what time it has; the clock stays as known while it is not."""
        before = time()
        answered = await self._data_plane.time()
        if answered is None:
            return False
        # It says whole seconds.
        self._is_clock_off = seconds_apart(before, answered, answered + 1, time()) > CLOCK_SECONDS
        return True
