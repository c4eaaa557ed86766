"""Why a file is refused as a CDA R2 document; no message quotes the file."""


class CdaError(Exception):
    """Base of the errors below."""


class NotCdaError(CdaError):
    """Not well-formed XML from end to end, or XML of another kind."""


class MalformedCdaError(CdaError):
    """A CDA whose header lacks a required element, has it twice, or has an unreadable value."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        """Name of the header element at fault, such as `recordTarget`."""


class HostileXmlError(CdaError):
    """XML built to exhaust or mislead its reader: DOCTYPE, entities, depth, numbers no document needs."""
