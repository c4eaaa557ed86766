"""Why a file is refused as one of its type; no message quotes the file."""


class InconsistentContent(Exception):
    """The file is not to its end what its first bytes say: it is cut, or something else stands behind its end."""


class ContentLocked(Exception):
    """The file opens only with a password, or a key."""
