# SPDX-License-Identifier: MIT
"""Producers and viewers in different namespaces, as containers put them, and directories that they reach by
different mounts. Making namespaces takes root, and a system that allows it."""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import harness
from harness import FRAMES

USER = {"user": 61001, "group": 61001, "extra_groups": []}


def can(*options):
    """Whether unshare works with these options here."""
    return subprocess.run(["unshare", *options, "true"], capture_output=True, check=False).returncode == 0


def needs_namespaces(*options):
    return unittest.skipUnless(can(*options), f"unshare {' '.join(options)} is not allowed here")


def mount_script(*lines):
    """A shell that makes mounts of its own, then becomes the program that follows."""
    return ["unshare", "--mount", "--", "sh", "-ec", "\n".join([*lines, 'exec "$@"']), "sh"]


class Container:
    """Namespaces that exist until they are stopped, with a process to enter them by."""

    def __init__(self, case, *options):
        self.case = case
        self.keeper = case.start("unshare", *options, "--fork", "--kill-child", "sh", "-c", "echo; exec sleep 1000")
        case.until("the container starts", lambda: self.keeper.lines)
        children = Path(f"/proc/{self.keeper.pid}/task/{self.keeper.pid}/children")
        self.pid = int(children.read_text(encoding="ascii").split()[0])
        self.options = [option for option in options if option in ("--ipc", "--pid", "--mount", "--net", "--time")]

    def words(self):
        return ["nsenter", f"--target={self.pid}", *self.options, "--"]

    def stop(self):
        """Ends it, with SIGKILL for all in its pid namespace, as a container's runtime does."""
        os.kill(self.pid, signal.SIGKILL)
        self.keeper.wait()


class Containers(harness.Case):
    programs, frames = None, FRAMES

    def program(self, name):
        built = {"shmflip-producer": harness.PRODUCER, "shmflip-viewer": harness.VIEWER}
        return self.programs / name if self.programs else built[name]

    def start_producer(self, *arguments, within=(), name="default", **how):
        producer = self.start(*within, self.program("shmflip-producer"), "-c", name, "-l", "-q", *arguments,
                              self.frames, **how)
        self.until("the channel opens", (self.dir / name).exists)
        # In another IPC namespace the same id is another program's, and goes with the namespace.
        if "--ipc" not in within:
            self.rings.add(self.ring_of(name))
        return producer

    def ring_of(self, name):
        return int.from_bytes((self.dir / name).read_bytes()[36:40], "little")

    def clean(self):
        """Removes the files that killed containers left."""
        self.assert_exits(self.start(harness.TOOL, "clean"), 0)
        self.assert_nothing_left()

    def digest(self, *arguments, within=(), **how):
        return self.start(*within, self.program("shmflip-viewer"), "--present", "none", "-n", "5", "--digest",
                          "--timeout", "20", "-q", *arguments, **how)

    def assert_sees_frames(self, viewer):
        self.assert_exits(viewer, 0)
        self.assertEqual(len(viewer.lines), 5)

    def inspect(self, *arguments, within=()):
        tool = self.start(*within, harness.TOOL, *arguments, "--json")
        tool.wait()
        return json.loads(tool.out) if tool.out else None


