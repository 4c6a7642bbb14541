# SPDX-License-Identifier: MIT
"""The viewer's descriptor in other places than the producer's: other users, namespaces, mounts, and without
what inotify needs."""

import os
import signal
import subprocess
import time
import unittest

from polling import (MAY_CHANGE_USER, OWNER, PERIOD, PERIOD_UNLISTED, PERIOD_UNWATCHED, Descriptor,
                     needs_root)
from test_access import OTHER
from test_containers import can, mount_script, needs_namespaces

needs_proc = unittest.skipUnless(os.environ["SHMFLIP_SANITIZER"] == "none", "sanitizers need /proc")


def become(who):
    """Words that run a program as this user, in namespaces that only root can make."""
    return ["setpriv", f"--reuid={who['user']}", f"--regid={who['group']}", "--clear-groups"]


def limited(name):
    """A user namespace in which the users have used up that limit of inotify's."""
    return ["unshare", "--user", "--map-root-user", "sh", "-ec",
            f'echo 0 >/proc/sys/user/max_inotify_{name}; exec "$@"', "sh"]


def can_run(words):
    return subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0


@needs_root
class Users(Descriptor):
    def test_another_user_who_may_read(self):
        self.make_dir(0o755, OWNER)
        watcher = self.watcher("tick=0", **OTHER)
        producer = self.numbers("mode=0644", **OWNER)
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        self.end(producer, watcher)

    def test_member_of_the_group(self):
        self.make_dir(0o750, OWNER)
        watcher = self.watcher("tick=0", user=OTHER["user"], group=OWNER["group"], extra_groups=[])
        producer = self.numbers("mode=0640", **OWNER)
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        self.end(producer, watcher)

    def test_directory_that_cannot_be_listed(self):
        self.make_dir(0o711, OWNER)
        watcher = self.watcher("tick=0", **OTHER)
        self.assertEqual(watcher.period, PERIOD_UNLISTED)
        for round_number in range(2):
            producer = self.numbers("mode=0644", **OWNER)
            self.assert_steps(producer, watcher)
            self.assertEqual(watcher.period, PERIOD)
            self.assert_rests(watcher)
            self.close(producer)
            self.until("the end", lambda: watcher.errors == ["ENODATA"] * (round_number + 1))
            self.assertEqual(watcher.period, PERIOD_UNLISTED)
        self.assert_rests(watcher)
        self.assert_nothing_left()

    def test_refusal_in_a_directory_that_cannot_be_listed(self):
        """The timer of 100 ms finds the next producer; but it is no news ten times a second."""
        self.make_dir(0o711, OWNER)
        producer = self.numbers("mode=0600", **OWNER)
        watcher = self.watcher("tick=0", **OTHER)
        self.until("it is reported", lambda: watcher.errors)
        start = time.monotonic()
        time.sleep(2.5)
        count = len(watcher.errors)
        self.assertLessEqual(count, time.monotonic() - start + 2)
        self.assertEqual(set(watcher.errors), {"EACCES"})
        self.assertGreater(count, 1)
        self.close(producer)
        producer = self.numbers("mode=0644", **OWNER)
        self.assert_steps(producer, watcher)
        self.close(producer)

    def test_right_that_comes_later(self):
        self.make_dir(0o755, OWNER)
        producer = self.numbers("mode=0600", **OWNER)
        watcher = self.watcher("tick=0", **OTHER)
        self.assert_refused_once(watcher, "EACCES")
        self.dir.chmod(0o711)
        self.dir.chmod(0o755)
        self.until("the change is noticed", lambda: len(watcher.errors) > 1)
        self.close(producer)
        producer = self.numbers("mode=0644", **OWNER)
        self.assert_steps(producer, watcher)
        self.close(producer)

    @needs_namespaces("--mount", "--pid", "--fork")
    def test_hidepid(self):
        self.make_dir(0o755, OWNER)
        within = [*mount_script("mount -t proc -o hidepid=2 proc /proc"), *become(OTHER)]
        if not can_run(within):
            self.skipTest("proc cannot be mounted with hidepid here")
        watcher = self.watcher("tick=0", within=within)
        producer = self.numbers("mode=0644", **OWNER)
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        self.end(producer, watcher)

    @needs_proc
    @needs_namespaces("--mount")
    def test_proc_that_may_not_be_entered(self):
        """The file is watched by its name."""
        self.make_dir(0o755, OWNER)
        within = [*mount_script("mount -t tmpfs -o mode=0700 tmpfs /proc"), *become(OTHER)]
        watcher = self.watcher("tick=0", within=within)
        producer = self.numbers("mode=0644", **OWNER)
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        self.end(producer, watcher)


