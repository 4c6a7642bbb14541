# SPDX-License-Identifier: MIT
"""Frames that the X server shows from their slots: no other process reads them; all arrive, in order; the
viewer copes with all that happens to a window; and it finds another way if X cannot show them."""

import os
import re
import subprocess
import time
import unittest
from pathlib import Path

import harness
import screen
from harness import FRAMES, KINDS

SMALL = (320, 240)


def frames():
    return harness.natural_order(FRAMES.glob("*.png"))


class X11(screen.Screen):
    """What the tests below share."""

    def numbers(self, size, fps, count, *options, **how):
        running = self.start(os.environ["SHMFLIP_NUMBERS"], "default", *size, fps, count, *options,
                             **how)
        self.await_channel(running)
        return running

    def watcher(self, window, last):
        return self.start(os.environ["SHMFLIP_WATCHER"], window, last)

    def number_in(self, window):
        """Returns number-producer's number that the whole window shows. None: not all pixels are the same."""
        _, _, pixels = self.content_of(window)
        plane = len(pixels) // 3
        planes = [pixels[c * plane:(c + 1) * plane] for c in range(3)]
        if any(part.count(part[:1]) != plane for part in planes):
            return None
        return planes[0][0] << 16 | planes[1][0] << 8 | planes[2][0]

    def wait_for_later_frame(self, window):
        """Waits until the whole window shows a later frame."""
        first = []

        def is_later():
            number = self.number_in(window)
            if number is not None:
                first.append(number)
            return len(first) > 1 and first[-1] > first[0]
        self.until("the window shows later frames", is_later, 20)

    def assert_close(self, seen, expected, tolerance):
        self.assertEqual(seen[:2], expected[:2])
        worst = max(abs(a - b) for a, b in zip(seen[2], expected[2]))
        self.assertLessEqual(worst, tolerance)

    def convert(self, path, *words):
        made = self.scratch / "made.png"
        subprocess.run(harness.imagemagick() + [f"png:{path}", *words, f"PNG24:{made}"], check=True)
        return self.picture(made)


def read_from_segment_kib(viewer):
    """Returns how much of the frames' segment the viewer has read."""
    lines = Path(f"/proc/{viewer.pid}/smaps").read_text(encoding="ascii").splitlines()
    sizes, inside = [], False
    for line in lines:
        if re.match(r"^[0-9a-f]+-", line):
            # The page of the header is readable, and a mapping of its own.
            inside = "SYSV" in line
        elif inside and line.startswith("Rss:"):
            sizes.append(int(line.split()[1]))
    return sum(sizes)


# ---- No other process reads the frames ---------------------------------------------------------------

