# SPDX-License-Identifier: MIT
"""Several decoder threads: the frames, their order, and the messages are the same as with one."""

import os
import signal
import struct
import subprocess
import time
import unittest
import zlib

import harness
from harness import DAMAGED, FRAMES, KINDS


def pictures(count=None):
    return harness.natural_order(FRAMES.glob("*.png"))[:count]


class Jobs(harness.Case):
    def play(self, *arguments, jobs=4, status=0, **how):
        """Sends every frame to a viewer. Returns the lines that it printed, and the producer's statistics."""
        stats = self.scratch / "stats.json"
        viewer = self.viewer("--digest", "--once")
        self.played = self.producer("-r", "0", "-p", "lossless", "-w", "1", "-j", jobs,
                                    "--stats", stats, *arguments, **how)
        self.assert_exits(self.played, status)
        self.assert_exits(viewer, 0)
        self.assert_nothing_left()
        return viewer.lines, self.stats(stats)

    @harness.needs_imagemagick
    def test_files(self):
        paths = pictures() + harness.natural_order(KINDS.glob("*.png"))
        expected = [f"{number} {harness.digest_of(path)}" for number, path in enumerate(paths, 1)]
        for options in (["-j", "2"], ["-j", "7"], ["-j", "2", "-s", "20"], ["-j", "0"]):
            lines, stats = self.play(*options, *paths)
            self.assertEqual(lines, expected)
            self.assertEqual(stats["published"], len(paths))
            if "-s" not in options:
                jobs = stats["jobs"]
                self.assertEqual(stats["slots"], 2 if jobs == 1 else 1 + 2 * jobs)

    def test_passes(self):
        paths = pictures(5)
        lines, stats = self.play("-l=9", *paths)
        self.assertEqual([line.split()[4] for line in lines], [path.name for path in paths] * 10)
        self.assertEqual(stats["loops"], 9)

    def test_a_single_file_over_and_over(self):
        lines, _ = self.play("-l=30", *pictures(1))
        self.assertEqual(len(lines), 31)

    @harness.needs("ffmpeg")
    def test_stream(self):
        count, size = 100, 320 * 240 * 4
        png = self.scratch / "stream"
        make = ["ffmpeg", "-loglevel", "error", "-nostdin"]
        subprocess.run(make + ["-f", "lavfi", "-i", "testsrc2=s=320x240", "-frames:v", str(count),
                               "-f", "image2pipe", "-c:v", "png", png], check=True)
        raw = subprocess.run(make + ["-f", "image2pipe", "-c:v", "png", "-i", png, "-f", "rawvideo",
                                     "-pix_fmt", "rgba", "-"], capture_output=True,
                             check=True).stdout
        with open(png, "rb") as stream:
            lines, _ = self.play("-", stdin=stream)
        expected = [f"{i + 1} 320 240 {zlib.crc32(raw[i * size:(i + 1) * size]):08x} stdin:{i + 1}"
                    for i in range(count)]
        self.assertEqual(lines, expected)

    @harness.needs_imagemagick
    def test_a_stream_that_grows(self):
        """Frames that have a slot when the channel moves to larger ones come in order, too, with their pixels."""
        sizes = [(32, 24), (40, 24), (20, 10), (60, 60), (400, 300), (32, 24)] * 2
        stream = self.scratch / "stream"
        digests = []
        with open(stream, "wb") as out:
            for i, (width, height) in enumerate(sizes):
                picture = self.scratch / f"{i}.png"
                subprocess.run(harness.imagemagick() + ["-size", f"{width}x{height}", "plasma:", f"png:{picture}"],
                               check=True)
                digests.append(harness.digest_of(picture).split()[:3])
                out.write(picture.read_bytes())
        for jobs in (1, 3):
            with open(stream, "rb") as stdin:
                lines, stats = self.play("--on-error", "stop", "-", stdin=stdin, jobs=jobs)
            self.assertEqual([line.split()[1:4] for line in lines], digests)
            self.assertEqual((stats["published"], stats["skipped"], stats["dropped"]), (len(sizes), 0, 0))
            self.assertEqual(stats["generations"], 4)
            # In time, as from a live source.
            with open(stream, "rb") as stdin:
                producer = self.producer("-r", "50", "-j", jobs, "--stats", self.scratch / "live.json", "-", stdin=stdin)
                self.assert_exits(producer, 0)
            stats = self.stats(self.scratch / "live.json")
            self.assertEqual(stats["published"] + stats["dropped"], len(sizes))

    def test_text_between_pngs_is_no_frame(self):
        good = [path.read_bytes() for path in pictures(3)]
        for jobs in (1, 3):
            stream = self.scratch / "stream"
            stream.write_bytes(b"".join(b"--\r\nContent-Type: image/png\r\n\r\n" + png + b"\n" for png in good))
            with open(stream, "rb") as stdin:
                lines, stats = self.play("--on-error", "stop", "-", stdin=stdin, jobs=jobs)
            self.assertEqual([line.split()[-1] for line in lines], ["stdin:1", "stdin:2", "stdin:3"])
            self.assertEqual((stats["published"], stats["skipped"]), (3, 0))
            # Bytes that may have been a frame are counted each time, but named once.
            stream.write_bytes(b"".join(png + b"\0\1" for png in good))
            with open(stream, "rb") as stdin:
                lines, stats = self.play("-", stdin=stdin, jobs=jobs)
            self.assertEqual((stats["published"], stats["skipped"]), (3, 3))
            self.assert_one_line(self.played, "stdin:2: skipped: not a PNG")

    def test_damaged_files_are_named_in_order(self):
        damaged = sorted(path for path in DAMAGED.iterdir() if path.is_file())
        good = pictures(len(damaged))
        mixed = [path for pair in zip(good, damaged) for path in pair]
        lines, stats = self.play(*mixed)
        messages = self.played.err
        self.assertGreater(stats["skipped"], 5)
        self.assertEqual(stats["published"] + stats["skipped"], len(mixed))
        self.assertEqual((lines, messages), (self.play(*mixed, jobs=1)[0], self.played.err))

    def test_nothing_but_damage(self):
        text = self.scratch / "text.png"
        text.write_text("this is no picture\n", encoding="ascii")
        broken = self.scratch / "broken.png"
        broken.write_bytes(pictures(1)[0].read_bytes()[:-100])
        producer = self.producer("-r", "0", "-j", "3", "-l", text, broken)
        self.assert_exits(producer, 1)
        self.assertEqual(len(producer.err.splitlines()), 3, producer.err)
        self.assert_nothing_left()

    def test_error_stops_after_earlier_frames(self):
        good, damaged = pictures(9), sorted(DAMAGED.glob("*.png"))[0]
        lines, stats = self.play("--on-error", "stop", *good[:6], damaged, *good[6:], status=1)
        self.assertEqual(len(lines), 6)
        self.assertEqual(stats["published"], 6)
        self.assert_one_line(self.played, damaged.name)

    def test_error_stops_while_the_stream_is_idle(self):
        reader, writer = os.pipe()
        producer = self.producer("-r", "0", "-j", "2", "--on-error", "stop", "-", stdin=reader)
        os.write(writer, pictures(1)[0].read_bytes())
        os.write(writer, b"\0" * 70000)
        self.assert_exits(producer, 1)
        self.assert_one_line(producer, "stdin:2")
        os.close(reader)
        os.close(writer)
        self.assert_nothing_left()

    def test_interrupted_at_any_time(self):
        reader, writer = os.pipe()
        os.write(writer, pictures(1)[0].read_bytes())
        for source in (["-l", FRAMES], ["-"]):
            for number in (signal.SIGINT, signal.SIGTERM):
                producer = self.producer("-r", "50", "-j", "3", *source, stdin=reader)
                if source != ["-"]:
                    self.await_channel(producer)
                time.sleep(0.05)
                producer.signal(number)
                self.assertIn(producer.wait(), (0, -number))
        os.close(reader)
        os.close(writer)
        self.assert_nothing_left()

    def test_more_threads_than_slots(self):
        producer = self.producer("-j", "4", "-s", "4", FRAMES)
        self.assert_exits(producer, 2)
        self.assert_one_line(producer, "--jobs 4", "--slots 5")
        self.assert_exits(self.producer("-j", "64", FRAMES), 2)

    @harness.needs_imagemagick
    def test_slow_viewers_make_it_drop(self):
        whole = {path.name: harness.digest_of(path) for path in FRAMES.glob("*.png")}
        stats = self.scratch / "stats.json"
        viewers = [self.viewer("--digest", "--once") for _ in range(3)]
        producer = self.producer("-r", "200", "-l", "-w", "3", "-j", "2", "--lease", "0",
                                 "--stats", stats, FRAMES)
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            for viewer in viewers[1:]:
                viewer.signal(signal.SIGSTOP)
                time.sleep(0.02)
            time.sleep(0.1)
            for viewer in viewers[1:]:
                viewer.signal(signal.SIGCONT)
            time.sleep(0.02)
        self.assertEqual(producer.interrupt(), 0)
        for viewer in viewers:
            self.assert_exits(viewer, 0)
            for line in viewer.lines:
                self.assertEqual(line.split(" ", 1)[1], whole[line.split()[4]])
        counted = self.stats(stats)
        self.assertEqual(counted["frames_read"], counted["published"] + counted["dropped"])
        self.assert_nothing_left()

    def test_a_frozen_viewer_while_frames_wait_for_their_time(self):
        producer = self.producer("-r", "4", "-l", "-j", "2", "--lease", "0.1", FRAMES)
        frozen, active = self.viewer("--digest"), self.viewer("--digest")
        self.until("a frame arrives", lambda: frozen.lines)
        frozen.signal(signal.SIGSTOP)
        self.until("frames still arrive", lambda: len(active.lines) > 5)
        frozen.signal(signal.SIGCONT)
        self.until("the frozen viewer continues", lambda: len(frozen.lines) > 3)
        self.assertEqual([running.interrupt() for running in (frozen, active, producer)], [0] * 3)
        self.assertEqual(producer.err, "")
        self.assert_nothing_left()

    @harness.needs("ipcrm")
    def test_new_generation_while_frames_are_decoded(self):
        stats = self.scratch / "stats.json"
        viewer = self.viewer("--digest")
        producer = self.producer("-r", "100", "-l", "-w", "1", "-j", "3", "--stats", stats, FRAMES)
        self.await_channel(producer)
        for _ in range(2):
            before = len(viewer.lines)
            self.until("frames arrive", lambda: len(viewer.lines) > before + 20)
            ring = struct.unpack_from("<i", (self.dir / "default").read_bytes(), 36)[0]
            subprocess.run(["ipcrm", "-s", str(ring)], check=True)
            self.until("there is a new ring", lambda: struct.unpack_from(
                "<i", self.await_channel(producer), 36)[0] != ring)
        before = len(viewer.lines)
        self.until("frames arrive", lambda: len(viewer.lines) > before + 20)
        self.assertEqual([producer.interrupt(), viewer.interrupt()], [0, 0])
        self.assertEqual(self.stats(stats)["generations"], 3)
        numbers = [int(line.split()[0]) for line in viewer.lines]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main(verbosity=2)
