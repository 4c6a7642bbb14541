# SPDX-License-Identifier: MIT
"""shmflip: image frames shared between processes without copying.

    with shmflip.Producer("camera", width=640, height=480) as producer:
        with producer.loan() as array:  # the slot: (480, 640, 4), blue, green, red, unused
            array[:] = picture          # the end of the block publishes

    with shmflip.Viewer("camera") as viewer:
        for frame in viewer:            # the loop ends with the stream
            array = numpy.asarray(frame)    # the slot, read-only: no copy

A library that ignores the read-only flag, such as OpenCV, ends the process with SIGSEGV when it
draws on a frame: draw on frame.copy(). Each held frame or array costs the producer a slot: keep
frame.copy().

__init__.pyi beside this file describes all members, shapes of arrays, threads and forks."""

import faulthandler as _faulthandler
import os as _os
from types import MappingProxyType as _MappingProxyType
from typing import Any as _Any

from . import _shmflip
from ._errors import (BadArgument, Busy, ChannelNotFound, EndOfStream, Error, FrameTooLarge,
                      Interrupted, ProducerDied, ProtocolError, Refused, Timeout)
from ._producer import Producer
from ._shmflip import Frame, Loan, default_dir, format_info, format_layout
from ._types import (METADATA_HDR, METADATA_ICC, METADATA_USER, Channel, Colour, Counts,
                     FormatInfo, Layout, Removed, Segment, State, Status, Stream)
from ._viewer import Viewer
from ._viewer import channel_dir as _channel_dir

Array = _Any
__version__ = _shmflip.version()

FORMATS = _MappingProxyType({name: format_info(name) for name in (
    "XR24", "AR24", "XB24", "AB24", "RG24", "BG24", "R8", "R16", "R  F", "XB48", "AB48", "YUYV",
    "UYVY", "NV12", "NV21", "NV16", "YU12", "YU16", "YU24", "P010", "S010", "S210", "S410")})

__all__ = ["Array", "BadArgument", "Busy", "Channel", "ChannelNotFound", "Colour", "Counts",
           "EndOfStream", "Error", "FORMATS", "FormatInfo", "Frame", "FrameTooLarge",
           "Interrupted", "Layout", "Loan", "METADATA_HDR", "METADATA_ICC", "METADATA_USER",
           "Producer", "ProducerDied", "ProtocolError", "Refused", "Removed", "Segment", "State",
           "Status", "Stream", "Timeout", "Viewer", "channels", "clean", "default_dir",
           "format_info", "format_layout", "status"]

# In the debug mode, a wrong write ends the process: say where.
if _os.environ.get("SHMFLIP_PROTECT", "0") not in ("", "0") and not _faulthandler.is_enabled():
    _faulthandler.enable()


def channels(dir: _Any = None) -> list[str]:
    """The names of all channels, alive or not, sorted."""
    return _shmflip.channels(_channel_dir(dir))


def status(channel: str = "default", dir: _Any = None) -> Status:
    """What can be seen of a channel without attaching to it."""
    return _shmflip.status(channel, _channel_dir(dir))


def clean(channel: str = "default", dir: _Any = None) -> Removed:
    """Removes what dead producers left of a channel."""
    return _shmflip.clean(channel, _channel_dir(dir))
