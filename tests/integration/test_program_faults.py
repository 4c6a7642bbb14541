# SPDX-License-Identifier: MIT
"""Faults of the system: limits reached, disks full, terminals closed, objects removed, processes stopped. A
program that cannot continue prints one clear line; one that can loses nothing; each leaves nothing behind."""

import os
import pty
import signal
import subprocess
import sys
import time
import unittest

import harness
from harness import FRAMES, PRODUCER, VIEWER


def can(*command):
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


needs_ipc_namespace = unittest.skipUnless(can("unshare", "--ipc", "true"), "needs root")
needs_mounts = unittest.skipUnless(can("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"),
                                   "needs root")


class Limits(harness.Case):
    def assert_refused(self, running, *words):
        self.assert_exits(running, 1)
        self.assert_one_line(running, *words)
        self.assert_nothing_left()

    def in_own_ipc(self, setting, *command):
        """Starts a program in an IPC namespace with this kernel limit. Prints the objects that it leaves."""
        script = ('echo "$2" >/proc/sys/kernel/"$1" && shift 2 && "$@"; status=$?; '
                  'tail -q -n +2 /proc/sysvipc/shm /proc/sysvipc/sem; exit $status')
        return self.start("unshare", "--ipc", "sh", "-c", script, "sh", *setting, *command)

    @needs_ipc_namespace
    def test_limits_of_the_system(self):
        for setting, words in [
                (("shmmni", "0"), ("limit", "kernel.shmmni")),
                (("shmall", "10"), ("limit", "kernel.shmall")),
                (("shmmax", "100000"), ("limit", "kernel.shmmax")),
                # Semaphores per set, semaphores in all, operations per call, sets.
                (("sem", "64 32000 500 128"), ("limit", "kernel.sem")),
                (("sem", "250 64 500 128"), ("limit", "kernel.sem")),
                (("sem", "250 32000 32 128"), ("limit", "kernel.sem")),
                (("sem", "250 32000 500 0"), ("limit", "kernel.sem"))]:
            with self.subTest(setting=setting):
                producer = self.in_own_ipc(setting, PRODUCER, "-q", FRAMES)
                self.assert_refused(producer, *words)
                self.assertEqual(producer.lines, [])

    def limited(self, limit, value, *command):
        script = "import os, resource, sys\n" \
                 f"resource.setrlimit(resource.{limit}, ({value}, {value}))\n" \
                 "os.execv(sys.argv[1], sys.argv[1:])"
        return self.start(sys.executable, "-c", script, *command)

    @unittest.skipIf(os.environ.get("SHMFLIP_SANITIZER", "none") != "none",
                     "a sanitizer needs terabytes of addresses")
    def test_memory_refused(self):
        large = ("--max-size", "6000x6000")
        self.assert_refused(self.limited("RLIMIT_AS", 250 << 20, PRODUCER, "-q", *large, FRAMES), "memory")
        producer = self.producer("-q", "-l", *large, FRAMES)
        self.await_channel(producer)
        viewer = self.limited("RLIMIT_AS", 250 << 20, VIEWER, "--present", "none")
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "memory")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_no_more_descriptors(self):
        producer = self.producer("-q", "-l", FRAMES)
        self.await_channel(producer)
        viewer = self.limited("RLIMIT_NOFILE", 3, VIEWER, "--present", "none")
        self.assertNotEqual(viewer.wait(), 0)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_refused(self.limited("RLIMIT_NOFILE", 4, PRODUCER, "-q", FRAMES / "000.png"),
                            "Too many open files")


class Disks(harness.Case):
    def setUp(self):
        super().setUp()
        self.live = self.producer("-q", "-l", "-r", "30", FRAMES)
        self.await_channel(self.live)
        self.records = self.scratch / "records"
        self.records.mkdir()

    def finish(self):
        self.assertEqual(self.live.interrupt(), 0)
        self.assert_nothing_left()

    def recording(self, *before):
        return self.start(*before, VIEWER, "--present", "none", "--record", self.records)

    def test_file_size_limit(self):
        script = "import os, resource, sys\n" \
                 "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n" \
                 "os.execv(sys.argv[1], sys.argv[1:])"
        viewer = self.recording(sys.executable, "-c", script)
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "cannot record frame", "File too large")
        self.assertEqual(list(self.records.iterdir()), [])
        self.finish()

    @needs_mounts
    def test_full_disk(self):
        script = f'mount -t tmpfs -o size=200k none {self.records} && "$@"; status=$?; ' \
                 f'ls -A {self.records}; exit $status'
        viewer = self.recording("unshare", "--mount", "sh", "-c", script, "sh")
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "cannot record frame", "No space left on device")
        # Only complete frames.
        self.assertGreater(len(viewer.lines), 0)
        self.assertEqual([name for name in viewer.lines if not name.endswith(".png")], [])
        self.finish()

    @needs_mounts
    def test_channel_on_a_full_disk(self):
        directory = self.scratch / "small"
        directory.mkdir()
        script = f'mount -t tmpfs -o size=4k,mode=700 none {directory} && ' \
                 f'head -c 4096 /dev/zero >{directory}/full; "$@"; status=$?; ls -A {directory}; exit $status'
        producer = self.start("unshare", "--mount", "sh", "-c", script, "sh", PRODUCER, "-q", "--dir",
                              directory, FRAMES)
        self.assert_exits(producer, 1)
        self.assert_one_line(producer, "o space")
        self.assertEqual(producer.lines, ["full"])
        self.finish()