@screen.needs_screen
@screen.needs_x11
class Untouched(X11):
    def test_picture_is_the_source(self):
        pictures = [frames()[7]] + [KINDS / f"rgb8-{size}.png"
                                    for size in ("1x1", "7x1", "3x5", "257x3", "33x17")]
        for path in pictures:
            with self.subTest(path.name):
                producer = self.start_still(path)
                viewer = self.start_window("--verify-untouched")
                self.wait_for_picture(self.window_of(viewer), path)
                self.assertIn("showing frames by x11", viewer.err)
                self.end(viewer, producer)

    def test_no_page_of_a_slot_is_ever_read(self):
        stats = self.scratch / "stats.json"
        slots_kib = 2 * 640 * 480 * 4 // 1024
        # A texture's number of copies depends on SDL's renderer.
        for way, copies in (("x11", [0]), ("surface", [1]), ("texture", [1, 2])):
            with self.subTest(way):
                producer = self.numbers((640, 480), 50, 100000)
                viewer = self.start_window("--present", way, "--stats", stats)
                self.wait_for_later_frame(self.window_of(viewer))
                read_kib = read_from_segment_kib(viewer)
                self.end(viewer, producer)
                counted = self.stats(stats)
                self.assertEqual(counted["present"], way)
                self.assertIn(counted["copies_per_frame"], copies)
                if way == "x11":
                    self.assertLess(read_kib, 16, "more than the header")
                else:
                    self.assertGreaterEqual(read_kib, slots_kib)

    def test_scaling_and_blending_touch_nothing(self):
        producer = self.start_still(KINDS / "rgba8-33x17.png")
        viewer = self.start(harness.VIEWER, "--verify-untouched", "--background", "checker",
                            cwd=self.scratch)
        window = self.window_of(viewer)
        for size in ((330, 170), (16, 8), (33, 17)):
            self.xdotool("windowsize", "--sync", window, *size)
            self.until("the window is resized", lambda size=size: self.content_of(window)[:2] == size)
        self.press(window, "i")
        self.press(window, "space")
        self.press(window, "s")
        self.xdotool("mousemove", "--window", window, 5, 5)
        self.until("the picture is saved", lambda: list(self.scratch.glob("default-*.png")))
        time.sleep(0.5)
        self.assertTrue(viewer.alive, viewer.err)
        for saved in self.scratch.glob("default-*.png"):
            self.assertEqual(harness.rgba_of(saved), harness.rgba_of(KINDS / "rgba8-33x17.png"))
        self.assertEqual(self.xdotool("getwindowname", window).count("x11"), 1)
        self.end(viewer, producer)

    def test_paths_that_copy_say_so(self):
        producer = self.start_still(frames()[0])
        for way in ("surface", "texture"):
            viewer = self.start_window("--present", way, "--verify-untouched")
            self.assert_exits(viewer, 1)
            self.assert_one_line(viewer, way, "copies", "--verify-untouched")
        self.end(producer)

    def test_options_that_read_pixels_are_refused(self):
        for option in (["--digest"], ["--record", self.scratch]):
            viewer = self.start_window("--verify-untouched", *option)
            self.assert_exits(viewer, 2)
            self.assert_one_line(viewer, "--verify-untouched excludes")


# ---- All frames arrive, in order ---------------------------------------------------------------------

@screen.needs_screen
@screen.needs_x11
class Order(X11):
    def test_every_frame_reaches_the_screen(self):
        """Frame by frame: each is checked on the screen before the next one is made."""
        count = 60
        stats = self.scratch / "stats.json"
        viewer = self.start_window("--verify-untouched", "--once", "--stats", stats)
        producer = self.numbers(SMALL, 0, count, "lossless=1", "wait=1", "step=1",
                                stdin=subprocess.PIPE)
        window = self.window_of(viewer)
        watcher = self.watcher(window, count)
        for number in range(1, count):
            self.until(f"frame {number} is on the screen",
                       lambda number=number: str(number) in watcher.lines)
            producer.process.stdin.write(b"\n")
            producer.process.stdin.flush()
        self.assert_exits(viewer, 0)
        self.assert_exits(producer, 0)
        watcher.wait()
        self.assertEqual([line for line in watcher.lines if line != "torn"],
                         [str(number) for number in range(1, count + 1)][:len(watcher.lines)])
        self.assertGreaterEqual(len(watcher.lines), count - 1)
        counted = self.stats(stats)
        self.assertEqual((counted["shown"], counted["missed"]), (count, 0))
        producer.process.stdin.close()
        self.assert_nothing_left()

    def test_no_frame_is_torn_at_full_speed(self):
        count = 1500
        for slots in (2, 3, 8):
            with self.subTest(slots=slots):
                stats = self.scratch / "stats.json"
                viewer = self.start_window("--verify-untouched", "--once", "--stats", stats)
                producer = self.numbers(SMALL, 0, count, "lossless=1", "wait=1", f"slots={slots}")
                watcher = self.watcher(self.window_of(viewer), count)
                self.assert_exits(viewer, 0)
                self.assert_exits(producer, 0)
                watcher.wait()
                self.assertNotIn("torn", watcher.lines)
                seen = [int(line) for line in watcher.lines]
                self.assertEqual(seen, sorted(set(seen)))
                self.assertGreater(len(seen), 20)
                counted = self.stats(stats)
                self.assertEqual((counted["shown"], counted["missed"]), (count, 0))
                self.assert_nothing_left()

    def test_no_frame_is_torn_under_latest(self):
        for slots in (2, 3):
            with self.subTest(slots=slots):
                producer = self.numbers(SMALL, 400, 100000, f"slots={slots}")
                viewer = self.start_window("--verify-untouched")
                watcher = self.watcher(self.window_of(viewer), 0)
                self.until("many frames were seen", lambda: len(watcher.lines) > 300)
                self.end(viewer, producer)
                watcher.wait()
                self.assertNotIn("torn", watcher.lines)
                seen = [int(line) for line in watcher.lines]
                self.assertEqual(seen, sorted(set(seen)))


