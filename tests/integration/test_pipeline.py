# SPDX-License-Identifier: MIT
"""Files go into one process, and frames come out of another: every pixel of every frame, and the counts."""

import os
import signal
import subprocess
import time
import unittest
import zlib

import harness
from harness import DAMAGED, FRAMES, KINDS, TOLERATED


def expected(paths):
    return [f"{number} {harness.digest_of(path)}" for number, path in enumerate(paths, 1)]


class Lossless(harness.Case):
    def pass_through(self, directory, viewers=1, *options):
        """Sends a directory to some viewers. Returns the lines that each printed."""
        receivers = [self.viewer("--digest", "--once") for _ in range(viewers)]
        producer = self.producer("-r", "0", "-p", "lossless", "-w", viewers, *options, directory)
        self.assert_exits(producer, 0)
        for viewer in receivers:
            self.assert_exits(viewer, 0)
        self.assert_nothing_left()
        return [viewer.lines for viewer in receivers]

    @harness.needs_imagemagick
    def test_sample_frames(self):
        paths = harness.natural_order(FRAMES.glob("*.png"))
        self.assertGreaterEqual(len(paths), 30)
        self.assertEqual(self.pass_through(FRAMES), [expected(paths)])

    @harness.needs_imagemagick
    def test_two_viewers(self):
        paths = harness.natural_order(FRAMES.glob("*.png"))
        self.assertEqual(self.pass_through(FRAMES, 2), [expected(paths)] * 2)

    @harness.needs_imagemagick
    def test_eight_viewers_and_many_slots(self):
        paths = harness.natural_order(FRAMES.glob("*.png"))
        self.assertEqual(self.pass_through(FRAMES, 8, "-s", "64"), [expected(paths)] * 8)

    @harness.needs_imagemagick
    def test_every_kind_of_png(self):
        paths = harness.natural_order(KINDS.glob("*.png"))
        self.assertGreaterEqual(len(paths), 40)
        for got, expected_line in zip(self.pass_through(KINDS)[0], expected(paths), strict=True):
            self.assertEqual(got, expected_line)

    @harness.needs("ffmpeg")
    def test_stream_on_stdin(self):
        count = 200
        png = self.scratch / "stream"
        make = ["ffmpeg", "-loglevel", "error", "-nostdin"]
        subprocess.run(make + ["-f", "lavfi", "-i", "testsrc2=s=320x240", "-frames:v", str(count),
                               "-f", "image2pipe", "-c:v", "png", png], check=True)
        raw = subprocess.run(make + ["-f", "image2pipe", "-c:v", "png", "-i", png, "-f", "rawvideo",
                                     "-pix_fmt", "rgba", "-"], capture_output=True,
                             check=True).stdout
        size = 320 * 240 * 4
        self.assertEqual(len(raw), count * size)
        viewer = self.viewer("--digest", "--once")
        with open(png, "rb") as stream:
            producer = self.producer("-r", "0", "-p", "lossless", "-w", "1", "-", stdin=stream)
            self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        got = [line.split()[:4] for line in viewer.lines]
        self.assertEqual(got, [
            [str(i + 1), "320", "240", f"{zlib.crc32(raw[i * size:(i + 1) * size]):08x}"]
            for i in range(count)])
        self.assert_nothing_left()

    def test_stream_is_not_read_past_its_end(self):
        picture = sorted(FRAMES.glob("*.png"))[0].read_bytes()
        reader, writer = os.pipe()
        viewer = self.viewer("-n", "2", "--digest")
        producer = self.producer("-r", "0", "-p", "lossless", "-w", "1", "-", stdin=reader)
        os.write(writer, picture)
        os.write(writer, picture)
        self.assert_exits(viewer, 0)
        os.close(writer)
        self.assert_exits(producer, 0)
        os.close(reader)
        self.assertEqual(len(viewer.lines), 2)

    @harness.needs_imagemagick
    def test_recorded_frames_are_the_pictures(self):
        for directory in (FRAMES, KINDS):
            paths = harness.natural_order(directory.glob("*.png"))
            out = self.scratch / directory.name
            viewer = self.viewer("--record", out, "--once")
            producer = self.producer("-r", "0", "-p", "lossless", "-w", "1", directory)
            self.assert_exits(producer, 0)
            self.assert_exits(viewer, 0)
            recorded = sorted(out.iterdir())
            self.assertEqual(len(recorded), len(paths))
            for ours, theirs in zip(recorded, paths):
                self.assertEqual(harness.rgba_of(ours), harness.rgba_of(theirs), theirs.name)

    def test_damaged_files_are_skipped_named_and_counted(self):
        damaged = sorted(path for path in DAMAGED.iterdir() if path.is_file())
        good = harness.natural_order(FRAMES.glob("*.png"))[:2]
        stats = self.scratch / "stats.json"
        viewer = self.viewer("--digest", "--once")
        producer = self.producer("-r", "0", "-p", "lossless", "-w", "1", "--stats", stats,
                                 good[0], *damaged, good[1])
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        counted = self.stats(stats)
        names = [line.split()[4] for line in viewer.lines]
        self.assertEqual((names[0], names[-1]), (good[0].name, good[1].name))
        self.assertEqual(counted["published"], len(names))
        self.assertEqual(counted["published"] + counted["skipped"], len(damaged) + 2)
        self.assertGreater(counted["skipped"], 5)
        for path in damaged:
            if path.name not in names:
                self.assertEqual(producer.err.count(path.name), 1, producer.err)
        self.assert_nothing_left()

    def test_faults_that_touch_no_pixel_are_tolerated(self):
        viewer = self.viewer("--digest", "--once")
        paths = harness.natural_order(TOLERATED.glob("*.png"))
        producer = self.producer("-r", "0", "-p", "lossless", "-w", "1", *paths)
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        self.assertEqual([line.split()[4] for line in viewer.lines], [path.name for path in paths])
        self.assertNotIn("skipped:", producer.err)
        self.assertIn("missing-end.png: shown anyway: truncated", producer.err)
        self.assertNotIn("small-window.png", producer.err)

    def test_error_stops_when_asked(self):
        damaged = sorted(DAMAGED.glob("*.png"))[0]
        good = sorted(FRAMES.glob("*.png"))[0]
        producer = self.producer("-r", "0", "--on-error", "stop", good, damaged, good)
        self.assert_exits(producer, 1)
        self.assert_one_line(producer, damaged.name)
        self.assert_nothing_left()


