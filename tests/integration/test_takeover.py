# SPDX-License-Identifier: MIT
"""Producers that start after a crash, at the same time, or on a channel whose files somebody deleted."""

import random
import signal
import struct
import time
import unittest

import harness
from harness import FRAMES, KINDS

RACERS = 10


class TakeOver(harness.Case):
    def start_producer(self, *options, source=FRAMES):
        producer = self.producer("-q", "-l", "-r", "60", *options, source)
        self.await_channel(producer)
        return producer

    def start_viewer(self):
        return self.viewer("--digest", "-q")

    def await_frames(self, viewer, more=5):
        count = len(viewer.lines)
        self.until("frames arrive", lambda: len(viewer.lines) >= count + more)

    def await_picture(self, viewer, name):
        count = len(viewer.lines)
        self.until(f"{name} arrives",
                   lambda: any(line.endswith(" " + name) for line in viewer.lines[count:]))

    def end(self, *running):
        for one in running:
            self.assertEqual(one.interrupt(), 0, one.err)
        self.assert_nothing_left()

    def generation(self):
        """Returns the generation in the channel file, or None while there is no such file."""
        try:
            return struct.unpack_from("<Q", (self.dir / "default").read_bytes(), 24)[0]
        except FileNotFoundError:
            return None

    def test_one_of_ten_wins(self):
        viewer = self.start_viewer()
        winner = self.start_producer()
        for _ in range(3):
            self.await_frames(viewer)
            winner.kill()
            racers = [self.producer("-q", "-l", "-r", "60", FRAMES) for _ in range(RACERS)]
            self.until("nine have exited",
                       lambda: sum(racer.alive for racer in racers) == 1)
            winner = next(racer for racer in racers if racer.alive)
            for racer in racers:
                if racer is not winner:
                    self.assert_exits(racer, 1)
                    self.assert_one_line(racer, "held by another producer",
                                         f"process {winner.pid}:")
            self.await_channel(winner)
        self.await_frames(viewer)
        self.end(viewer, winner)

    def test_successors_of_another_geometry(self):
        viewer = self.start_viewer()
        for options, name in ((["-s", "2"], "rgb8-33x17"), (["-s", "64"], "rgb8-257x3"),
                              (["-s", "3", "-p", "lossless"], "palette4-257x3"),
                              (["--max-size", "2000x1000"], "rgb8-1x1")):
            source = KINDS / f"{name}.png"
            producer = self.start_producer(*options, source=source)
            self.await_picture(viewer, source.name)
            producer.kill()
        self.end(self.start_producer(), viewer)

    def test_files_of_another_version(self):
        for name in ("default.lock", "default"):
            viewer = self.start_viewer()
            producer = self.start_producer()
            self.await_frames(viewer)
            producer.kill()
            with open(self.dir / name, "r+b") as file:
                file.seek(8)
                file.write(struct.pack("<I", 99))
            if name == "default":
                # A viewer cannot check whether that producer lives, and reports the version.
                self.assert_exits(viewer, 1)
                self.assertIn("99", viewer.err)
            producer = self.start_producer()
            if name == "default":
                viewer = self.start_viewer()
            self.await_frames(viewer)
            for one in (viewer, producer):
                self.assertEqual(one.interrupt(), 0)
        self.assert_nothing_left()

    def test_killed_while_it_starts(self):
        viewer = self.start_viewer()
        random.seed(1)
        for _ in range(30):
            producer = self.producer("-q", "-l", "-r", "60", "-s", "8", FRAMES)
            time.sleep(random.uniform(0, 0.03))
            producer.kill()
        producer = self.start_producer()
        self.await_frames(viewer)
        self.end(viewer, producer)

    def test_frozen_producer_keeps_its_channel(self):
        """A frozen producer is not dead, so no successor and no cleaner takes its channel."""
        producer = self.start_producer()
        viewer = self.start_viewer()
        self.await_frames(viewer)
        producer.signal(signal.SIGSTOP)
        second = self.producer("-q", FRAMES)
        self.assert_exits(second, 1)
        self.assert_one_line(second, str(producer.pid))
        cleaner = self.tool("clean", "default")
        self.assert_exits(cleaner, 1)
        producer.signal(signal.SIGCONT)
        self.await_frames(viewer)
        self.end(viewer, producer)

    def test_deleted_files_come_back(self):
        producer = self.start_producer()
        early = self.start_viewer()
        self.await_frames(early)
        for names in (["default"], ["default.lock"], ["default", "default.lock"]):
            with self.subTest(names=names):
                before = self.generation()
                for name in names:
                    (self.dir / name).unlink()
                # While the channel file exists, no other producer takes the channel.
                if len(names) == 1 and names[0] == "default.lock":
                    second = self.producer("-q", FRAMES)
                    self.assert_exits(second, 1)
                    self.assert_one_line(second, str(producer.pid))
                self.until("there is a new generation",
                           lambda: self.generation() not in (None, before))
                self.await_channel(producer)
                late = self.start_viewer()
                self.await_frames(late)
                self.await_frames(early)
                self.assertEqual(late.interrupt(), 0)
        self.end(early, producer)

    def test_two_producers_end_as_one(self):
        """With both files deleted, the second producer cannot find the first one; the first then exits."""
        first = self.start_producer()
        viewer = self.start_viewer()
        self.await_frames(viewer)
        first.signal(signal.SIGSTOP)
        for name in ("default", "default.lock"):
            (self.dir / name).unlink()
        second = self.start_producer()
        first.signal(signal.SIGCONT)
        self.assert_exits(first, 1)
        self.assert_one_line(first, "deleted", "another producer")
        self.await_frames(viewer)
        self.assertTrue(second.alive)
        self.end(viewer, second)


if __name__ == "__main__":
    unittest.main()