# ---- What happens to a window ------------------------------------------------------------------------

@screen.needs_screen
@screen.needs_x11
class WindowEvents(X11):
    def test_resized_moved_covered_minimised(self):
        """While frames arrive. None may be lost, because the producer waits for each slot."""
        stats = self.scratch / "stats.json"
        producer = self.numbers(SMALL, 40, 100000, "lossless=1", "wait=1")
        viewer = self.start_window("--verify-untouched", "--stats", stats)
        window = self.window_of(viewer)
        self.wait_for_later_frame(window)
        for size in ((400, 100), (50, 300), (1, 1), (1500, 1100), SMALL):
            self.xdotool("windowsize", "--sync", window, *size)
            time.sleep(0.1)
        self.wait_for_later_frame(window)
        for position in ((-200, -100), (1900, 1100), (5000, 5000), (100, 100)):
            self.xdotool("windowmove", window, *position)
            time.sleep(0.1)
        self.wait_for_later_frame(window)
        other = self.start(harness.VIEWER, "-q", "-c", "other")
        cover = self.start(os.environ["SHMFLIP_NUMBERS"], "other", 600, 500, 10, 100000)
        self.await_channel(cover, "other")
        covering = self.window_of(other)
        self.xdotool("windowmove", covering, 50, 50)
        self.xdotool("windowraise", covering)
        time.sleep(0.3)
        self.xdotool("windowraise", window)
        self.wait_for_later_frame(window)
        for _ in range(3):
            self.xdotool("windowunmap", "--sync", window)
            time.sleep(0.1)
            self.xdotool("windowmap", "--sync", window)
        self.wait_for_later_frame(window)
        self.end(viewer, producer, other, cover)
        counted = self.stats(stats)
        self.assertEqual(counted["missed"], 0)
        self.assertEqual(counted["present"], "x11")

    def test_paused_picture_comes_back_when_uncovered(self):
        path = frames()[5]
        producer = self.start_still(path)
        viewer = self.start_window("--verify-untouched")
        window = self.window_of(viewer)
        self.wait_for_picture(window, path)
        self.press(window, "space")
        self.until("the viewer is paused", lambda: "paused" in self.title_of(window))
        for _ in range(2):
            self.xdotool("windowunmap", "--sync", window)
            self.xdotool("windowmap", "--sync", window)
            self.wait_for_picture(window, path)
        self.end(viewer, producer)

    def test_death_dims_the_picture_and_frees_its_memory(self):
        path = frames()[5]
        width, height, pixels = self.picture(path)
        producer = self.start_still(path)
        viewer = self.start_window("--verify-untouched")
        window = self.window_of(viewer)
        self.wait_for_picture(window, path)
        producer.kill()
        self.until("the title says stale", lambda: "stale" in self.title_of(window))
        top = [value // 2 for value in pixels[:width * 50]]
        self.until("the picture is dimmed", lambda: max(
            abs(a - b) for a, b in zip(self.content_of(window)[2][:width * 50], top)) <= 2)
        # Neither the server nor the viewer may keep the segment.
        self.until("the frames' memory is free",
                   lambda: not harness.segments_made_by({producer.pid}))
        producer = self.start_still(path)
        self.wait_for_picture(window, path)
        self.end(viewer, producer)

    def test_idle_uses_no_processor(self):
        def consumed_ms():
            tasks = Path(f"/proc/{viewer.pid}/task")
            return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0])
                       for task in tasks.iterdir()) / 1e6
        producer = self.numbers(SMALL, 40, 100000)
        viewer = self.start_window("--verify-untouched")
        window = self.window_of(viewer)
        self.press(window, "space")
        self.until("the viewer is paused", lambda: "paused" in self.title_of(window))
        time.sleep(1)
        before = consumed_ms()
        time.sleep(3)
        self.assertLess(consumed_ms() - before, 60, "ms of 3000")
        self.end(viewer, producer)