@needs_namespaces("--mount")
class Mounts(Containers):
    def overlay(self, lower, *, writable=True):
        """A command that sees lower through an overlay, at self.merged."""
        self.merged = self.scratch / "merged"
        layers = self.scratch / "layers"
        for directory in (self.merged, layers / "upper", layers / "work", layers / "empty"):
            directory.mkdir(parents=True, exist_ok=True)
        options = (f"lowerdir={lower},upperdir={layers}/upper,workdir={layers}/work" if writable
                   else f"lowerdir={layers}/empty:{lower}")
        script = mount_script(f"mount -t tmpfs tmpfs {layers}", f"mkdir -p {layers}/upper {layers}/work {layers}/empty",
                              f"mount -t overlay overlay -o {options} {self.merged}")
        if subprocess.run([*script, "true"], capture_output=True, check=False).returncode:
            self.skipTest("overlay mounts are not allowed here")
        return script

    def test_viewer_through_an_overlay_is_refused(self):
        producer = self.start_producer("-p", "lossless")
        for writable in (True, False):
            with self.subTest(writable=writable):
                within = self.overlay(self.scratch, writable=writable)
                viewer = self.digest("--dir", self.merged / "channels", within=within)
                self.assert_exits(viewer, 1)
                self.assert_one_line(viewer, "alive", "locks are not seen", "bind mount")
        self.assertTrue(producer.alive)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_viewer_beside_an_overlay_is_refused(self):
        """The producer is the one behind the overlay, and the viewer reads its upper layer."""
        upper = self.scratch / "upper"
        for directory in ("upper", "work", "lower", "merged"):
            (self.scratch / directory).mkdir()
        self.dir = upper / "channels"
        within = mount_script(f"mount -t overlay overlay -o lowerdir={self.scratch}/lower,upperdir={upper},"
                              f"workdir={self.scratch}/work {self.scratch}/merged")
        if subprocess.run([*within, "true"], capture_output=True, check=False).returncode:
            self.skipTest("overlay mounts are not allowed here")
        producer = self.start_producer("--dir", self.scratch / "merged/channels", within=within)
        viewer = self.digest("--dir", self.dir)
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "alive", "locks are not seen")
        cleaner = self.start(harness.TOOL, "clean", "--dir", self.dir)
        self.assert_exits(cleaner, 1)
        self.assertTrue((self.dir / "default.lock").exists())
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_second_producer_through_an_overlay_is_refused(self):
        producer = self.start_producer()
        within = self.overlay(self.scratch)
        for program in ([harness.PRODUCER, "-q", FRAMES], [harness.TOOL, "clean", "default"]):
            with self.subTest(program=program[0]):
                other = self.start(*within, program[0], "--dir", self.merged / "channels", *program[1:])
                self.assert_exits(other, 1)
                self.assert_one_line(other, "alive", "locks are not seen")
                self.assertTrue((self.dir / "default.lock").exists())
        self.assertEqual(self.inspect("ls", "--dir", self.merged / "channels", within=within)[0]["state"], "alive")
        self.assert_sees_frames(self.digest())
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_one_overlay_for_both_works(self):
        """A container's own root is an overlay."""
        within = self.overlay(self.scratch)
        script = [*within, "sh", "-ec",
                  f'"{harness.PRODUCER}" -l -q --dir {self.merged}/own {FRAMES} & producer=$!\n'
                  f'"{harness.VIEWER}" --present none -n 5 -q --digest --timeout 20 --dir {self.merged}/own\n'
                  "kill -INT $producer; wait $producer"]
        self.assert_sees_frames(self.start(*script))

    def test_bind_mount_works(self):
        producer = self.start_producer()
        (self.scratch / "bound").mkdir()
        within = mount_script(f"mount --bind {self.dir} {self.scratch}/bound")
        self.assert_sees_frames(self.digest("--dir", self.scratch / "bound", within=within))
        within = mount_script(f"mount --bind {self.dir} {self.scratch}/bound",
                              f"mount -o remount,ro,bind {self.scratch}/bound")
        self.assert_sees_frames(self.digest("--dir", self.scratch / "bound", within=within))
        second = self.start(*within, harness.PRODUCER, "-q", "--dir", self.scratch / "bound", FRAMES)
        self.assert_exits(second, 1)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_tmpfs_works(self):
        within = mount_script(f"mount -t tmpfs tmpfs {self.scratch}/shared")
        (self.scratch / "shared").mkdir()
        script = [*within, "sh", "-ec",
                  f'"{harness.PRODUCER}" -l -q --dir {self.scratch}/shared/own {FRAMES} & producer=$!\n'
                  f'"{harness.VIEWER}" --present none -n 5 -q --digest --timeout 20 --dir {self.scratch}/shared/own\n'
                  "kill -INT $producer; wait $producer"]
        self.assert_sees_frames(self.start(*script))

    def test_copied_directory_is_refused(self):
        producer = self.start_producer()
        subprocess.run(["cp", "-a", self.dir, self.scratch / "copy"], check=True)
        cleaner = self.start(harness.TOOL, "clean", "--dir", self.scratch / "copy")
        self.assert_exits(cleaner, 1)
        self.assertTrue((self.scratch / "copy" / "default.lock").exists())
        viewer = self.digest("--dir", self.scratch / "copy")
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "alive", "no copy")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()


