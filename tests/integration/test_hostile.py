# SPDX-License-Identifier: MIT
"""Hostile peers: the programs name invalid data in one line, and a viewer that takes every lock does not stop
the others."""

import os
import random
import struct
import subprocess
import sys
import time
import unittest
from pathlib import Path

import harness
from harness import FRAMES

GRABBER = Path(__file__).with_name("grabber.py")


class InvalidChannels(harness.Case):
    def setUp(self):
        super().setUp()
        self.live = self.producer("-q", "-l", "-r", "60", FRAMES)
        self.record = self.await_channel(self.live)
        self.file = self.dir / "default"

    def finish(self):
        self.file.write_bytes(self.record)
        viewer = self.viewer("-n", "3")
        self.assert_exits(viewer, 0)
        self.assertEqual(self.live.interrupt(), 0)
        self.assert_nothing_left()

    def changed(self, offset, form, value):
        record = bytearray(self.record)
        struct.pack_into(form, record, offset, value)
        return bytes(record)

    def assert_named(self, record, *words):
        self.file.write_bytes(record)
        viewer = self.viewer("-n", "1", "--timeout", "5")
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, *words)
        for command in (["stat", "default"], ["ls"], ["clean"]):
            tool = self.tool(*command)
            self.assert_exits(tool, 0)
            for word in words if command[0] == "stat" else ():
                self.assertIn(word, tool.out)

    def test_channel_file(self):
        self.assert_named(b"", "not written by shmflip")
        self.assert_named(b"\0" * 4096, "not written by shmflip")
        self.assert_named(self.record[:63], "damaged")
        self.assert_named(self.changed(12, "<I", 63), "damaged")
        self.assert_named(self.changed(16, "<Q", 2 ** 64 - 1), "damaged")
        self.assert_named(self.changed(24, "<Q", 0), "damaged")
        self.assert_named(self.changed(32, "<i", -1), "damaged")
        self.assert_named(self.changed(8, "<I", 7), "version 7", "speaks version 2")
        self.finish()

    def test_garbage_of_every_size(self):
        generator = random.Random(1)
        for size in (1, 7, 8, 16, 63, 64, 65, 100000):
            self.assert_named(generator.randbytes(size), "not written by shmflip")
        self.finish()

    def test_objects_of_other_programs(self):
        made = []
        for command in (["ipcmk", "-S", "3"], ["ipcmk", "-M", "100"]):
            answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            made.append(int(answer.split()[-1]))
        self.addCleanup(subprocess.run, ["ipcrm", "-s", str(made[0]), "-m", str(made[1])])
        # The kernel may give a dead producer's id to any other set: viewers wait for the next producer.
        self.file.write_bytes(self.changed(36, "<i", made[0]))
        viewer = self.viewer("-n", "1", "--timeout", "0.3")
        self.assert_exits(viewer, 1)
        self.assertIn("no producer on channel default within 0.3 s", viewer.err)
        self.assert_named(self.changed(32, "<i", made[1]), f"segment {made[1]}", "too small")
        self.finish()


class GreedyViewers(harness.Case):
    """A viewer that holds every lock that it can get, in every generation."""

    def begin(self, *grabbing):
        self.stats_path = self.scratch / "producer.json"
        self.live = self.producer("-q", "-l", "-r", "100", "--lease", "0.2", "--stats",
                                  self.stats_path, FRAMES)
        self.await_channel(self.live)
        self.honest = self.viewer("--digest")
        self.until("frames arrive", lambda: len(self.honest.lines) > 3)
        self.grabber = self.start(sys.executable, GRABBER, self.dir, "default", *grabbing)

    def finish(self):
        self.assertTrue(self.honest.alive and self.live.alive)
        self.assertEqual(self.live.interrupt(), 0)
        self.assertEqual(self.honest.interrupt(), 0)
        if self.grabber.alive:
            self.grabber.kill()
        self.assert_nothing_left()
        return self.stats(self.stats_path)

    def test_every_lock_of_every_generation(self):
        self.begin()
        self.until("generations are locked", lambda: len(self.grabber.lines) > 8)
        shown = len(self.honest.lines)
        self.until("frames still arrive", lambda: len(self.honest.lines) > shown + 5)
        counted = self.finish()
        self.assertGreater(counted["generations"], 8)
        self.assertGreater(counted["dropped"], 10)

    def test_memory_of_every_generation(self):
        self.begin("keep")
        self.until("generations are locked", lambda: len(self.grabber.lines) >= 4)
        time.sleep(1.5)
        # Seven leases have passed; each must not have added a segment.
        self.assertLessEqual(len(harness.segments_made_by({self.live.pid})), 6)
        self.grabber.kill()
        shown = len(self.honest.lines)
        self.until("frames still arrive", lambda: len(self.honest.lines) > shown + 20)
        self.assertEqual(len(harness.segments_made_by({self.live.pid})), 1)
        counted = self.finish()
        self.assertGreater(counted["dropped"], 50)


if __name__ == "__main__":
    unittest.main(verbosity=2)
