# SPDX-License-Identifier: MIT
"""How often a viewer copies a frame on its way to the screen: measured by the memory that it references
meanwhile, and compared with the number that it reports."""

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


def clear_references(pid):
    # 1 clears the referenced bits; 4 also makes the processors drop their copies of the page tables.
    for command in "14":
        Path(f"/proc/{pid}/clear_refs").write_text(command, encoding="ascii")


def referenced_kib(pid):
    """Returns the memory referenced since clear_references, by mapping. Leaves out mappings of files, which are no
    pixels."""
    referenced, mapping = {}, None
    for line in Path(f"/proc/{pid}/smaps").read_text(encoding="ascii").splitlines():
        start = re.match(r"^([0-9a-f]+-[0-9a-f]+) \S+ \S+ \S+ \S+ *(.*)$", line)
        if start:
            mapping = start[1] if not start[2].startswith("/") or "SYSV" in start[2] else None
        elif line.startswith("Referenced:") and mapping:
            referenced[mapping] = int(line.split()[1])
    return referenced


def kernel_tracks_references():
    """Whether this kernel reports referenced memory, without delay."""
    try:
        source, copy = (mmap.mmap(-1, FRAME_KIB * 1024, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
                        for _ in range(2))
        source.write(b"x" * len(source))
        clear_references("self")
        before = sum(referenced_kib("self").values())
        memoryview(copy)[:] = memoryview(source)
        return abs(sum(referenced_kib("self").values()) - before - 2 * FRAME_KIB) < FRAME_KIB // 2
    except OSError:
        return False


@screen.needs_screen
@screen.needs_x11
@unittest.skipUnless(kernel_tracks_references(), "the kernel does not report referenced memory")
@unittest.skipUnless(os.environ["SHMFLIP_SANITIZER"] == "none", "sanitizers reference memory of their own")
class Copies(screen.Screen):
    """A frame that is copied n times is referenced n + 1 times; a frame that nobody reads, never."""

    def step(self):
        self.numbers.process.stdin.write(b"\n")
        self.numbers.process.stdin.flush()
        time.sleep(0.3)

    def copies_measured(self, viewer):
        counts = []
        for _ in range(3):
            clear_references(viewer.pid)
            before = referenced_kib(viewer.pid)
            self.step()
            after = referenced_kib(viewer.pid)
            # A small mapping holds no frame.
            grown = [after[mapping] - before.get(mapping, 0) for mapping in after]
            counts.append(sum(kib for kib in grown if kib > FRAME_KIB // 2) / FRAME_KIB)
        return max(round(sorted(counts)[1]) - 1, 0)

    def compare(self, way, expected, *options, size=SIZE, driver=None):
        stats = self.scratch / "stats.json"
        env = dict(self.env, SDL_RENDER_DRIVER=driver) if driver else dict(self.env)
        # It makes the C library write to all memory.
        env.pop("MALLOC_PERTURB_", None)
        self.numbers = self.start(
            os.environ["SHMFLIP_NUMBERS"], "default", *SIZE, 0, 100000, "step=1", *options,
            stdin=subprocess.PIPE)
        self.await_channel(self.numbers)
        viewer = self.start(harness.VIEWER, "--present", way, "--stats", stats, env=env)
        self.window = self.window_of(viewer)
        if size != SIZE:
            self.xdotool("windowsize", "--sync", self.window, *size)
            self.until("the window is resized", lambda: self.content_of(self.window)[:2] == size)
        for _ in range(4):
            self.step()
        measured = self.copies_measured(viewer)
        self.end(viewer, self.numbers)
        self.numbers.process.stdin.close()
        reported = json.loads(stats.read_text(encoding="utf-8"))["copies_per_frame"]
        # The mean includes the first frames, before the window was resized.
        tolerance = 0 if size == SIZE else 0.3
        self.assertEqual(measured, expected, f"{way} {options} {size} {driver}")
        self.assertAlmostEqual(reported, expected, delta=tolerance)

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
