# SPDX-License-Identifier: MIT
"""The viewer's descriptor, polled by real processes: producers that come, die, are stopped; many viewers; files
and directories that come and go, or are something else."""

import ctypes
import os
import shutil
import signal
import unittest
from pathlib import Path

from polling import OWNER, PERIOD, PERIOD_UNLISTED, Descriptor, Watcher, needs_root
from test_access import OTHER

SYS_PIDFD_GETFD = 438


class Life(Descriptor):
    def test_frames_death_and_the_next_producer(self):
        self.make_dir(0o700)
        watcher = self.watcher("tick=0")
        self.assert_rests(watcher)
        for round_number in range(3):
            producer = self.numbers()
            self.assert_steps(producer, watcher, count=20)
            producer.kill()
            self.until("the death is noticed", lambda: watcher.errors == ["EPIPE"] * (round_number + 1))
            self.assert_rests(watcher, seconds=0.5)
        self.assertLessEqual(watcher.wakes_for_nothing, len(watcher.frames) + 3 * 12)
        self.clean()

    def test_killed_producer_whose_descriptors_live_on(self):
        """As in a child that was made without fork(3). Then no event tells of the death."""
        producer = self.numbers()
        watcher = self.watcher()
        self.assert_steps(producer, watcher, count=3)
        libc = ctypes.CDLL(None, use_errno=True)
        pidfd = os.pidfd_open(producer.pid)
        kept = [libc.syscall(SYS_PIDFD_GETFD, pidfd, int(name), 0)
                for name in os.listdir(f"/proc/{producer.pid}/fd")
                if os.path.realpath(f"/proc/{producer.pid}/fd/{name}") == str(self.dir / "default")]
        os.close(pidfd)
        if not kept or min(kept) < 0:
            self.skipTest("another process's descriptors cannot be had here")
        producer.kill()
        self.until("the death is noticed", lambda: watcher.errors == ["EPIPE"])
        self.assertEqual(watcher.period, PERIOD)
        for fd in kept:
            os.close(fd)
        self.assert_steps(self.numbers(), watcher, count=3)
        self.steps.popitem()[0].kill()
        self.clean()

    def test_stopped_and_continued(self):
        producer = self.numbers()
        watcher, every = self.watcher("tick=0"), self.watcher("tick=0", "every=1")
        self.assert_steps(producer, watcher, every, count=3)
        producer.signal(signal.SIGSTOP)
        self.assert_rests(watcher, every)
        self.assertEqual(watcher.errors, [])
        self.step(producer)
        producer.signal(signal.SIGCONT)
        self.assert_steps(producer, watcher, every, count=3)
        watcher.running.signal(signal.SIGSTOP)
        for _ in range(50):
            self.step(producer)
        self.assert_has_newest(producer, every)
        watcher.running.signal(signal.SIGCONT)
        self.assert_steps(producer, watcher, every, count=3)
        watcher.running.signal(signal.SIGSTOP)
        producer.kill()
        watcher.running.signal(signal.SIGCONT)
        self.until_all("the death", lambda one: one.errors == ["EPIPE"], (watcher, every))
        self.assert_rests(watcher, every)
        self.clean()

    def test_queue_of_events_overflows(self):
        """While the viewer is stopped, more happens in the directory than the kernel keeps."""
        self.make_dir(0o700)
        watcher = self.watcher("tick=0")
        self.assert_rests(watcher, seconds=0.2)
        watcher.running.signal(signal.SIGSTOP)
        with open("/proc/sys/fs/inotify/max_queued_events", encoding="ascii") as limit:
            events = int(limit.read())
        name = self.dir / "x"
        name.touch()
        for number in range(events + 10):
            name = name.rename(self.dir / f"x{number}")
        name.unlink()
        producer = self.numbers()
        before = watcher.wakes_for_nothing
        watcher.running.signal(signal.SIGCONT)
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        # Events of at least 32 bytes, 4096 bytes for each wake-up.
        self.assertLessEqual(watcher.wakes_for_nothing - before, events * 32 / 4096 + 10)
        self.end(producer, watcher)

    @needs_root
    def test_two_hundred_viewers(self):
        """Of two users, because each may have 128 instances of inotify. With a sanitizer, each is large."""
        each = 100 if os.environ["SHMFLIP_SANITIZER"] == "none" else 10
        self.make_dir(0o755)
        producer = self.numbers("mode=0644", fps=10)
        watchers = [Watcher(self.start(self.programs / "poll-watcher", "default", "tick=0", **who))
                    for who in (OWNER, OTHER) for _ in range(each)]
        self.until_all("frames", lambda watcher: len(watcher.frames) >= 20, watchers)
        self.assertTrue(producer.alive)
        self.end(producer, *watchers)
        for watcher in watchers:
            # Each viewer that attaches reads the file, as the producer does.
            self.assertLessEqual(watcher.wakes_for_nothing, 2 * len(watchers) + 10)
            self.assertEqual(watcher.period, PERIOD)