class Latest(harness.Case):
    def view_slowly(self, slots, lost):
        """Runs a fast viewer, and one that is stopped again and again, until the slow one has missed so many
        frames, or the producer has dropped them. Returns the statistics of all three."""
        paths = {name: harness.digest_of(path) for path in FRAMES.glob("*.png")
                 for name in [path.name]}
        files = [self.scratch / name for name in ("p.json", "fast.json", "slow.json")]
        fast = self.viewer("--digest", "--once", "--stats", files[1])
        slow = self.viewer("--digest", "--once", "--stats", files[2])
        producer = self.producer("-v", "-r", "100", "-l", "-w", "2", "-s", slots, "--stats", files[0],
                                 FRAMES)

        def has_lost():
            slow.signal(signal.SIGSTOP)
            time.sleep(0.15)
            slow.signal(signal.SIGCONT)
            time.sleep(0.03)
            published = int(fast.lines[-1].split()[0]) if fast.lines else 0
            return published - len(slow.lines) + producer.err.count("dropped") > lost

        self.until(f"{lost} frames are missed or dropped", has_lost)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_exits(fast, 0)
        self.assert_exits(slow, 0)
        for viewer in (fast, slow):
            for line in viewer.lines:
                sequence, rest = line.split(" ", 1)
                self.assertEqual(rest, paths[line.split()[4]], f"frame {sequence} is torn")
        counted = [self.stats(path) for path in files]
        for viewer in counted[1:]:
            self.assertEqual(viewer["published"], viewer["shown"] + viewer["missed"])
            self.assertEqual(viewer["published"], counted[0]["published"])
            self.assertEqual(viewer["dropped_by_producer"], counted[0]["dropped"])
        self.assertEqual(len(slow.lines), counted[2]["shown"])
        self.assert_nothing_left()
        return counted

    @harness.needs_imagemagick
    def test_slow_viewer_misses_frames_and_delays_nobody(self):
        producer, fast, slow = self.view_slowly(4, 60)
        self.assertEqual(producer["dropped"], 0)
        self.assertGreater(slow["missed"], 50)
        self.assertGreater(fast["shown"], slow["shown"])

    @harness.needs_imagemagick
    def test_two_slots_drop_and_count(self):
        producer, _, slow = self.view_slowly(2, 40)
        self.assertGreater(slow["missed"] + producer["dropped"], 20)

    def test_pace_is_kept(self):
        stats = self.scratch / "stats.json"
        self.viewer()
        producer = self.producer("-r", "50", "-l=2", "-w", "1", "--stats", stats, FRAMES)
        self.assert_exits(producer, 0)
        counted = self.stats(stats)
        frames = len(list(FRAMES.glob("*.png")))
        self.assertEqual(counted["frames_read"], counted["published"] + counted["dropped"])
        self.assertGreaterEqual(counted["seconds"], (counted["frames_read"] - 1) / 50)
        self.assertEqual(counted["frames_read"] % frames, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