# ---- Scaled and blended ------------------------------------------------------------------------------

@screen.needs_screen
@screen.needs_x11
class Drawn(X11):
    def show_at(self, path, size, *options):
        producer = self.start_still(path)
        viewer = self.start_window("--verify-untouched", *options)
        window = self.window_of(viewer)
        if size != self.picture(path)[:2]:
            self.xdotool("windowsize", "--sync", window, *size)
        self.until("the window has its size", lambda: self.content_of(window)[:2] == size)
        return producer, viewer, window

    def compare(self, path, size, expected, tolerance, *options):
        producer, viewer, window = self.show_at(path, size, *options)

        def is_close():
            seen = self.content_of(window)
            return seen[:2] == expected[:2] and max(
                abs(a - b) for a, b in zip(seen[2], expected[2])) <= tolerance
        try:
            self.until("the window shows the picture", is_close, 5)
        except AssertionError:
            self.assert_close(self.content_of(window), expected, tolerance)
        self.end(viewer, producer)

    def test_halves_are_means(self):
        path = frames()[9]
        width, height, _ = self.picture(path)
        for times in (1, 2, 3):
            size = (width >> times, height >> times)
            expected = self.convert(path, "-filter", "box", "-resize", f"{size[0]}x{size[1]}!")
            self.compare(path, size, expected, 2)

    def test_doubles_are_bilinear(self):
        path = frames()[9]
        width, height, _ = self.picture(path)
        size = (2 * width, 2 * height)
        expected = self.convert(path, "-filter", "triangle", "-resize", f"{size[0]}x{size[1]}!")
        self.compare(path, size, expected, 3)

    def test_alpha_over_a_colour_and_a_checker(self):
        for name in ("rgba8-33x17.png", "greya8-33x17.png", "rgb8-trns-33x17.png"):
            width, height, rgba = harness.rgba_of(KINDS / name)
            for background in ("#3060c0", "checker"):
                with self.subTest(name, background=background):
                    planes = [bytearray(), bytearray(), bytearray()]
                    for i in range(width * height):
                        x, y = i % width, i // width
                        grey = 0x99 if (x // 16 + y // 16) % 2 == 0 else 0x66
                        under = (0x30, 0x60, 0xc0) if background != "checker" else (grey,) * 3
                        alpha = rgba[4 * i + 3]
                        for c in range(3):
                            planes[c].append((rgba[4 * i + c] * alpha + under[c] * (255 - alpha)
                                              + 127) // 255)
                    expected = (width, height, b"".join(planes))
                    self.compare(KINDS / name, (width, height), expected, 2, "--background",
                                 background)


# ---- If X cannot show the frames ---------------------------------------------------------------------

class Refused(X11):
    """No test by itself; its subclasses have a server that cannot show the frames."""

    reason = None
    exact = True  # the server shows all colours

    def test_another_way_is_found_and_named_once(self):
        path = frames()[3]
        producer = self.start_still(path)
        viewer = self.start_window()
        # The viewer opens a new window for each way that it tries.
        self.until("another way is found", lambda: "showing frames by surface" in viewer.err)
        window = self.window_of(viewer)
        if self.exact:
            self.wait_for_picture(window, path)
        self.assert_one_line(viewer, "showing frames by surface; x11 does not work here: ",
                             self.reason)
        viewer.interrupt()
        viewer = self.start_window("--present", "x11")
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "x11 does not work here", self.reason)
        viewer = self.start_window("--verify-untouched")
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "no way to show frames in a window works here", self.reason,
                             "surface does not work here: it copies frames")
        self.end(producer)


@screen.needs_screen
@screen.needs_x11
class NoSharedMemory(Refused):
    server_options = ["-extension", "MIT-SHM"]
    reason = "no MIT-SHM"


@screen.needs_screen
@screen.needs_x11
class NoRender(Refused):
    server_options = ["-extension", "RENDER"]
    reason = "no RENDER"


@screen.needs_screen
@screen.needs_x11
class OtherDepth(Refused):
    depth = 16
    reason = "16 bits per pixel"
    exact = False


def can_unshare():
    return subprocess.run(["unshare", "--ipc", "true"], capture_output=True,
                          check=False).returncode == 0


