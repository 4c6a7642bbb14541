# SPDX-License-Identifier: MIT
"""How often a viewer copies a frame on its way to the screen: measured by which of its memory it uses for
that, and compared with what it says of itself."""

import json
import mmap
import os
import re
import subprocess
import time
import unittest
from pathlib import Path

import harness
import screen

SIZE = (1024, 768)
FRAME_KIB = SIZE[0] * SIZE[1] * 4 // 1024


def forget_what_was_used(pid):
    # The second has the processors forget it, too.
    for what in "14":
        Path(f"/proc/{pid}/clear_refs").write_text(what, encoding="ascii")


def used_kib(pid):
    """Memory used since then, by mapping, where it may be pixels: that is not part of a file."""
    used, mapping = {}, None
    for line in Path(f"/proc/{pid}/smaps").read_text(encoding="ascii").splitlines():
        start = re.match(r"^([0-9a-f]+-[0-9a-f]+) \S+ \S+ \S+ \S+ *(.*)$", line)
        if start:
            mapping = start[1] if not start[2].startswith("/") or "SYSV" in start[2] else None
        elif line.startswith("Referenced:") and mapping:
            used[mapping] = int(line.split()[1])
    return used


def tells_what_is_used():
    """Whether this kernel does, and at once."""
    try:
        ours, theirs = (mmap.mmap(-1, FRAME_KIB * 1024, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
                        for _ in range(2))
        ours.write(b"x" * len(ours))
        forget_what_was_used("self")
        before = sum(used_kib("self").values())
        memoryview(theirs)[:] = memoryview(ours)
        return abs(sum(used_kib("self").values()) - before - 2 * FRAME_KIB) < FRAME_KIB // 2
    except OSError:
        return False


@screen.needs_screen
@screen.needs_x11
@unittest.skipUnless(tells_what_is_used(), "the kernel does not tell what memory is used")
@unittest.skipUnless(os.environ["SHMFLIP_SANITIZER"] == "none", "sanitizers use memory of their own")
class Copies(screen.Screen):
    """Of a frame that is copied n times there are n + 1 in use; of one that nobody reads, none."""

    def step(self):
        self.numbers.process.stdin.write(b"\n")
        self.numbers.process.stdin.flush()
        time.sleep(0.3)

    def copies_measured(self, viewer):
        counts = []
        for _ in range(3):
            forget_what_was_used(viewer.pid)
            before = used_kib(viewer.pid)
            self.step()
            after = used_kib(viewer.pid)
            # What is small is no picture.
            grown = [after[mapping] - before.get(mapping, 0) for mapping in after]
            counts.append(sum(kib for kib in grown if kib > FRAME_KIB // 2) / FRAME_KIB)
        return max(round(sorted(counts)[1]) - 1, 0)

    def compare(self, way, wanted, *options, size=SIZE, driver=None):
        stats = self.scratch / "stats.json"
        env = dict(self.env, SDL_RENDER_DRIVER=driver) if driver else dict(self.env)
        # That writes to memory too.
        env.pop("MALLOC_PERTURB_", None)
        self.numbers = self.start(
            os.environ["SHMFLIP_NUMBERS"], "default", *SIZE, 0, 100000, "step=1", *options,
            stdin=subprocess.PIPE)
        self.await_channel(self.numbers)
        viewer = self.start(harness.VIEWER, "--present", way, "--stats", stats, env=env)
        self.window = self.window_of(viewer)
        if size != SIZE:
            self.xdotool("windowsize", "--sync", self.window, *size)
            self.until("it is resized", lambda: self.looks(self.window)[:2] == size)
        for _ in range(4):
            self.step()
        measured = self.copies_measured(viewer)
        self.end(viewer, self.numbers)
        self.numbers.process.stdin.close()
        said = json.loads(stats.read_text(encoding="utf-8"))["copies_per_frame"]
        # The mean has the first frames in it, which the window had the size of.
        tolerance = 0 if size == SIZE else 0.3
        self.assertEqual(measured, wanted, f"{way} {options} {size} {driver}")
        self.assertAlmostEqual(said, wanted, delta=tolerance)

    def test_x11(self):
        self.compare("x11", 0)
        self.compare("x11", 0, "alpha=1")

    def test_surface(self):
        self.compare("surface", 1)
        self.compare("surface", 1, "alpha=1")
        resized = (SIZE[0] - 8, SIZE[1] - 6)
        self.compare("surface", 1, size=resized)
        self.compare("surface", 2, "alpha=1", size=resized)

    def test_texture_without_a_graphics_processor(self):
        self.compare("texture", 2, driver="software")
        self.compare("texture", 2, "alpha=1", driver="software")


if __name__ == "__main__":
    unittest.main(verbosity=2)
