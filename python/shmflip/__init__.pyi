# SPDX-License-Identifier: MIT
"""shmflip: image frames shared between processes without copying.

Names of formats are those of DRM, FFmpeg, GStreamer or V4L2, in upper or lower case: "XR24",
"bgr0" and "BGRx" are the same.

Array     A numpy.ndarray if NumPy is installed, else a memoryview of the same shape. Shapes:
            XR24 AR24 XB24 AB24            (height, width, 4) of uint8
            RG24 BG24                      (height, width, 3) of uint8
            R8, R16, "R  F"                (height, width) of uint8, uint16, float32
            XB48 AB48                      (height, width, 4) of uint16
            YUYV UYVY                      (height, width rounded up to even, 2) of uint8
            NV12 NV21 NV16 P010            planes (height, width) and (rows, columns, 2)
            YU12 YU16 YU24 S010 S210 S410  planes (height, width), (rows, columns) twice
          of uint8, or uint16 for the formats of 10 bits. Rows and columns of chroma are
          height and width, or their halves rounded up. A format that this library does not know
          has planes (rows, bytes from row to row) of uint8. Rows may lie apart: an array need not
          be contiguous.
Times     Names that end in _ns are integers in nanoseconds; points in time are of
          time.monotonic_ns(). None: not known. Timeouts are seconds; None waits without limit,
          0 does not wait.
Threads   Every method may be called in any thread. Threads that wait at one viewer take turns.
          close() ends the waits of other threads, with ValueError. Waits release the GIL, and end
          within 100 ms after Ctrl-C.
Fork      Viewers, producers, frames and loans are dead in the child: methods raise Error with
          errno ECHILD, and arrays read as zeros. Open a viewer in each process.
Pickle    Refused. So are subinterpreters: importing shmflip there is an ImportError.
Warning   Libraries that ignore the read-only flag of arrays (OpenCV 4.6 does) end the process with
          SIGSEGV when they draw on a frame: draw on frame.copy().
          SHMFLIP_PROTECT=1 in the environment takes the right to write from published slots, and
          prints a traceback when something writes there.
"""

import enum
from collections.abc import AsyncIterator, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from os import PathLike
from types import TracebackType
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar, final

Array: TypeAlias = Any
_Rational: TypeAlias = Fraction | int | float | Decimal | str | tuple[int, int]
_Dir: TypeAlias = str | bytes | PathLike[str] | PathLike[bytes] | None
_Viewer = TypeVar("_Viewer", bound="Viewer")
_Producer = TypeVar("_Producer", bound="Producer")

__version__: Final[str]

METADATA_ICC: Final[int]
"""Type of an ICC profile."""
METADATA_HDR: Final[int]
"""Type of Linux' struct hdr_output_metadata."""
METADATA_USER: Final[int]
"""From here on, types are the program's own."""

# ---- Errors

class Error(OSError):
    """What the library refuses or what fails. errno says which, str() is one line that says why."""

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

# ---- Formats and streams

class FormatInfo(NamedTuple):
    """A pixel format. ffmpeg, gstreamer and v4l2 are its names there, or None."""

    name: str
    """DRM's"""
    fourcc: int
    planes: int
    model: Literal["rgb", "yuv", "gray"]
    alpha: bool
    floating: bool
    bits: int
    """of a sample that carry its value"""
    chroma_halved_x: bool
    chroma_halved_y: bool
    ffmpeg: str | None
    gstreamer: str | None
    v4l2: str | None

FORMATS: Final[Mapping[str, FormatInfo]]
"""All formats, by their names in DRM."""

def format_info(name: str, /) -> FormatInfo:
    """Finds a format by any of its names. BadArgument: no format has it."""

class Layout(NamedTuple):
    """How the planes of a frame lie in memory: one item for each plane."""

    bytes: int
    """from the start of the first plane to the end of the last one"""
    stride_bytes: tuple[int, ...]
    """from a row to the next"""
    rows: tuple[int, ...]
    offset_bytes: tuple[int, ...]
    """from the first plane"""
    row_bytes: tuple[int, ...]
    """of each row that have pixels"""

def format_layout(format: str, width: int, height: int) -> Layout:
    """How the planes of a frame lie in memory. For slot_bytes: Layout.bytes."""