@screen.needs_screen
@screen.needs_x11
@unittest.skipUnless(can_unshare(), "needs root, to make an IPC namespace")
class OtherNamespace(Refused):
    server_words = ["unshare", "--ipc"]
    reason = "may not attach"


@screen.needs_screen
@screen.needs_x11
@unittest.skipUnless(os.geteuid() == 0, "needs root, to be another user")
class OtherUser(Refused):
    server_words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    reason = "may not attach"

    def test_later_producer_excludes_the_server(self):
        """The server may read the frames of the first producer, but not of the second."""
        first, second = frames()[:2]
        self.scratch.chmod(0o755)
        producer = self.start_still(first, "--mode", "0644")
        viewer = self.start_window()
        window = self.window_of(viewer)
        self.wait_for_picture(window, first)
        self.assertIn("showing frames by x11", viewer.err)
        producer.interrupt()
        producer = self.start_still(second)
        self.wait_for_picture(window, second)
        self.assertIn("x11 no longer works: the X server may not attach", viewer.err)
        self.end(viewer, producer)


@screen.needs_screen
@screen.needs_x11
class MidStream(X11):
    def test_no_frame_is_lost_when_one_is_too_large(self):
        count = 40
        stats = self.scratch / "stats.json"
        viewer = self.start_window("--once", "--stats", stats)
        producer = self.numbers((320, 20), 0, count, "lossless=1", "wait=1", "step=1", "wide=20",
                                stdin=subprocess.PIPE)
        window = self.window_of(viewer)
        watcher = self.watcher(window, count)
        for number in range(1, count):
            self.until(f"frame {number} is on the screen",
                       lambda number=number: str(number) in watcher.lines)
            producer.process.stdin.write(b"\n")
            producer.process.stdin.flush()
        self.assert_exits(viewer, 0)
        self.assert_exits(producer, 0)
        producer.process.stdin.close()
        lines = [line.split(": ", 1)[1] for line in viewer.err.splitlines()]
        self.assertEqual([line for line in lines if "waiting" not in line], [
            "showing frames by x11",
            "x11 no longer works: a frame of 320x20 is too large for X",
            "showing frames by surface"])
        counted = self.stats(stats)
        self.assertEqual((counted["shown"], counted["missed"]), (count, 0))
        self.assertEqual(counted["present"], "surface")
        self.assert_nothing_left()


@screen.needs_screen
@screen.needs_x11
class TooLarge(X11):
    """Frames beyond what X can draw, among others."""

    def setUp(self):
        super().setUp()
        self.stats_path = self.scratch / "stats.json"

    def run_through(self, lengths, is_tall, *options):
        """Statistics, and what the viewer said, after frames of 2 pixels by each length."""
        folder = self.scratch / f"frames-{is_tall}"
        folder.mkdir(exist_ok=True)
        for number, length in enumerate(lengths):
            screen.write_png(folder / f"{number}.png", *((2, length) if is_tall else (length, 2)),
                             bytes((40 * number + 40, 200, 90)) * (2 * length))
        viewer = self.start_window("--once", "--stats", self.stats_path, *options)
        largest = f"2x{max(lengths)}" if is_tall else f"{max(lengths)}x2"
        producer = self.producer("-q", "-r", "0", "-p", "lossless", "-w", "1", "--max-size",
                                 largest, folder)
        self.assert_exits(viewer, 0)
        self.assert_exits(producer, 0)
        self.assert_nothing_left()
        lines = [line.split(": ", 1)[1] for line in viewer.err.splitlines()]
        return self.stats(self.stats_path), [line for line in lines if "waiting" not in line]

    def test_another_way_scales_them(self):
        lengths = (32767, 120, 65535, 65536, 40000)
        for way in ("auto", "surface", "texture"):
            for is_tall in (False, True):
                with self.subTest(way, is_tall=is_tall):
                    stats, _ = self.run_through(lengths, is_tall, "--present", way)
                    self.assertEqual((stats["shown"], stats["passed_over"], stats["missed"]),
                                     (5, 0, 0))

    def test_where_no_other_way_may_they_are_passed_over(self):
        lengths = (32767, 120, 65536, 32766, 40000)
        for options in (["--present", "x11"], ["--verify-untouched"]):
            for is_tall in (False, True):
                with self.subTest(options[0], is_tall=is_tall):
                    stats, lines = self.run_through(lengths, is_tall, *options)
                    self.assertEqual((stats["shown"], stats["passed_over"], stats["missed"]),
                                     (2, 3, 0))
                    self.assertEqual(len(lines), 2, lines)
                    self.assertRegex(lines[0], "^passing over frames: .* is too large for X")
                    self.assertEqual(lines[1], "showing frames by x11")


