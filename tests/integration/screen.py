# SPDX-License-Identifier: MIT
"""What the tests of windows share: an X server of one's own, keys and mouse in it, and a look at what
is really on the screen."""

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
    return unittest.skipUnless("SHMFLIP_NUMBERS" in os.environ, "built without XCB")(test)


def write_png(path, width, height, pixels):
    """A PNG of RGB or RGBA bytes, by how many there are."""
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
    """A case with an X server, which the programs that it starts show their windows on."""

    size = (2000, 1200)
    depth = 24
    server_words = []  # to start the server by
    server_options = []

    def setUp(self):
        super().setUp()
        reader, writer = os.pipe()
        server = subprocess.Popen(
            self.server_words +
            ["Xvfb", "-displayfd", str(writer), "-screen", "0",
             f"{self.size[0]}x{self.size[1]}x{self.depth}", "-nolisten", "tcp", "-noreset"] +
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
        # Else the lines that SDL and ImageMagick may print end up among ours.
        self.env["XDG_RUNTIME_DIR"] = str(self.scratch)

    # ---- Looking and pressing keys ----

    def xdotool(self, *words):
        return subprocess.run(["xdotool", *map(str, words)], env=self.env, capture_output=True,
                              check=False, text=True, timeout=20).stdout.strip()

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
        # To nobody by name: if the key makes the window go, xdotool would fail before it lets go of it.
        self.xdotool("key", key)

    def looks(self, window):
        """Width, height and RGB bytes of what the window shows: all red ones, green ones, blue ones."""
        dump = self.output_of(["xwd", "-silent", "-nobdrs", "-id", str(window)])
        head = struct.unpack(">20I", dump[:80])
        width, height, is_big_endian, row_bytes = head[4], head[5], head[7], head[12]
        self.assertEqual((is_big_endian, row_bytes), (0, 4 * width))
        pixels = dump[head[0] + 12 * head[19]:]
        return width, height, b"".join(pixels[i:4 * width * height:4] for i in (2, 1, 0))

    def output_of(self, words):
        return subprocess.run(words, env=self.env, check=True, capture_output=True,
                              timeout=20).stdout

    def pixel(self, window, x, y):
        """What the window shows there: red, green, blue."""
        width, height, pixels = self.looks(window)
        return tuple(pixels[c * width * height + y * width + x] for c in range(3))

    @staticmethod
    def rgb(pixels):
        return b"".join(pixels[i::4] for i in range(3))

    def picture(self, path):
        width, height, pixels = harness.rgba_of(path)
        return width, height, self.rgb(pixels)

    def shows(self, window, path):
        wanted = self.picture(path)
        self.until(f"the window shows {path.name}", lambda: self.looks(window) == wanted, 20)

    def windowed(self, *options):
        return self.start(harness.VIEWER, *options)

    def still(self, path, *options):
        """One picture, for as long as it takes."""
        producer = self.producer("-q", "-l", "-r", "5", *options, path)
        self.await_channel(producer)
        return producer

    def end(self, *running):
        for one in running:
            self.assertEqual(one.interrupt(), 0, one.err)
        self.assert_nothing_left()