@needs_namespaces("--user", "--map-root-user")
class UserNamespaces(Descriptor):
    def test_user_namespace(self):
        who = OWNER if MAY_CHANGE_USER else {}
        self.make_dir(0o755, who)
        within = ["unshare", "--user", "--map-root-user"]
        watcher = self.watcher("tick=0", within=within, **who)
        producer = self.numbers(**who)
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        self.end(producer, watcher)

    def limits(self, name):
        within = limited(name)
        if not can_run(within):
            self.skipTest("the limit cannot be changed here")
        return within

    def test_no_instances_left(self):
        self.exhausted(self.limits("instances"))

    def test_no_watches_left(self):
        self.exhausted(self.limits("watches"))

    def exhausted(self, within):
        watcher = self.watcher("tick=0", within=within)
        self.assertEqual(watcher.period, PERIOD_UNLISTED)
        producer = self.numbers()
        self.assert_steps(producer, watcher)
        self.assertEqual(watcher.period, PERIOD_UNWATCHED)
        self.assert_rests(watcher)
        producer.kill()
        self.until("the death is noticed", lambda: watcher.errors == ["EPIPE"])
        self.assertEqual(watcher.period, PERIOD_UNLISTED)
        self.clean()

    def test_refusal_with_no_instances_left(self):
        self.make_dir(0o700)
        (self.dir / "default").mkdir()
        watcher = self.watcher("tick=0", within=self.limits("instances"))
        self.until("it is reported", lambda: watcher.errors)
        start = time.monotonic()
        time.sleep(2)
        self.assertLessEqual(len(watcher.errors), time.monotonic() - start + 2)


@needs_namespaces("--mount")
class Mounts(Descriptor):
    def test_bind_mounts(self):
        bound = self.scratch / "bound"
        bound.mkdir()
        self.make_dir(0o700)
        bind = f"mount --bind {self.dir} {bound}"
        read_only = f"mount -o remount,ro,bind {bound}"
        watchers = [self.watcher("tick=0", within=mount_script(*script), directory=bound)
                    for script in ((bind,), (bind, read_only))]
        producer = self.numbers()
        self.assert_steps(producer, *watchers)
        self.assert_watched(*watchers)
        self.end(producer, *watchers)

    def test_one_overlay_for_both(self):
        """A container's own root is an overlay."""
        layers = self.scratch / "layers"
        layers.mkdir()
        self.dir = self.scratch / "merged" / "channels"
        self.env["SHMFLIP_DIR"] = str(self.dir)
        self.dir.parent.mkdir()
        within = mount_script(f"mount -t tmpfs tmpfs {layers}", f"mkdir {layers}/upper {layers}/work {layers}/lower",
                              f"mount -t overlay overlay -o lowerdir={layers}/lower,upperdir={layers}/upper,"
                              f"workdir={layers}/work {self.dir.parent}")
        if not can_run(within):
            self.skipTest("overlay mounts are not allowed here")
        keeper = self.start(*within, "sh", "-c", "echo; exec sleep 1000")
        self.until("the mounts are there", lambda: keeper.lines)
        inside = ["nsenter", f"--target={keeper.pid}", "--mount", "--"]
        self.both_inside(inside)

    def both_inside(self, inside):
        watcher = self.watcher("tick=0", within=inside)
        producer = self.start(*inside, self.programs / "number-producer", "default", 16, 16, 0, 10**9, "step=1",
                              stdin=subprocess.PIPE)
        self.addCleanup(producer.process.stdin.close)
        self.steps[producer] = 1
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        self.end(producer, watcher)

    def test_overlay_where_locks_do_not_meet(self):
        merged, layers = self.scratch / "merged", self.scratch / "layers"
        merged.mkdir()
        layers.mkdir()
        within = mount_script(f"mount -t tmpfs tmpfs {layers}", f"mkdir {layers}/upper {layers}/work",
                              f"mount -t overlay overlay -o lowerdir={self.scratch},upperdir={layers}/upper,"
                              f"workdir={layers}/work {merged}")
        if not can_run(within):
            self.skipTest("overlay mounts are not allowed here")
        producer = self.numbers(fps=100)
        watcher = self.watcher("tick=0", within=within, directory=merged / "channels")
        self.assert_refused_once(watcher, "ENOTSUP")
        ticking = self.watcher(within=within, directory=merged / "channels")
        self.assert_reports_once_a_second(ticking, "ENOTSUP")
        self.end(producer)

    def assert_reports_once_a_second(self, watcher, error):
        start = time.monotonic()
        self.until("it is reported again", lambda: len(watcher.errors) > 2)
        self.assertLessEqual(watcher.wakes, 2 * (time.monotonic() - start) + 4)
        self.assertEqual(set(watcher.errors), {error})

    def test_copied_directory(self):
        producer = self.numbers(fps=100)
        copy = self.scratch / "copy"
        subprocess.run(["cp", "-a", self.dir, copy], check=True)
        watcher = self.watcher("tick=0", directory=copy)
        self.assert_refused_once(watcher, "ENOTSUP")
        self.end(producer)

    def test_mounted_over_and_unmounted(self):
        self.make_dir(0o700)
        keeper = self.start(*mount_script("true"), "sh", "-c", "echo; exec sleep 1000")
        self.until("the namespace is there", lambda: keeper.lines)
        inside = ["nsenter", f"--target={keeper.pid}", "--mount", "--"]
        watcher = self.watcher(within=inside)
        mount = ["mount", "-t", "tmpfs", "-o", "mode=0700", "tmpfs", self.dir]
        subprocess.run([*inside, *mount], check=True)
        hidden = self.start(*inside, self.programs / "number-producer", "default", 16, 16, 0, 10**9, "step=1",
                            stdin=subprocess.PIPE)
        self.addCleanup(hidden.process.stdin.close)
        self.steps[hidden] = 1
        self.assert_steps(hidden, watcher, count=3)
        self.close(hidden)
        self.until("the end", lambda: watcher.errors == ["ENODATA"])
        subprocess.run([*inside, "umount", self.dir], check=True)
        producer = self.numbers()
        self.assert_steps(producer, watcher, count=3)
        self.close(producer)
        self.assert_nothing_left()

    @needs_proc
    def test_without_proc(self):
        """The file is watched by its name."""
        scripts = [["umount --lazy /proc"], ["mount -t tmpfs tmpfs /proc"],
                   ["mount -t tmpfs tmpfs /proc", "mkdir -p /proc/self", "touch /proc/self/fd"]]
        withins = [mount_script(*script) for script in scripts]
        if can("--pid", "--fork", "--mount"):
            withins.append(["unshare", "--pid", "--fork", "--kill-child", *mount_script("umount --lazy /proc")])
        withins = [within for within in withins if can_run(within)]
        self.assertTrue(withins)
        watchers = [self.watcher("tick=0", within=within) for within in withins]
        producer = self.numbers()
        self.assert_steps(producer, *watchers)
        self.assert_watched(*watchers)
        self.end(producer, *watchers)