class Colour(NamedTuple):
    """Code points of ITU-T H.273, but range is 1 (limited) or 2 (full). 0: not known."""

    primaries: int = 0
    transfer: int = 0
    matrix: int = 0
    range: int = 0
    """1: limited. 2: full"""
    siting: int = 0
    """of 4:2:0 chroma: Chroma420SampleLocType + 1"""
    bits: int = 0
    """of a sample that carry information. 0: all"""
    white: int = 0
    """of 16-bit formats: the value that means white. 0: 65535"""

class Stream(NamedTuple):
    """What the frames of a stream have in common."""

    format: str = "XR24"
    width: int = 0
    """pixels. 0, and height 0: each loan says; then slot_bytes is needed"""
    height: int = 0
    slots: int = 4
    """2 to 64"""
    slot_bytes: int = 0
    """room for a frame, if more than one of this format and size needs"""
    rate: Fraction | None = None
    """frames per second"""
    aspect: Fraction | None = None
    """width : height of a pixel"""
    colour: Colour = Colour()
    frame_metadata_bytes: int = 0
    """room for each frame's own: 8 bytes and the data for each item, rounded up to 8. 0: 256"""
    metadata: Mapping[int, bytes] = {}
    """for the whole stream, by type"""

# ---- Frames

class Segment(NamedTuple):
    """Where a frame lies, for a server that attaches System V's memory by itself."""

    id: int
    cookie: bytes
    """what the segment begins with; that of every other one differs"""
    offset_bytes: tuple[int, ...]
    """of each plane, from the segment's start"""

