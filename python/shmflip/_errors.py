# SPDX-License-Identifier: MIT
"""Exceptions. The extension finds them by their names: see errors.c."""


class Error(OSError):
    """errno says which error it is, str() why it happened."""

    def __str__(self) -> str:
        return super().__str__() if self.strerror is None else str(self.strerror)


class ChannelNotFound(Error, FileNotFoundError):
    """There is no such channel, or no directory."""


class Timeout(Error, TimeoutError):
    """No new frame, no free slot, no producer or no viewer within the time; or the slot of
    Loan.reuse() is in use."""


class EndOfStream(Error, EOFError):
    """The stream ended, and the viewer has taken or counted all of it. Ends an iteration. Reaches
    all calls and loops that wait by then; the next acquire waits for the next stream."""


class ProducerDied(Error, ConnectionError):
    """The producer died or its stream failed, and all that it published was taken. The next
    acquire waits for the next producer."""


class Refused(Error, PermissionError):
    """A directory or file belongs to another user, or the system refuses access."""


class FrameTooLarge(Error, ValueError):
    """The frame does not fit a slot, or a size is more than can be addressed."""


class BadArgument(Error, ValueError):
    """An argument is out of range."""


class Busy(Error):
    """A live producer holds the channel, or took it; or the producer has all slots itself: drop
    arrays of earlier loans, or have more slots."""


class ProtocolError(Error):
    """Shared memory holds what no correct producer writes, or is of another version."""


class Interrupted(Error):
    """interrupt() was called, and resume() was not yet."""


for _class in list(globals().values()):
    if isinstance(_class, type):
        _class.__module__ = "shmflip"
