# SPDX-License-Identifier: MIT
"""Tuples with names, which the extension makes and reads: see classes.c and streams.c."""

import enum
from collections.abc import Mapping
from fractions import Fraction
from numbers import Rational, Real
from types import MappingProxyType
from typing import Any, NamedTuple

from ._errors import BadArgument, Error

METADATA_ICC = 1
METADATA_HDR = 2
METADATA_USER = 0x80000000

_NOTHING: Mapping[int, bytes] = MappingProxyType({})
EINVAL = 22

# Frames per second and aspects are fractions with terms of this size at most: 30000 / 1001.
_DENOMINATOR_MAX = 100_000


class FormatInfo(NamedTuple):
    """A pixel format. ffmpeg, gstreamer and v4l2 are its names there, or None."""

    name: str
    fourcc: int
    planes: int
    model: str
    alpha: bool
    floating: bool
    bits: int
    chroma_halved_x: bool
    chroma_halved_y: bool
    ffmpeg: str | None
    gstreamer: str | None
    v4l2: str | None


class Colour(NamedTuple):
    """Code points of ITU-T H.273, but range is 1 (limited) or 2 (full). 0: not known."""

    primaries: int = 0
    transfer: int = 0
    matrix: int = 0
    range: int = 0
    siting: int = 0
    bits: int = 0
    white: int = 0


class Stream(NamedTuple):
    """What the frames of a stream have in common."""

    format: str = "XR24"
    width: int = 0
    height: int = 0
    slots: int = 4
    slot_bytes: int = 0
    rate: Fraction | None = None
    aspect: Fraction | None = None
    colour: Colour = Colour()
    frame_metadata_bytes: int = 0
    metadata: Mapping[int, bytes] = _NOTHING


class Counts(NamedTuple):
    """Counts of one viewer or producer since it was opened. For a viewer, published = acquired +
    missed."""

    published: int
    acquired: int
    missed: int
    dropped: int
    discarded: int
    producers: int
    generations: int
    waited_ns: int


class Channel(NamedTuple):
    """What a viewer is attached to, or what status() finds."""

    producer: int
    generation: int
    slot_bytes: int
    slots: int
    lossless: bool
    pid: int
    published: int
    dropped: int
    stream: Stream | None


class State(enum.Enum):
    """State of a channel. DEAD: its producer died. RUNNING: its producer lives, also while it is
    stopped. ENDED, FAILED: likewise, and its stream has ended or failed."""

    DEAD = 0
    RUNNING = 1
    ENDED = 2
    FAILED = 3


class Status(NamedTuple):
    """What status() finds."""

    state: State
    error: Error | None
    channel: Channel
    newest_sequence: int | None
    viewer_pids: tuple[int, ...]
    owner: int
    group: int
    mode: int
    segment_id: int
    semaphores_id: int
    segment_bytes: int


class Removed(NamedTuple):
    """How many of each clean() removed."""

    files: int
    segments: int
    semaphores: int


class Layout(NamedTuple):
    bytes: int
    stride_bytes: tuple[int, ...]
    rows: tuple[int, ...]
    offset_bytes: tuple[int, ...]
    row_bytes: tuple[int, ...]


class Segment(NamedTuple):
    id: int
    cookie: bytes
    offset_bytes: tuple[int, ...]


def wrong_type(name: str, value: Any, wanted: str) -> TypeError:
    """As the extension's lines."""
    return TypeError(f"{name} must be {wanted}, not {type(value).__name__}")


def make_fraction(value: Any, name: str) -> Fraction | None:
    """Reads what users give as a rate or an aspect."""
    if value is None:
        return None
    advice = "use a number, a Fraction, '30000/1001' or (30000, 1001)"
    try:
        fraction = _read_fraction(value)
    except (ValueError, OverflowError, ZeroDivisionError):
        raise BadArgument(EINVAL, f"{name} is {value!r}: {advice}") from None
    except TypeError:
        raise TypeError(f"{name} is {value!r}: {advice}") from None
    if fraction <= 0:
        raise BadArgument(EINVAL, f"{name} is {value!r}: use more than 0, or None")
    fraction = fraction.limit_denominator(_DENOMINATOR_MAX)
    if not 0 < fraction.numerator < 2**32:
        raise BadArgument(EINVAL, f"{name} is {value!r}: use 0.00001 to 2^32 - 1, or None")
    return fraction


def _read_fraction(value: Any) -> Fraction:
    if isinstance(value, tuple):
        return Fraction(*value)
    if isinstance(value, Real) and not isinstance(value, (Rational, float)):
        return Fraction(float(value))
    return Fraction(value)


def make_colour(value: Any) -> Colour:
    if not isinstance(value, (tuple, list)):
        raise wrong_type("colour", value, "a shmflip.Colour")
    if len(value) > len(Colour._fields):
        raise BadArgument(EINVAL, f"a colour has {len(Colour._fields)} numbers:"
                                  " use shmflip.Colour")
    return Colour(*value)


def _read_metadata(metadata: Any) -> tuple[tuple[int, bytes], ...]:
    if not isinstance(metadata, Mapping):
        raise wrong_type("metadata", metadata, "a mapping of types to bytes")
    return tuple((type, _read_bytes(type, data)) for type, data in metadata.items())


def _read_bytes(type: Any, data: Any) -> bytes:
    try:
        return memoryview(data).tobytes()
    except TypeError:
        raise wrong_type(f"metadata[{type!r}]", data, "bytes") from None


def _fraction(num: int, den: int) -> Fraction | None:
    return Fraction(num, den or 1) if num else None


def make_stream(format: str, width: int, height: int, slots: int, slot_bytes: int, rate_num: int,
                rate_den: int, aspect_num: int, aspect_den: int, colour: Colour,
                frame_metadata_bytes: int, metadata: dict[int, bytes]) -> Stream:
    return Stream(format, width, height, slots, slot_bytes, _fraction(rate_num, rate_den),
                  _fraction(aspect_num, aspect_den), colour, frame_metadata_bytes,
                  MappingProxyType(metadata))


def flatten(stream: Stream, fourcc: int) -> tuple[Any, ...]:
    """Makes what the extension reads of a stream."""
    rate = stream.rate or Fraction(0)
    aspect = stream.aspect
    return (fourcc, stream.width, stream.height, stream.slots, stream.slot_bytes,
            rate.numerator, rate.denominator, aspect.numerator if aspect else 0,
            aspect.denominator if aspect else 0, stream.colour, stream.frame_metadata_bytes,
            _read_metadata(stream.metadata))


def make_status(state: int, *others: Any) -> Status:
    return Status(State(state), *others)


for _class in list(globals().values()):
    if isinstance(_class, type) and _class.__module__ == __name__:
        _class.__module__ = "shmflip"
