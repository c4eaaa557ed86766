"""From which address on the network a request comes: the peer's, or what an ingress we trust says of its own."""

from gateway.clients import Caller

_FORWARDED = "x-forwarded-for"
_MOST = 20


def address_of(request: Caller) -> str:
    """The client's address; empty where the connection tells none.

    `X-Forwarded-For` is believed from the addresses of CARNET_TRUSTED_INGRESS alone, from its end backwards: what
    stands before the last entry that is not an ingress is the client's own word.
    """
    peer = request.client.host if request.client else ""
    trusted = request.clients.settings.ingresses
    if peer not in trusted:
        return peer
    said = [one.strip() for one in request.headers.get(_FORWARDED, "").split(",")[-_MOST:]]
    return next((one for one in reversed(said) if one and one not in trusted), peer)
