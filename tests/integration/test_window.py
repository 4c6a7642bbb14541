# SPDX-License-Identifier: MIT
"""What is really on the screen: windows in an X server of one's own, looked at from outside."""

import time
import unittest

import harness
from harness import FRAMES
from screen import Screen, needs_screen, needs_x11


class Window(Screen):
    """Not run by itself: see Surface and Texture."""

    way = None
    copies = (1,)

    def test_window_shows_the_picture(self):
        path = harness.natural(FRAMES.glob("*.png"))[7]
        producer = self.still(path)
        viewer = self.windowed("--present", self.way)
        window = self.window_of(viewer)
        self.shows(window, path)
        self.end(viewer, producer)

    def test_producer_dies_and_another_comes(self):
        first, second = harness.natural(FRAMES.glob("*.png"))[:2]
        producer = self.still(first)
        viewer = self.windowed("--present", self.way)
        window = self.window_of(viewer)
        self.shows(window, first)
        producer.kill()
        self.until("the title says so", lambda: "stale" in self.title_of(window))
        bright = sum(self.picture(first)[2])
        self.until("the picture is marked",
                   lambda: sum(self.looks(window)[2]) < bright * 3 // 4)
        producer = self.still(second)
        self.shows(window, second)
        self.until("the title says so", lambda: "stale" not in self.title_of(window))
        self.end(viewer, producer)

    def test_pause_and_step(self):
        paths = harness.natural(FRAMES.glob("*.png"))
        producer = self.producer("-q", "-l", "-r", "20", FRAMES)
        self.await_channel(producer)
        viewer = self.windowed("--present", self.way)
        window = self.window_of(viewer)
        self.press(window, "space")
        self.until("the title says so", lambda: "paused" in self.title_of(window))
        still = self.looks(window)
        time.sleep(0.4)
        self.assertEqual(self.looks(window), still)
        self.assertIn(still, [self.picture(path) for path in paths])

        def step_shows_another():
            self.press(window, "period")
            return self.looks(window) != still
        # One step may come round to the same picture of the loop.
        self.until("a step shows another", step_shows_another)
        self.assertIn("paused", self.title_of(window))
        self.press(window, "space")
        self.until("it goes on", lambda: "paused" not in self.title_of(window))
        self.end(viewer, producer)

    def test_paused_viewer_holds_no_slot(self):
        stats = self.scratch / "stats.json"
        producer = self.producer("-q", "-l", "-r", "50", "--stats", stats, FRAMES)
        self.await_channel(producer)
        viewer = self.windowed("--present", self.way)
        window = self.window_of(viewer)
        self.press(window, "space")
        self.until("the title says so", lambda: "paused" in self.title_of(window))
        time.sleep(3)
        self.end(viewer, producer)
        counted = self.stats(stats)
        self.assertEqual(counted["generations"], 1)
        self.assertLess(counted["dropped"], counted["frames_read"] / 3)

    def test_resizing_keeps_the_picture(self):
        path = harness.natural(FRAMES.glob("*.png"))[3]
        width, height, _ = self.picture(path)
        producer = self.still(path)
        viewer = self.windowed("--present", self.way)
        window = self.window_of(viewer)
        self.shows(window, path)
        self.press(window, "space")
        self.xdotool("windowsize", "--sync", window, width * 2, height)
        self.until("it is wider", lambda: self.looks(window)[0] == width * 2)
        self.until("what is beside the picture is black", lambda: self.sides_black(window))
        self.xdotool("windowsize", "--sync", window, width, height)
        self.shows(window, path)
        self.end(viewer, producer)

    def sides_black(self, window):
        width, height, pixels = self.looks(window)
        plane = width * height
        column = [pixels[c * plane + y * width + x] for c in range(3) for y in range(0, height, 9)
                  for x in (2, width - 3)]
        middle = pixels[(height // 2) * width + width // 4:(height // 2) * width + 3 * width // 4]
        return not any(column) and any(middle)

    def test_quit(self):
        producer = self.still(harness.natural(FRAMES.glob("*.png"))[0])
        for key in ("q", "Escape"):
            viewer = self.windowed("--present", self.way)
            self.press(self.window_of(viewer), key)
            self.assert_exits(viewer, 0)
        self.end(producer)

    def test_every_frame_reaches_a_window(self):
        stats = self.scratch / "stats.json"
        viewer = self.windowed("--present", self.way, "--once", "--stats", stats, "--digest")
        producer = self.producer("-r", "0", "-p", "lossless", "-w", "1", FRAMES)
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        counted = self.stats(stats)
        frames = len(list(FRAMES.glob("*.png")))
        self.assertEqual((counted["shown"], counted["missed"]), (frames, 0))
        self.assertEqual(counted["present"], self.way)
        self.assertIn(counted["copies_per_frame"], self.copies)
        self.assertEqual([line.split()[0] for line in viewer.lines],
                         [str(number) for number in range(1, frames + 1)])
        self.assert_nothing_left()


@needs_screen
@needs_x11
class X11(Window):
    way = "x11"
    copies = (0,)

    def test_first_that_works_is_taken(self):
        path = harness.natural(FRAMES.glob("*.png"))[7]
        producer = self.still(path)
        viewer = self.windowed()
        self.shows(self.window_of(viewer), path)
        self.assertIn("showing frames by x11", viewer.err)
        self.end(viewer, producer)


@needs_screen
class Surface(Window):
    way = "surface"


@needs_screen
class Texture(Window):
    way = "texture"
    copies = (1, 2)  # That depends on who draws it.


del Screen, Window


if __name__ == "__main__":
    unittest.main(verbosity=2)
