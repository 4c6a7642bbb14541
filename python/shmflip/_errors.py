# SPDX-License-Identifier: MIT
"""Exceptions. The extension finds them by their names: see errors.c."""


class Error(OSError):
    """errno says which error it is, str() why it happened."""

    def __str__(self) -> str:
        return str(self.strerror)


class ChannelNotFound(Error, FileNotFoundError):
    pass


class Timeout(Error, TimeoutError):
    pass


class EndOfStream(Error, EOFError):
    pass


class ProducerDied(Error, ConnectionError):
    pass


class Refused(Error, PermissionError):
    pass


class FrameTooLarge(Error, ValueError):
    pass


class BadArgument(Error, ValueError):
    pass


class Busy(Error):
    pass


class ProtocolError(Error):
    pass


class Interrupted(Error):
    pass


for _class in list(globals().values()):
    if isinstance(_class, type):
        _class.__module__ = "shmflip"
