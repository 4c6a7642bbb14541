# SPDX-License-Identifier: MIT
"""What keys, mouse and the options of the window do, seen from outside."""

import contextlib
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
    """One whose viewer is looked at from outside."""

    way = None

    def setUp(self):
        super().setUp()
        self.map = self.scratch / "map.png"
        # Red and green say where a pixel is.
        write_png(self.map, *SIZE, b"".join(bytes((x, y, 77)) for y in range(SIZE[1])
                                            for x in range(SIZE[0])))

    def view(self, *options, path=None):
        """A viewer of a picture that does not change, and its window."""
        producer = self.still(path or self.map)
        viewer = self.windowed("--present", self.way, *options)
        window = self.window_of(viewer)
        if not options:
            self.shows(window, path or self.map)
        return producer, viewer, window

    def sees(self, window):
        """For each pixel of the window which of the map it shows; None: another colour."""
        width, height, pixels = self.looks(window)
        red, green, blue = (pixels[i * width * height:(i + 1) * width * height] for i in range(3))
        return width, height, [(r, g) if b == 77 else None for r, g, b in zip(red, green, blue)]

    def shows_map(self, window, zoom, origin=None):
        """Until the map is shown in squares of zoom pixels; where its corner is."""
        found = []

        def is_so():
            width, height, spots = self.sees(window)
            shown = [(i % width, i // width, spot) for i, spot in enumerate(spots) if spot]
            if not shown:
                return False
            # The corner, from where the middle of the picture's visible part lies.
            x, y, spot = shown[len(shown) // 2]
            for corner in ((x - spot[0] * zoom - i, y - spot[1] * zoom - j)
                           for i in range(zoom) for j in range(zoom)):
                if all(spot == ((x - corner[0]) // zoom, (y - corner[1]) // zoom)
                       for x, y, spot in shown) and len(shown) == self.area(
                           corner, zoom, (width, height)):
                    found[:] = [corner]
                    return origin in (None, corner)
            return False
        self.until(f"the map at {zoom}, from {origin}", is_so, 20)
        return found[0]

    @staticmethod
    def area(corner, zoom, window):
        """How many pixels of the window the map covers."""
        sides = [min(corner[i] + SIZE[i] * zoom, window[i]) - max(corner[i], 0) for i in (0, 1)]
        return sides[0] * sides[1]

    def point_at(self, window, x, y):
        self.xdotool("mousemove", "--window", window, x, y)

    def titled(self, window, word):
        self.until(f"{word} in the title", lambda: word in self.title_of(window))

    def pause_while(self, window, happens, word):
        self.shows(window, self.map)
        self.press(window, "space")
        self.titled(window, "paused")
        happens()
        self.titled(window, word)

    def hide(self, viewer, window):
        self.xdotool("windowunmap", "--sync", window)
        self.until("it is gone", lambda: not self.xdotool("search", "--onlyvisible", "--pid",
                                                          viewer.pid))

    def view_from(self, directory, path):
        producer = self.still(path)
        viewer = self.start("env", "-C", directory, harness.VIEWER, "--present", self.way)
        window = self.window_of(viewer)
        self.titled(window, "default")
        return producer, viewer, window


class Keys(Viewed):
    """Not run by itself: see below."""

    # ---- Zoom ----

    def test_zoom_about_the_pointer_and_pan(self):
        producer, viewer, window = self.view()
        self.point_at(window, 150, 30)
        for _ in range(4):
            self.press(window, "plus")
        self.titled(window, "at 400 %")
        corner = self.shows_map(window, 4)
        self.assertLessEqual(abs((150 - corner[0]) / 4 - 150), 1)
        self.assertLessEqual(abs((30 - corner[1]) / 4 - 30), 1)
        self.press(window, "Right")
        corner = self.shows_map(window, 4, (corner[0] - SIZE[0] // 8, corner[1]))
        self.press(window, "Down")
        corner = self.shows_map(window, 4, (corner[0], corner[1] - SIZE[1] // 8))
        self.xdotool("mousemove", "--window", window, 50, 50, "mousedown", 1)
        self.xdotool("mousemove", "--window", window, 57, 41)
        self.xdotool("mouseup", 1)
        self.shows_map(window, 4, (corner[0] + 7, corner[1] - 9))
        self.press(window, "0")
        self.shows(window, self.map)
        self.end(viewer, producer)

    def test_wheel(self):
        producer, viewer, window = self.view()
        self.point_at(window, 10, 10)
        self.xdotool("click", 4)
        self.titled(window, "at 150 %")
        self.xdotool("click", 4)
        self.shows_map(window, 2)
        for _ in range(3):
            self.xdotool("click", 5)
        self.titled(window, "at 75 %")
        self.end(viewer, producer)

    def test_actual_size_in_a_larger_window(self):
        producer, viewer, window = self.view("--background", "#204060")
        self.xdotool("windowsize", "--sync", window, 600, 400)
        self.titled(window, "at 300 %")
        self.press(window, "1")
        self.shows_map(window, 1, (200, 140))
        self.assertEqual(self.pixel(window, 3, 3), (0x20, 0x40, 0x60))
        self.end(viewer, producer)

    def test_a_paused_picture_can_be_zoomed(self):
        producer, viewer, window = self.view()
        self.press(window, "space")
        self.titled(window, "paused")
        for _ in range(3):
            self.press(window, "plus")
        self.shows_map(window, 3)
        self.xdotool("windowsize", "--sync", window, 300, 120)
        self.shows_map(window, 3)
        self.end(viewer, producer)

    def test_scale_options(self):
        for scale, size, zoom, corner in (("1:1", (300, 100), 1, (50, -10)),
                                          ("integer", (750, 370), 3, (75, 5))):
            producer, viewer, window = self.view("--scale", scale)
            self.xdotool("windowsize", "--sync", window, *size)
            self.shows_map(window, zoom, corner)
            self.end(viewer, producer)

    def test_a_large_picture_gets_a_window_that_fits(self):
        path = self.scratch / "large.png"
        write_png(path, 3000, 1500, bytes(3000 * 1500 * 3))
        producer, viewer, window = self.view("-q", path=path)
        self.until("a window", lambda: self.looks(window)[:2] == (2000, 1000), 20)
        self.end(viewer, producer)

    # ---- Background ----

    def comes_to_show(self, window, spot, want):
        """There, and nearly that colour."""
        self.until(f"{want} at {spot}", lambda: max(
            abs(a - b) for a, b in zip(self.pixel(window, *spot), want)) <= 2, 20)

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
                self.comes_to_show(window, (x, 8), ground)
                half = tuple((a + b) / 2 for a, b in zip((255, 0, 0), ground))
                self.comes_to_show(window, (x + 128, 8), half)
            self.end(viewer, producer)

    # ---- Panels ----

    def has_panel(self, window, x, y):
        return lambda: self.pixel(window, x, y) == PANEL

    def has_large_panel(self, window):
        """One of at least 10000 pixels."""
        width, height, pixels = self.looks(window)
        size = width * height
        return all(pixels[c * size:(c + 1) * size].count(PANEL[c]) > 10000 for c in range(3))

    def test_information_and_help_come_and_go(self):
        path = harness.natural(FRAMES.glob("*.png"))[3]
        producer, viewer, window = self.view(path=path)
        for key in ("i", "h", "F1", "question"):
            self.press(window, key)
            self.until("a panel", lambda: self.has_large_panel(window), 20)
            self.press(window, key)
            self.shows(window, path)
        self.end(viewer, producer)

    def test_stale_picture_says_so(self):
        path = harness.natural(FRAMES.glob("*.png"))[3]
        producer, viewer, window = self.view(path=path)
        producer.kill()
        self.until("a panel", self.has_panel(window, 320, 319), 20)
        producer = self.still(path)
        self.shows(window, path)
        self.end(viewer, producer)

    def fast(self):
        producer = self.producer("-q", "-l", "-r", "50", FRAMES)
        self.await_channel(producer)
        return producer

    def paused_while(self, window, happens, word):
        """Pauses, and goes on when what happens shows in the title."""
        self.titled(window, "fps")
        self.press(window, "space")
        self.titled(window, "paused")
        happens()
        self.titled(window, word)
        self.until("the bar", lambda: self.pixel(window, 3, 357) == BAR, 20)
        self.press(window, "space")

    def test_a_paused_viewer_sees_its_producer_go(self):
        stats = self.scratch / "stats.json"
        viewer = self.windowed("--present", self.way, "--stats", stats)
        producer = self.fast()
        window = self.window_of(viewer)
        self.paused_while(window, producer.kill, "the producer died")
        producer = self.fast()
        self.paused_while(window, producer.interrupt, "the producer ended")
        producer = self.fast()

        def is_replaced(gone=producer):
            viewer.signal(signal.SIGSTOP)
            gone.kill()
            self.next = self.fast()
            viewer.signal(signal.SIGCONT)
        self.paused_while(window, is_replaced, "the producer was replaced")
        self.titled(window, "fps")
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
            return self.looks(window)
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
        viewer = self.windowed("--present", self.way)
        window = self.window_of(viewer)
        self.press(window, "space")
        self.titled(window, "paused")
        self.comes_to(window, looks)
        first = looks.index(self.looks(window))
        self.steps(window, "period", looks, range(first + 1, first + 4))
        self.steps(window, "comma", looks, (first + 2, first + 1))
        self.steps(window, "period", looks, (first + 2,))
        self.steps(window, "comma", looks, (first + 1, first))
        width, height = looks[first][:2]
        self.titled(window, f"{width}x{height} — paused")
        self.press(window, "comma")
        self.until("a notice", lambda: self.looks(window) != looks[first], 20)
        self.comes_to(window, [looks[first]])
        self.steps(window, "period", looks, range(first + 1, first + 6))
        self.press(window, "space")
        self.until("it goes on", lambda: self.looks_once(window) not in (None, looks[(first + 5) % 6]))
        self.end(viewer, producer)

    # ---- Channels ----

    def channel(self, name, path):
        producer = self.producer("-q", "-l", "-r", "5", "-c", name, path)
        self.await_channel(producer, name)
        return producer

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
        self.titled(window, f"{name} — ")
        wanted = self.lower_half(self.picture(path))
        self.until(f"{key} shows {name}",
                   lambda: self.lower_half(self.looks_once(window)) == wanted, 20)

    def test_next_channel(self):
        stats = self.scratch / "stats.json"
        paths = {"a": FRAMES / "003.png", "b": self.map, "d": FRAMES / "005.png"}
        producers = [self.channel(name, path) for name, path in paths.items()]
        dead = self.channel("c", self.map)
        dead.kill()
        viewer = self.windowed("--present", self.way, "--stats", stats, "b")
        window = self.window_of(viewer)
        self.shows(window, self.map)
        for key, name in (("Tab", "d"), ("Tab", "a"), ("shift+Tab", "d"), ("shift+Tab", "b")):
            self.comes_to_channel(window, key, name, paths[name])
        self.press(window, "space")
        self.titled(window, "paused")
        self.comes_to_channel(window, "Tab", "d", paths["d"])
        self.titled(window, "paused")
        for producer in producers[:2]:
            self.assertEqual(producer.interrupt(), 0)
        self.shows(window, paths["d"])
        self.press(window, "Tab")
        self.until("it says that there is none", lambda: self.looks(window) != self.picture(paths["d"]))
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
        viewer = self.windowed("--present", self.way, "a")
        window = self.window_of(viewer)
        for name in "bababab":
            self.press(window, "Tab")
            self.titled(window, f"{name} — ")
        self.titled(window, "fps")
        self.end(viewer, *producers)

    # ---- Screenshots ----

    def test_screenshots(self):
        directory = self.scratch / "shots"
        directory.mkdir()
        for path in (self.map, harness.KINDS / "rgba8-stored-interlaced-33x17.png"):
            producer, viewer, window = self.view_from(directory, path)
            self.press(window, "i")
            self.press(window, "space")
            self.titled(window, "paused")
            for _ in range(2):
                self.press(window, "s")
            self.until("two files", lambda: viewer.err.count("saved as") == 2)
            shots = [line.split()[-1] for line in viewer.err.splitlines() if "saved as" in line]
            self.assertEqual(len(set(shots)), 2)
            for shot in shots:
                self.assertRegex(shot, r"^default-\d{8}(-2)?\.png$")
                self.assertEqual(harness.rgba_of(directory / shot), harness.rgba_of(path))
            self.end(viewer, producer)
            for shot in shots:
                (directory / shot).unlink()

    # ---- Nobody looking ----

    def test_a_hidden_window_takes_nothing(self):
        stats = self.scratch / "stats.json"
        producer = self.producer("-q", "-l", "-r", "50", FRAMES)
        self.await_channel(producer)
        viewer = self.windowed("--present", self.way, "--stats", stats)
        window = self.window_of(viewer)
        self.hide(viewer, window)
        time.sleep(0.5)
        before = processor_s(viewer.pid)
        time.sleep(3)
        self.assertLess(processor_s(viewer.pid) - before, 0.3)
        self.xdotool("windowmap", "--sync", window)
        shown = self.looks(window)
        self.until("it goes on", lambda: self.looks(window) != shown)
        self.end(viewer, producer)
        self.assertGreater(self.stats(stats)["missed"], 100)

    def test_a_covered_window_takes_nothing(self):
        stats = self.scratch / "stats.json"
        large = self.scratch / "large.png"
        write_png(large, 1000, 800, bytes(1000 * 800 * 3))
        producer = self.producer("-q", "-l", "-r", "50", FRAMES)
        self.await_channel(producer)
        viewer = self.windowed("--present", self.way, "--stats", stats)
        window = self.window_of(viewer)
        self.titled(window, "fps")
        other = self.producer("-q", "-l", "-r", "1", "-c", "other", large)
        self.await_channel(other, "other")
        cover = self.windowed("--present", "surface", "-c", "other")
        # In the middle of the screen, as the first.
        self.window_of(cover)
        self.titled(window, "0.0 fps")
        before = processor_s(viewer.pid)
        time.sleep(2)
        self.assertLess(processor_s(viewer.pid) - before, 0.3)
        self.assertEqual(cover.interrupt(), 0)
        self.until("it goes on", lambda: "0.0 fps" not in self.title_of(window))
        self.end(viewer, producer, other)
        self.assertGreater(self.stats(stats)["missed"], 50)

    def test_a_hidden_window_takes_every_frame_if_asked_to(self):
        stats = self.scratch / "stats.json"
        producer = self.producer("-q", "-l2", "-r", "40", "-p", "lossless", "-w", "1", FRAMES)
        viewer = self.windowed("--present", self.way, "--once", "--stats", stats)
        window = self.window_of(viewer)
        self.hide(viewer, window)
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        counted = self.stats(stats)
        self.assertEqual((counted["shown"], counted["missed"]),
                         (3 * len(list(FRAMES.glob("*.png"))), 0))
        self.assert_nothing_left()

    def test_the_last_frame_is_seen_by_who_comes_back(self):
        paths = harness.natural(FRAMES.glob("*.png"))
        viewer = self.windowed("--present", self.way, "--every")
        producer = self.producer("-q", "-r", "40", "-p", "lossless", "-w", "1", FRAMES)
        window = self.window_of(viewer)
        self.hide(viewer, window)
        self.assert_exits(producer, 0)
        producer = self.producer("-q", "-r", "5", "-l", "-p", "lossless", "-w", "1", paths[5])
        self.titled(window, "fps")
        self.xdotool("windowmap", "--sync", window)
        self.shows(window, paths[5])
        self.end(viewer, producer)

    def test_a_frame_that_went_stale_unseen_is_marked(self):
        producer, viewer, window = self.view("--every")
        self.hide(viewer, window)
        time.sleep(0.5)
        producer.interrupt()
        self.titled(window, "the producer ended")
        self.xdotool("windowmap", "--sync", window)
        self.until("the bar", lambda: self.pixel(window, 3, SIZE[1] - 2) == BAR, 20)
        self.end(viewer)

    def test_paused_costs_nothing(self):
        producer = self.producer("-q", "-l", "-r", "50", FRAMES)
        self.await_channel(producer)
        viewer = self.windowed("--present", self.way)
        window = self.window_of(viewer)
        self.press(window, "i")
        self.press(window, "space")
        self.titled(window, "paused")
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
class Patience(Viewed):
    """What is the same in each way."""

    way = "surface"

    def test_once_waits_for_who_is_paused(self):
        for end, word, status in ((signal.SIGINT, "the producer ended", 0),
                                  (signal.SIGKILL, "the producer died", 1)):
            producer, viewer, window = self.view("--once")
            self.pause_while(window, lambda: producer.signal(end), word)  # pylint: disable=W0640
            time.sleep(1)
            self.assertTrue(viewer.alive, viewer.err)
            self.press(window, "space")
            self.assert_exits(viewer, status)

    def test_patience_does_not_end_while_paused(self):
        producer, viewer, window = self.view("--timeout", "1.5")
        self.pause_while(window, producer.interrupt, "the producer ended")
        time.sleep(2.5)
        self.assertTrue(viewer.alive, viewer.err)
        self.press(window, "space")
        self.assert_exits(viewer, 1)
        self.assertIn("no producer on channel default within 1.5 s", viewer.err)

    def test_paused_after_the_end_it_stays_too(self):
        producer, viewer, window = self.view("--timeout", "6")
        self.shows(window, self.map)
        producer.interrupt()
        self.titled(window, "the producer ended")
        self.press(window, "space")
        time.sleep(7)
        self.assertTrue(viewer.alive, viewer.err)
        producer = self.still(self.map)
        self.press(window, "space")
        self.shows(window, self.map)
        self.end(viewer, producer)

    def test_patience_of_a_hidden_window(self):
        producer, viewer, window = self.view("--timeout", "6")
        self.shows(window, self.map)
        producer.interrupt()
        self.titled(window, "the producer ended")
        self.hide(viewer, window)
        producer = self.still(self.map)
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
        directory = self.scratch / "gone"
        directory.mkdir()
        producer, viewer, window = self.view_from(directory, self.map)
        directory.rmdir()
        self.press(window, "s")
        self.until("it says so", lambda: "cannot save the picture" in viewer.err)
        self.assertTrue(viewer.alive)
        self.end(viewer, producer)


del Keys, Viewed, Screen


if __name__ == "__main__":
    unittest.main(verbosity=2)
