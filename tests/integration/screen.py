# SPDX-License-Identifier: MIT
"""What the tests of windows share: an X server of the test's own, keys and mouse in it, and the pixels that
are really on its screen."""

import os
import signal
import struct
import subprocess
import unittest
import zlib
from pathlib import Path

import harness


def needs_screen(test):
    for needed in (harness.needs("Xvfb"), harness.needs("xdotool"), harness.needs("xwd"),
                   harness.needs_imagemagick):
        test = needed(test)
    return test


def needs_x11(test):
    return unittest.skipUnless("SHMFLIP_WATCHER" in os.environ, "built without XCB")(test)


def write_png(path, width, height, pixels):
    """Writes a PNG. pixels: RGB or RGBA bytes; their number tells which."""
    channels = len(pixels) // (width * height)
    rows = b"".join(b"\0" + pixels[y * width * channels:(y + 1) * width * channels]
                    for y in range(height))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 6, 0, 0, 0)
    Path(path).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
                           chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Screen(harness.Case):
    """A test case with an X server, on which the programs that it starts show their windows."""

    size = (2000, 1200)
    depth = 24
    server_words = []  # a command that starts the server
    server_options = []

    def setUp(self):
        super().setUp()
        reader, writer = os.pipe()
        # -r: no key repeats by itself while a busy machine delays its release.
        server = subprocess.Popen(
            self.server_words +
            ["Xvfb", "-displayfd", str(writer), "-screen", "0",
             f"{self.size[0]}x{self.size[1]}x{self.depth}", "-nolisten", "tcp", "-noreset",
             "-r"] +
            self.server_options, pass_fds=[writer], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.server = server
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        self.addCleanup(server.send_signal, signal.SIGCONT)
        os.close(writer)
        with os.fdopen(reader) as answer:
            self.env["DISPLAY"] = ":" + answer.readline().strip()
        self.env["SDL_VIDEODRIVER"] = "x11"
        self.env.pop("WAYLAND_DISPLAY", None)
        # Without it, SDL and ImageMagick may print warnings among the viewer's lines.
        self.env["XDG_RUNTIME_DIR"] = str(self.scratch)

    # ---- Windows, their pixels, and keys ----

    def xdotool(self, *words):
        return subprocess.run(["xdotool", *map(str, words)], env=self.env, capture_output=True,
                              check=False, text=True, timeout=harness.TIMEOUT_S).stdout.strip()

    def window_of(self, viewer):
        found = []

        def is_there():
            self.assertTrue(viewer.alive, viewer.err)
            found[:] = self.xdotool("search", "--onlyvisible", "--pid", viewer.pid).split()
            return found
        self.until("a window opens", is_there)
        return found[-1]

    def title_of(self, window):
        return self.xdotool("getwindowname", window)

    def press(self, window, key):
        self.xdotool("windowfocus", "--sync", window)
        # Without a window id: if the key closes the window, xdotool would fail before it releases the key.
        self.xdotool("key", key)

    def content_of(self, window):
        """Returns width, height and pixels of a window: all red bytes, then green, then blue."""
        dump = self.output_of(["xwd", "-silent", "-nobdrs", "-id", str(window)])
        head = struct.unpack(">20I", dump[:80])
        width, height, is_big_endian, row_bytes = head[4], head[5], head[7], head[12]
        self.assertEqual((is_big_endian, row_bytes), (0, 4 * width))
        pixels = dump[head[0] + 12 * head[19]:]
        return width, height, b"".join(pixels[i:4 * width * height:4] for i in (2, 1, 0))

    def output_of(self, words):
        return subprocess.run(words, env=self.env, check=True, capture_output=True,
                              timeout=harness.TIMEOUT_S).stdout

    def pixel(self, window, x, y):
        """Returns red, green and blue of one pixel of the window."""
        width, height, pixels = self.content_of(window)
        return tuple(pixels[c * width * height + y * width + x] for c in range(3))

    @staticmethod
    def rgb(pixels):
        return b"".join(pixels[i::4] for i in range(3))

    def picture(self, path):
        """Returns width, height and pixels of a PNG, in the form of content_of."""
        width, height, pixels = harness.rgba_of(path)
        return width, height, self.rgb(pixels)

    def wait_for_picture(self, window, path):
        expected = self.picture(path)
        self.until(f"the window shows {path.name}", lambda: self.content_of(window) == expected, 20)

    def start_window(self, *options):
        return self.start(harness.VIEWER, *options)

    def start_still(self, path, *options):
        """Starts a producer that repeats one picture."""
        producer = self.producer("-q", "-l", "-r", "5", *options, path)
        self.await_channel(producer)
        return producer

    def end(self, *running):
        for one in running:
            self.assertEqual(one.interrupt(), 0, one.err)
        self.assert_nothing_left()
