# SPDX-License-Identifier: MIT
"""What the tests of the descriptor share: producers whose frames come one by one, and viewers that poll.

The viewers poll without a timeout. With tick=0 they also do without the library's timer of a second: so an
event that is lost stays lost, and the test waits in vain. Nothing spins: the tests count wake-ups for nothing."""

import errno
import os
import shutil
import signal
import subprocess
import time
import unittest

import harness
from test_access import can_be_another_user

NUMBERS, POLLER = os.environ["SHMFLIP_NUMBERS"], os.environ["SHMFLIP_POLLER"]
MAY_CHANGE_USER = os.geteuid() == 0 and can_be_another_user()
OWNER = {"user": 61001, "group": 61001, "extra_groups": []}
# Of the library's timer, in ms: where there are events; no directory to watch; no file to watch.
PERIOD, PERIOD_UNLISTED, PERIOD_UNWATCHED = 1000, 100, 5
# Wake-ups that may follow what a test has just seen: the look for more, and files that are deleted.
SETTLED = 6

needs_root = unittest.skipUnless(MAY_CHANGE_USER, "needs root, to be several users")


class Watcher:
    """A viewer that polls, and what it has printed."""

    def __init__(self, running):
        self.running = running

    def of_kind(self, kind):
        return [line.split(None, 3) for line in self.running.out.splitlines(True)
                if line.startswith(kind) and line.endswith("\n")]

    @property
    def ready(self):
        return bool(self.of_kind("ready"))

    @property
    def period(self):
        """Of its timer, in ms."""
        return int(self.of_kind("timer")[-1][1])

    @property
    def frames(self):
        return [int(words[2]) for words in self.of_kind("frame")]

    @property
    def newest(self):
        frames = self.frames
        return frames[-1] if frames else 0

    @property
    def errors(self):
        return [errno.errorcode[int(words[2])] for words in self.of_kind("error")]

    @property
    def wakes_for_nothing(self):
        return len(self.of_kind("nothing"))

    @property
    def wakes(self):
        return self.wakes_for_nothing + len(self.errors) + len(self.frames)


class Descriptor(harness.Case):
    def setUp(self):
        super().setUp()
        self.programs, _ = self.copy_for_users(0)
        for path in (NUMBERS, POLLER):
            shutil.copy(path, self.programs)
        self.steps = {}

    # ---- What runs ----

    def watcher(self, *options, channel="default", within=(), directory=None, **identity):
        """Starts a viewer, and waits until it polls."""
        env = dict(self.env, SHMFLIP_DIR=str(directory)) if directory else None
        running = self.start(*within, self.programs / "poll-watcher", channel, *options, env=env, **identity)
        if "--kill-child" in within:
            # It waits for the viewer, which is process 1 there and minds no other signal.
            self.addCleanup(running.process.kill)
        watcher = Watcher(running)
        self.until("the viewer polls", lambda: watcher.ready or not running.alive)
        self.assertTrue(watcher.ready, running.err)
        return watcher

    def numbers(self, *options, fps=0, channel="default", within=(), **identity):
        """Starts a producer. Without fps, it publishes a frame at once, then one for each step()."""
        pace = [fps, 10**9] if fps else [0, 10**9, "step=1"]
        producer = self.start(*within, self.programs / "number-producer", channel, 16, 16, *pace, *options,
                              stdin=subprocess.PIPE, **identity)
        self.await_channel(producer, channel)
        self.steps[producer] = 1
        self.addCleanup(producer.process.stdin.close)
        return producer

    def step(self, producer):
        producer.process.stdin.write(b"\n")
        producer.process.stdin.flush()
        self.steps[producer] += 1

    def make_dir(self, mode, who=None):
        self.dir.mkdir()
        if who:
            os.chown(self.dir, who["user"], who["group"])
        self.dir.chmod(mode)

    # ---- What must hold ----

    def until_all(self, what, condition, watchers):
        for watcher in watchers:
            try:
                self.until(what, lambda watcher=watcher: condition(watcher))
            except AssertionError:
                self.fail(f"{what}: {watcher.running.process.args}\n{watcher.running.out[-300:]}"
                          f"{watcher.running.err}")

    def assert_has_newest(self, producer, *watchers):
        number = self.steps[producer]
        self.until_all(f"frame {number}", lambda watcher: watcher.newest == number, watchers)

    def assert_steps(self, producer, *watchers, count=10):
        """Each frame is taken before there is a next one: so each has a wake-up of its own."""
        self.assert_has_newest(producer, *watchers)
        for _ in range(count):
            self.step(producer)
            self.assert_has_newest(producer, *watchers)

    def assert_rests(self, *watchers, seconds=0.6, most=SETTLED):
        """Nothing wakes them but a timer that stands in for events."""
        before, start = [watcher.wakes for watcher in watchers], time.monotonic()
        time.sleep(seconds)
        for watcher, wakes in zip(watchers, before):
            count, ms = watcher.wakes - wakes, (time.monotonic() - start) * 1000
            by_timer = ms / watcher.period if watcher.period < PERIOD else 0
            self.assertLessEqual(count, most + by_timer, watcher.running.out[-300:])

    def assert_watched(self, *watchers):
        """By events, not by a timer."""
        for watcher in watchers:
            self.assertEqual(watcher.period, PERIOD)
            self.assertEqual(watcher.errors, [])
        self.assert_rests(*watchers)

    def assert_refused_once(self, watcher, error):
        self.until(f"{error} is reported", lambda: watcher.errors)
        self.assert_rests(watcher)
        self.assertEqual(watcher.errors, [error])

    def close(self, producer):
        producer.signal(signal.SIGTERM)
        self.assert_exits(producer, 0)

    def assert_nothing_left(self):
        """Viewers free memory with the wake-up after the one that tells of the end."""
        pids = {running.pid for running in self.started}
        self.until("memory is freed", lambda: not harness.segments_made_by(pids))
        super().assert_nothing_left()

    def clean(self):
        if self.dir.exists():
            self.assert_exits(self.start(harness.TOOL, "clean"), 0)
        self.assert_nothing_left()

    def end(self, producer, *watchers):
        """Each viewer learns of the end, and of nothing else."""
        self.close(producer)
        self.until_all("the end", lambda watcher: watcher.errors, watchers)
        for watcher in watchers:
            self.assertEqual(watcher.errors, ["ENODATA"])
        self.assert_rests(*watchers)
        self.assert_nothing_left()
