"""Signatures of events: each is signed by the service that sends it, and checked by every service it reaches."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

import msgspec

from chassis.tokens import Keyring, Signer
from contracts.audit import JournalEntry
from contracts.envelope import Envelope
from contracts.wiring import SERVICES

_LABEL = b"carnet event\0"
"""No token and no other signature of a service begins like this."""

_encode = msgspec.json.Encoder().encode


class EventForgedError(Exception):
    """An event that is not signed by the service whose it is."""


def sign_event(signer: Signer, envelope: Envelope) -> Envelope:
    """The envelope, signed by this service."""
    unsigned = msgspec.structs.replace(envelope, signer=signer.issuer)
    signature = signer.sign_bytes(_LABEL + _encode(unsigned))
    return msgspec.structs.replace(unsigned, signature=urlsafe_b64encode(signature).decode())


def check_event(keyring: Keyring, envelope: Envelope, topic: str) -> None:
    """Check that the event is of the queue's topic and comes from the service that the topic names.

    Entries of the journal come from every service.

    Raises:
        EventForgedError.
    """
    owner = envelope.topic.partition(".")[0]
    if envelope.topic != topic or envelope.signer not in (SERVICES if topic == JournalEntry.topic else (owner,)):
        raise EventForgedError
    try:
        signature = urlsafe_b64decode(envelope.signature)
    except (Base64Error, ValueError):
        raise EventForgedError from None
    signed = _LABEL + _encode(msgspec.structs.replace(envelope, signature=""))
    if not keyring.is_signed_by(envelope.signer, signed, signature):
        raise EventForgedError
