# SPDX-License-Identifier: MIT
"""The viewer with the programs of a desktop: a window manager, a compositor, Wayland, and X on top of
Wayland. Only the pixels on the screen count."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
import unittest

import harness
import screen
from harness import FRAMES

LINES_OF_INFORMATION = 10
FONT_PIXELS = 14
PANEL = bytes((28, 28, 28))
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def frames():
    return harness.natural_order(FRAMES.glob("*.png"))


class Desktop(screen.Screen):
    size = (1400, 1000)

    def background_program(self, *words, env=None):
        running = subprocess.Popen(words, env=env or self.env, **QUIET)
        self.addCleanup(running.wait)
        self.addCleanup(running.terminate)
        return running

    def content_of(self, window):
        """The same, also for "root", the screen: xwd composes it from windows, and would leave some out."""
        if window != "root":
            return super().content_of(window)
        words = harness.imagemagick()
        words = words + ["import"] if words == ["magick"] else [words[0].replace("convert", "import")]
        words += ["-window", "root", "-depth", "8", "-interlace", "plane", "rgb:-"]
        # It sometimes waits forever for the X server.
        for _ in range(2):
            with contextlib.suppress(subprocess.TimeoutExpired):
                return *self.size, self.output_of(words)
        return *self.size, self.output_of(words)

    def is_on_screen(self, path):
        return self.position_of(path) is not None

    def position_of(self, path):
        """Returns x and y of the complete picture on the screen, or None."""
        width, height, planes = self.picture(path)
        across, down, shown = self.content_of("root")
        size, plane = width * height, across * down
        for y in range(down - height + 1):
            at = shown.find(planes[:width], y * across, (y + 1) * across)
            if at < 0:
                continue
            if all(shown[c * plane + at + r * across:c * plane + at + r * across + width]
                   == planes[c * size + r * width:c * size + (r + 1) * width]
                   for c in range(3) for r in range(height)):
                return at - y * across, y
        return None

    def wait_on_screen(self, path):
        self.until("the picture is on the screen", lambda: self.is_on_screen(path), 20)

    def panel_height(self):
        """Returns the height of the only panel on the screen."""
        across, down, planes = self.content_of("root")
        rows = [[planes[(c * down + y) * across:(c * down + y + 1) * across] for c in range(3)]
                for y in range(down)]
        return sum(all(row[c].count(PANEL[c]) > 100 for c in range(3)) for row in rows)

    def wait_for_double_text(self):
        self.until("a panel with text of twice the size",
                   lambda: self.panel_height() > 2 * FONT_PIXELS * LINES_OF_INFORMATION, 20)

    def edges(self, window):
        """Left, top, right and bottom of a window with what the window manager draws around it."""
        said = self.output_of(["xwininfo", "-id", window]).decode()
        left, top, width, height = (int(re.search(rf"{name}: +(-?\d+)", said)[1]) for name in (
            "Absolute upper-left X", "Absolute upper-left Y", "Width", "Height"))
        said = self.output_of(["xprop", "-id", window, "_NET_FRAME_EXTENTS"]).decode()
        borders = [int(number) for number in re.findall(r"\d+", said.partition("=")[2])] or [0] * 4
        return (left - borders[0], top - borders[2], left + width + borders[1],
                top + height + borders[3])

    def is_on_the_screen(self, window):
        left, top, right, bottom = self.edges(window)
        return left >= 0 and top >= 0 and right <= self.size[0] and bottom <= self.size[1]


# ---- No window manager -------------------------------------------------------------------------------

@screen.needs_screen
@screen.needs_x11
class Bare(Desktop):
    way = "x11"

    @harness.needs("xwininfo")
    @harness.needs("xprop")
    def test_a_window_that_grows_does_not_hang_over_the_edge(self):
        path = self.scratch / "larger.png"
        screen.write_png(path, 900, 700, bytes(3 * 900 * 700))
        producer = self.start_still(frames()[0])
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.xdotool("windowmove", window, 700, 450)
        self.until("it is moved", lambda: self.edges(window)[0] > 600)
        producer.interrupt()
        producer = self.start_still(path)
        self.until("it has grown", lambda: self.content_of(window)[:2] == (900, 700))
        self.until("it is on the screen", lambda: self.is_on_the_screen(window), 10)
        self.end(viewer, producer)


# ---- A window manager, and a compositor --------------------------------------------------------------

@screen.needs_screen
@screen.needs_x11
@harness.needs("openbox")
class WindowManager(Desktop):
    way = "x11"

    def setUp(self):
        super().setUp()
        self.background_program("openbox", "--sm-disable")
        # Without a window manager, xdotool finds no desktops.
        self.until("the window manager runs",
                   lambda: self.xdotool("get_num_desktops") not in ("", "0"))

    def is_scaled_to(self, window, size):
        across, down, pixels = self.content_of(window)
        middle = pixels[(down // 2) * across + across // 2 - 20:][:40]
        return (across, down) == size and any(middle)

    def test_full_screen_and_back(self):
        path = frames()[7]
        producer = self.start_still(path)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.wait_on_screen(path)
        for _ in range(2):
            self.press(window, "f")
            self.fills_the_screen(window)
            self.press(window, "f")
            self.wait_for_picture(window, path)
        self.end(viewer, producer)

    def fills_the_screen(self, window):
        self.until("it fills the screen", lambda: self.is_scaled_to(window, self.size))

    def double_click(self):
        self.xdotool("mousemove", self.size[0] // 2, self.size[1] // 2)
        self.xdotool("click", "--repeat", 2, "--delay", 1, 1)

    def test_back_from_full_screen(self):
        # On a busy machine, two clicks may come late to the viewer.
        self.env["SDL_MOUSE_DOUBLE_CLICK_TIME"] = "20000"
        path = frames()[7]
        producer = self.start_still(path)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.wait_on_screen(path)
        self.press(window, "F11")
        self.fills_the_screen(window)
        self.press(window, "Escape")
        self.wait_for_picture(window, path)
        self.double_click()
        self.fills_the_screen(window)
        self.double_click()
        self.wait_for_picture(window, path)
        self.assertTrue(viewer.alive, viewer.err)
        self.press(window, "Escape")
        self.assert_exits(viewer, 0)
        self.end(producer)

    def corner_has_panel(self, window):
        """The upper right one, where notices are."""
        width, height, pixels = self.content_of(window)
        at, size = 15 * width + width - 100, width * height
        return all(pixels[c * size + at:][:100].count(PANEL[c]) > 10 for c in range(3))

    def mark_comes(self, window, key, again):
        """On a busy machine, one picture of the screen may take longer than the mark stays: then the keys "again" are
        pressed, which lead to the same state."""
        keys = [key]
        for _ in range(5):
            for each in keys:
                self.press(window, each)
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                if self.corner_has_panel(window):
                    return
            keys = again
        self.fail(f"no mark was seen after {key}; title: {self.title_of(window)}")

    def comes_and_goes(self, window, key):
        self.mark_comes(window, key, [key, key])
        self.until("no mark", lambda: not self.corner_has_panel(window), 20)

    def test_paused_in_full_screen(self):
        """There is no title to say so."""
        path = frames()[7]
        producer = self.start_still(path)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.wait_on_screen(path)
        self.press(window, "f")
        self.fills_the_screen(window)
        self.comes_and_goes(window, "space")
        self.press(window, "f")
        self.wait_for_picture(window, path)
        self.comes_and_goes(window, "f")
        self.press(window, "space")
        self.until("it has resumed", lambda: "paused" not in self.title_of(window))
        self.mark_comes(window, "period", ["period"])
        self.press(window, "space")
        self.until("no mark", lambda: not self.corner_has_panel(window), 20)
        self.end(viewer, producer)

    def test_minimised_and_back_while_frames_run(self):
        path = frames()[7]
        producer = self.producer("-q", "-l", "-r", "40", "-p", "lossless", FRAMES)
        self.await_channel(producer)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        for _ in range(3):
            self.xdotool("windowminimize", window)
            self.until("the window is minimised", lambda: not self.xdotool(
                "search", "--onlyvisible", "--pid", viewer.pid))
            self.xdotool("windowmap", window)
            self.xdotool("windowactivate", "--sync", window)
            self.window_of(viewer)
        producer.interrupt()
        producer = self.start_still(path)
        self.wait_on_screen(path)
        self.end(viewer, producer)

    @harness.needs("xwininfo")
    @harness.needs("xprop")
    def test_a_large_window_does_not_hang_over_the_edge(self):
        for width, height in ((1400, 1000), (2800, 300), (300, 4000), (1390, 990), (1398, 200)):
            with self.subTest(width=width, height=height):
                path = self.scratch / "large.png"
                screen.write_png(path, width, height, bytes(3 * width * height))
                producer = self.start_still(path)
                viewer = self.start_window("--present", self.way)
                window = self.window_of(viewer)
                self.until("it is on the screen", lambda: self.is_on_the_screen(window), 10)
                self.end(viewer, producer)

    def bars_are_black(self, window):
        """Beside a picture in a window that is wider."""
        try:
            width, height, pixels = self.content_of(window)
        except subprocess.CalledProcessError:
            return False  # not mapped yet
        return not any(any(pixels[start:start + 20]) or any(pixels[start + width - 20:start + width])
                       for start in range(0, len(pixels), width))

    def test_nothing_stays_beside_the_picture(self):
        """What the window manager draws while it hides and shows the window; frames run meanwhile."""
        producer = self.producer("-q", "-l", "-r", "40", FRAMES)
        self.await_channel(producer)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.xdotool("windowsize", "--sync", window, 900, 300)
        for _ in range(3):
            self.until("the sides are black", lambda: self.bars_are_black(window), 20)
            self.xdotool("windowminimize", window)
            self.until("it is minimised", lambda: not self.xdotool(
                "search", "--onlyvisible", "--pid", viewer.pid))
            self.xdotool("windowmap", window)
            self.xdotool("windowactivate", "--sync", window)
            self.window_of(viewer)
        self.until("the sides are black", lambda: self.bars_are_black(window), 20)
        self.end(viewer, producer)

    def test_moved_while_paused(self):
        path = frames()[7]
        producer = self.start_still(path)
        viewer = self.start_window("--present", self.way)
        window = self.window_of(viewer)
        self.wait_on_screen(path)
        self.press(window, "space")
        self.until("the viewer is paused", lambda: "paused" in self.title_of(window))
        for position in ((-300, -200), (1300, 900), (20, 30)):
            self.xdotool("windowmove", window, *position)
            time.sleep(0.2)
        self.wait_on_screen(path)
        self.end(viewer, producer)


@screen.needs_screen
@harness.needs("openbox")
@harness.needs("picom")
class Compositor(WindowManager):
    """The same with a compositor, which draws windows to memory and that memory to the screen."""

    def setUp(self):
        super().setUp()
        self.compositor = self.background_program("picom", "--backend", "xrender",
                                                  "--config", os.devnull)
        time.sleep(1)  # It does not report when it is ready.

    def tearDown(self):
        self.assertIsNone(self.compositor.poll(), "the compositor has exited")
        super().tearDown()


# ---- Wayland ----------------------------------------------------------------------------------------

class Weston(Desktop):
    """No test by itself; its subclasses are."""

    scale = 1

    def setUp(self):
        super().setUp()
        # Weston makes its socket here, and warns if others may enter the directory.
        self.scratch.chmod(0o700)
        log = self.scratch / "weston.log"
        config = self.scratch / "weston.ini"
        config.write_text("[core]\nxwayland=true\n[shell]\nlocking=false\npanel-position=none\n")
        self.weston = self.background_program(
            "weston", "--backend=x11-backend.so", "--use-pixman", f"--scale={self.scale}",
            f"--width={1300 // self.scale}", f"--height={900 // self.scale}", "--socket=shmflip",
            f"--config={config}", "--idle-time=0", f"--log={log}")
        self.until("the Wayland display exists", (self.scratch / "shmflip").exists)
        self.log = log
        # Weston draws the pointer into the picture.
        self.xdotool("mousemove", 1290, 890)

    def native(self, *options, pass_fds=(), **env):
        # Libraries that only Wayland loads keep memory until they exit.
        env = dict(self.env, WAYLAND_DISPLAY="shmflip", SDL_VIDEODRIVER="wayland", **env,
                   ASAN_OPTIONS=self.env.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
        return self.start(harness.VIEWER, *options, env=env, pass_fds=pass_fds)


@screen.needs_screen
@harness.needs("weston")
class Wayland(Weston):
    def test_native(self):
        path = frames()[7]
        producer = self.start_still(path)
        viewer = self.native()
        self.wait_on_screen(path)
        # Libraries of Wayland may print lines of their own.
        lines = [line for line in viewer.err.splitlines() if line.startswith("shmflip-viewer: ")]
        self.assertEqual(len(lines), 1, viewer.err)
        self.assertRegex(lines[0], ": showing frames by (surface|texture)")
        if "SHMFLIP_WATCHER" in os.environ:
            self.assertIn("x11 does not work here: the window is not on an X server", lines[0])
        self.assertRegex(lines[0], "[^:; ]$")
        self.end(viewer, producer)

    def test_a_connection_that_was_made_before(self):
        """WAYLAND_SOCKET is good for one connection, and there is no other here."""
        path = frames()[7]
        producer = self.start_still(path)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.scratch / "shmflip"))
            (self.scratch / "shmflip").unlink()
            connection.set_inheritable(True)
            viewer = self.native(WAYLAND_SOCKET=str(connection.fileno()),
                                 pass_fds=[connection.fileno()])
        self.wait_on_screen(path)
        self.end(viewer, producer)

    def test_x11_comes_first(self):
        path = frames()[7]
        producer = self.start_still(path)
        env = dict(self.env, WAYLAND_DISPLAY="shmflip", WAYLAND_DEBUG="1")
        viewer = self.start(harness.VIEWER, "--present", "surface", env=env)
        self.wait_on_screen(path)
        self.assertNotIn("wl_registry", viewer.err)
        self.end(viewer, producer)

    def test_the_compositor_exits(self):
        path, stats = frames()[7], self.scratch / "stats.json"
        producer = self.start_still(path)
        viewer = self.native("--stats", stats)
        self.wait_on_screen(path)
        self.weston.terminate()
        self.assert_exits(viewer, 1)
        self.assertIn("lost the connection to the display", viewer.err.splitlines()[-1])
        self.assertGreater(self.stats(stats)["shown"], 0)
        self.end(producer)

    def test_a_compositor_that_does_not_answer(self):
        path, stats = frames()[7], self.scratch / "stats.json"
        producer = self.start_still(path)
        viewer = self.native("--stats", stats)
        self.wait_on_screen(path)
        self.weston.send_signal(signal.SIGSTOP)
        self.addCleanup(self.weston.send_signal, signal.SIGCONT)
        viewer.signal(signal.SIGTERM)
        self.assert_exits(viewer, 0)
        self.assertGreater(self.stats(stats)["shown"], 0)
        self.end(producer)

    @screen.needs_x11
    @harness.needs("Xwayland")
    def test_through_xwayland(self):
        path = frames()[7]

        def display():
            return re.search(r"xserver listening on display (:\d+)", self.log.read_text())
        self.until("Xwayland listens", display)
        env = dict(self.env, DISPLAY=display()[1])
        producer = self.start_still(path)
        viewer = self.start(harness.VIEWER, "--verify-untouched", env=env)
        self.wait_on_screen(path)
        self.assertIn("showing frames by x11", viewer.err)
        self.end(viewer, producer)


@harness.needs("weston")
class HeadlessWayland(harness.Case):
    def test_a_compositor_without_input_devices_is_refused(self):
        self.scratch.chmod(0o700)
        env = dict(self.env, XDG_RUNTIME_DIR=str(self.scratch), WAYLAND_DISPLAY="shmflip",
                   SDL_VIDEODRIVER="wayland")
        env.pop("DISPLAY", None)
        log = self.scratch / "weston.log"
        weston = subprocess.Popen(["weston", "--backend=headless-backend.so", "--socket=shmflip",
                                   "--idle-time=0", f"--log={log}"], env=env, **QUIET)
        self.addCleanup(weston.wait)
        self.addCleanup(weston.terminate)
        self.until("there is a Wayland display", (self.scratch / "shmflip").exists)
        viewer = self.start(harness.VIEWER, env=env)
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "no display", "the Wayland compositor has no input devices")
        self.assert_nothing_left()


# ---- Screens with dense pixels ------------------------------------------------------------------------

@screen.needs_screen
@harness.needs("weston")
class ScaledWayland(Weston):
    """Two pixels per point: SDL counts points, the screen shows pixels."""

    scale = 2

    def test_pixels_are_not_scaled_and_text_is(self):
        path = frames()[7]
        producer = self.start_still(path)
        viewer = self.native()
        self.wait_on_screen(path)
        # A new window has the keyboard focus.
        self.xdotool("key", "i")
        self.wait_for_double_text()
        self.xdotool("key", "i")
        self.wait_on_screen(path)
        self.end(viewer, producer)

    def map_at(self, x, y):
        """Returns which pixel of the map the screen shows there, or None."""
        red, green, blue = self.pixel("root", x, y)
        return (red, green) if blue == 77 else None

    def wait_for_map_near(self, at, expected):
        def is_near():
            spot = self.map_at(*at)
            return spot and max(abs(spot[0] - expected[0]), abs(spot[1] - expected[1])) <= 1
        self.until(f"the map's {expected} is at {at}", is_near, 20)

    def enter(self, viewer, at):
        """Moves the pointer there. Sometimes weston does not notice it enter the window, nor anything after that."""
        for step in range(20):
            self.xdotool("mousemove", at[0] + step % 2, at[1])
            time.sleep(0.5)
            if re.search(r"wl_pointer@\d+\.enter", viewer.err):
                self.xdotool("mousemove", *at)
                return
        self.assertRegex(viewer.err, r"wl_seat@\d+\.get_pointer")
        self.skipTest("weston sends the viewer no pointer events")

    def test_zoom_and_drag_follow_the_pointer(self):
        path = self.scratch / "map.png"
        screen.write_png(path, 200, 120, b"".join(bytes((x, y, 77)) for y in range(120)
                                                  for x in range(200)))
        producer = self.start_still(path)
        viewer = self.native(WAYLAND_DEBUG="1")
        self.wait_on_screen(path)
        left, top = self.position_of(path)
        at = (left + 150, top + 30)
        self.enter(viewer, at)
        # Zoom about the pointer.
        for zoom in (1.5, 2, 3, 4):
            self.xdotool("click", 4)
            self.wait_for_map_near((at[0] - 80, at[1] + 40), (150 - 80 / zoom, 30 + 40 / zoom))
        self.xdotool("mousemove", 1290, 890)
        self.wait_for_map_near(at, (150, 30))
        # A drag moves the picture by as much as the pointer.
        self.xdotool("mousemove", *at, "mousedown", 1)
        for step in (10, 20, 30, 40):
            self.xdotool("mousemove", at[0] - step, at[1] + step)
        self.xdotool("mouseup", 1, "mousemove", 1290, 890)
        self.wait_for_map_near((at[0] - 40, at[1] + 40), (150, 30))
        self.end(viewer, producer)


@screen.needs_screen
@screen.needs_x11
class DenseX(Desktop):
    """X counts only pixels, and reports how dense they are."""

    server_options = ["-dpi", "192"]

    def test_pixels_are_not_scaled_and_text_is(self):
        path = frames()[7]
        producer = self.start_still(path)
        for way in ("auto", "surface", "texture"):
            with self.subTest(way):
                viewer = self.start_window("--present", way)
                window = self.window_of(viewer)
                self.wait_for_picture(window, path)
                self.press(window, "i")
                self.wait_for_double_text()
                self.press(window, "i")
                self.wait_for_picture(window, path)
                self.assertEqual(viewer.interrupt(), 0)
        self.end(producer)


@screen.needs_screen
@screen.needs_x11
@harness.needs("xprop")
class DenseBySetting(DenseX):
    """The desktop sets the density, regardless of the screen's."""

    server_options = ["-dpi", "96"]

    def setUp(self):
        super().setUp()
        subprocess.run(["xprop", "-root", "-f", "RESOURCE_MANAGER", "8s", "-set",
                        "RESOURCE_MANAGER", "Xft.dpi: 192"], env=self.env, check=True)


del Weston


if __name__ == "__main__":
    unittest.main(verbosity=2)
