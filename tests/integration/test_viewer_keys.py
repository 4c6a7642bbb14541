# SPDX-License-Identifier: MIT
"""What keys, mouse and the options of the window do, checked by the window's pixels and title."""

import contextlib
import json
import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

import harness
from harness import FRAMES
from screen import Screen, needs_screen, needs_x11, write_png

SIZE = (200, 120)
CHECKER = ((0x99, 0x99, 0x99), (0x66, 0x66, 0x66))
PANEL = (28, 28, 28)
BAR = (160, 160, 160)


def processor_s(pid):
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Viewed(Screen):
    """What the tests below share."""

    way = None

    def setUp(self):
        super().setUp()
        self.map = self.scratch / "map.png"
        # Red and green are a pixel's x and y.
        write_png(self.map, *SIZE, b"".join(bytes((x, y, 77)) for y in range(SIZE[1])
                                            for x in range(SIZE[0])))

    def view(self, *options, path=None):
        """Starts a producer of a still picture, and a viewer. Returns both, and the window."""
        producer = self.start_still(path or self.map)
        viewer = self.start_window("--present", self.way, *options)
        window = self.window_of(viewer)
        if not options:
            self.wait_for_picture(window, path or self.map)
        return producer, viewer, window

    def map_positions(self, window):
        """Returns width, height, and for each pixel of the window which pixel of the map it shows. None: another
        colour."""
        width, height, pixels = self.content_of(window)
        red, green, blue = (pixels[i * width * height:(i + 1) * width * height] for i in range(3))
        return width, height, [(r, g) if b == 77 else None for r, g, b in zip(red, green, blue)]

    def wait_for_map(self, window, zoom, origin=None):
        """Waits until each pixel of the map is a square of zoom pixels. Returns where the map's corner is."""
        found = []

        def is_shown():
            width, height, spots = self.map_positions(window)
            shown = [(i % width, i // width, spot) for i, spot in enumerate(spots) if spot]
            if not shown:
                return False
            # Compute the corner from the middle of the map's visible part.
            x, y, spot = shown[len(shown) // 2]
            for corner in ((x - spot[0] * zoom - i, y - spot[1] * zoom - j)
                           for i in range(zoom) for j in range(zoom)):
                if all(spot == ((x - corner[0]) // zoom, (y - corner[1]) // zoom)
                       for x, y, spot in shown) and len(shown) == self.area(
                           corner, zoom, (width, height)):
                    found[:] = [corner]
                    return origin in (None, corner)
            return False
        self.until(f"the map is shown {zoom} times as large, from {origin}", is_shown, 20)
        return found[0]

    @staticmethod
    def area(corner, zoom, window):
        """Returns how many pixels of the window the map covers."""
        sides = [min(corner[i] + SIZE[i] * zoom, window[i]) - max(corner[i], 0) for i in (0, 1)]
        return sides[0] * sides[1]

    def point_at(self, window, x, y):
        self.xdotool("mousemove", "--window", window, x, y)

    def wait_for_title(self, window, word):
        self.until(f"the title has {word}", lambda: word in self.title_of(window))

    def pause_during(self, window, action, word):
        self.wait_for_picture(window, self.map)
        self.press(window, "space")
        self.wait_for_title(window, "paused")
        action()
        self.wait_for_title(window, word)

    def hide(self, viewer, window):
        self.xdotool("windowunmap", "--sync", window)
        self.until("the window is hidden", lambda: not self.xdotool("search", "--onlyvisible", "--pid",
                                                                    viewer.pid))

    def view_from(self, directory, path):
        producer = self.start_still(path)
        viewer = self.start("env", "-C", directory, harness.VIEWER, "--present", self.way)
        window = self.window_of(viewer)
        self.wait_for_title(window, "default")
        return producer, viewer, window


class Keys(Viewed):
    """No test by itself; its subclasses are."""

    # ---- Zoom ----

    def test_zoom_about_the_pointer_and_pan(self):
        producer, viewer, window = self.view()
        self.point_at(window, 150, 30)
        for _ in range(4):
            self.press(window, "plus")
        self.wait_for_title(window, "at 400 %")
        corner = self.wait_for_map(window, 4)
        self.assertLessEqual(abs((150 - corner[0]) / 4 - 150), 1)
        self.assertLessEqual(abs((30 - corner[1]) / 4 - 30), 1)
        self.press(window, "Right")
        corner = self.wait_for_map(window, 4, (corner[0] - SIZE[0] // 8, corner[1]))
        self.press(window, "Down")
        corner = self.wait_for_map(window, 4, (corner[0], corner[1] - SIZE[1] // 8))
        self.xdotool("mousemove", "--window", window, 50, 50, "mousedown", 1)
        self.xdotool("mousemove", "--window", window, 57, 41)
        self.xdotool("mouseup", 1)
        self.wait_for_map(window, 4, (corner[0] + 7, corner[1] - 9))
        self.press(window, "0")
        self.wait_for_picture(window, self.map)
        self.end(viewer, producer)

    def test_wheel(self):
        producer, viewer, window = self.view()
        self.point_at(window, 10, 10)
        self.xdotool("click", 4)
        self.wait_for_title(window, "at 150 %")
        self.xdotool("click", 4)
        self.wait_for_map(window, 2)
        for _ in range(3):
            self.xdotool("click", 5)
        self.wait_for_title(window, "at 75 %")
        self.end(viewer, producer)

    def test_actual_size_in_a_larger_window(self):
        producer, viewer, window = self.view("--background", "#204060")
        self.xdotool("windowsize", "--sync", window, 600, 400)
        self.wait_for_title(window, "at 300 %")
        self.press(window, "1")
        self.wait_for_map(window, 1, (200, 140))
        self.assertEqual(self.pixel(window, 3, 3), (0x20, 0x40, 0x60))
        self.end(viewer, producer)

    def test_a_paused_picture_can_be_zoomed(self):
        producer, viewer, window = self.view()
        self.press(window, "space")
        self.wait_for_title(window, "paused")
        for _ in range(3):
            self.press(window, "plus")
        self.wait_for_map(window, 3)
        self.xdotool("windowsize", "--sync", window, 300, 120)
        self.wait_for_map(window, 3)
        self.end(viewer, producer)

    def test_scale_options(self):
        for scale, size, zoom, corner in (("1:1", (300, 100), 1, (50, -10)),
                                          ("integer", (750, 370), 3, (75, 5))):
            producer, viewer, window = self.view("--scale", scale)
            self.xdotool("windowsize", "--sync", window, *size)
            self.wait_for_map(window, zoom, corner)
            self.end(viewer, producer)

    def test_a_large_picture_gets_a_window_that_fits(self):
        path = self.scratch / "large.png"
        write_png(path, 3000, 1500, bytes(3000 * 1500 * 3))
        producer, viewer, window = self.view("-q", path=path)
        self.until("the window fits the screen", lambda: self.content_of(window)[:2] == (2000, 1000), 20)
        self.end(viewer, producer)

    # ---- Background ----

    def wait_for_colour(self, window, spot, expected):
        """Waits until that pixel has nearly that colour."""
        self.until(f"{expected} is at {spot}", lambda: max(
            abs(a - b) for a, b in zip(self.pixel(window, *spot), expected)) <= 2, 20)

    def test_alpha_over_checker_and_colour(self):
        path = self.scratch / "clear.png"
        write_png(path, *SIZE, b"".join(bytes((255, 0, 0, 0 if x < 100 else 128))
                                        for _ in range(SIZE[1]) for x in range(SIZE[0])))
        for words, grounds in (((), ((0, 0, 0),) * 2),
                               (("--background", "checker"), CHECKER),
                               (("--background", "blue"), ((0, 0, 255),) * 2)):
            producer, viewer, window = self.view(*words, "-q", path=path)
            for square, ground in enumerate(grounds):
                x = 16 * square + 8
                self.wait_for_colour(window, (x, 8), ground)
                half = tuple((a + b) / 2 for a, b in zip((255, 0, 0), ground))
                self.wait_for_colour(window, (x + 128, 8), half)
            self.end(viewer, producer)

    # ---- Panels ----

    def has_panel(self, window, x, y):
        return lambda: self.pixel(window, x, y) == PANEL

    def has_large_panel(self, window):
        """One of at least 10000 pixels."""
        width, height, pixels = self.content_of(window)
        size = width * height
        return all(pixels[c * size:(c + 1) * size].count(PANEL[c]) > 10000 for c in range(3))

    def test_information_and_help_come_and_go(self):
        path = harness.natural_order(FRAMES.glob("*.png"))[3]
        producer, viewer, window = self.view(path=path)
        for key in ("i", "h", "F1", "question"):
            self.press(window, key)
            self.until("a panel", lambda: self.has_large_panel(window), 20)
            self.press(window, key)
            self.wait_for_picture(window, path)
        self.end(viewer, producer)

    def test_stale_picture_says_so(self):
        path = harness.natural_order(FRAMES.glob("*.png"))[3]
        producer, viewer, window = self.view(path=path)
        producer.kill()
        self.until("there is a panel", self.has_panel(window, 320, 319), 20)
        producer = self.start_still(path)
        self.wait_for_picture(window, path)
        self.end(viewer, producer)

    def start_fast(self):
        producer = self.producer("-q", "-l", "-r", "50", FRAMES)
        self.await_channel(producer)
        return producer

    def pause_and_resume(self, window, action, word):
        """Pauses, and resumes when the title shows the action."""
        self.wait_for_title(window, "fps")
        self.press(window, "space")
        self.wait_for_title(window, "paused")
        action()
        self.wait_for_title(window, word)
        self.until("there is a bar", lambda: self.pixel(window, 3, 357) == BAR, 20)
        self.press(window, "space")

    def test_a_paused_viewer_sees_its_producer_exit(self):
        stats = self.scratch / "stats.json"
        viewer = self.start_window("--present", self.way, "--stats", stats)
        producer = self.start_fast()
        window = self.window_of(viewer)
        self.pause_and_resume(window, producer.kill, "the producer died")
        producer = self.start_fast()
        self.pause_and_resume(window, producer.interrupt, "the producer ended")
        producer = self.start_fast()

        def replace(dead=producer):
            viewer.signal(signal.SIGSTOP)
            dead.kill()
            self.next = self.start_fast()
            viewer.signal(signal.SIGCONT)
        self.pause_and_resume(window, replace, "the producer was replaced")
        self.wait_for_title(window, "fps")
        self.end(viewer, self.next)
        self.assertEqual(self.stats(stats)["producers_died"], 2)

    # ---- Steps ----

    def make_frames(self):
        """A directory of frames of two sizes, every other one with alpha, and what each looks like."""
        directory = self.scratch / "frames"
        directory.mkdir()
        looks = []
        for number in range(6):
            width, height = ((200, 120), (240, 100))[number % 2]
            colours = [((40 * number, y, 99), 255 * (y % 3 > 0)) for y in range(height)]
            rows = [bytes((*colour, alpha)[:3 + number % 2]) * width for colour, alpha in colours]
            write_png(directory / f"{number}.png", width, height, b"".join(rows))
            clear = [number % 2 and not alpha for _, alpha in colours]
            looks.append((width, height, b"".join(
                bytes([0 if clear[y] else colours[y][0][c]]) * width
                for c in range(3) for y in range(height))))
        return directory, looks

    def looks_once(self, window):
        """None while the window changes its size."""
        with contextlib.suppress(subprocess.CalledProcessError):
            return self.content_of(window)
        return None

    def comes_to(self, window, wanted):
        self.until("that picture", lambda: self.looks_once(window) in wanted, 20)

    def steps(self, window, key, looks, numbers):
        for number in numbers:
            self.press(window, key)
            self.comes_to(window, [looks[number % len(looks)]])

    def test_steps_forward_and_back(self):
        directory, looks = self.make_frames()
        producer = self.producer("-q", "-l", "-r", "20", "-p", "lossless", "-w", "1", directory)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.press(window, "space")
        self.wait_for_title(window, "paused")
        self.comes_to(window, looks)
        first = looks.index(self.content_of(window))
        self.steps(window, "period", looks, range(first + 1, first + 4))
        self.steps(window, "comma", looks, (first + 2, first + 1))
        self.steps(window, "period", looks, (first + 2,))
        self.steps(window, "comma", looks, (first + 1, first))
        width, height = looks[first][:2]
        self.wait_for_title(window, f"{width}x{height} — paused")
        self.press(window, "comma")
        self.until("a notice", lambda: self.content_of(window) != looks[first], 20)
        self.comes_to(window, [looks[first]])
        self.steps(window, "period", looks, range(first + 1, first + 6))
        self.press(window, "space")
        self.until("it goes on", lambda: self.looks_once(window) not in (None, looks[(first + 5) % 6]))
        self.end(viewer, producer)

    # ---- Channels ----

    def channel(self, name, path):
        producer = self.producer("-q", "-l", "-r", "5", "-c", name, path)
        self.await_channel(producer, name)
        # A channel without a frame is none to come to.
        self.until(f"{name} has a frame", lambda: self.newest_in(name))
        return producer

    def newest_in(self, name):
        tool = self.tool("stat", "--json", name)
        self.assert_exits(tool, 0)
        return json.loads(tool.out)["newest"]

    @staticmethod
    def lower_half(looks):
        """Where no notice lies, which a change of the channel shows."""
        if not looks:
            return None
        width, height, pixels = looks
        size, half = width * height, width * (height // 2)
        return width, height, [pixels[c * size + half:(c + 1) * size] for c in range(3)]

    def comes_to_channel(self, window, key, name, path):
        self.press(window, key)
        self.wait_for_title(window, f"{name} — ")
        wanted = self.lower_half(self.picture(path))
        self.until(f"{key} shows {name}",
                   lambda: self.lower_half(self.looks_once(window)) == wanted, 20)

    def test_next_channel(self):
        stats = self.scratch / "stats.json"
        paths = {"a": FRAMES / "003.png", "b": self.map, "d": FRAMES / "005.png"}
        producers = [self.channel(name, path) for name, path in paths.items()]
        dead = self.channel("c", self.map)
        dead.kill()
        viewer = self.start_window("--present", self.way, "--stats", stats, "b")
        window = self.window_of(viewer)
        self.wait_for_picture(window, self.map)
        for key, name in (("Tab", "d"), ("Tab", "a"), ("shift+Tab", "d"), ("shift+Tab", "b")):
            self.comes_to_channel(window, key, name, paths[name])
        self.press(window, "space")
        self.wait_for_title(window, "paused")
        self.comes_to_channel(window, "Tab", "d", paths["d"])
        self.wait_for_title(window, "paused")
        for producer in producers[:2]:
            self.assertEqual(producer.interrupt(), 0)
        self.wait_for_picture(window, paths["d"])
        self.press(window, "Tab")
        self.until("it says that there is none", lambda: self.content_of(window) != self.picture(paths["d"]))
        self.assertIn("d — ", self.title_of(window))
        self.assertEqual(viewer.interrupt(), 0)
        self.assert_exits(self.tool("clean", "c"), 0)
        self.end(producers[2])
        counted = self.stats(stats)
        self.assertEqual((counted["channel"], counted["producers"]), ("d", 6))
        self.assertEqual(counted["published"], counted["shown"] + counted["missed"])

    def test_next_channel_while_frames_run(self):
        producers = [self.producer("-q", "-l", "-r", "100", "-c", name, FRAMES) for name in "ab"]
        for producer, name in zip(producers, "ab"):
            self.await_channel(producer, name)
        viewer = self.start_window("--present", self.way, "a")
        window = self.window_of(viewer)
        for name in "bababab":
            self.press(window, "Tab")
            self.wait_for_title(window, f"{name} — ")
        self.wait_for_title(window, "fps")
        self.end(viewer, *producers)

    # ---- Screenshots ----

    def test_screenshots(self):
        directory = self.scratch / "shots"
        directory.mkdir()
        for path in (self.map, harness.KINDS / "rgba8-stored-interlaced-33x17.png"):
            producer, viewer, window = self.view_from(directory, path)
            self.press(window, "i")
            self.press(window, "space")
            self.wait_for_title(window, "paused")
            for _ in range(2):
                self.press(window, "s")
            self.until("two files are saved", lambda: viewer.err.count("saved as") == 2)
            shots = [line.split()[-1] for line in viewer.err.splitlines() if "saved as" in line]
            self.assertEqual(len(set(shots)), 2)
            for shot in shots:
                self.assertRegex(shot, r"^default-\d{8}(-2)?\.png$")
                self.assertEqual(harness.rgba_of(directory / shot), harness.rgba_of(path))
            self.end(viewer, producer)
            for shot in shots:
                (directory / shot).unlink()

    # ---- Hidden windows ----

    def test_a_hidden_window_takes_nothing(self):
        stats = self.scratch / "stats.json"
        producer = self.producer("-q", "-l", "-r", "50", FRAMES)
        self.await_channel(producer)
        viewer = self.start_window("--present", self.way, "--stats", stats)
        window = self.window_of(viewer)
        self.hide(viewer, window)
        time.sleep(0.5)
        before = processor_s(viewer.pid)
        time.sleep(3)
        self.assertLess(processor_s(viewer.pid) - before, 0.3)
        self.xdotool("windowmap", "--sync", window)
        shown = self.content_of(window)
        self.until("frames are shown again", lambda: self.content_of(window) != shown)
        self.end(viewer, producer)
        self.assertGreater(self.stats(stats)["missed"], 100)

    def test_a_covered_window_takes_nothing(self):
        stats = self.scratch / "stats.json"
        large = self.scratch / "large.png"
        write_png(large, 1000, 800, bytes(1000 * 800 * 3))
        producer = self.producer("-q", "-l", "-r", "50", FRAMES)
        self.await_channel(producer)
        viewer = self.start_window("--present", self.way, "--stats", stats)
        window = self.window_of(viewer)
        self.wait_for_title(window, "fps")
        other = self.producer("-q", "-l", "-r", "1", "-c", "other", large)
        self.await_channel(other, "other")
        cover = self.start_window("--present", "surface", "-c", "other")
        # Both windows open in the middle of the screen.
        self.window_of(cover)
        self.wait_for_title(window, "0.0 fps")
        before = processor_s(viewer.pid)
        time.sleep(2)
        self.assertLess(processor_s(viewer.pid) - before, 0.3)
        self.assertEqual(cover.interrupt(), 0)
        self.until("frames are shown again", lambda: "0.0 fps" not in self.title_of(window))
        self.end(viewer, producer, other)
        self.assertGreater(self.stats(stats)["missed"], 50)

    def test_a_hidden_window_takes_every_frame_if_asked_to(self):
        stats = self.scratch / "stats.json"
        producer = self.producer("-q", "-l2", "-r", "40", "-p", "lossless", "-w", "1", FRAMES)
        viewer = self.start_window("--present", self.way, "--once", "--stats", stats)
        window = self.window_of(viewer)
        self.hide(viewer, window)
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        counted = self.stats(stats)
        self.assertEqual((counted["shown"], counted["missed"]),
                         (3 * len(list(FRAMES.glob("*.png"))), 0))
        self.assert_nothing_left()

    def test_a_window_shown_again_has_the_last_frame(self):
        paths = harness.natural_order(FRAMES.glob("*.png"))
        viewer = self.start_window("--present", self.way, "--every")
        producer = self.producer("-q", "-r", "40", "-p", "lossless", "-w", "1", FRAMES)
        window = self.window_of(viewer)
        self.hide(viewer, window)
        self.assert_exits(producer, 0)
        producer = self.producer("-q", "-r", "5", "-l", "-p", "lossless", "-w", "1", paths[5])
        self.wait_for_title(window, "fps")
        self.xdotool("windowmap", "--sync", window)
        self.wait_for_picture(window, paths[5])
        self.end(viewer, producer)

    def test_a_frame_that_went_stale_unseen_is_marked(self):
        producer, viewer, window = self.view("--every")
        self.hide(viewer, window)
        time.sleep(0.5)
        producer.interrupt()
        self.wait_for_title(window, "the producer ended")
        self.xdotool("windowmap", "--sync", window)
        self.until("there is a bar", lambda: self.pixel(window, 3, SIZE[1] - 2) == BAR, 20)
        self.end(viewer)

    def test_paused_uses_no_processor(self):
        producer = self.producer("-q", "-l", "-r", "50", FRAMES)
        self.await_channel(producer)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.press(window, "i")
        self.press(window, "space")
        self.wait_for_title(window, "paused")
        time.sleep(1)
        before = processor_s(viewer.pid)
        time.sleep(3)
        self.assertLess(processor_s(viewer.pid) - before, 0.3)
        self.end(viewer, producer)


@needs_screen
@needs_x11
class X11(Keys):
    way = "x11"


@needs_screen
class Surface(Keys):
    way = "surface"


@needs_screen
class Texture(Keys):
    way = "texture"


@needs_screen
class Timeouts(Viewed):
    """Tests that do not depend on the way to show frames."""

    way = "surface"

    def test_once_waits_while_paused(self):
        for end, word, status in ((signal.SIGINT, "the producer ended", 0),
                                  (signal.SIGKILL, "the producer died", 1)):
            producer, viewer, window = self.view("--once")
            self.pause_during(window, lambda: producer.signal(end), word)  # pylint: disable=W0640
            time.sleep(1)
            self.assertTrue(viewer.alive, viewer.err)
            self.press(window, "space")
            self.assert_exits(viewer, status)

    def test_timeout_does_not_run_while_paused(self):
        producer, viewer, window = self.view("--timeout", "1.5")
        self.pause_during(window, producer.interrupt, "the producer ended")
        time.sleep(2.5)
        self.assertTrue(viewer.alive, viewer.err)
        self.press(window, "space")
        self.assert_exits(viewer, 1)
        self.assertIn("no producer on channel default within 1.5 s", viewer.err)

    def test_timeout_does_not_run_when_paused_after_the_end(self):
        producer, viewer, window = self.view("--timeout", "6")
        self.wait_for_picture(window, self.map)
        producer.interrupt()
        self.wait_for_title(window, "the producer ended")
        self.press(window, "space")
        time.sleep(7)
        self.assertTrue(viewer.alive, viewer.err)
        producer = self.start_still(self.map)
        self.press(window, "space")
        self.wait_for_picture(window, self.map)
        self.end(viewer, producer)

    def test_timeout_of_a_hidden_window(self):
        producer, viewer, window = self.view("--timeout", "6")
        self.wait_for_picture(window, self.map)
        producer.interrupt()
        self.wait_for_title(window, "the producer ended")
        self.hide(viewer, window)
        producer = self.start_still(self.map)
        time.sleep(7)
        self.assertTrue(viewer.alive, viewer.err)
        producer.interrupt()
        self.assert_exits(viewer, 1)

    def test_a_key_held_down_does_not_quit_yet(self):
        producer, viewer, window = self.view()
        self.xdotool("windowfocus", "--sync", window)
        self.xdotool("keydown", "q")
        time.sleep(0.5)
        self.assertTrue(viewer.alive)
        self.xdotool("keyup", "q")
        self.assert_exits(viewer, 0)
        self.end(producer)

    def test_screenshot_that_cannot_be_written(self):
        directory = self.scratch / "removed"
        directory.mkdir()
        producer, viewer, window = self.view_from(directory, self.map)
        directory.rmdir()
        self.press(window, "s")
        self.until("the viewer reports the error", lambda: "cannot save the picture" in viewer.err)
        self.assertTrue(viewer.alive)
        self.end(viewer, producer)


del Keys, Viewed, Screen


if __name__ == "__main__":
    unittest.main(verbosity=2)
