# SPDX-License-Identifier: MIT
"""Pixel formats in a window: what is on the screen for each of them, by each way to show frames, compared with
real numbers; ranges and colour maps; pictures that stay when their slots are used again."""

import contextlib
import itertools
import os
import random
import struct
import threading
import unittest

import harness
from screen import Screen, needs_screen, needs_x11

WIDTH, HEIGHT = 33, 17
# What --raw calls them, and how the samples lie.
RGB = {"bgr0": (2, 1, 0), "bgra": (2, 1, 0, 3), "rgb0": (0, 1, 2), "rgba": (0, 1, 2, 3), "bgr24": (2, 1, 0),
       "rgb24": (0, 1, 2)}
VALUES = {"gray": ("B", 255), "gray16le": ("H", 65535), "grayf32le": ("f", 1)}
RGB_16 = {"XB48": 3, "AB48": 4}
PACKED = {"yuyv422": (0, 1, 3), "uyvy422": (1, 0, 2)}
# Chroma halved across and down; whether U and V, or V and U, share a plane; bits, and how far up they lie.
PLANAR = {"nv12": (1, 1, "uv", 8, 0), "nv21": (1, 1, "vu", 8, 0), "nv16": (1, 0, "uv", 8, 0),
          "yuv420p": (1, 1, "", 8, 0), "yuv422p": (1, 0, "", 8, 0), "yuv444p": (0, 0, "", 8, 0),
          "p010le": (1, 1, "uv", 10, 6), "yuv420p10le": (1, 1, "", 10, 0), "yuv422p10le": (1, 0, "", 10, 0),
          "yuv444p10le": (0, 0, "", 10, 0)}
NAMES = {"gray16le": "R16", "grayf32le": "R  F", "nv12": "NV12", "bgr0": "XR24", "p010le": "P010"}
# Their colours are blended, which rounds once more.
ALPHA = ("bgra", "rgba", "AB48")
NO_VALUE = (0x20, 0, 0x30)


def gray(value):
    return (value,) * 3


# Turbo, viridis, gray: the colours of the lowest and the highest value.
MAP_ENDS = (((35, 23, 27), (144, 13, 0)), ((71, 1, 85), (252, 231, 33)), (gray(0), gray(255)))


def rgb_of(luma, blue, red, bits):
    """BT.601 of limited range, clamped."""
    luma, blue, red = ((value / 2 ** (bits - 8) - black) / span
                       for value, black, span in ((luma, 16, 219), (blue, 128, 224), (red, 128, 224)))
    colours = (luma + 1.402 * red, luma - (0.114 * 1.772 * blue + 0.299 * 1.402 * red) / 0.587, luma + 1.772 * blue)
    return tuple(255 * min(max(colour, 0), 1) for colour in colours)


def unpack(code, data):
    return struct.unpack(f"<{len(data) // struct.calcsize(code)}{code}", data)