class Terminals(harness.Case):
    """Programs whose stderr is a terminal, with status lines on it, that is closed."""

    def on_terminal(self, controlling, *command):
        main, terminal = pty.openpty()
        take = (lambda: os.login_tty(terminal)) if controlling else (lambda: os.dup2(terminal, 2))
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, preexec_fn=take,
                                   pass_fds=[terminal], start_new_session=not controlling,
                                   env=dict(self.env, TERM="xterm"))
        os.close(terminal)
        self.addCleanup(self.end, process)
        return main, process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait()

    def read_status(self, main):
        text = b""
        while b"\r" not in text:
            text += os.read(main, 1000)

    def close_terminals(self, controlling):
        ends = [self.on_terminal(controlling, PRODUCER, "-l", "-r", "60", FRAMES),
                self.on_terminal(controlling, VIEWER, "--present", "none")]
        for main, _ in ends:
            self.read_status(main)
        for main, _ in ends:
            os.close(main)
        return [process for _, process in ends]

    def assert_left_nothing(self, processes):
        pids = {process.pid for process in processes}
        self.assertEqual(harness.segments_made_by(pids), [])
        self.assertEqual(list(self.dir.iterdir()), [])

    def test_hang_up_stops_them(self):
        processes = self.close_terminals(controlling=True)
        for process in processes:
            self.assertEqual(process.wait(harness.TIMEOUT_S), 0)
        self.assert_left_nothing(processes)

    def test_without_a_signal_they_continue(self):
        processes = self.close_terminals(controlling=False)
        time.sleep(0.5)
        other = self.viewer("-n", "5")
        self.assert_exits(other, 0)
        for process in reversed(processes):
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(harness.TIMEOUT_S), 0)
        self.assert_left_nothing(processes)


class Removals(harness.Case):
    def setUp(self):
        super().setUp()
        self.stats_path = self.scratch / "stats.json"

    def begin(self, *options):
        self.live = self.producer("-q", "-l", "-r", "60", "--stats", self.stats_path, *options,
                                  FRAMES)
        self.await_channel(self.live)
        self.early_viewer = self.viewer("--digest")
        self.await_frames()

    def await_frames(self):
        count = len(self.early_viewer.lines)
        self.until("frames arrive", lambda: len(self.early_viewer.lines) >= count + 5)

    def finish(self):
        late_viewer = self.viewer("-n", "5")
        self.assert_exits(late_viewer, 0)
        self.assertEqual(self.live.interrupt(), 0)
        self.assertEqual(self.early_viewer.interrupt(), 0)
        self.assert_nothing_left()
        return self.stats(self.stats_path)

    def test_semaphores_removed_at_log_out(self):
        for options in ((), ("-p", "lossless")):
            with self.subTest(options=options):
                self.begin(*options)
                for _ in range(3):
                    (ring,) = self.rings & harness.semaphore_sets()
                    subprocess.run(["ipcrm", "-s", str(ring)], check=True)
                    self.until("there is a new set", self.rings_now)
                    self.await_frames()
                self.assertIn("waiting for the next", self.early_viewer.err)
                self.assertEqual(self.finish()["generations"], 4)

    def rings_now(self):
        self.await_channel(self.live)
        return self.rings & harness.semaphore_sets()

    def test_segment_removed(self):
        self.begin()
        for segment in harness.segments_made_by({self.live.pid}):
            subprocess.run(["ipcrm", "-m", segment], check=False, capture_output=True)
        self.await_frames()
        self.finish()


class Stops(harness.Case):
    def test_stopped_and_continued_in_every_wait(self):
        """When a process is continued, Linux interrupts its wait for semaphores."""
        stats = self.scratch / "stats.json"
        viewer = self.viewer("--every", "--once", "--stats", stats)
        producer = self.producer("-q", "-p", "lossless", "-w", "1", "-r", "200", "-l=9", FRAMES)
        while producer.alive:
            for running in (producer, viewer):
                for number in (signal.SIGSTOP, signal.SIGCONT):
                    if running.alive:
                        running.signal(number)
                    time.sleep(0.003)
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        counted = self.stats(stats)
        self.assertEqual(counted["missed"], 0)
        self.assertEqual(counted["shown"], 10 * len(list(FRAMES.glob("*.png"))))
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main(verbosity=2)