@needs_namespaces("--ipc", "--mount", "--pid", "--fork", "--mount-proc")
class Namespaces(Descriptor):
    def test_other_ipc_namespace(self):
        producer = self.numbers(fps=100)
        watcher = self.watcher("tick=0", within=["unshare", "--ipc"])
        self.assert_refused_once(watcher, "ENOTSUP")
        # Another channel changes nothing for this one. A change of the channel's own file may.
        (self.dir / "other").touch()
        (self.dir / "other").unlink()
        self.assert_rests(watcher)
        self.assertEqual(len(watcher.errors), 1)
        os.utime(self.dir / "default")
        self.until("it is reported again", lambda: len(watcher.errors) == 2)
        self.assert_rests(watcher)
        self.end(producer)

    def test_pid_namespace(self):
        watcher = self.watcher("tick=0", within=["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"])
        producer = self.numbers()
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        self.end(producer, watcher)

    @needs_namespaces("--time", "--fork", "--monotonic", "1000")
    def test_time_namespace(self):
        """Where the timer's clock is another one, and finds the directory."""
        within = ["unshare", "--time", "--fork", "--kill-child", "--monotonic", "100000", "--boottime", "100000"]
        watcher = self.watcher("tick=0", within=within)
        self.assertEqual(watcher.period, PERIOD_UNLISTED)
        self.assert_rests(watcher)
        producer = self.numbers()
        self.assert_steps(producer, watcher)
        self.assert_watched(watcher)
        self.end(producer, watcher)


@needs_root
class Together(Descriptor):
    def test_all_of_them_at_250_a_second(self):
        self.make_dir(0o755, OWNER)
        (self.scratch / "bound").mkdir()
        good = [self.watcher("tick=0"), self.watcher("tick=0", **OTHER)]
        for within, options in self.places():
            if can_run(within):
                good.append(self.watcher("tick=0", within=within, **options))
            else:
                print(f"skipped: {within}", flush=True)
        producer = self.numbers("mode=0644", fps=250, **OWNER)
        refused = [self.watcher("tick=0", within=["unshare", "--ipc"])] if can("--ipc") else []
        self.until_all("frames", lambda watcher: watcher.frames, good)
        good[0].running.signal(signal.SIGSTOP)
        for tool in [self.tool("ls") for _ in range(20)]:
            self.assert_exits(tool, 0)
        good[0].running.signal(signal.SIGCONT)
        newest = max(watcher.newest for watcher in good)
        self.until_all("frames", lambda watcher: watcher.newest > newest + 250, good)
        self.end(producer, *good)
        for watcher in good:
            self.assertLessEqual(watcher.wakes_for_nothing, 2 * len(watcher.frames) + 200, watcher.running.process.args)
        for watcher in refused:
            # Once more when the channel's file went; then there is no producer.
            self.assertLessEqual(len(watcher.errors), 2)
            self.assertEqual(set(watcher.errors), {"ENOTSUP"})

    def places(self):
        bind = f"mount --bind {self.dir} {self.scratch}/bound"
        bound = {"directory": self.scratch / "bound"}
        yield mount_script(bind), bound
        yield mount_script(bind, f"mount -o remount,ro,bind {self.scratch}/bound"), bound
        yield ["unshare", "--user", "--map-root-user"], OTHER
        yield ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"], {}
        if os.environ["SHMFLIP_SANITIZER"] == "none":
            yield mount_script("mount -t tmpfs tmpfs /proc"), {}
        yield [*mount_script("mount -t proc -o hidepid=2 proc /proc"), *become(OTHER)], {}
        yield limited("instances"), {}
        yield limited("watches"), {}


if __name__ == "__main__":
    unittest.main()
