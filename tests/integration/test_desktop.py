# SPDX-License-Identifier: MIT
"""The viewer among programs as people have them: a window manager, a compositor, Wayland with X on
top of it. What counts is what is on the screen in the end."""

import os
import re
import subprocess
import time
import unittest

import harness
import screen
from harness import FRAMES

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def frames():
    return harness.natural(FRAMES.glob("*.png"))


class Desktop(screen.Screen):
    size = (1400, 1000)

    def background_program(self, *words, env=None):
        running = subprocess.Popen(words, env=env or self.env, **QUIET)
        self.addCleanup(running.wait)
        self.addCleanup(running.terminate)
        return running

    def is_on_screen(self, path):
        """Whether the picture is somewhere on the screen, whole and right."""
        width, height, planes = self.picture(path)
        across, down, shown = self.looks("root")
        size, all_of_it = width * height, across * down
        for y in range(down - height + 1):
            at = shown.find(planes[:width], y * across, (y + 1) * across)
            if at < 0:
                continue
            if all(shown[c * all_of_it + at + r * across:c * all_of_it + at + r * across + width]
                   == planes[c * size + r * width:c * size + (r + 1) * width]
                   for c in range(3) for r in range(height)):
                return True
        return False

    def comes_on_screen(self, path):
        self.until("the picture is on the screen", lambda: self.is_on_screen(path), 20)


# ---- A window manager, and a compositor --------------------------------------------------------------

@screen.needs_screen
@screen.needs_x11
@harness.needs("openbox")
class WindowManager(Desktop):
    way = "x11"

    def setUp(self):
        super().setUp()
        self.background_program("openbox", "--sm-disable")
        # Without one there are none, says xdotool.
        self.until("the window manager is there",
                   lambda: self.xdotool("get_num_desktops") not in ("", "0"))

    def is_scaled_to(self, window, size):
        across, down, pixels = self.looks(window)
        middle = pixels[(down // 2) * across + across // 2 - 20:][:40]
        return (across, down) == size and any(middle)

    def test_full_screen_and_back(self):
        path = frames()[7]
        producer = self.still(path)
        viewer = self.windowed("--present", self.way)
        window = self.window_of(viewer)
        self.comes_on_screen(path)
        for _ in range(2):
            self.press(window, "f")
            self.until("it fills the screen", lambda: self.is_scaled_to(window, self.size))
            self.press(window, "f")
            self.shows(window, path)
        self.end(viewer, producer)

    def test_minimised_and_back_while_frames_run(self):
        path = frames()[7]
        producer = self.producer("-q", "-l", "-r", "40", "-p", "lossless", FRAMES)
        self.await_channel(producer)
        viewer = self.windowed("--present", self.way)
        window = self.window_of(viewer)
        for _ in range(3):
            self.xdotool("windowminimize", window)
            self.until("it is minimised", lambda: not self.xdotool(
                "search", "--onlyvisible", "--pid", viewer.pid))
            self.xdotool("windowmap", window)
            self.xdotool("windowactivate", "--sync", window)
            self.window_of(viewer)
        producer.interrupt()
        producer = self.still(path)
        self.comes_on_screen(path)
        self.end(viewer, producer)

    def test_moved_while_paused(self):
        path = frames()[7]
        producer = self.still(path)
        viewer = self.windowed("--present", self.way)
        window = self.window_of(viewer)
        self.comes_on_screen(path)
        self.press(window, "space")
        self.until("it is paused", lambda: "paused" in self.title_of(window))
        for place in ((-300, -200), (1300, 900), (20, 30)):
            self.xdotool("windowmove", window, *place)
            time.sleep(0.2)
        self.comes_on_screen(path)
        self.end(viewer, producer)


@screen.needs_screen
@harness.needs("openbox")
@harness.needs("picom")
class Compositor(WindowManager):
    """The same, where windows are drawn to memory, and that to the screen."""

    def setUp(self):
        super().setUp()
        self.compositor = self.background_program("picom", "--backend", "xrender",
                                                  "--config", os.devnull)
        time.sleep(1)  # It tells nobody that it has begun.

    def tearDown(self):
        self.assertIsNone(self.compositor.poll(), "the compositor has gone")
        super().tearDown()


# ---- Wayland ----------------------------------------------------------------------------------------

@screen.needs_screen
@harness.needs("weston")
class Wayland(Desktop):
    def setUp(self):
        super().setUp()
        # Weston warns of a folder that others may enter, and makes its socket there.
        self.scratch.chmod(0o700)
        log = self.scratch / "weston.log"
        config = self.scratch / "weston.ini"
        config.write_text("[core]\nxwayland=true\n[shell]\nlocking=false\npanel-position=none\n")
        self.background_program(
            "weston", "--backend=x11-backend.so", "--use-pixman", "--width=1300", "--height=900",
            "--socket=shmflip", f"--config={config}", "--idle-time=0", f"--log={log}")
        self.until("there is a Wayland display", (self.scratch / "shmflip").exists)
        self.log = log
        # It draws the pointer as a part of the picture.
        self.xdotool("mousemove", 1290, 890)

    def test_native(self):
        path = frames()[7]
        # Libraries that only Wayland brings in keep memory to their end.
        env = dict(self.env, WAYLAND_DISPLAY="shmflip", SDL_VIDEODRIVER="wayland",
                   ASAN_OPTIONS=self.env.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
        producer = self.still(path)
        viewer = self.start(harness.VIEWER, env=env)
        self.comes_on_screen(path)
        self.assertIn("x11 does not work here: the window is not an X server's", viewer.err)
        self.assertRegex(viewer.err, "showing frames by (surface|texture)")
        self.end(viewer, producer)

    @screen.needs_x11
    @harness.needs("Xwayland")
    def test_through_xwayland(self):
        path = frames()[7]

        def display():
            return re.search(r"xserver listening on display (:\d+)", self.log.read_text())
        self.until("Xwayland listens", display)
        env = dict(self.env, DISPLAY=display()[1])
        producer = self.still(path)
        viewer = self.start(harness.VIEWER, "--verify-untouched", env=env)
        self.comes_on_screen(path)
        self.assertIn("showing frames by x11", viewer.err)
        self.end(viewer, producer)


if __name__ == "__main__":
    unittest.main(verbosity=2)
