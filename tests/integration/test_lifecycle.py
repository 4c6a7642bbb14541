# SPDX-License-Identifier: MIT
"""Programs started and stopped in any order, replaced, and killed: nothing hangs and nothing is left."""

import os
import signal
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