@needs_namespaces("--ipc", "--pid", "--fork", "--mount-proc")
class Namespaces(Containers):
    def ipc_container(self):
        return Container(self, "--ipc", "--pid", "--mount", "--mount-proc")

    def test_other_ipc_namespace_is_named(self):
        producer = self.start_producer()
        container = self.ipc_container()
        for words in (["ls"], ["stat", "default"]):
            with self.subTest(words=words):
                tool = self.start(*container.words(), harness.TOOL, *words)
                tool.wait()
                self.assertIn("alive", tool.out)
                self.assertIn("not in this IPC namespace", tool.out)
                self.assertIn("--ipc=host", tool.out)
        viewer = self.digest(within=container.words())
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "alive", "not in this IPC namespace")
        second = self.start(*container.words(), harness.PRODUCER, "-q", FRAMES)
        self.assert_exits(second, 1)
        self.assert_one_line(second, "held by another producer")
        self.assertNotIn("process", second.err)
        cleaner = self.start(*container.words(), harness.TOOL, "clean", "default")
        self.assert_exits(cleaner, 1)
        self.assertTrue(producer.alive)
        self.assert_sees_frames(self.digest())
        container.stop()
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_pids_of_another_namespace_are_not_shown(self):
        container = Container(self, "--pid", "--mount", "--mount-proc")
        producer = self.start_producer(within=container.words())
        viewer = self.start(*container.words(), harness.VIEWER, "--present", "none", "-q")
        self.until("the viewer attaches", lambda: self.inspect("stat", "default")["viewers"] == 1)
        # This process sees into that namespace, so the kernel translates the producer's pid. It does not
        # translate a viewer's.
        outside = self.inspect("stat", "default")
        self.assertNotIn(outside["pid"], (None, 1))
        os.kill(outside["pid"], 0)
        self.assertEqual(outside["viewer_pids"], [None])
        other = Container(self, "--pid", "--mount", "--mount-proc")
        self.assertIsNone(self.inspect("stat", "default", within=other.words())["pid"])
        tool = self.start(*other.words(), harness.TOOL, "ls")
        tool.wait()
        self.assertRegex(tool.out, r"default +alive +\? ")
        self.assertRegex(tool.out, r"1 \(\?\)")
        second = self.start(*other.words(), harness.PRODUCER, "-q", FRAMES)
        self.assert_exits(second, 1)
        self.assertNotIn("process", second.err)
        for running in (viewer, producer):
            self.assertTrue(running.alive)
        for container in (container, other):
            container.stop()
        self.clean()

    def test_viewers_of_several_pid_namespaces_are_counted(self):
        """In a container of its own, each is process 1."""
        producer = self.start_producer("-w", "3", "-p", "lossless")
        viewers = [self.digest(within=["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"])
                   for _ in range(3)]
        for viewer in viewers:
            self.assert_sees_frames(viewer)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_restarted_container_keeps_the_living(self):
        """A new IPC namespace counts ids from 0 again, and a new pid namespace counts pids again."""
        first = self.ipc_container()
        self.start_producer(within=first.words(), name="x")
        first.stop()
        self.until("the producer dies", lambda: self.inspect("ls")[0]["state"] == "stale")
        second = self.ipc_container()
        producer = self.start_producer(within=second.words(), name="y")
        self.assertEqual(self.ring_of("x"), self.ring_of("y"), "the case needs the same id twice")
        viewer = self.start(*second.words(), harness.VIEWER, "-c", "y", "--present", "none", "-q", "--once",
                            "--digest")
        self.until("frames come", lambda: viewer.lines)

        waiting = self.digest("-c", "x", "--timeout", "0.5", within=second.words())
        self.assert_exits(waiting, 1)
        self.assert_one_line(waiting, "no producer on channel x within 0.5 s")
        cleaner = self.start(*second.words(), harness.TOOL, "clean", "x")
        self.assert_exits(cleaner, 0)
        successor = self.start_producer(within=second.words(), name="x")
        self.assert_sees_frames(self.digest("-c", "x", within=second.words()))
        self.assert_sees_frames(self.digest("-c", "y", within=second.words()))
        for running in (viewer, producer, successor):
            self.assertTrue(running.alive, running.err)
        second.stop()
        self.clean()

    def test_stale_ids_of_others_mean_a_dead_producer(self):
        """After a reboot, another user's objects may have the ids."""
        first = self.ipc_container()
        self.start_producer(within=first.words())
        first.stop()
        second = self.ipc_container()
        for make in (["ipcmk", "-S", "3", "-p", "0600"], ["ipcmk", "-M", "4096", "-p", "0600"]):
            subprocess.run([*second.words(), *make], capture_output=True, check=True)
        viewer = self.digest("--timeout", "0.5", within=second.words())
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "no producer on channel default within 0.5 s")
        self.assertEqual(self.inspect("stat", "default", within=second.words())["state"], "stale")
        successor = self.start_producer(within=second.words())
        self.assert_sees_frames(self.digest(within=second.words()))
        self.assertTrue(successor.alive)
        second.stop()
        self.clean()

    def test_network_namespace_does_not_matter(self):
        producer = self.start_producer()
        self.assert_sees_frames(self.digest(within=["unshare", "--net"]))
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    @needs_namespaces("--time", "--fork", "--monotonic", "1000")
    def test_time_namespace_does_not_matter(self):
        producer = self.start_producer()
        slow = self.start_producer("-r", "5", name="slow")
        unpaced = self.start_producer("-r", "0", name="unpaced")
        for offset in ("100000", "-1"):
            with self.subTest(offset=offset):
                within = ["unshare", "--time", "--fork", "--kill-child", "--monotonic", offset, "--boottime", offset]
                if subprocess.run([*within, "true"], capture_output=True, check=False).returncode == 0:
                    self.assert_sees_frames(self.digest(within=within))
                    tool = self.start(*within, harness.TOOL, "stat", "default")
                    self.assert_exits(tool, 0)
                    # More repetitions than the time allows would end it sooner.
                    before = time.monotonic()
                    self.assert_exits(self.start(*within, harness.TOOL, "cat", "-n", "10", "slow"), 0)
                    self.assertGreater(time.monotonic() - before, (10 - 1 - 1.2) / 5)
                    self.assert_exits(self.start(*within, harness.TOOL, "cat", "-n", "10", "unpaced"), 0)
        for running in (producer, slow, unpaced):
            self.assertEqual(running.interrupt(), 0)
        self.assert_nothing_left()

    @needs_namespaces("--user", "--map-root-user")
    def test_user_namespace_of_the_same_user_works(self):
        self.programs, self.frames = self.copy_for_users()
        self.dir.mkdir()
        os.chown(self.dir, USER["user"], USER["group"])
        producer = self.start_producer(**USER)
        within = ["unshare", "--user", "--map-root-user"]
        probe = self.start(*within, "true", **USER)
        if probe.wait():
            self.assertEqual(producer.interrupt(), 0)
            self.skipTest("users may not make user namespaces here")
        self.assert_sees_frames(self.digest(within=within, **USER))
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()


