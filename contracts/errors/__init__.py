"""The hierarchy of refusals; each concrete one has a stable code, whose texts translations/ holds.

Refusal
|-- Malformed         the request is not valid
|-- Unauthenticated   the caller is not known
|-- Forbidden         the caller is known and may not do this
|-- Missing           the object does not exist, or the caller may not know of it
|-- Conflict          the request contradicts the current state
|-- TooLarge          more bytes than allowed
|-- Unsupported       a media type that records do not accept
|-- Contradiction     the content does not match what was stated about it
|-- TooMany           too many requests; retry later
`-- Unavailable       a component is temporarily unavailable; retry later
"""
