# SPDX-License-Identifier: MIT
"""A producer and two viewers at full speed, for SHMFLIP_SOAK_MINUTES (default: 9 seconds). The viewer of every
frame must lose none, and no process's memory, descriptors or System V objects may grow."""

import os
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "integration"))
import harness  # noqa: E402
from harness import KINDS  # noqa: E402

SECONDS = 60 * float(os.environ.get("SHMFLIP_SOAK_MINUTES", "0.15"))
# Another pixel aspect would begin another stream, with other memory.
PICTURES = [path for path in harness.natural_order(KINDS.glob("*.png")) if b"pHYs" not in path.read_bytes()]
SAMPLES = 15
WARM_UP_S = min(30, SECONDS / 4)
SANITIZED = os.environ.get("SHMFLIP_SANITIZER", "none") != "none"
# What an allocator may keep after a long time. A leak of one byte per frame is more than this in a minute.
GROWTH_KIB = 256


def private_kib(pid):
    """Returns the resident anonymous memory of a process: without files, and without the frames."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    raise ValueError(pid)


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Soak(harness.Case):
    def begin(self):
        self.producer_stats = self.scratch / "producer.json"
        self.each_stats = self.scratch / "each.json"
        self.newest_stats = self.scratch / "newest.json"
        # Small pictures, for as many frames per second as possible.
        self.viewers = [self.viewer("-q", "--once", "--every", "--stats", self.each_stats),
                        self.viewer("-q", "--once", "--newest", "--stats", self.newest_stats)]
        self.live = self.producer("-q", "-l", "-r", "0", "-w", "2", "-p", "lossless", "--stats",
                                  self.producer_stats, *PICTURES)
        self.processes = [self.live] + self.viewers
        self.await_channel(self.live)

    def sample(self):
        for running in self.processes:
            self.assertTrue(running.alive, running.err)
        return ([private_kib(running.pid) for running in self.processes],
                [descriptors(running.pid) for running in self.processes],
                len(harness.segments_made_by({self.live.pid})),
                len(self.rings & harness.semaphore_sets()))

    def print_sample(self, begin, sample):
        memory, files, segments, sets = sample
        print(f"{time.monotonic() - begin:7.0f} s  producer {memory[0]} KiB, viewers {memory[1]} and "
              f"{memory[2]} KiB; descriptors {files}; {segments} segment, {sets} semaphore set",
              flush=True)

    def take_samples(self):
        """Returns the first and the last sample."""
        begin = time.monotonic()
        time.sleep(WARM_UP_S)
        first = last = self.sample()
        self.print_sample(begin, first)
        while time.monotonic() < begin + SECONDS:
            time.sleep((SECONDS - WARM_UP_S) / SAMPLES)
            last = self.sample()
            self.print_sample(begin, last)
        return first, last

    def end(self):
        self.assertEqual(self.live.interrupt(), 0)
        for viewer in self.viewers:
            self.assert_exits(viewer, 0)
        self.assert_nothing_left()
        return [self.stats(path)
                for path in (self.producer_stats, self.each_stats, self.newest_stats)]

    def test_memory_stays_flat(self):
        self.begin()
        first, last = self.take_samples()
        produced, each, newest = self.end()
        print(f"{produced['published']} frames published; shown {each['shown']} by the viewer of every frame, "
              f"{newest['shown']} by that of the newest, {newest['missed']} missed")
        self.assertEqual(each["shown"], produced["published"])
        self.assertEqual(newest["shown"] + newest["missed"], newest["published"])
        self.assertEqual(last[2:], (1, 1))
        for before, after in zip(first[1], last[1]):
            # The producer may have a picture open.
            self.assertLessEqual(after - before, 2)
        if not SANITIZED:
            for before, after in zip(first[0], last[0]):
                self.assertLessEqual(after - before, GROWTH_KIB)


if __name__ == "__main__":
    unittest.main(verbosity=2)
