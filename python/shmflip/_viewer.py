# SPDX-License-Identifier: MIT
"""The viewer: the extension's, with asyncio."""

import asyncio
import os
import threading
import warnings
from types import TracebackType
from typing import Any, Self

from . import _shmflip
from ._errors import BadArgument, EndOfStream
from ._types import EINVAL, wrong_type

# How long close() in another thread waits for an event loop, which may be stopped or blocked.
_LOOP_WAIT_S = 1

_VIEWS = {None: 0, False: 1, True: 2}


def channel_dir(dir: Any) -> bytes | None:
    if dir is None:
        return None
    try:
        path = os.fsencode(dir)
    except TypeError:
        raise wrong_type("dir", dir, "a str, bytes, a path or None") from None
    if b"\0" in path:
        raise BadArgument(EINVAL, "dir has a null character: leave it out")
    return path


def place_of(channel: str, dir: Any) -> str:
    """What the lines of timeouts name."""
    found = _shmflip.default_dir() if dir is None else os.fsdecode(dir)
    line = f"channel {channel} in {found}"
    return "".join(each if each.isprintable() else "?" for each in line)


def describe(handle: Any, kind: str) -> str:
    """repr() of a viewer or a producer."""
    state = ""
    if handle.closed:
        state = " closed" if handle._pid in (0, os.getpid()) else " of the parent process"
    return f"<shmflip.{kind} {handle.name!r}{state}>"


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class _Readiness:
    """Wakes tasks of one event loop when a viewer's descriptor is readable. The loop has one
    callback for each descriptor, and several tasks may wait."""

    def __init__(self, loop: asyncio.AbstractEventLoop, fd: int) -> None:
        self.loop = loop
        self.fd = fd
        self.tasks: set[asyncio.Future[None]] = set()
        self.watching = False

    async def wait(self, timeout: float | None) -> None:
        future = self.loop.create_future()
        if not self.watching:
            self.loop.add_reader(self.fd, self.wake)
            self.watching = True
        self.tasks.add(future)
        # asyncio.wait_for() of Python 3.11 loses a cancellation beside a result.
        timer = None if timeout is None else self.loop.call_later(timeout, _finish, future)
        try:
            await future
        finally:
            if timer:
                timer.cancel()
            self.tasks.discard(future)
            if not self.tasks:
                self.stop()

    def stop(self) -> None:
        # Once: after the viewer's close, the descriptor may be another one's.
        if self.watching:
            self.watching = False
            self.loop.remove_reader(self.fd)

    def wake(self) -> None:
        # Until the tasks have run, the descriptor stays readable: do not call this again.
        self.stop()
        for future in self.tasks:
            _finish(future)
        self.tasks.clear()

    def wake_from_any_thread(self) -> None:
        """Returns when the loop no longer watches the descriptor, which may be closed then."""
        if asyncio._get_running_loop() is self.loop:
            self.wake()
            return
        done = threading.Event()
        try:
            self.loop.call_soon_threadsafe(self.wake)
            self.loop.call_soon_threadsafe(done.set)
        except RuntimeError:  # the loop is closed, or is closed now
            return
        if not self.loop.is_running() or not done.wait(_LOOP_WAIT_S):
            self.stop()  # the tasks wake up when the loop runs again


class _AsyncFrames:
    """What async for goes through."""

    def __init__(self, viewer: "Viewer") -> None:
        self._viewer = viewer
        self._frames = iter(viewer)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _shmflip.Frame:
        try:
            return await self._viewer._take(self._frames, None)
        except EndOfStream:
            raise StopAsyncIteration from None


class Viewer(_shmflip.Viewer):
    """Takes frames of a channel. Needs no producer yet, and follows from one producer to the next.

    every     True: each frame in order. False: the newest frame. None: as the channel's policy
              says, newest under latest, every under lossless
    prefault  attaching maps every page, so that reading the first frames costs no page faults
    dir       the directory of channels. None: $SHMFLIP_DIR, else $XDG_RUNTIME_DIR/shmflip, else
              /tmp/shmflip-UID

    for frame in viewer: waits for each frame, and ends when the producer ends its stream;
    ProducerDied and other errors go through. Another loop continues with the next stream. After
    Producer.configure(), the same loop continues with frames of the new format and size. async for
    does the same in a loop of asyncio. If several threads or tasks wait at one viewer, each frame
    goes to one of them, and the stream's end to all that wait or loop by then. A viewer that is not
    closed gives a ResourceWarning when it is gone."""

    __module__ = "shmflip"

    name = ""
    _pid = 0
    _waiting: dict[asyncio.AbstractEventLoop, _Readiness] = {}
    _closing = False

    def __init__(self, channel: str = "default", *, every: bool | None = None,
                 prefault: bool = False, dir: Any = None) -> None:
        if every not in tuple(_VIEWS):
            raise BadArgument(EINVAL, f"every is {every!r}: use True, False or None")
        self._pid = os.getpid()
        super().__init__(channel, channel_dir(dir), _VIEWS[every], prefault)
        self.name, self._waiting = channel, {}
        self._place = place_of(channel, dir)

    def __repr__(self) -> str:
        return describe(self, "Viewer")

    def __del__(self) -> None:
        if not self.closed:
            warnings.warn(f"unclosed {self!r}", ResourceWarning, source=self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, type: type[BaseException] | None, value: BaseException | None,
                 traceback: TracebackType | None, /) -> None:
        self.close()

    def close(self) -> None:
        """Detaches. Frames held stay as they are."""
        self._closing = True
        if not self.closed:  # as that of a parent process, whose loops are not for the child
            for readiness in list(self._waiting.values()):
                readiness.wake_from_any_thread()
        super().close()

    async def acquire_async(self, timeout: float | None = None) -> _shmflip.Frame:
        """acquire() for asyncio. A cancelled call takes no frame."""
        if timeout is not None:
            timeout = _shmflip.seconds(timeout, "timeout")
            if not timeout >= 0:
                raise BadArgument(EINVAL, "a timeout is 0 or more seconds, or None")
        return await self._take(iter(self), timeout)

    async def _take(self, frames: "_shmflip.Frames", timeout: float | None) -> _shmflip.Frame:
        loop = asyncio.get_running_loop()
        end = None if timeout is None else loop.time() + timeout
        # A loop over frames that are ready must let other tasks run. Cancelled here, the call has
        # taken no frame yet.
        await asyncio.sleep(0)
        frame = frames.poll()
        while frame is None:
            left = None if end is None else end - loop.time()
            if left is not None and left <= 0:
                return self.acquire(0)
            await self._wait_readable(loop, left)
            frame = frames.poll()
        return frame

    async def _wait_readable(self, loop: asyncio.AbstractEventLoop, timeout: float | None) -> None:
        readiness = self._waiting.setdefault(loop, _Readiness(loop, self.fileno()))
        try:
            # close() sets this before it looks for loops: so it sees this one, or this sees it.
            if not self._closing:
                await readiness.wait(timeout)
        finally:
            if not readiness.tasks and self._waiting.get(loop) is readiness:
                del self._waiting[loop]
        if self._closing:
            raise ValueError("the viewer is closed")

    def __aiter__(self) -> _AsyncFrames:
        return _AsyncFrames(self)