@screen.needs_screen
@screen.needs_x11
@unittest.skipUnless(os.environ["SHMFLIP_SANITIZER"] == "none", "a sanitizer must be the first library")
class Faults(X11):
    """A server that later refuses requests: see x11_faults.c."""

    def setUp(self):
        super().setUp()
        self.fault = self.scratch / "fault"
        self.env_of_viewer = dict(self.env, LD_PRELOAD=os.environ["SHMFLIP_X11_FAULTS"],
                                  X11_FAULT=str(self.fault))
        self.path = frames()[7]

    def begin(self, *options):
        producer = self.start_still(self.path)
        viewer = self.start(harness.VIEWER, *options, env=self.env_of_viewer, cwd=self.scratch)
        window = self.window_of(viewer)
        self.wait_for_picture(window, self.path)
        self.assertIn("showing frames by x11", viewer.err)
        return producer, viewer, window

    def wait_for_surface(self, viewer, window, reason, title):
        """Waits until the viewer has changed to the surface, and checks the one line that says why."""
        self.until(f"the title has {title}", lambda: title in self.title_of(window))
        lines = [line.split(": ", 1)[1] for line in viewer.err.splitlines()]
        self.assertEqual(len(lines), 3, viewer.err)
        self.assertRegex(lines[1], f"^x11 no longer works: .*{reason}")
        self.assertEqual(lines[2], "showing frames by surface")

    def pause(self, window):
        self.press(window, "space")
        self.until("the viewer is paused", lambda: "paused" in self.title_of(window))

    def test_frames_refused(self):
        producer, viewer, window = self.begin()
        self.fault.write_text("put")
        self.wait_for_surface(viewer, window, "refused request", "fps — surface")
        self.wait_for_picture(window, self.path)
        self.end(viewer, producer)

    def test_a_picture_that_cannot_be_kept(self):
        producer, viewer, window = self.begin()
        self.fault.write_text("pixmap")
        self.press(window, "space")
        self.wait_for_surface(viewer, window, "no memory", "paused — surface")
        self.wait_for_picture(window, self.path)
        self.end(viewer, producer)

    def test_a_picture_refused_when_it_is_kept(self):
        producer, viewer, window = self.begin()
        self.fault.write_text("put")
        self.press(window, "space")
        self.wait_for_surface(viewer, window, "refused request", "paused — surface")
        self.wait_for_picture(window, self.path)
        self.end(viewer, producer)

    def test_a_kept_picture_that_cannot_be_drawn(self):
        width, height, _ = self.picture(self.path)
        producer, viewer, window = self.begin()
        self.pause(window)
        self.fault.write_text("pixmap")
        self.xdotool("windowsize", "--sync", window, width // 4, height // 4)
        self.wait_for_surface(viewer, window, "no memory", "paused — surface")
        self.xdotool("windowsize", "--sync", window, width, height)
        self.wait_for_picture(window, self.path)
        self.press(window, "s")
        self.until("the picture is saved", lambda: "saved as" in viewer.err)
        saved = next(self.scratch.glob("default-*.png"))
        self.assertEqual(harness.rgba_of(saved), harness.rgba_of(self.path))
        self.end(viewer, producer)

    def test_a_chosen_way_has_no_fallback(self):
        producer, viewer, window = self.begin("--present", "x11")
        self.fault.write_text("pixmap")
        self.press(window, "space")
        self.assert_exits(viewer, 1)
        lines = viewer.err.splitlines()
        self.assertEqual(len(lines), 2, viewer.err)
        self.assertIn("cannot show frames by x11: the X server has no memory", lines[1])
        self.end(producer)


del Refused


if __name__ == "__main__":
    unittest.main(verbosity=2)
