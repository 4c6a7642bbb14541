# SPDX-License-Identifier: MIT
"""PNGs as other programs read them, and recordings that lack frames."""

import contextlib
import os
import random
import re
import shutil
import subprocess
import time
import unittest
from pathlib import Path

import harness

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SIZES = (1, 1), (1, 700), (700, 1), (7, 5), (513, 300), (12001, 30)
# ffmpeg's name, bytes of a pixel, and what ImageMagick calls the same samples.
FORMATS = ("gray", 1, "gray", 8), ("rgb24", 3, "rgb", 8), ("rgba", 4, "rgba", 8), ("gray16le", 2, "gray", 16), \
          ("rgba64le", 8, "rgba", 16)


def contents(size):
    """Noise, a gradient, and few values that repeat."""
    yield os.urandom(size)
    yield bytes(at // 3 & 255 for at in range(size))
    pattern = bytes(random.Random(1).choice((0, 0, 0, 90, 255)) for _ in range(997))
    yield (pattern * (size // 997 + 1))[:size]


class Readers(harness.Case):
    def encode(self, raw, width, height, frames, *options):
        """Returns the PNG file of each frame, and all of them as cat writes them."""
        path = self.scratch / "raw"
        path.write_bytes(b"".join(frames))
        cat = self.tool("cat", "--format", "png", "--every", *options)
        with open(path, "rb") as stdin:
            producer = self.producer("-r", "0", "-p", "lossless", "-w", "1", "--pixels", "file",
                                     "--raw", f"{width}x{height}:{raw}", "-", stdin=stdin)
        self.assert_exits(producer, 0)
        self.assert_exits(cat, 0)
        data = Path(cat.out_path).read_bytes()
        return self.split(data), data

    def split(self, stream):
        return [SIGNATURE + part for part in stream.split(SIGNATURE)[1:]]

    def check(self, program, read, sizes):
        for raw, pixel, *_ in FORMATS:
            for width, height in sizes if raw == "rgb24" else sizes[-1:]:
                with self.subTest(program=program, raw=raw, width=width, height=height):
                    frames = list(contents(width * height * pixel))
                    parts, stream = self.encode(raw, width, height, frames, "--jobs", "3")
                    self.assertEqual(len(parts), len(frames))
                    self.assertTrue(read(stream, raw) == b"".join(frames), "other pixels")

    @harness.needs("ffmpeg")
    def test_ffmpeg(self):
        def read(stream, raw):
            return subprocess.run(["ffmpeg", "-v", "error", "-f", "image2pipe", "-c:v", "png", "-i", "-", "-f",
                                   "rawvideo", "-pix_fmt", raw, "-"], input=stream, capture_output=True,
                                  check=True).stdout
        self.check("ffmpeg", read, SIZES)

    @harness.needs_imagemagick
    def test_imagemagick(self):
        names = {raw: (name, depth) for raw, _, name, depth in FORMATS}

        def read(stream, raw):
            name, depth = names[raw]
            return b"".join(subprocess.run(
                harness.imagemagick() + ["png:-", "-depth", str(depth), "-endian", "LSB", f"{name}:-"],
                input=part, capture_output=True, check=True).stdout for part in self.split(stream))
        self.check("ImageMagick", read, SIZES[3:5])

    @harness.needs("pngcheck")
    def test_pngcheck(self):
        path = self.scratch / "one.png"
        for raw, pixel, *_ in FORMATS:
            for part in self.encode(raw, 513, 300, list(contents(513 * 300 * pixel)))[0]:
                path.write_bytes(part)
                done = subprocess.run(["pngcheck", "-q", path], capture_output=True, check=False)
                self.assertEqual((done.returncode, done.stdout), (0, b""))

    def test_jobs_change_no_byte(self):
        frames = list(contents(1000 * 900 * 3))
        files = [self.encode("rgb24", 1000, 900, frames, *jobs)[1]
                 for jobs in ([], ["--jobs", "2"], ["--jobs", "5"], ["--jobs", "0"])]
        self.assertTrue(all(file == files[0] for file in files))

    def test_usage(self):
        for program, words in ((harness.VIEWER, ["--jobs", "2"]), (harness.VIEWER, ["--record", "x", "-j", "65"]),
                               (harness.TOOL, ["cat", "--jobs", "2"]), (harness.TOOL, ["ls", "--jobs", "2"])):
            with self.subTest(program=program, words=words):
                running = self.start(program, *words)
                self.assert_exits(running, 2)
                self.assert_one_line(running, "--jobs", "--help")


class Recordings(harness.Case):
    def setUp(self):
        super().setUp()
        self.records = self.scratch / "records"
        self.records.mkdir()
        self.stats_path = self.scratch / "stats.json"

    def record(self, rate, *options):
        viewer = self.viewer("-q", "--record", self.records, "--stats", self.stats_path, *options)
        producer = self.producer("-q", "-l", "-r", rate, "-w", "1", harness.FRAMES)
        return viewer, producer

    def test_missing_frames_are_said(self):
        """FIFOs without a reader in the place of the first files are a disk that stalls. On a busy machine, the first
        file may be of a later frame than the first."""
        fifos = [self.records / f".{number:08d}.png.part" for number in range(1, 21)]
        for fifo in fifos:
            os.mkfifo(fifo)
        viewer, producer = self.record("200", "-n", "60")
        self.until("60 frames were published", lambda: not viewer.alive or self.published() >= 60)
        readers = [os.open(fifo, os.O_RDONLY | os.O_NONBLOCK) for fifo in fifos]
        while viewer.alive:
            for reader in readers:
                with contextlib.suppress(BlockingIOError):
                    os.read(reader, 65536)
            time.sleep(0.001)
        for reader in readers:
            os.close(reader)
        self.assert_exits(viewer, 0)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_one_line(viewer)
        said = re.search(r"recorded (\d+) frames in .*/records, (\d+) missing: ([0-9, -]+)$", viewer.err)
        self.assertTrue(said, viewer.err)
        recorded, missing, ranges = int(said[1]), int(said[2]), said[3].split(", ")
        counted = self.stats(self.stats_path)
        self.assertEqual((counted["recorded"], counted["not_recorded"]), (recorded, missing))
        lacking = set()
        for one in ranges:
            first, last = (one.split("-") * 2)[:2]
            lacking |= set(range(int(first), int(last) + 1))
        self.assertEqual(len(lacking), missing)
        files = {int(path.stem) for path in self.records.glob("*.png")}
        self.assertEqual(len(files), recorded)
        self.assertEqual(files & lacking, set())
        self.assertEqual(files | lacking, set(range(min(files), max(files | lacking) + 1)))
        self.assertGreaterEqual(missing, 60 - (min(files) - 1) - 32)
        self.assert_nothing_left()

    def published(self):
        shown = self.tool("stat", "--json")
        shown.wait()
        found = re.search(r'"published": (\d+)', shown.out)
        return int(found[1]) if found else 0

    def test_a_directory_that_is_removed(self):
        viewer, producer = self.record("100")
        self.until("it records", lambda: list(self.records.glob("*.png")))
        self.records.rename(self.scratch / "elsewhere")
        self.assert_exits(viewer, 1)
        # The second line names the frames that were still in the queue.
        lines = viewer.err.splitlines()
        self.assertRegex(lines[0], "cannot record frame .*: No such file or directory: was the directory removed")
        self.assertRegex("".join(lines[1:]), "^$|recorded .* missing: ")
        self.assertEqual(producer.interrupt(), 0)
        shutil.rmtree(self.scratch / "elsewhere")
        self.assert_nothing_left()

    def test_each_frame_of_a_lossless_channel(self):
        """However slow it is, and however many threads there are."""
        for jobs in ([], ["--jobs", "3"]):
            viewer = self.viewer("--record", self.records, "--once", *jobs)
            producer = self.producer("-q", "-r", "0", "-l=19", "-p", "lossless", "-w", "1", "--preload", harness.FRAMES)
            self.assert_exits(producer, 0)
            self.assert_exits(viewer, 0)
            count = 20 * len(list(harness.FRAMES.glob("*.png")))
            self.assertEqual(sorted(path.name for path in self.records.iterdir()),
                             [f"{number:08d}.png" for number in range(1, count + 1)])
            self.assertNotIn("missing", viewer.err)
            shutil.rmtree(self.records)

    def threads(self, processors, *words):
        """Returns how many threads a program has on these processors, once it has written a PNG."""
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, processors)
        running = self.start(*words)
        os.sched_setaffinity(0, before)
        self.until("it writes", lambda: list(self.records.glob("*.png")) or Path(running.out_path).stat().st_size)
        count = len(os.listdir(f"/proc/{running.pid}/task"))
        running.interrupt()
        for path in self.records.iterdir():
            path.unlink()
        return count

    def test_threads_by_default(self):
        """One per processor, at most four."""
        every = os.sched_getaffinity(0)
        self.producer("-q", "-l", "-r", "20", harness.FRAMES / "000.png", harness.FRAMES / "001.png")
        for words in ((harness.VIEWER, "--present", "none", "--record", self.records),
                      (harness.TOOL, "cat", "--format", "png")):
            with self.subTest(program=words[0]):
                least = self.threads(every, *words, "--jobs", "1")
                self.assertEqual(self.threads({min(every)}, *words), least)
                self.assertEqual(self.threads(every, *words), least + min(len(every), 4) - 1)


if __name__ == "__main__":
    unittest.main()
