# SPDX-License-Identifier: MIT
"""The viewer: the extension's, with asyncio."""

import asyncio
import os
import threading
import warnings
from types import TracebackType
from typing import Any, Self

from . import _shmflip
from ._errors import EndOfStream

# If an event loop stops meanwhile, close() in another thread waits for it no longer.
_LOOP_STOPS_S = 1

_VIEWS = {None: 0, False: 1, True: 2}


def channel_dir(dir: Any) -> str | None:
    return None if dir is None else os.fsdecode(dir)


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
        try:
            await asyncio.wait_for(future, timeout)
        except asyncio.TimeoutError:
            pass
        finally:
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
            if not future.done():
                future.set_result(None)
        self.tasks.clear()

    def wake_from_any_thread(self) -> None:
        """Returns when the loop watches the descriptor no more: then it may be closed."""
        try:
            here = asyncio.get_running_loop() is self.loop
        except RuntimeError:
            here = False
        if here:
            self.wake()
            return
        done = threading.Event()
        self.loop.call_soon_threadsafe(self.wake)
        self.loop.call_soon_threadsafe(done.set)
        done.wait(_LOOP_STOPS_S)


class Viewer(_shmflip.Viewer):
    __module__ = "shmflip"

    name = ""
    _readiness: _Readiness | None = None
    _closing = False

    def __init__(self, channel: str = "default", *, every: bool | None = None,
                 prefault: bool = False, dir: Any = None) -> None:
        self.name = channel
        super().__init__(channel, channel_dir(dir), _VIEWS[every], prefault)

    def __repr__(self) -> str:
        return f"<shmflip.Viewer {self.name!r}{' closed' if self.closed else ''}>"

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
        if self._readiness and self._readiness.tasks and self._readiness.loop.is_running():
            self._readiness.wake_from_any_thread()
        super().close()

    async def acquire_async(self, timeout: float | None = None) -> _shmflip.Frame:
        """acquire() for asyncio. A cancelled call takes no frame."""
        loop = asyncio.get_running_loop()
        end = None if timeout is None else loop.time() + timeout
        # A loop over frames that are ready must let other tasks run. Cancelled here, the call has
        # taken no frame yet.
        await asyncio.sleep(0)
        frame = self.poll()
        while frame is None:
            left = None if end is None else end - loop.time()
            if left is not None and left <= 0:
                return self.acquire(0)
            await self._ready(loop).wait(left)
            if self._closing:
                raise ValueError("the viewer is closed")
            frame = self.poll()
        return frame

    def _ready(self, loop: asyncio.AbstractEventLoop) -> _Readiness:
        if self._readiness is None or self._readiness.loop is not loop:
            self._readiness = _Readiness(loop, self.fileno())
        return self._readiness

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _shmflip.Frame:
        try:
            return await self.acquire_async()
        except EndOfStream:
            raise StopAsyncIteration from None