def memory_cgroup():
    """A new cgroup whose memory can be limited, and the name of its limit; None if there can be none."""
    for mount, limit in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
        try:
            group = Path(tempfile.mkdtemp(prefix="shmflip-test-", dir=mount))
        except OSError:
            continue
        if (group / limit).exists():
            return group, limit
        group.rmdir()
    return None


class Limits(Containers):
    def test_cgroup_limit_is_respected(self):
        made = memory_cgroup()
        if not made:
            self.skipTest("no cgroup can be made here")
        group, limit = made
        self.addCleanup(group.rmdir)
        (group / limit).write_text(str(64 << 20), encoding="ascii")
        within = ["sh", "-c", f'echo $$ >{group}/cgroup.procs && exec "$@"', "sh"]
        producer = self.start(*within, harness.PRODUCER, "-q", "-s", "64", "--max-size", "1920x1080", FRAMES)
        self.assert_exits(producer, 1)
        self.assert_one_line(producer, "more than the available memory", "cgroup")
        small = self.start(*within, harness.PRODUCER, "-q", "-r", "0", FRAMES)
        self.assert_exits(small, 0)
        self.assert_nothing_left()

    @unittest.skipUnless(os.geteuid() == 0, "root is exempt from modes, and needed to become another user")
    def test_umask_takes_no_right_from_the_owner(self):
        self.programs, self.frames = self.copy_for_users()
        home = self.scratch / "home"
        home.mkdir()
        os.chown(home, USER["user"], USER["group"])
        self.dir = home / "channels"
        self.env["SHMFLIP_DIR"] = str(self.dir)
        within = ["sh", "-c", 'umask 0277; exec "$@"', "sh"]
        producer = self.start_producer(within=within, **USER)
        self.until("the lock file is there", (self.dir / "default.lock").exists)
        self.assertEqual((self.dir / "default.lock").stat().st_mode & 0o777, 0o600)
        producer.kill()
        # One that was killed before it could set the mode.
        (self.dir / "default.lock").chmod(0o400)
        second = self.start(*within, self.program("shmflip-producer"), "-q", "-r", "0", self.frames, **USER)
        self.assert_exits(second, 0)
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main()
