"""Base64 contents of a request, decoded into its spool."""

from binascii import Error, a2b_base64

from contracts.errors.request import InvalidRequest
from gateway.spooling import Spool, SpooledContent


class SpooledPart(SpooledContent):
    """Decoded base64 in a request's spool."""

    def __init__(self, spool: Spool) -> None:
        super().__init__(spool)
        self._rest = b""
        self._is_padded = False

    def feed(self, encoded: bytes) -> None:
        """Decode and store more base64; raises InvalidRequest for anything else."""
        whole = self._rest + encoded
        cut = len(whole) - len(whole) % 4
        self._rest = whole[cut:]
        if cut == 0:
            return
        if self._is_padded:
            raise InvalidRequest(field="data")
        self._is_padded = whole[cut - 1 : cut] == b"="
        try:
            plain = a2b_base64(whole[:cut], strict_mode=True)
        except Error:
            raise InvalidRequest(field="data") from None
        self.write(plain)

    def finish(self) -> None:
        """End the part; raises InvalidRequest if the base64 is incomplete."""
        if self._rest:
            raise InvalidRequest(field="data")
