# SPDX-License-Identifier: MIT
"""Files go into one process, and frames come out of another: every pixel of every frame, and the counts."""

import fcntl
import os
import signal
import struct
import subprocess
import time
import unittest
import zlib

import harness
from harness import DAMAGED, FRAMES, KINDS, TOLERATED

F_OFD_GETLK, F_OFD_SETLK = 36, 37


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

    def begin_with_viewers(self, viewers, *options):
        receivers = [self.viewer("--digest", "--once") for _ in range(viewers)]
        producer = self.producer("-v", "-r", "30", "-l", "-w", viewers, "--lease", "0", "--stats",
                                 self.scratch / "stats.json", *options, FRAMES)
        self.until("frames arrive", lambda: all(viewer.lines for viewer in receivers))
        return producer, receivers

    def hold_a_frame(self, producer, viewer):
        """Holds a slot as a slow viewer does, until frames drop because of it, or 10 more arrive. Returns whether
        they dropped."""
        def newest():
            return int(viewer.lines[-1].split()[0])

        drops = producer.err.count("dropped")
        with open(self.dir / "default", "rb") as pins:
            held = newest() + 4
            fcntl.fcntl(pins, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, held, 1, 0))
            self.until("frames drop or arrive",
                       lambda: producer.err.count("dropped") > drops or newest() > held + 10)
        last = newest()
        self.until("frames arrive", lambda: newest() > last)
        return producer.err.count("dropped") > drops

    def holds_any_frame(self, viewers):
        newest = max(int(viewer.lines[-1].split()[0]) for viewer in viewers)
        wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, max(newest - 100, 1), 200, 0)
        with open(self.dir / "default", "rb") as pins:
            found = fcntl.fcntl(pins, F_OFD_GETLK, wanted)
        return struct.unpack_from("h", found)[0] != fcntl.F_UNLCK

    def stop_without_a_frame(self, stopped, other):
        """Stops a viewer while it holds no slot. The other one tells that apart by stopping, too."""
        def is_stopped():
            for viewer in (stopped, other):
                viewer.signal(signal.SIGSTOP)
                os.waitid(os.P_PID, viewer.pid, os.WSTOPPED)
            is_free = not self.holds_any_frame((stopped, other))
            other.signal(signal.SIGCONT)
            if not is_free:
                stopped.signal(signal.SIGCONT)
            return is_free
        self.until("a viewer is stopped without a frame", is_stopped)

    def end_with_viewers(self, producer, receivers):
        self.assertEqual(producer.interrupt(), 0)
        for viewer in receivers:
            self.assert_exits(viewer, 0)
        self.assert_nothing_left()
        return self.stats(self.scratch / "stats.json")

    def test_more_slots_for_two_viewers(self):
        producer, receivers = self.begin_with_viewers(2)

        def has_grown():
            self.hold_a_frame(producer, receivers[0])
            return "continuing with 4" in producer.err

        self.until("the producer takes more slots", has_grown)
        self.assertGreaterEqual(producer.err.count("dropped"), 3)
        # One for the producer, the newest frame, the one held, and that of one viewer.
        self.stop_without_a_frame(receivers[1], receivers[0])
        drops = producer.err.count("dropped")
        for _ in range(10):
            self.assertFalse(self.hold_a_frame(producer, receivers[0]))
        receivers[1].signal(signal.SIGCONT)
        self.assertEqual(producer.err.count("dropped"), drops)
        counted = self.end_with_viewers(producer, receivers)
        self.assertEqual(producer.err.count("continuing"), 1)
        self.assertEqual((counted["slots"], counted["generations"]), (4, 2))

    def test_no_more_slots(self):
        for viewers, options in ((1, []), (2, ["--slots", "2"])):
            with self.subTest(viewers=viewers, options=options):
                producer, receivers = self.begin_with_viewers(viewers, *options)
                for _ in range(6):
                    self.until("frames drop", lambda: self.hold_a_frame(producer, receivers[0]))
                counted = self.end_with_viewers(producer, receivers)
                self.assertGreaterEqual(counted["dropped"], 6)
                self.assertNotIn("continuing", producer.err)
                self.assertEqual((counted["slots"], counted["generations"]), (2, 1))

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
