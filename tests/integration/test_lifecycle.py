# SPDX-License-Identifier: MIT
"""Programs started and stopped in any order, replaced, and killed: nothing hangs and nothing is left."""

import itertools
import os
import signal
import subprocess
import time
import unittest

import harness
from harness import FRAMES


class Lifecycle(harness.Case):
    def start_producer(self, *options, **how):
        producer = self.producer("-q", "-l", "-r", "60", *options, FRAMES, **how)
        self.await_channel(producer)
        return producer

    def start_viewer(self, *options):
        return self.viewer("--digest", *options)

    def await_frames(self, viewer, more=3):
        count = len(viewer.lines)
        self.until("frames arrive", lambda: len(viewer.lines) >= count + more)

    def test_producer_first(self):
        producer = self.start_producer()
        viewer = self.start_viewer()
        self.await_frames(viewer)
        self.assertEqual(producer.interrupt(), 0)
        self.assertEqual(viewer.interrupt(), 0)
        self.assert_nothing_left()

    def test_viewer_first_and_stopped_first(self):
        viewer = self.start_viewer()
        time.sleep(0.2)
        producer = self.start_producer()
        self.await_frames(viewer)
        self.assertEqual(viewer.interrupt(), 0)
        time.sleep(0.1)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_terminated_at_once(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            producer = self.start_producer()
            viewer = self.start_viewer()
            for running in (viewer, producer):
                running.signal(number)
            self.assertIn(viewer.wait(), (0, -number))
            self.assertEqual(producer.wait(), 0)
        self.assert_nothing_left()

    def test_viewer_follows_producers(self):
        viewer = self.start_viewer()
        for _ in range(4):
            producer = self.start_producer()
            self.await_frames(viewer)
            self.assertEqual(producer.interrupt(), 0)
        self.assertTrue(viewer.alive)
        self.assertEqual(viewer.interrupt(), 0)
        self.assert_nothing_left()

    def test_viewer_follows_producers_that_are_killed(self):
        stats = self.scratch / "stats.json"
        viewer = self.start_viewer("--stats", stats)
        for _ in range(6):
            producer = self.start_producer()
            self.await_frames(viewer)
            producer.kill()
        producer = self.start_producer()
        self.await_frames(viewer)
        self.assertEqual(producer.interrupt(), 0)
        self.assertEqual(viewer.interrupt(), 0)
        counted = self.stats(stats)
        self.assertEqual(counted["producers_died"], 6)
        self.assertEqual(counted["producers"], 7)
        self.assert_nothing_left()

    def test_killed_viewers_delay_nobody(self):
        producer = self.start_producer("-p", "lossless")
        survivor = self.start_viewer("--every")
        for _ in range(5):
            victim = self.start_viewer("--every")
            self.await_frames(victim)
            victim.kill()
            self.await_frames(survivor, 10)
        self.assertEqual(producer.interrupt(), 0)
        self.assertEqual(survivor.interrupt(), 0)
        self.assert_nothing_left()

    def test_both_killed_at_once(self):
        for _ in range(3):
            producer = self.start_producer("-p", "lossless")
            viewer = self.start_viewer()
            self.await_frames(viewer)
            for running in (producer, viewer):
                running.signal(signal.SIGKILL)
            for running in (producer, viewer):
                self.assertEqual(running.wait(), -signal.SIGKILL)
        self.assertEqual(harness.segments_made_by({one.pid for one in self.started}), [])
        self.assertEqual(self.start_producer().interrupt(), 0)
        self.assert_nothing_left()

    def test_stopped_viewer_is_abandoned(self):
        stats = self.scratch / "stats.json"
        producer = self.start_producer("--lease", "0.3", "--stats", stats)
        frozen = self.viewer()
        active = self.start_viewer()
        self.await_frames(active)
        frozen.signal(signal.SIGSTOP)
        self.await_frames(active, 60)
        frozen.signal(signal.SIGCONT)
        self.await_frames(active)
        self.assertEqual(frozen.interrupt(), 0)
        self.assertEqual(active.interrupt(), 0)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_once_distinguishes_end_and_death(self):
        producer = self.start_producer()
        viewer = self.start_viewer("--once")
        self.await_frames(viewer)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_exits(viewer, 0)
        producer = self.start_producer()
        viewer = self.start_viewer("--once")
        self.await_frames(viewer)
        producer.kill()
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "died")
        self.start_producer().interrupt()

    def test_timeout(self):
        begin = time.monotonic()
        viewer = self.viewer("--timeout", "0.3")
        self.assert_exits(viewer, 1)
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)
        producer = self.start_producer()
        viewer = self.viewer("--digest", "--timeout", "0.5")
        self.await_frames(viewer)
        producer.kill()
        self.assert_exits(viewer, 1)
        self.start_producer().interrupt()

    def test_a_reader_of_digests_that_left(self):
        """As head(1) does. Nothing has failed."""
        producer = self.start_producer()
        reader, writer = os.pipe()
        with subprocess.Popen([harness.VIEWER, "--present", "none", "--digest", "-q"], env=self.env, stdout=writer,
                              stderr=subprocess.PIPE) as viewer:
            os.close(writer)
            os.read(reader, 1)
            os.close(reader)
            self.assertEqual((viewer.stderr.read(), viewer.wait()), (b"", 0))
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_exit_after_a_number_of_frames(self):
        producer = self.start_producer()
        viewer = self.start_viewer("-n", "7")
        self.assert_exits(viewer, 0)
        self.assertEqual(len(viewer.lines), 7)
        self.assertEqual(producer.interrupt(), 0)

    def test_two_channels_side_by_side(self):
        viewers = [self.viewer("-c", name, "-n", "5", "--digest") for name in ("left", "right")]
        for name in ("left", "right"):
            producer = self.producer("-q", "-c", name, "-l", "-r", "60", FRAMES)
            self.await_channel(producer, name)
        for viewer in viewers:
            self.assert_exits(viewer, 0)
        for producer in self.started[2:]:
            self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_waiting_uses_no_processor(self):
        viewer = self.viewer()
        producer = self.producer("-q", "-w", "2", "-l", FRAMES)
        self.await_channel(producer)
        time.sleep(0.5)
        before = [self.processor_seconds(one) for one in (viewer, producer)]
        time.sleep(3)
        used = [self.processor_seconds(one) - one_before
                for one, one_before in zip((viewer, producer), before)]
        # A clock tick is 10 ms. A program that polls without sleeping would have used 3 seconds.
        self.assertLess(max(used), 0.1)
        self.assertEqual(producer.interrupt(), 0)
        self.assertEqual(viewer.interrupt(), 0)

    @staticmethod
    def processor_seconds(running):
        with open(f"/proc/{running.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Summary(harness.Case):
    """One line on what happened, at the end and when interrupted."""

    def test_at_the_end(self):
        text = self.scratch / "text.png"
        text.write_text("no picture", encoding="ascii")
        viewer = self.viewer("--once")
        producer = self.producer("-r", "100", "-p", "lossless", "-w", "1", *sorted(FRAMES.glob("*.png"))[:5], text)
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        self.assertRegex(producer.summary, r"^shmflip-producer: 5 frames in 0\.\d s \(\d+\.\d per second\), "
                                           r"0 dropped, 1 skipped\n$")

    def test_when_interrupted(self):
        viewer = self.viewer("--digest", "-n", "2")
        producer = self.producer("-l", FRAMES)
        self.assert_exits(viewer, 0)
        self.assertEqual(producer.interrupt(), 0)
        self.assertRegex(producer.summary, r"^shmflip-producer: \d+ frames? in ")
        self.assertEqual(producer.err, "")

    def test_not_when_quiet_nor_after_a_failure(self):
        picture = sorted(FRAMES.glob("*.png"))[0]
        producer = self.producer("-q", picture)
        self.assert_exits(producer, 0)
        self.assertIsNone(producer.summary)
        for arguments in (["--on-error", "stop", picture, "/dev/null"], ["-l", "/dev/null"]):
            producer = self.producer(*arguments)
            self.assert_exits(producer, 1)
            self.assertIsNone(producer.summary)
        # Before the first frame.
        producer = self.producer("-w", "1", FRAMES)
        self.await_channel(producer)
        self.assertEqual(producer.interrupt(), 0)
        self.assertIsNone(producer.summary)


class Fifo(harness.Case):
    """A FIFO whose writer ends and comes again."""

    def setUp(self):
        super().setUp()
        self.fifo = self.scratch / "camera.fifo"
        os.mkfifo(self.fifo)
        self.png = [path.read_bytes() for path in sorted(FRAMES.glob("*.png"))[:3]]

    def begin(self, *options, source=None, stdin=None):
        self.watching = self.viewer("--digest", "--every")
        self.playing = self.producer("-r", "0", "-p", "lossless", "-w", "1", *options, source or self.fifo, stdin=stdin)

    def write(self, data, frames):
        """As one writer, which ends; returns when so many frames are shown in all."""
        self.fifo.write_bytes(data)
        self.until(f"frame {frames}", lambda: len(self.watching.lines) >= frames)

    def finish(self, frames, skipped=0):
        self.assertTrue(self.playing.alive, self.playing.err)
        self.assertEqual(self.playing.interrupt(), 0)
        self.assertEqual(self.watching.interrupt(), 0)
        self.assertEqual(len(self.watching.lines), frames)
        self.assertRegex(self.playing.summary, rf": {frames} frames in .* 0 dropped, {skipped} skipped")
        self.assert_nothing_left()

    def test_reopen(self):
        for options in ([], ["-j", "3"]):
            self.begin("--reopen", *options)
            for number in range(1, 6):
                self.write(self.png[number % 3], number)
                time.sleep(0.02 * number)
            self.assertEqual([line.split()[4] for line in self.watching.lines],
                             [f"camera.fifo:{number}" for number in range(1, 6)])
            self.write(self.png[0] + self.png[1], 7)
            # The picture that a writer does not finish is lost, and no other.
            self.write(self.png[0] + self.png[1][:-500], 8)
            self.until("it is named", lambda: "camera.fifo:9: skipped: truncated" in self.playing.err)
            self.write(self.png[2], 9)
            self.finish(9, skipped=1)

    def test_reopen_stdin(self):
        reader = os.open(self.fifo, os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(reader, True)
        self.begin("--reopen", source="-", stdin=reader)
        os.close(reader)
        for number in range(1, 4):
            self.write(self.png[0], number)
        self.finish(3)

    def test_reopen_raw_streams(self):
        def video(width, height):
            frame = b"FRAME\n" + b"\x80" * 3 * width * height
            return f"YUV4MPEG2 W{width} H{height} F25:1 C444\n".encode() + frame

        for options, first, second in (([], video(4, 4), video(20, 9)),
                                       ([], b"P5 2 2 255\nabcd", b"P5 90 1 255\n" + bytes(90)),
                                       (["--raw", "5x5"], bytes(100), b"x" * 100)):
            with self.subTest(first=first[:10]):
                self.begin("--reopen", *options)
                self.write(first, 1)
                self.write(second[:-1], 1)
                self.until("it is named", lambda: "camera.fifo:2: skipped: truncated" in self.playing.err)
                self.write(second, 2)
                if not options:
                    # Not the kind that it began with: dropped up to its end.
                    self.write(self.png[0], 2)
                    self.until("it is named", lambda: "camera.fifo:4: skipped: " in self.playing.err)
                    # A writer that comes before that end is dropped too.
                    while len(self.watching.lines) < 3:
                        self.fifo.write_bytes(first)
                        time.sleep(0.1)
                self.write(first, len(self.watching.lines) + 1)
                self.finish(len(self.watching.lines), skipped=1 if options else 2)

    def test_without_reopen_the_first_writer_is_the_only_one(self):
        self.begin()
        self.fifo.write_bytes(self.png[0] + self.png[1])
        self.assert_exits(self.playing, 0)
        self.until("two frames", lambda: len(self.watching.lines) == 2)
        self.assertEqual(self.watching.interrupt(), 0)
        self.assert_nothing_left()

    def test_interrupted_while_there_is_no_writer(self):
        for written in (b"", self.png[0]):
            self.begin("--reopen", "-j", "2" if written else "1")
            if written:
                self.write(written, 1)
            time.sleep(0.2)
            self.playing.signal(signal.SIGTERM)
            self.assertIn(self.playing.wait(), (0, -signal.SIGTERM))
            self.assertEqual(self.watching.interrupt(), 0)
            self.assert_nothing_left()

    def test_what_cannot_be_reopened(self):
        reader, writer = os.pipe()
        for source, stdin in ((FRAMES, None), ("-", None), ("-", reader), ("/dev/stdin", reader),
                              ("/dev/fd/0", reader)):
            producer = self.producer("--reopen", source, stdin=stdin)
            self.assert_exits(producer, 2)
            self.assert_one_line(producer, "--reopen needs a FIFO", "--help")
        producer = self.producer(self.fifo, FRAMES)
        self.assert_exits(producer, 2)
        self.assert_one_line(producer, "must be the only SOURCE")
        os.close(reader)
        os.close(writer)


class Rewritten(harness.Case):
    """Files that change while they are shown over and over."""

    def frames_of(self, viewer):
        return [line.split()[3] for line in viewer.lines]

    def play(self, *options):
        first, second = sorted(FRAMES.glob("*.png"))[:2]
        folder = self.scratch / "pictures"
        folder.mkdir(exist_ok=True)
        path = folder / "camera.png"
        path.write_bytes(first.read_bytes())
        viewer = self.viewer("--digest", "--every")
        producer = self.producer("-l", *options, folder)
        self.until("the first picture", lambda: viewer.lines)
        path.write_bytes(first.read_bytes()[:-200])
        self.until("it is named", lambda: "camera.png: skipped: " in producer.err)
        known = set(self.frames_of(viewer))
        path.write_bytes(second.read_bytes())
        self.until("the second picture", lambda: set(self.frames_of(viewer)) - known)
        self.assertTrue(producer.alive)
        path.unlink()
        self.until("it is named", lambda: "No such file" in producer.err)
        path.write_bytes(first.read_bytes())
        self.until("it is back", lambda: producer.err.endswith("camera.png: shown again\n"))
        self.assertEqual(producer.interrupt(), 0)
        self.assertEqual(viewer.interrupt(), 0)
        # Once for each verdict. The producer may also read the file while the test writes it.
        lines = [line for line in producer.err.splitlines() if "camera.png" in line]
        self.assertTrue(all(one != other for one, other in itertools.pairwise(lines)), producer.err)
        self.assert_nothing_left()

    def test_a_file_that_is_rewritten_in_place(self):
        self.play("-r", "100")

    def test_without_a_rate_and_with_threads(self):
        self.play("-r", "0")
        self.play("-r", "50", "-j", "3")

    @harness.needs_imagemagick
    def test_a_file_that_grows(self):
        path = self.scratch / "camera.png"

        def draw(size):
            new = self.scratch / "new.png"
            subprocess.run(harness.imagemagick() + ["-size", size, "xc:red", f"png:{new}"], check=True)
            new.rename(path)

        draw("20x20")
        viewer = self.viewer("--digest")
        producer = self.producer("-l", "-r", "100", path)
        self.until("the first picture", lambda: " 20 20 " in viewer.out)
        draw("300x200")
        self.until("the second picture", lambda: " 300 200 " in viewer.out)
        self.assertEqual(producer.interrupt(), 0)
        self.assertEqual(viewer.interrupt(), 0)
        self.assertNotIn("skipped:", producer.err)
        self.assert_nothing_left()

    def test_nothing_was_shown_before(self):
        folder = self.scratch / "pictures"
        folder.mkdir()
        (folder / "text.png").write_text("no picture", encoding="ascii")
        producer = self.producer("-l", folder)
        self.assert_exits(producer, 1)
        self.assertIn("text.png: skipped: not a PNG", producer.err)
        self.assertIn("no frame could be published", producer.err)
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main(verbosity=2)
