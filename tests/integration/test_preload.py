# SPDX-License-Identifier: MIT
"""Frames that are decoded once and shown again and again: the pixels are right, whichever slots are held, and
whatever happens to the files and the memory."""

import fcntl
import shutil
import signal
import struct
import time
import unittest

import harness
from harness import DAMAGED, FRAMES, KINDS


F_OFD_SETLK = 37


@harness.needs_imagemagick
class Preload(harness.Case):
    def setUp(self):
        super().setUp()
        self.files = self.scratch / "files"
        self.files.mkdir()

    def copy_files(self, paths):
        """Copies the files to where a test may remove them. Returns the digest of each by its name."""
        for path in paths:
            shutil.copy(path, self.files)
        return {path.name: harness.digest_of(path) for path in paths}

    def begin(self, *options):
        return self.producer("-q", "-l", "--preload", *options, self.files)

    def assert_whole(self, viewer, known):
        self.assertTrue(viewer.lines)
        for line in viewer.lines:
            sequence, rest = line.split(" ", 1)
            self.assertEqual(rest, known[line.split()[4]], f"frame {sequence}")

    def test_every_pass_is_the_same(self):
        pictures = harness.natural_order(FRAMES.glob("*.png"))
        for paths, options in ((pictures, []), (pictures, ["-s", "4"]), (pictures, ["-j", "3"]),
                               (pictures, ["-j", "3", "-s", "5"]), (pictures[:3], ["-s", "4"]),
                               (pictures[:2], []), (pictures[:1], []),
                               (harness.natural_order(KINDS.glob("*.png")), ["-s", "2"]),
                               (harness.natural_order(KINDS.glob("*.png"))[:60], [])):
            with self.subTest(frames=len(paths), options=options):
                digests = [harness.digest_of(path) for path in paths]
                stats = self.scratch / "stats.json"
                viewers = [self.viewer("--digest", "--once") for _ in range(2)]
                producer = self.producer("-r", "0", "-p", "lossless", "-w", "2", "-l=4", "--preload",
                                         "--stats", stats, *options, *paths)
                self.assert_exits(producer, 0)
                first, *others = producer.err.splitlines()
                self.assertIn(f"preloading {len(paths)} frames takes", first)
                self.assertEqual(["pixel aspect" in line for line in others], [True] * (paths[0].parent == KINDS))
                for viewer in viewers:
                    self.assert_exits(viewer, 0)
                    self.assertEqual(viewer.lines, [f"{number} {digest}" for number, digest
                                                    in enumerate(digests * 5, 1)])
                counted = self.stats(stats)
                self.assertEqual((counted["frames_read"], counted["loops"]), (5 * len(paths), 4))
                self.assert_nothing_left()

    def test_files_are_no_longer_needed(self):
        known = self.copy_files(harness.natural_order(FRAMES.glob("*.png"))[:8])
        for options in ([], ["-s", "3"]):
            viewer = self.viewer("--digest", "--once")
            producer = self.begin("-r", "100", "-w", "1", *options)
            self.until("frames arrive", lambda: viewer.lines)
            kept = self.scratch / "kept"
            self.files.rename(kept)
            self.until("frames still arrive", lambda: len(viewer.lines) > 60)
            kept.rename(self.files)
            self.assertEqual(producer.interrupt(), 0)
            self.assert_exits(viewer, 0)
            self.assertEqual(producer.err, "")
            self.assert_whole(viewer, known)

    def test_damaged_files_are_left_out(self):
        good = harness.natural_order(FRAMES.glob("*.png"))[:3]
        bad = [DAMAGED / name for name in ("truncated.png", "text.png", "bad-adler.png")]
        stats = self.scratch / "stats.json"
        viewer = self.viewer("--digest", "--once")
        producer = self.producer("-r", "0", "-p", "lossless", "-w", "1", "-l=3", "--preload", "-q",
                                 "-v", "--stats", stats, bad[0], good[0], bad[1], *good[1:], bad[2])
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        self.assertEqual([line.split(" ", 1)[1] for line in viewer.lines],
                         [harness.digest_of(path) for path in good] * 4)
        for path in bad:
            self.assertEqual(producer.err.count(path.name), 1)
        counted = self.stats(stats)
        self.assertEqual((counted["skipped"], counted["published"], counted["frames_read"]), (3, 12, 15))
        producer = self.producer("-r", "0", "-l", "--preload", *bad)
        self.assert_exits(producer, 1)
        producer = self.producer("-q", "-l", "--preload", "--on-error", "stop", good[0], bad[1], good[1])
        self.assert_exits(producer, 1)
        self.assert_one_line(producer, "text.png")
        self.assert_nothing_left()

    def test_viewers_that_hold_slots(self):
        """There are more viewers than spare slots: no frame is torn, and frames do not stop."""
        known = self.copy_files(harness.natural_order(FRAMES.glob("*.png"))[:6])
        viewers = [self.viewer("--digest", "--once") for _ in range(5)]
        producer = self.begin("-r", "200", "-w", "5", "--lease", "0")
        self.until("frames arrive", lambda: all(viewer.lines for viewer in viewers))
        for viewer in viewers[1:] * 3:
            viewer.signal(signal.SIGSTOP)
            time.sleep(0.037)
        before = len(viewers[0].lines)
        self.until("frames still arrive", lambda: len(viewers[0].lines) > before + 50)
        for viewer in viewers[1:]:
            viewer.signal(signal.SIGCONT)
        before = len(viewers[1].lines)
        self.until("stopped viewers continue", lambda: len(viewers[1].lines) > before + 20)
        self.assertEqual(producer.interrupt(), 0)
        for viewer in viewers:
            self.assert_exits(viewer, 0)
            self.assert_whole(viewer, known)
        self.assertEqual(producer.err, "")
        self.assert_nothing_left()

    def test_slots_that_are_never_released(self):
        """A viewer keeps all spare slots and one more: pixels move from slot to slot, and no frame is lost."""
        known = self.copy_files(harness.natural_order(FRAMES.glob("*.png"))[:6])
        viewer = self.viewer("--digest", "--once")
        producer = self.begin("-r", "100", "-w", "1", "-p", "lossless")
        self.await_channel(producer)
        with open(self.dir / "default", "rb") as pins:
            for held in range(3):
                self.until("frames arrive", lambda: viewer.lines)
                frame = int(viewer.lines[-1].split()[0]) + 20
                fcntl.fcntl(pins, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, frame, 1, 0))
                self.until("frames still arrive", lambda: len(viewer.lines) > frame + 40)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_exits(viewer, 0)
        self.assertEqual([line.split(" ", 1)[1] for line in viewer.lines],
                         (list(known.values()) * len(viewer.lines))[:len(viewer.lines)])
        self.assertEqual(producer.err, "")
        self.assert_nothing_left()

    def test_new_generation(self):
        """A frozen viewer holds every slot: the producer moves to a new generation, and frames arrive again."""
        known = self.copy_files(harness.natural_order(FRAMES.glob("*.png"))[:5])
        stats = self.scratch / "stats.json"
        active, frozen = self.viewer("--digest"), self.viewer("--digest", "--every")
        producer = self.begin("-r", "100", "-w", "2", "--lease", "0.2", "--stats", stats)
        self.until("frames arrive", lambda: active.lines and frozen.lines)
        frozen.signal(signal.SIGSTOP)
        before = len(active.lines)
        self.until("frames still arrive", lambda: len(active.lines) > before + 60)
        frozen.signal(signal.SIGCONT)
        before = len(frozen.lines)
        self.until("the frozen viewer continues", lambda: len(frozen.lines) > before + 30)
        self.assertEqual([one.interrupt() for one in (producer, active, frozen)], [0] * 3)
        self.assertGreater(self.stats(stats)["generations"], 1)
        for viewer in (active, frozen):
            self.assert_whole(viewer, known)
        self.assertEqual(producer.err, "")
        self.assert_nothing_left()

    def test_interrupted_while_preloading(self):
        self.copy_files(harness.natural_order(FRAMES.glob("*.png")))
        for options in ([], ["-j", "2"], ["-s", "2"]):
            producer = self.begin(*options)
            self.await_channel(producer)
            self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_more_memory_than_there_is(self):
        producer = self.producer("-l", "--preload", "--max-size", "1000000x100000", FRAMES)
        self.assert_exits(producer, 1)
        self.assert_one_line(producer, "MiB", "--preload")
        self.assert_nothing_left()

    def test_usage(self):
        for arguments in (["--preload", FRAMES], ["--preload", "-"], ["--preload", "-l", "-"]):
            producer = self.producer(*arguments)
            self.assert_exits(producer, 2)
            self.assert_one_line(producer, "--loop")


if __name__ == "__main__":
    unittest.main(verbosity=2)