def draw_packed(choose, order):
    """YUYV or UYVY: bytes of random pairs, and the colour of each pixel."""
    rows = [[[choose(256) for _ in range(4)] for _ in range((WIDTH + 1) // 2)] for _ in range(HEIGHT)]
    first, blue, red = order
    pixels = [rgb_of(row[x // 2][first + 2 * (x % 2)], row[x // 2][blue], row[x // 2][red], 8)
              for row in rows for x in range(WIDTH)]
    return bytes(value for row in rows for pair in row for value in pair), pixels


def draw_planar(choose, half_x, half_y, shared, bits, shift):
    columns, lines = (WIDTH + half_x) >> half_x, (HEIGHT + half_y) >> half_y
    planes = [[choose(1 << bits) for _ in range(size)] for size in (WIDTH * HEIGHT,) + (columns * lines,) * 2]
    pixels = []
    for y, x in itertools.product(range(HEIGHT), range(WIDTH)):
        chroma = (y >> half_y) * columns + (x >> half_x)
        pixels.append(rgb_of(planes[0][y * WIDTH + x], planes[1][chroma], planes[2][chroma], bits))
    if shared:
        order = planes[1:] if shared == "uv" else planes[:0:-1]
        planes[1:] = [[value for pair in zip(*order) for value in pair]]
    code = "B" if bits == 8 else "H"
    return b"".join(struct.pack(f"<{len(plane)}{code}", *(value << shift for value in plane))
                    for plane in planes), pixels


def over_black(colour, alpha):
    return tuple(value * alpha for value in colour)


def draw(name, seed):
    """Returns the bytes of a random frame, and the red, green and blue of each pixel as real numbers."""
    chosen = random.Random(seed)
    size = WIDTH * HEIGHT

    if name in PACKED:
        return draw_packed(chosen.randrange, PACKED[name])
    if name in PLANAR:
        return draw_planar(chosen.randrange, *PLANAR[name])
    if name in VALUES:
        code, white = VALUES[name]
        values = [chosen.random() if code == "f" else chosen.randrange(white + 1) for _ in range(size)]
        data = struct.pack(f"<{size}{code}", *values)
        return data, [(255 * value / white,) * 3 for value in unpack(code, data)]
    if name in RGB_16:
        data = chosen.randbytes(8 * size)
        words = [data[at:at + 8] for at in range(0, len(data), 8)]
        colours = [[255 * value / 65535 for value in unpack("H", pixel)] for pixel in words]
        return data, [over_black(c[:3], c[3] / 255 if name == "AB48" else 1) for c in colours]
    step = 3 if name.endswith("24") else 4
    data = chosen.randbytes(step * size)
    order = RGB[name]
    return data, [over_black([data[at + i] for i in order[:3]], data[at + 3] / 255 if len(order) == 4 else 1)
                  for at in range(0, len(data), step)]


class Viewed(Screen):
    """What the tests below share."""

    def play(self, name, data, *options, size=(WIDTH, HEIGHT)):
        """Starts a producer of frames, which lives until the file that is returned is closed."""
        from_end, to_end = os.pipe()
        producer = self.producer("-q", "--raw", f"{size[0]}x{size[1]}:{name}", "--pixels", "file", *options, "-",
                                 stdin=from_end)
        os.close(from_end)
        pipe = open(to_end, "wb", buffering=0)
        self.addCleanup(pipe.close)
        self.write(pipe, data)
        self.await_channel(producer)
        return producer, pipe

    def write(self, pipe, data):
        """Writes to a producer, which may not read all of it."""
        def write_all():
            with contextlib.suppress(OSError):
                pipe.write(data)
        writer = threading.Thread(target=write_all)
        writer.start()
        self.addCleanup(writer.join)

    def colours_of(self, window):
        """The red, green and blue of each pixel; none if the window has another size."""
        width, height, pixels = self.content_of(window)
        if (width, height) != (WIDTH, HEIGHT):
            return []
        size = width * height
        return list(zip(*(pixels[c * size:(c + 1) * size] for c in range(3))))

    def wait_for_colours(self, window, expected, what, tolerance):
        def is_shown():
            seen = self.colours_of(window)
            self.worst = max((abs(a - b) for one, other in zip(seen, expected) for a, b in zip(one, other)),
                             default=255)
            return seen and self.worst <= tolerance
        self.until(f"the window shows {what}", is_shown, 20)


@needs_screen
class Ways(Viewed):
    def every_format(self, way, copies):
        """Producers of every format follow each other on one channel."""
        stats = self.scratch / "stats.json"
        viewer = self.start_window("-q", "--present", way, "--range", "full", "--stats", stats)
        window = None
        for seed, name in enumerate([*RGB, *VALUES, *RGB_16, *PACKED, *PLANAR]):
            data, expected = draw(name, seed)
            producer, pipe = self.play(name, data)
            window = window or self.window_of(viewer)
            self.wait_for_colours(window, expected, f"{name} by {way}", 3 if name in ALPHA else 1.01)
            pipe.close()
            self.assert_exits(producer, 0)
        self.end(viewer)
        counted = self.stats(stats)
        self.assertEqual((counted["shown"], counted["missed"], counted["format"]), (23, 0, "S410"))
        # Not those that are B, G, R, and a fourth byte.
        self.assertAlmostEqual(counted["copies_per_frame"], copies + 21 / 23, places=2)
        self.assertEqual(viewer.err, "")

    def premultiplied(self, way):
        """Colours that are multiplied by alpha, 128 of 255, over blue."""
        producer = self.start(os.environ["SHMFLIP_NUMBERS"], "default", WIDTH, HEIGHT, 20, 10 ** 9, "alpha=2")
        self.await_channel(producer)
        viewer = self.start_window("-q", "--present", way, "--background", "blue")
        expected = [(0x20, 0x40, 0x80 + 127)] * (WIDTH * HEIGHT)
        self.wait_for_colours(self.window_of(viewer), expected, f"premultiplied alpha by {way}", 2)
        self.end(viewer, producer)

    @needs_x11
    def test_premultiplied_x11(self):
        self.premultiplied("x11")

    def test_premultiplied_surface(self):
        self.premultiplied("surface")

    def test_premultiplied_texture(self):
        self.premultiplied("texture")

    @needs_x11
    def test_x11(self):
        self.every_format("x11", 0)

    def test_surface(self):
        self.every_format("surface", 1)

    def test_texture(self):
        self.every_format("texture", 2)

    def test_without_a_window(self):
        stats = self.scratch / "stats.json"
        for name in ("nv12", "grayf32le", "bgr0"):
            producer, pipe = self.play(name, draw(name, 1)[0], "-w", "1", "-p", "lossless")
            viewer = self.viewer("-q", "--present", "none", "--verify-untouched", "--frames", "1", "--stats", stats)
            self.assert_exits(viewer, 0)
            pipe.close()
            self.assert_exits(producer, 0)
            counted = self.stats(stats)
            self.assertEqual((counted["shown"], counted["copies_per_frame"], counted["format"]), (1, 0, NAMES[name]))

    def test_untouched_refuses_to_convert(self):
        producer, pipe = self.play("p010le", draw("p010le", 1)[0])
        viewer = self.start_window("--verify-untouched")
        self.assert_exits(viewer, 1)
        self.assert_one_line(viewer, "--verify-untouched", "P010", "--pixels bgra", "--present none")
        pipe.close()
        self.assert_exits(producer, 0)


class Looks(Viewed):
    """No test by itself; its subclasses are."""

    way = None
    size = (240, 150)

    def start_still_depth(self, *values):
        """A producer of one frame of 16 bits: a column of 80 pixels for each value."""
        row = struct.pack("<240H", *(values[x // 80] for x in range(240)))
        return self.play("gray16le", row * 150, size=self.size)

    def colours_at(self, window, *columns):
        """The colours of the last row, where no notice lies."""
        width, height, pixels = self.content_of(window)
        if (width, height) != self.size:
            return []
        return [tuple(pixels[c * width * height + (height - 1) * width + x] for c in range(3)) for x in columns]

    def wait_for_columns(self, window, what, *expected):
        def is_shown():
            self.seen = self.colours_at(window, 0, 80, 160)
            return self.seen and all(abs(a - b) <= 1 for one, other in zip(self.seen, expected)
                                     for a, b in zip(one, other))
        self.until(f"the window shows {what}", is_shown, 20)

    def pause(self, window):
        self.press(window, "space")
        self.until("it is paused", lambda: "paused" in self.title_of(window))

    def test_range_and_map(self):
        producer, pipe = self.start_still_depth(0, 1000, 3000)
        viewer = self.start_window("-q", "--present", self.way)
        window = self.window_of(viewer)
        self.wait_for_columns(window, "the automatic range", NO_VALUE, gray(0), gray(255))
        self.until("the title names the format", lambda: "240x150 R16" in self.title_of(window))
        for paused in (False, True):
            if paused:
                self.pause(window)
            self.press(window, "r")
            self.wait_for_columns(window, "the full range", gray(0), gray(4), gray(12))
            self.press(window, "r")
            self.wait_for_columns(window, "the automatic range", NO_VALUE, gray(0), gray(255))
            for ends in MAP_ENDS:
                self.press(window, "c")
                self.wait_for_columns(window, f"a map from {ends[0]} to {ends[1]}", NO_VALUE, *ends)
        self.assertEqual(self.end_of(viewer, producer, pipe), "")

    def end_of(self, viewer, producer, pipe):
        """Ends them. Returns what the viewer has said."""
        producer.interrupt()
        pipe.close()
        self.end(viewer)
        return viewer.err

    def test_given_range(self):
        producer, pipe = self.start_still_depth(0, 1500, 3000)
        viewer = self.start_window("-q", "--present", self.way, "--range", "1000:2000", "--colormap", "turbo")
        window = self.window_of(viewer)
        self.press(window, "c")
        self.press(window, "c")
        self.wait_for_columns(window, "the given range", NO_VALUE, gray(128), gray(255))
        self.end_of(viewer, producer, pipe)

    def test_a_paused_picture_stays(self):
        """The producer fills its two slots again and again; the picture can still be converted anew."""
        frames = [struct.pack("<H", 257 * number) * (240 * 150) for number in range(1, 251)]
        producer, pipe = self.play("gray16le", b"".join(frames), "-r", "50", "-p", "lossless", "-w", "1", "-s", "2",
                                   size=self.size)
        viewer = self.start_window("-q", "--present", self.way, "--range", "full")
        window = self.window_of(viewer)
        self.until("frames come", lambda: self.gray_in(window) > 5)
        self.pause(window)
        shown = self.gray_in(window)
        for _ in range(2):
            for key, expected in (("r", 0), ("r", shown), ("period", shown + 1), ("comma", shown), ("r", 0),
                                  ("r", shown)):
                self.press(window, key)
                self.until(f"{key} shows {expected}", lambda gray=expected: self.gray_in(window) == gray, 20)
        self.end_of(viewer, producer, pipe)

    def gray_in(self, window):
        """The gray of the last row; -1: it is not all of one gray."""
        colours = {value for colour in self.colours_at(window, 0, 120, 239) for value in colour}
        return colours.pop() if len(colours) == 1 else -1


@needs_screen
@needs_x11
class X11Looks(Looks):
    way = "x11"


@needs_screen
class SurfaceLooks(Looks):
    way = "surface"


@needs_screen
class TextureLooks(Looks):
    way = "texture"


class Usage(harness.Case):
    def test_words_that_are_no_range_or_map(self):
        for words, expected in ((("--range", "5:1"), "5:1"), (("--range", "much"), "LO:HI"),
                                (("--colormap", "rainbow"), "viridis")):
            viewer = self.start(harness.VIEWER, *words)
            self.assert_exits(viewer, 2)
            self.assert_one_line(viewer, words[0], expected)


del Looks, Viewed, Screen


if __name__ == "__main__":
    unittest.main(verbosity=2)
