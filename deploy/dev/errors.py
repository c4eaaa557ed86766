"""What can go wrong while the development stack starts or stops.

StackError             one line for the person at the keyboard
|-- PartFailed         a part ended, or was not ready in time; carries its last log lines
|-- PortTaken          another program listens where a part should
|-- AlreadyRunning     another supervisor holds the directory
`-- Cancelled          the start was given up because of another part or a signal
"""


class StackError(Exception):
    """The stack cannot do what was asked; the message says what to do about it."""


class PartFailed(StackError):
    """A part ended or was not ready in time."""


class PortTaken(StackError):
    """A port of the stack is in use by a program that is not part of it."""


class AlreadyRunning(StackError):
    """Another supervisor runs the stack of this directory."""


class Cancelled(StackError):
    """The start is being given up."""
