# SPDX-License-Identifier: MIT
"""The pixels of the viewer's window, in an X server of the test's own."""

import time
import unittest

import harness
from harness import FRAMES
from screen import Screen, needs_screen, needs_x11


class Window(Screen):
    """No test by itself; its subclasses are."""

    way = None
    copies = (1,)

    def test_window_shows_the_picture(self):
        path = harness.natural_order(FRAMES.glob("*.png"))[7]
        producer = self.start_still(path)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.wait_for_picture(window, path)
        self.end(viewer, producer)

    def test_producer_dies_and_another_comes(self):
        first, second = harness.natural_order(FRAMES.glob("*.png"))[:2]
        producer = self.start_still(first)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.wait_for_picture(window, first)
        producer.kill()
        self.until("the title says stale", lambda: "stale" in self.title_of(window))
        bright = sum(self.picture(first)[2])
        self.until("the picture is dimmed",
                   lambda: sum(self.content_of(window)[2]) < bright * 3 // 4)
        producer = self.start_still(second)
        self.wait_for_picture(window, second)
        self.until("the title does not say stale", lambda: "stale" not in self.title_of(window))
        self.end(viewer, producer)

    def test_pause_and_step(self):
        paths = harness.natural_order(FRAMES.glob("*.png"))
        producer = self.producer("-q", "-l", "-r", "20", FRAMES)
        self.await_channel(producer)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.press(window, "space")
        self.until("the title says paused", lambda: "paused" in self.title_of(window))
        paused = self.content_of(window)
        time.sleep(0.4)
        self.assertEqual(self.content_of(window), paused)
        self.assertIn(paused, [self.picture(path) for path in paths])

        def step_changes_picture():
            self.press(window, "period")
            return self.content_of(window) != paused
        # After a step, the loop may have come to the same picture.
        self.until("a step shows another picture", step_changes_picture)
        self.assertIn("paused", self.title_of(window))
        self.press(window, "space")
        self.until("the title does not say paused", lambda: "paused" not in self.title_of(window))
        self.end(viewer, producer)

    def test_paused_viewer_holds_no_slot(self):
        stats = self.scratch / "stats.json"
        producer = self.producer("-q", "-l", "-r", "50", "--stats", stats, FRAMES)
        self.await_channel(producer)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.press(window, "space")
        self.until("the title says paused", lambda: "paused" in self.title_of(window))
        time.sleep(3)
        self.end(viewer, producer)
        counted = self.stats(stats)
        self.assertEqual(counted["generations"], 1)
        self.assertLess(counted["dropped"], counted["frames_read"] / 3)

    def test_resizing_keeps_the_picture(self):
        path = harness.natural_order(FRAMES.glob("*.png"))[3]
        width, height, _ = self.picture(path)
        producer = self.start_still(path)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.wait_for_picture(window, path)
        self.press(window, "space")
        self.xdotool("windowsize", "--sync", window, width * 2, height)
        self.until("the window is wider", lambda: self.content_of(window)[0] == width * 2)
        self.until("the borders are black", lambda: self.has_black_borders(window))
        self.xdotool("windowsize", "--sync", window, width, height)
        self.wait_for_picture(window, path)
        self.end(viewer, producer)

    def has_black_borders(self, window):
        width, height, pixels = self.content_of(window)
        plane = width * height
        column = [pixels[c * plane + y * width + x] for c in range(3) for y in range(0, height, 9)
                  for x in (2, width - 3)]
        middle = pixels[(height // 2) * width + width // 4:(height // 2) * width + 3 * width // 4]
        return not any(column) and any(middle)

    def test_quit(self):
        producer = self.start_still(harness.natural_order(FRAMES.glob("*.png"))[0])
        for key in ("q", "Escape"):
            viewer = self.start_window("--present", self.way)
            self.press(self.window_of(viewer), key)
            self.assert_exits(viewer, 0)
        self.end(producer)

    def test_every_frame_reaches_a_window(self):
        stats = self.scratch / "stats.json"
        viewer = self.start_window("--present", self.way, "--once", "--stats", stats, "--digest")
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

    def test_first_way_that_works_is_used(self):
        path = harness.natural_order(FRAMES.glob("*.png"))[7]
        producer = self.start_still(path)
        viewer = self.start_window()
        self.wait_for_picture(self.window_of(viewer), path)
        self.assertIn("showing frames by x11", viewer.err)
        self.end(viewer, producer)


@needs_screen
class Surface(Window):
    way = "surface"


@needs_screen
class Texture(Window):
    way = "texture"
    copies = (1, 2)  # depends on SDL's renderer


del Screen, Window


if __name__ == "__main__":
    unittest.main(verbosity=2)
