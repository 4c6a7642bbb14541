# SPDX-License-Identifier: MIT
"""A day's use, for SHMFLIP_DAY_MINUTES (default: 20 seconds): a camera, a recorder and a viewer, and on another host,
which is a network namespace, another viewer. First those that send are killed again and again, then those that read,
and each is started again. Frames must come again within seconds, no process's memory may grow, and nothing may be
left."""

import os
import time
import unittest
from pathlib import Path

import harness
import network
import recipes
from screen import Screen, needs_screen

SECONDS = 60 * float(os.environ.get("SHMFLIP_DAY_MINUTES", "0.33"))
PAUSE_S = SECONDS / 120  # after each kill
PATIENCE_S = 30
# What has to come after a kill: some frames of a record, and some lines of a viewer.
RECORD_BYTES, DIGEST_BYTES = 10000, 250
# What an allocator may keep after a long time. A leak of one frame for each producer is more than this in an hour.
GROWTH_KIB = 2048
CAMERA = ("exec gst-launch-1.0 -q videotestsrc is-live=true pattern=ball "
          "! video/x-raw,format=I420,width=320,height=180,framerate=30/1 ! shmflipsink channel=camera")
ELEMENTS = ["shmflipsink", "shmflipsrc", "avenc_ffv1", "matroskamux", "gdppay", "tcpserversrc"]


def anonymous_kib(pid):
    """Returns the resident anonymous memory of a process: without files, and without the frames."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))


def shared_files(pid):
    """Returns how many parts of /dev/shm a process has mapped."""
    return Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").count(" /dev/shm/")


@network.needs_network
@needs_screen
@unittest.skipIf(recipes.missing(*ELEMENTS), f"GStreamer has no {recipes.missing(*ELEMENTS)} here")
class Day(recipes.Case, Screen):
    page = "remote.md"
    size = (400, 300)

    # ---- Who takes part ----

    def setUp(self):
        super().setUp()
        self.line = network.Line(self)
        self.dirs = {end: self.scratch / end for end in ("sender", "receiver")}
        self.directories += self.dirs.values()
        self.record = self.scratch / "record.mkv"
        gdp = self.recipes["Lossless on a LAN: gdp over TCP"]
        record = recipes.recipes_of("cookbook.md")["A lossless record"]["FFV1 in Matroska"]
        self.parts = {
            "camera": ("sender", CAMERA),
            "recorder": ("sender", record.replace("channel=camera", "channel=camera on-end=wait")),
            "viewer": ("sender", "exec shmflip-viewer -q --digest camera"),
            "receiver": ("receiver", gdp["receiver"]),
            "sender": ("sender", gdp["sender"]),
            "remote viewer": ("receiver", "exec shmflip-viewer -q --present none --digest camera"),
        }
        self.running = {}

    def begin(self, name):
        if name == "recorder":
            self.record.unlink(missing_ok=True)
        end, lines = self.parts[name]
        host = self.line.sender if end == "sender" else self.line.receiver
        self.running[name] = self.shell(lines, host=host.words(), SHMFLIP_DIR=str(self.dirs[end]))

    def tend(self):
        """Starts again what has ended, as a loop in a shell does, and notes the channels' semaphores."""
        for name, running in self.running.items():
            if not running.alive:
                self.begin(name)
        for directory in self.dirs.values():
            channel = directory / "camera"
            record = channel.read_bytes() if channel.exists() else b""
            if len(record) >= 40:
                self.rings.add(int.from_bytes(record[36:40], "little"))

    # ---- What must be so ----

    def progress(self):
        """Returns how far each reader has come."""
        recorded = self.record.stat().st_size if self.record.exists() else 0
        return [recorded // RECORD_BYTES] + [os.stat(self.running[name].out_path).st_size // DIGEST_BYTES
                                             for name in ("viewer", "remote viewer")]

    def await_frames(self, event):
        """Waits until each reader has more frames. Returns how many seconds that takes."""
        begin, marks = time.monotonic(), self.progress()

        def has_more():
            self.tend()
            return all(now > mark + 1 for now, mark in zip(self.progress(), marks))
        self.until(f"frames come after {event}", has_more, PATIENCE_S)
        return time.monotonic() - begin

    def segments(self):
        """Returns the System V segments of all processes, and how many bytes they have."""
        made = set(harness.segments_made_by({running.pid for running in self.started}))
        with open("/proc/sysvipc/shm", encoding="ascii") as table:
            rows = [line.split() for line in table.readlines()[1:]]
        return len(made), sum(int(row[3]) for row in rows if row[1] in made)

    def memory(self):
        """Returns name, anonymous memory and mapped files of each part, by its process id."""
        return {running.pid: (name, anonymous_kib(running.pid), shared_files(running.pid))
                for name, running in self.running.items()}

    def strike(self, victim):
        """Kills a part and starts it again, or cuts the line for a second."""
        if victim == "line":
            self.line.cut()
            time.sleep(1)
            self.line.mend()
        else:
            self.running[victim].kill()
            self.begin(victim)
        return self.await_frames(victim)

    def go_through(self, *victims):
        """Strikes each by turns for half of the time. What lives through all that may not grow."""
        end, worst, count, segments = time.monotonic() + SECONDS / 2, {}, 0, None
        memory = self.memory()
        while count < len(victims) or time.monotonic() < end:
            victim = victims[count % len(victims)]
            count += 1
            worst[victim] = max(worst.get(victim, 0), self.strike(victim))
            time.sleep(PAUSE_S)
            if count == len(victims):
                memory, segments = self.memory(), self.segments()
        after = self.memory()
        print(f"{count} strikes; frames came again within", ", ".join(
            f"{seconds:.1f} s ({victim})" for victim, seconds in worst.items()), flush=True)
        for pid in memory.keys() & after.keys():
            name, *before = memory[pid]
            kib, files = after[pid][1:]
            print(f"  {name}: {before[0]} KiB and {before[1]} files of /dev/shm, then {kib} KiB and {files}")
            self.assertLessEqual(kib - before[0], GROWTH_KIB, name)
            self.assertEqual(files, before[1], name)
        print(f"  {segments[0]} System V segments with {segments[1]} bytes, then {self.segments()}", flush=True)
        self.until("dead producers' segments are freed", lambda: self.segments() == segments)

    def test_a_day(self):
        for name in self.parts:
            self.begin(name)
        self.await_frames("the start")
        self.go_through("camera", "receiver", "line")
        self.go_through("recorder", "viewer", "sender", "remote viewer", "line")
        for name in ("viewer", "remote viewer", "recorder", "sender", "camera", "receiver"):
            self.assertEqual(self.running[name].interrupt(), 0, self.running[name].err)
        self.assert_nothing_left()
        for directory in self.dirs.values():
            self.assertEqual(list(directory.iterdir()), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
