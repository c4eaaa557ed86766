"""Errors of starting and stopping the development stack.

StackError: message for the user
|-- PartFailed: a part ended or was not ready in time; carries its last log lines
|-- PortTaken: another program listens on a port of the stack
|-- AlreadyRunning: another supervisor holds the directory
`-- Cancelled: the start was cancelled by another part's failure or a signal
"""


class StackError(Exception):
    """The stack cannot do what was requested; the message says what to do."""


class PartFailed(StackError):
    """A part ended or was not ready in time."""


class PortTaken(StackError):
    """A port of the stack is in use by a program that is not part of it."""


class AlreadyRunning(StackError):
    """Another supervisor runs the stack of this directory."""


class Cancelled(StackError):
    """The start was cancelled."""
