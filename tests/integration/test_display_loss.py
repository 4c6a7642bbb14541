# SPDX-License-Identifier: MIT
"""Displays that end, close the connection or do not answer, and windows that other programs destroy: one
line of the viewer's own, and what it wrote is whole."""

import signal
import unittest

import harness
import screen
from harness import FRAMES


class DisplayLoss(screen.Screen):
    """Not run by itself: see the ways to show a frame."""

    way = None

    def setUp(self):
        super().setUp()
        self.stats_path = self.scratch / "stats.json"
        self.records = self.scratch / "records"
        self.live = self.producer("-q", "-l", "-r", "40", FRAMES)
        self.await_channel(self.live)

    def watching(self):
        return self.start_window("-q", "--present", self.way, "--stats", self.stats_path, "--digest",
                             "--record", self.records)

    def begin(self):
        """A viewer that has shown a few frames, and its window."""
        viewer = self.watching()
        window = self.window_of(viewer)
        self.until("it shows frames", lambda: len(viewer.lines) > 5)
        return viewer, window

    def assert_whole(self, viewer):
        """The statistics, and every frame taken."""
        self.assertEqual(self.stats(self.stats_path)["shown"], len(viewer.lines))
        self.assertEqual(sorted(path.name for path in self.records.iterdir()),
                         [f"{int(line.split()[0]):08}.png" for line in viewer.lines])
        for path in self.records.iterdir():
            self.assertEqual(path.read_bytes()[-8:-4], b"IEND")
        # A server that was stopped has segments attached for a moment more: the channel's, and SDL's.
        self.server.send_signal(signal.SIGCONT)
        self.assertEqual(self.live.interrupt(), 0)
        self.until("the memory is free", lambda: not harness.segments_made_by({self.live.pid, viewer.pid}))
        self.assert_nothing_left()

    def assert_lost(self, viewer, *words):
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, *words)
        self.assert_whole(viewer)

    def test_another_program_destroys_the_window(self):
        viewer, window = self.begin()
        self.xdotool("windowclose", window)
        self.assert_lost(viewer, "another program destroyed the window")

    def test_another_program_destroys_the_window_of_a_paused_viewer(self):
        viewer, window = self.begin()
        self.press(window, "space")
        self.until("it is paused", lambda: "paused" in self.title_of(window))
        self.xdotool("windowclose", window)
        self.assert_lost(viewer, "another program destroyed the window")

    def test_another_program_closes_the_connection(self):
        """As xkill does."""
        viewer, window = self.begin()
        self.xdotool("windowkill", window)
        self.assert_lost(viewer, "lost the connection to the display")

    def test_the_server_exits(self):
        viewer, _ = self.begin()
        self.server.terminate()
        self.assert_lost(viewer, "lost the connection to the display")

    def test_the_server_is_killed(self):
        viewer, _ = self.begin()
        self.server.kill()
        self.assert_lost(viewer, "lost the connection to the display")

    def test_a_server_that_does_not_answer(self):
        viewer, _ = self.begin()
        self.server.send_signal(signal.SIGSTOP)
        viewer.signal(signal.SIGTERM)
        self.assert_exits(viewer, 0)
        self.assertEqual(viewer.err, "")
        self.assert_whole(viewer)

    def test_a_server_that_never_answered(self):
        self.server.send_signal(signal.SIGSTOP)
        viewer = self.watching()
        self.until("it has opened its files", self.stats_path.exists)
        viewer.signal(signal.SIGTERM)
        self.assert_exits(viewer, 0)
        self.assertEqual(viewer.err, "")
        self.assert_whole(viewer)


@screen.needs_screen
@screen.needs_x11
class X11(DisplayLoss):
    way = "x11"


@screen.needs_screen
@screen.needs_x11
class Auto(DisplayLoss):
    way = "auto"


@screen.needs_screen
@screen.needs_x11
class Surface(DisplayLoss):
    way = "surface"


@screen.needs_screen
@screen.needs_x11
class Texture(DisplayLoss):
    way = "texture"


del DisplayLoss


if __name__ == "__main__":
    unittest.main(verbosity=2)
