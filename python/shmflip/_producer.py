# SPDX-License-Identifier: MIT
"""The producer: the extension's, with arguments by name."""

import atexit
import os
import warnings
import weakref
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from . import _shmflip
from ._errors import BadArgument
from ._types import EINVAL, Colour, Stream, flatten, make_colour, make_fraction
from ._viewer import channel_dir, describe, place_of

_open: "weakref.WeakSet[Producer]" = weakref.WeakSet()

_LATEST, _LOSSLESS = 1, 2

_LEASE_MAX_S = 2**31

_MODES = 0o600, 0o640, 0o644


@atexit.register
def _close_all() -> None:
    """The channel of an open producer would stay until the next producer removes it."""
    for producer in list(_open):
        producer.close()


def _lease_ms(seconds: float | None) -> int:
    if seconds is None:
        return 0
    seconds = _shmflip.seconds(seconds, "lease")
    if not seconds < _LEASE_MAX_S:
        raise BadArgument(EINVAL, f"lease is {seconds:g}: use seconds, or a negative number"
                                  " for no limit")
    return -1 if seconds < 0 else max(1, round(seconds * 1000))


def _octal(mode: Any) -> str:
    return oct(mode) if isinstance(mode, int) else repr(mode)


def _normal(stream: Stream) -> tuple[Stream, tuple[Any, ...]]:
    """Completes what users give. Returns the stream as viewers see it, without the caller's
    objects, and what the extension reads."""
    info = _shmflip.format_info(stream.format)
    flat = flatten(stream._replace(rate=make_fraction(stream.rate, "rate"),
                                   aspect=make_fraction(stream.aspect, "aspect"),
                                   colour=make_colour(stream.colour)), info.fourcc)
    return _shmflip.stream(flat), flat


class Producer(_shmflip.Producer):
    """Publishes frames in a channel. Removes what dead producers left. Busy: a live one holds it.

    lossless  False: when no slot is free, loan(timeout=0) raises Timeout, and the program drops
              the frame. True: wait for a slot, so that viewers see every frame
    mode      who may attach: 0o600, 0o640 or 0o644
    group     the channel belongs to this group, a number: see grp. None: to the process's own
    lease     seconds that a viewer may hold the last free slot before the producer moves to new
              memory. 0: at once. None: 2 under latest, no limit under lossless. Negative: no
              limit

    The other arguments are those of Stream; rate and aspect may be any number, anything else that
    Fraction takes, or (numerator, denominator). A producer that is not closed gives a
    ResourceWarning when it is gone; the interpreter's exit closes those that are left."""

    __module__ = "shmflip"

    name = ""
    _pid = 0
    stream = Stream()

    def __init__(self, channel: str = "default", *, width: int = 0, height: int = 0,
                 format: str = "XR24", slots: int = 4, slot_bytes: int = 0, rate: Any = None,
                 aspect: Any = None, colour: Colour = Colour(), frame_metadata_bytes: int = 0,
                 metadata: Mapping[int, bytes] = {}, lossless: bool = False, mode: int = 0o600,
                 group: int | None = None, lease: float | None = None, dir: Any = None) -> None:
        if mode not in _MODES:
            raise BadArgument(EINVAL, f"mode is {_octal(mode)}: use 0o600, 0o640 or 0o644")
        stream, flat = _normal(Stream(format, width, height, slots, slot_bytes, rate, aspect,
                                      colour, frame_metadata_bytes, metadata))
        self._pid = os.getpid()
        super().__init__(channel, channel_dir(dir), _LOSSLESS if lossless else _LATEST, mode,
                         group, _lease_ms(lease), flat)
        self.name, self.stream = channel, stream
        self._place = place_of(channel, dir)
        _open.add(self)

    def __repr__(self) -> str:
        return describe(self, "Producer")

    def __del__(self) -> None:
        if not self.closed:
            warnings.warn(f"unclosed {self!r}", ResourceWarning, source=self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type: type[BaseException] | None, value: BaseException | None,
                 traceback: TracebackType | None, /) -> None:
        try:
            if type is not None and not self.closed:
                self.end(failed=True)
        finally:
            self.close()

    def configure(self, **changes: Any) -> None:
        """Begins another stream. What is not named stays as it is."""
        for name in changes:
            if name not in Stream._fields:
                raise TypeError(f"configure() has no argument {name}")
        stream, flat = _normal(self.stream._replace(**changes))
        self._configure(flat)
        self.stream = stream
