# SPDX-License-Identifier: MIT
"""What the integration tests share: starting the programs in a directory of the test's own, and
ImageMagick, an independent decoder to compare with.

Every test starts with an empty SHMFLIP_DIR, and fails if a file, a segment, or a semaphore set of its
channels is left at the end. A test stops only processes that it started, by their ids."""

import ctypes
import functools
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib
from fractions import Fraction
from pathlib import Path

PRODUCER = os.environ["SHMFLIP_PRODUCER"]
VIEWER = os.environ["SHMFLIP_VIEWER"]
TOOL = os.environ["SHMFLIP_TOOL"]
BENCH = os.environ["SHMFLIP_BENCH"]
SOURCE = Path(os.environ["SHMFLIP_SOURCE"])
FRAMES = SOURCE / "assets" / "frames"
KINDS = SOURCE / "tests" / "data" / "kinds"
DAMAGED = SOURCE / "tests" / "data" / "damaged"
TOLERATED = SOURCE / "tests" / "data" / "tolerated"
TIMEOUT_S = 60
LIBC = ctypes.CDLL(None)
# From the kernel's headers.
IPC_RMID, GETPID = 0, 11
SUMMARY = re.compile(r"shmflip-producer: \d+ frames? in .*\n")

# The test runner sends SIGTERM after its time limit: exit normally, so that cleanups run.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
# Under nohup, the programs would inherit an ignored SIGHUP.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@functools.cache
def imagemagick():
    """The command of ImageMagick's convert, as a list of words, or None."""
    for words in (["magick"], ["convert-im6.q16"], ["/usr/bin/convert"], ["convert"]):
        if shutil.which(words[0]):
            answer = subprocess.run(words + ["-version"], capture_output=True, check=False)
            if b"ImageMagick" in answer.stdout:
                return words
    return None


def needs_imagemagick(test):
    return unittest.skipUnless(imagemagick(), "ImageMagick is not installed")(test)


def needs(program):
    return unittest.skipUnless(shutil.which(program), f"{program} is not installed")


def rgba_of(path, depth=8):
    """Returns width, height and RGBA samples of a PNG, as ImageMagick decodes it; of 16 bits as little-endian words."""
    size = subprocess.run(imagemagick() + [f"png:{path}", "-format", "%w %h", "info:"],
                          capture_output=True, check=True).stdout.split()
    # Values without gamma correction.
    pixels = subprocess.run(imagemagick() + [f"png:{path}", "-set", "colorspace", "sRGB", "-depth", str(depth),
                                             "-endian", "LSB", "RGBA:-"], capture_output=True, check=True).stdout
    return int(size[0]), int(size[1]), pixels


def samples_of(path):
    """What a viewer's --digest counts of a PNG: RGBA, or what 16 bits are in the channel: gray or RGBA."""
    data = Path(path).read_bytes()
    depth, kind = data[24:26]
    width, height, samples = rgba_of(path, 16 if depth == 16 else 8)
    if (depth, kind) == (16, 0) and b"tRNS" not in data:
        samples = b"".join(samples[at:at + 2] for at in range(0, len(samples), 8))
    return width, height, samples


@functools.cache
def digest_of(path):
    """WIDTH HEIGHT CRC NAME, as the viewer's --digest prints it after the sequence number."""
    width, height, samples = samples_of(path)
    return f"{width} {height} {zlib.crc32(samples):08x} {Path(path).name}"


def natural_order(paths):
    """Sorts paths as the producer does: 9.png comes before 10.png."""
    def key(path):
        parts, digits = [], ""
        for character in path.name + "\0":
            if character.isdigit():
                digits += character
                continue
            if digits:
                parts.append((0, int(digits), ""))
                digits = ""
            parts.append((1, 0, character))
        return parts
    return sorted(paths, key=key)