class Files(Descriptor):
    def test_deleted_files_are_made_again(self):
        watcher = self.watcher("tick=0")
        producer = self.numbers(fps=100)
        for name in ("default", "default.lock", "default"):
            with self.subTest(name=name):
                inode = (self.dir / "default").stat().st_ino
                self.until("frames come", lambda: watcher.frames)
                (self.dir / name).unlink()
                self.until("the files are made again", lambda inode=inode: (
                    (self.dir / "default").exists() and (self.dir / "default").stat().st_ino != inode))
                newest = watcher.newest
                self.until("frames go on", lambda newest=newest: watcher.newest > newest + 100)
        self.await_channel(producer)
        self.assertEqual(watcher.errors, [])
        self.end(producer, watcher)

    def test_directory_that_is_missing(self):
        watcher = self.watcher("tick=0")
        self.assertEqual(watcher.period, PERIOD_UNLISTED)
        producer = self.numbers()
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        self.end(producer, watcher)
        self.assertEqual(watcher.period, PERIOD)
        shutil.rmtree(self.dir)
        self.until("the viewer looks for the directory", lambda: watcher.period == PERIOD_UNLISTED)
        producer = self.numbers()
        self.assert_steps(producer, watcher)
        self.assertEqual(watcher.period, PERIOD)
        self.assert_rests(watcher)
        self.close(producer)
        self.assert_nothing_left()

    def test_directory_deleted_under_a_producer(self):
        watcher = self.watcher("tick=0")
        producer = self.numbers(fps=100)
        self.until("frames come", lambda: watcher.frames)
        shutil.rmtree(self.dir)
        self.until("the producer makes it again", lambda: (self.dir / "default").exists())
        newest = watcher.newest
        self.until("frames go on", lambda: watcher.newest > newest + 100)
        self.await_channel(producer)
        self.assertEqual(watcher.errors, [])
        self.end(producer, watcher)

    def test_directory_renamed_away_and_back(self):
        """With and without a producer."""
        self.make_dir(0o700)
        watcher = self.watcher("tick=0")
        away = self.scratch / "away"
        self.assert_rests(watcher, seconds=0.2)
        self.dir.rename(away)
        self.until("the viewer notices", lambda: watcher.period == PERIOD_UNLISTED)
        away.rename(self.dir)
        self.until("the viewer notices", lambda: watcher.period == PERIOD)
        producer = self.numbers()
        self.assert_steps(producer, watcher, count=3)
        self.dir.rename(away)
        away.rename(self.dir)
        self.assert_steps(producer, watcher, count=3)
        self.assert_watched(watcher)
        self.end(producer, watcher)
        self.assert_steps(self.numbers(), watcher, count=3)
        self.steps.popitem()[0].kill()
        self.clean()

    def test_directory_replaced_by_another_one(self):
        self.make_dir(0o700)
        watcher = self.watcher("tick=0")
        self.assert_rests(watcher, seconds=0.2)
        for number in range(3):
            self.dir.rename(self.scratch / f"away{number}")
            self.make_dir(0o700)
        producer = self.numbers()
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        self.end(producer, watcher)

    def test_parent_renamed(self):
        """No event tells that another directory has the name by now."""
        self.dir = self.scratch / "parent" / "channels"
        self.env["SHMFLIP_DIR"] = str(self.dir)
        self.dir.parent.mkdir()
        self.make_dir(0o700)
        watcher = self.watcher()
        self.dir.parent.rename(self.scratch / "away")
        self.dir.parent.mkdir()
        producer = self.numbers()
        self.assert_steps(producer, watcher, count=3)
        self.end(producer, watcher)

    def test_symbolic_link_takes_the_directory_s_place(self):
        self.make_dir(0o700)
        watcher = self.watcher("tick=0")
        self.assert_rests(watcher, seconds=0.2)
        real = self.scratch / "real"
        self.dir.rename(real)
        self.dir.symlink_to(real)
        self.assert_refused_once(watcher, "EPERM")
        self.dir.unlink()
        real.rename(self.dir)
        producer = self.numbers()
        self.assert_steps(producer, watcher)
        self.close(producer)
        self.assert_nothing_left()

    def test_what_is_no_channel_file(self):
        self.make_dir(0o700)
        path = self.dir / "default"
        for make, remove, error in ((os.mkfifo, os.unlink, "EPERM"), (os.mkdir, os.rmdir, "EPERM"),
                                    (lambda at: os.symlink("nowhere", at), os.unlink, "EPERM"),
                                    (lambda at: at.write_bytes(b"x" * 80), os.unlink, "EPROTO"),
                                    (lambda at: at.write_bytes(b""), os.unlink, None)):
            with self.subTest(make=make):
                make(path)
                watcher = self.watcher("tick=0")
                if error:
                    self.assert_refused_once(watcher, error)
                remove(path)
                producer = self.numbers()
                self.assert_steps(producer, watcher, count=3)
                self.assert_rests(watcher, seconds=0.5)
                self.close(producer)
        self.assert_nothing_left()

    def test_list_in_a_loop_beside_it(self):
        producer = self.numbers(fps=250)
        watcher, every = self.watcher("tick=0"), self.watcher("tick=0", "every=1")
        lists = [self.tool("ls") for _ in range(10) for _ in range(4)]
        for tool in lists:
            self.assert_exits(tool, 0)
        for one in (watcher, every):
            self.until("frames come", lambda one=one: len(one.frames) > 100)
            # It reads the channel file, and looks for more after each such wake-up.
            self.assertLessEqual(one.wakes_for_nothing, 12 * len(lists) + 4 * len(one.frames) + 10)
        producer.signal(signal.SIGSTOP)
        self.until("it is stopped", lambda: "(number-producer) T" in
                   (Path(f"/proc/{producer.pid}/stat").read_text(encoding="ascii")))
        self.assert_rests(watcher, every, seconds=0.5, most=4)
        self.assert_exits(self.tool("ls"), 0)
        self.assert_rests(watcher, every)
        producer.signal(signal.SIGCONT)
        self.end(producer, watcher, every)

    def test_files_of_the_system(self):
        """Where no event ever comes."""
        for directory, channel, error in (("/proc/sys/kernel", "none", None), ("/sys/kernel", "none", None),
                                          ("/proc/sys/kernel", "hostname", "EPROTO"), ("/dev", "null", "EPERM"),
                                          ("/proc/1", "status", None)):
            with self.subTest(directory=directory, channel=channel):
                watcher = self.watcher("tick=0", channel=channel, directory=directory)
                if error:
                    self.assert_refused_once(watcher, error)
                self.assert_rests(watcher, seconds=0.5)


if __name__ == "__main__":
    unittest.main()