@final
class Frame:
    """A frame that a viewer took. numpy.asarray(frame), memoryview(frame) and
    numpy.from_dlpack(frame) are the slot itself, read-only. They work for formats of one plane;
    planes works for all. Each frame held costs the producer a slot: with more than slots - 2
    held, the next acquire warns (RuntimeWarning). The slot is free when the frame and all arrays
    of it are gone. Pixels and description never change, also after the producer's death or the
    viewer's close. After a release, all of it raises ValueError."""

    @property
    def sequence(self) -> int:
        """1 for a producer's first frame, then one more each."""
    @property
    def published_ns(self) -> int: ...
    @property
    def captured_ns(self) -> int | None:
        """When light fell on the sensor, or the screen was drawn."""
    @property
    def presentation_ns(self) -> int | None:
        """When to show it, from the start of the stream."""
    @property
    def duration_ns(self) -> int | None: ...
    @property
    def decode_ns(self) -> int | None:
        """How long the producer took to make the pixels."""
    @property
    def last(self) -> bool:
        """No frame will follow."""
    @property
    def corrupt(self) -> bool:
        """Pixels are missing or wrong."""
    @property
    def premultiplied(self) -> bool:
        """Colour is multiplied by alpha."""
    @property
    def orientation(self) -> int:
        """EXIF's 1 to 8. 0: as it lies."""
    @property
    def value_scale(self) -> float:
        """What R16 and R32F measure is value * scale + offset, both of float32. 0: not known."""
    @property
    def value_offset(self) -> float: ...
    @property
    def format(self) -> str:
        """DRM's name, whichever name the producer gave."""
    @property
    def fourcc(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def colour(self) -> Colour: ...
    @property
    def source(self) -> str:
        """A name for people."""
    @property
    def stream(self) -> Stream: ...
    @property
    def segment(self) -> Segment: ...
    @property
    def planes(self) -> tuple[Array, ...]:
        """The planes as arrays, read-only, without a copy."""
    @property
    def released(self) -> bool: ...
    def metadata(self, type: int, /) -> bytes | None:
        """The frame's item of a type, else the stream's. None: there is none."""
    def copy(self) -> Array:
        """The pixels in memory of their own, writable and contiguous; for formats of more planes,
        a tuple of arrays. Keep this instead of the frame."""
    def tobytes(self) -> bytes:
        """All planes, without gaps between rows and planes. Releases the GIL meanwhile."""
    def release(self) -> None:
        """Releases the slot now. BufferError: arrays of the frame exist. Does nothing if the frame
        is released."""
    def __enter__(self) -> Frame: ...
    def __exit__(
        self,
        type: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """Releases the slot now, or when the last array of it is gone. No new array can be made."""
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
    def __dlpack__(
        self,
        *,
        stream: None = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[enum.Enum | int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        """BufferError if the consumer does not know DLPack 1.0, which has the read-only flag."""
    def __dlpack_device__(self) -> tuple[int, int]: ...

@final
class Loan:
    """A slot to fill.

    with producer.loan() as array:
        array[:] = picture

    gives the array, writable, or for formats of more planes a tuple of arrays. Their content is
    undefined: an old frame shows through whatever is not written. A clean end of the block
    publishes; an exception discards. Afterwards the array is read-only (without NumPy: released).
    If other views of it remain, the end of the block raises BufferError, and nothing is published.
    The array keeps its slot as long as it exists. A loan that is neither published nor discarded
    is discarded when it is gone.

    With loan(keep=True), the loan has its slot also after it is published, and costs the producer
    one until discard(), or until the loan is gone. It can be read, and reuse() lends it again.

    To set what differs from the stream, name the loan: with (loan := producer.loan()) as array:
    """

    captured_ns: int | None
    presentation_ns: int | None
    duration_ns: int | None
    decode_ns: int | None
    last: bool
    corrupt: bool
    premultiplied: bool
    orientation: int
    value_scale: float
    value_offset: float
    colour: Colour
    source: str
    """UTF-8; the first 199 bytes are kept"""
    @property
    def sequence(self) -> int:
        """0 before it is published."""
    @property
    def published_ns(self) -> int | None: ...
    @property
    def format(self) -> str: ...
    @property
    def fourcc(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def stream(self) -> Stream: ...
    @property
    def segment(self) -> Segment: ...
    @property
    def planes(self) -> tuple[Array, ...]:
        """The planes as arrays, writable: the same ones each time."""
    def add_metadata(self, type: int, data: bytes | bytearray | memoryview, /) -> None:
        """Adds an item, or replaces its item of this type. Error with errno ENOSPC: see
        Stream.frame_metadata_bytes."""
    def metadata(self, type: int, /) -> bytes | None:
        """The loan's item of a type, else the stream's. None: there is none."""
    def write(self, data: bytes | bytearray | memoryview, /) -> None:
        """Writes all planes from bytes without gaps between rows and planes, as Frame.tobytes()
        gives them. Releases the GIL meanwhile. ValueError: another size."""
    def publish(self) -> None:
        """Makes it the newest frame, as the end of the block does. BufferError: views remain, and
        the loan is discarded. Error with errno ESTALE: the stream is over."""
    def discard(self) -> None:
        """Ends the loan: no viewer will see what is not published. What is published stays, and
        its slot is free. Does nothing if the loan is over."""
    def reuse(self) -> Loan:
        """Lends the slot of a published loan with keep=True again. Returns the loan. Pixels,
        description and metadata are still there, to be changed, or to be published once more under
        a new number. Timeout: it is the newest frame, or a viewer holds it. BufferError: arrays of
        what was published exist. ValueError: the loan is not published, or over. Error with errno
        ESTALE: its stream is over. After an error, the loan is what it was before."""
    def __enter__(self) -> Array: ...
    def __exit__(
        self,
        type: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...

# ---- Handles

class Counts(NamedTuple):
    """Counts of one viewer or producer since it was opened. For a viewer, published = acquired +
    missed."""

    published: int
    acquired: int
    missed: int
    dropped: int
    """for want of a free slot. Of a viewer: by its producers, meanwhile"""
    discarded: int
    producers: int
    """that the viewer was attached to"""
    generations: int
    """that a producer made, or a viewer was attached to"""
    waited_ns: int
    """for a slot, in Producer.loan()"""

class Channel(NamedTuple):
    """What a viewer is attached to, or what status() finds."""

    producer: int
    """tells the producers of a channel apart: later ones are larger"""
    generation: int
    slot_bytes: int
    slots: int
    lossless: bool
    pid: int
    """the producer's. 0: it is in another pid namespace"""
    published: int
    dropped: int
    stream: Stream | None

class Viewer:
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

    def __init__(
        self,
        channel: str = "default",
        *,
        every: bool | None = None,
        prefault: bool = False,
        dir: _Dir = None,
    ) -> None: ...
    @property
    def name(self) -> str:
        """The channel's name."""
    @property
    def channel(self) -> Channel | None:
        """What the viewer is attached to. None: nothing."""
    @property
    def closed(self) -> bool: ...
    def attach(self, timeout: float | None = None) -> None:
        """Waits until the viewer is attached to a live producer. From then on, a viewer that wants
        every frame misses none. Timeout: no producer came."""
    def wait(self, timeout: float | None = None) -> None:
        """Waits until acquire() would return or raise something else than Timeout."""
    def acquire(self, timeout: float | None = None) -> Frame:
        """Takes the newest frame, or the next one. Never the same one twice."""
    def poll(self) -> Frame | None:
        """Takes a frame if there is one. None: there is none, or another thread waits for it."""
    async def acquire_async(self, timeout: float | None = None) -> Frame:
        """acquire() for asyncio. A cancelled call takes no frame. Several tasks may wait."""
    def fileno(self) -> int:
        """A descriptor for select and event loops: readable while poll() may return or raise
        something. Only poll it. close() closes it."""
    def interrupt(self) -> None:
        """Until resume(), waits raise Interrupted, also those that have begun."""
    def resume(self) -> None: ...
    def counts(self) -> Counts: ...
    def close(self) -> None:
        """Detaches. Frames held stay as they are."""
    def __enter__(self: _Viewer) -> _Viewer: ...
    def __exit__(
        self,
        type: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...
    def __iter__(self) -> Iterator[Frame]: ...
    def __aiter__(self) -> AsyncIterator[Frame]: ...

class Producer:
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

    def __init__(
        self,
        channel: str = "default",
        *,
        width: int = 0,
        height: int = 0,
        format: str = "XR24",
        slots: int = 4,
        slot_bytes: int = 0,
        rate: _Rational | None = None,
        aspect: _Rational | None = None,
        colour: Colour = Colour(),
        frame_metadata_bytes: int = 0,
        metadata: Mapping[int, bytes] = {},
        lossless: bool = False,
        mode: int = 0o600,
        group: int | None = None,
        lease: float | None = None,
        dir: _Dir = None,
    ) -> None: ...
    @property
    def name(self) -> str:
        """The channel's name."""
    @property
    def stream(self) -> Stream: ...
    @property
    def closed(self) -> bool: ...
    def loan(
        self,
        timeout: float | None = None,
        *,
        width: int | None = None,
        height: int | None = None,
        format: str | None = None,
        keep: bool = False,
    ) -> Loan:
        """Takes a slot to fill, and waits for one if viewers hold the others. width, height and
        format: where this frame differs from the stream. keep: publishing does not end the loan,
        and Loan.reuse() can lend its slot again. Busy: the program has all slots itself."""
    def configure(
        self,
        *,
        width: int = ...,
        height: int = ...,
        format: str = ...,
        slots: int = ...,
        slot_bytes: int = ...,
        rate: _Rational | None = ...,
        aspect: _Rational | None = ...,
        colour: Colour = ...,
        frame_metadata_bytes: int = ...,
        metadata: Mapping[int, bytes] = ...,
    ) -> None:
        """Begins another stream. What is not named stays as it is. Loans that are out can no longer
        be published."""
    def end(self, failed: bool = False) -> None:
        """Ends the stream and keeps the channel. The next loan begins the next stream."""
    def viewers(self) -> int:
        """Counts the attached viewers."""
    def wait_viewers(self, count: int = 1, timeout: float | None = None) -> None:
        """Waits until at least so many viewers are attached."""
    def count_dropped(self) -> None:
        """Counts a frame that the program dropped. Viewers see the count."""
    def interrupt(self) -> None:
        """Until resume(), waits raise Interrupted, also those that have begun."""
    def resume(self) -> None: ...
    def counts(self) -> Counts: ...
    def close(self) -> None:
        """Ends the stream, and removes the channel. Loans and arrays stay as they are."""
    def __enter__(self: _Producer) -> _Producer: ...
    def __exit__(
        self,
        type: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """Closes. After an exception, viewers get ProducerDied."""

# ---- Channels

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
    """why only state and channel.pid are known"""
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

def channels(dir: _Dir = None) -> list[str]:
    """The names of all channels, alive or not, sorted. ChannelNotFound: there is no directory."""

def status(channel: str = "default", dir: _Dir = None) -> Status:
    """What can be seen of a channel without attaching to it."""

def clean(channel: str = "default", dir: _Dir = None) -> Removed:
    """Removes what dead producers left of a channel. Busy: a producer lives."""

def default_dir() -> str:
    """The directory that dir=None stands for."""