def segments_made_by(pids):
    """Returns the ids of System V segments that one of these processes made."""
    with open("/proc/sysvipc/shm", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return [row[1] for row in rows if int(row[4]) in pids]


def semaphore_sets():
    with open("/proc/sysvipc/sem", encoding="ascii") as table:
        return {int(line.split()[1]) for line in table.readlines()[1:]}


def sets_used_by(pids, since):
    """Returns the ids of semaphore sets that one of these processes was the last to use.

    A set from before a time names a dead process that once had the same pid."""
    with open("/proc/sysvipc/sem", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return {int(row[1]) for row in rows
            if int(row[9]) >= since and any(LIBC.semctl(int(row[1]), i, GETPID) in pids for i in range(int(row[3])))}


def y4m_rate(header):
    """The frames per second that a Y4M header names."""
    return Fraction(*map(int, re.search(" F([0-9]+):([0-9]+) ", header).groups()))


def complaints(cat):
    """Returns what cat says on stderr, but for what it waits for: on a slow machine it waits more often."""
    return [line for line in cat.err.splitlines() if "waiting for" not in line]


class Running:
    """A started program, whose stdout and stderr go to files."""

    def __init__(self, arguments, env, directory, stdin=None, **identity):
        self.out_path = tempfile.mktemp(dir=directory, prefix="out-")
        self.err_path = tempfile.mktemp(dir=directory, prefix="err-")
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen(arguments, env=env, stdin=stdin or subprocess.DEVNULL,
                                            stdout=out, stderr=err, **identity)
        self.pid = self.process.pid

    def wait(self, timeout=TIMEOUT_S):
        return self.process.wait(timeout)

    def signal(self, number):
        self.process.send_signal(number)

    def interrupt(self):
        self.signal(signal.SIGINT)
        return self.wait()

    def kill(self):
        """Sends SIGKILL and checks that the process died of it."""
        self.signal(signal.SIGKILL)
        assert self.wait() == -signal.SIGKILL

    @property
    def alive(self):
        return self.process.poll() is None

    @property
    def out(self):
        return Path(self.out_path).read_text(encoding="utf-8")

    @property
    def err(self):
        """What it said, but for the summary of a producer."""
        return "".join(line for line in Path(self.err_path).read_text(encoding="utf-8").splitlines(True)
                       if not SUMMARY.fullmatch(line))

    @property
    def summary(self):
        """The last line, if it is a producer's summary; else None."""
        lines = Path(self.err_path).read_text(encoding="utf-8").splitlines(True)
        return lines[-1] if lines and SUMMARY.fullmatch(lines[-1]) else None

    @property
    def lines(self):
        return self.out.splitlines()


class Case(unittest.TestCase):
    def setUp(self):
        self.scratch = Path(tempfile.mkdtemp(prefix="shmflip-test-"))
        self.dir = self.scratch / "channels"
        self.env = dict(os.environ, SHMFLIP_DIR=str(self.dir))
        self.started = []
        self.began = int(time.time()) - 1  # the kernel's clock is some milliseconds late
        self.rings = set()
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.addCleanup(self.end_everything)

    def end_everything(self):
        alive = [running for running in self.started if running.alive]
        for running in alive:
            running.signal(signal.SIGCONT)
            running.signal(signal.SIGTERM)
        for running in alive:
            try:
                running.wait(5)
            except subprocess.TimeoutExpired:
                running.kill()
        # Semaphores of producers that were killed, and that no successor cleaned up.
        pids = {running.pid for running in self.started}
        for ring in self.rings & semaphore_sets() | sets_used_by(pids, self.began):
            LIBC.semctl(ring, 0, IPC_RMID)

    def start(self, *arguments, stdin=None, env=None, **identity):
        """Starts a program. identity: user, group and extra_groups, if not the test's own."""
        running = Running([str(argument) for argument in arguments], env or self.env, self.scratch,
                          stdin, **identity)
        self.started.append(running)
        return running

    def producer(self, *arguments, **how):
        return self.start(PRODUCER, *arguments, **how)

    def viewer(self, *arguments, **how):
        """Starts a viewer without a window."""
        return self.start(VIEWER, "--present", "none", *arguments, **how)

    def tool(self, *arguments, **how):
        return self.start(TOOL, *arguments, **how)

    def copy_for_users(self, count=5):
        """Copies of the programs and of some frames in scratch, because other users may have no access to the
        build. Returns both directories."""
        programs, frames = self.scratch / "programs", self.scratch / "frames"
        for directory in (programs, frames):
            directory.mkdir()
        for path in (PRODUCER, VIEWER, TOOL, Path(TOOL).parent.parent / "common" / "libshmflip.so.0"):
            shutil.copy(path, programs)
        for path in natural_order(FRAMES.glob("*.png"))[:count]:
            shutil.copy(path, frames)
        self.env["LD_LIBRARY_PATH"] = str(programs)
        for path in [self.scratch, *self.scratch.rglob("*")]:
            path.chmod(0o755)
        return programs, frames

    def until(self, what, condition, timeout=TIMEOUT_S):
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                self.fail(f"still waiting after {timeout} s: {what}")
            time.sleep(0.01)

    def await_channel(self, producer, name="default"):
        """Waits until this producer has opened the channel. Returns the channel file's bytes; notes the semaphore
        set for the check at the end."""
        path, lock = self.dir / name, self.dir / f"{name}.lock"

        def is_open():
            # A producer first cleans up after a dead one, then writes its pid, then opens the channel.
            owner = lock.read_bytes() if lock.exists() else b""
            return (len(owner) == 48 and struct.unpack_from("<i", owner, 24)[0] == producer.pid
                    and path.exists())

        self.until(f"channel {name} opens", is_open)
        record = path.read_bytes()
        self.rings.add(struct.unpack_from("<i", record, 36)[0])
        return record

    def assert_exits(self, running, status):
        self.assertEqual(running.wait(), status, f"stderr: {running.err}")

    def assert_one_line(self, running, *words):
        """Checks that stderr is exactly one line, which contains these words."""
        lines = running.err.splitlines()
        self.assertEqual(len(lines), 1, running.err)
        for word in words:
            self.assertIn(word, lines[0])

    def assert_nothing_left(self):
        pids = {running.pid for running in self.started}
        if self.dir.exists():
            self.assertEqual([path.name for path in self.dir.iterdir()], [])
        self.assertEqual(segments_made_by(pids), [])
        self.assertEqual(semaphore_sets() & self.rings, set())

    def stats(self, path):
        return json.loads(Path(path).read_text(encoding="utf-8"))
