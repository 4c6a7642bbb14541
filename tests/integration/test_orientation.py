# SPDX-License-Identifier: MIT
"""How frames ask to be displayed: a PNG's eXIf and pHYs and a Y4M's A reach viewers in descriptions, and
windows show them turned and stretched. Pixels in slots stay as they lie."""

import json
import os
import struct
import unittest
import zlib
from pathlib import Path

import harness
import screen
from frames import READER, parse

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
WIDTH, HEIGHT = 240, 160

# Where the corners of the frame are shown: upper left, upper right, lower left, lower right.
SHOWN = {
    0: (RED, GREEN, BLUE, WHITE), 1: (RED, GREEN, BLUE, WHITE), 2: (GREEN, RED, WHITE, BLUE),
    3: (WHITE, BLUE, GREEN, RED), 4: (BLUE, WHITE, RED, GREEN), 5: (RED, BLUE, GREEN, WHITE),
    6: (BLUE, RED, WHITE, GREEN), 7: (WHITE, GREEN, BLUE, RED), 8: (GREEN, WHITE, RED, BLUE),
}


def exif(orientation):
    """A TIFF of an odd number's byte order."""
    order = "<" if orientation % 2 else ">"
    entries = (struct.pack(order + "HHII", 0x100, 4, 1, WIDTH) +
               struct.pack(order + "HHIHH", 0x112, 3, 1, orientation, 0))
    return ((b"II" if order == "<" else b"MM") + struct.pack(order + "HIH", 42, 8, 2) + entries +
            struct.pack(order + "I", 0))


def quarters(first=RED):
    """RGB bytes: each quarter of the frame has another colour."""
    rows = [bytes(left) * (WIDTH // 2) + bytes(right) * (WIDTH // 2) for left, right in ((first, GREEN), (BLUE, WHITE))]
    return rows[0] * (HEIGHT // 2) + rows[1] * (HEIGHT // 2)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def add_chunks(path, orientation=0, density=None):
    """Adds eXIf and pHYs behind IHDR."""
    png = path.read_bytes()
    added = chunk(b"eXIf", exif(orientation)) if orientation else b""
    if density:
        added += chunk(b"pHYs", struct.pack(">IIB", *density, 1))
    path.write_bytes(png[:33] + added + png[33:])


class Pictures(harness.Case):
    def png(self, orientation=0, density=None, name="frame.png", first=RED):
        path = self.scratch / name
        screen.write_png(path, WIDTH, HEIGHT, quarters(first))
        add_chunks(path, orientation, density)
        return path


class Descriptions(Pictures):
    """What a viewer of the library reads."""

    def read(self, *words, **how):
        """Returns aspect and orientation of each frame, and the pixels of all."""
        reader = self.start(READER, "default")
        self.played = self.producer("--policy", "lossless", "--wait-viewers", "1", "--pixels", "bgra", *words, **how)
        self.assert_exits(self.played, 0)
        self.assert_exits(reader, 0)
        frames = parse(Path(reader.out_path).read_bytes())
        return [(frame.aspect, frame.orientation) for frame in frames], [frame.data for frame in frames]

    def test_each_frame_has_its_own(self):
        paths = [self.png(orientation, density, f"{i}.png") for i, (orientation, density) in enumerate(
            [(6, None), (0, (1000, 2000)), (3, (1000, 2000)), (0, (72, 72)), (8, (2000, 1000))])]
        for options in ([], ["--jobs", "3"]):
            with self.subTest(options):
                described, pixels = self.read(*options, *paths)
                self.assertEqual(described, [("0:0", 6), ("2:1", 0), ("2:1", 3), ("0:0", 0), ("1:2", 8)])
                self.assertEqual(len(set(pixels)), 1)

    def test_preloaded_frames_share_the_first_aspect(self):
        """Another one would take new memory for all of them."""
        paths = [self.png(orientation, density, f"{i}.png") for i, (orientation, density) in enumerate(
            [(6, (1000, 2000)), (0, None), (3, (2000, 1000))])]
        stats = self.scratch / "stats.json"
        described, pixels = self.read("--preload", "--loop=2", "--stats", stats, *paths)
        self.assertEqual(described, [("2:1", 6), ("2:1", 0), ("2:1", 3)] * 3)
        self.assertEqual(len(set(pixels)), 1)
        self.assertEqual(self.stats(stats)["generations"], 1)
        self.assertEqual(sum("pixel aspect" in line for line in self.played.err.splitlines()), 1, self.played.err)

    def test_an_aspect_that_changes_all_the_time(self):
        """Each change takes new memory."""
        paths = [self.png(0, (1000, 2000) if i % 2 else None, f"{i}.png") for i in range(24)]
        stats = self.scratch / "stats.json"
        described, _ = self.read("--fps", "0", "--stats", stats, *paths)
        aspects = [aspect for aspect, _ in described]
        self.assertEqual(aspects[:17], ["2:1" if i % 2 else "0:0" for i in range(17)])
        self.assertEqual(len(set(aspects[17:])), 1)
        self.assertEqual(self.stats(stats)["generations"], 17)
        self.assertEqual(self.played.err.count("it changes too often"), 1, self.played.err)

    def test_what_counts_as_square_takes_no_new_memory(self):
        paths = [self.png(0, (299 + i % 2, 300), f"{i}.png") for i in range(6)]
        stats = self.scratch / "stats.json"
        self.assertEqual(self.read("--stats", stats, *paths)[0], [("0:0", 0)] * 6)
        self.assertEqual(self.stats(stats)["generations"], 1)

    def test_invalid_ones_say_nothing(self):
        paths = [self.png(orientation, density, f"{i}.png") for i, (orientation, density) in enumerate(
            [(9, (0, 1)), (255, (1, 0))])]
        broken = self.png(6, (1, 2), "broken.png")
        png = bytearray(broken.read_bytes())
        for kind in (b"eXIf", b"pHYs"):
            at = png.index(kind)
            png[at + 4 + struct.unpack(">I", png[at - 4:at])[0]] ^= 1
        broken.write_bytes(png)
        self.assertEqual(self.read(*paths, broken)[0], [("0:0", 0)] * 3)

    def test_stat_says_it(self):
        producer = self.producer("-q", "-l", "-r", "5", "--pixels", "bgra", self.png(6, (15, 16)))
        self.await_channel(producer)
        self.until("there is a frame", lambda: self.stat()["newest"])
        self.assertEqual((self.stat()["stream"]["pixel_aspect"], self.stat()["newest"]["orientation"]), ("16/15", 6))
        text = self.tool("stat")
        self.assert_exits(text, 0)
        self.assertIn("pixels of 16:15", text.out)
        self.assertIn(f"{WIDTH}x{HEIGHT} XR24, orientation 6, ", text.out)
        self.assertEqual(producer.interrupt(), 0)

    def stat(self):
        tool = self.tool("stat", "-j")
        self.assert_exits(tool, 0)
        return json.loads(tool.out)

    def test_a_stream_of_pngs(self):
        stream = b"".join(self.png(orientation, (1000, 1000 + 10 * orientation)).read_bytes() for orientation in range(1, 9))
        Path(self.scratch / "stream").write_bytes(stream)
        with open(self.scratch / "stream", "rb") as file:
            described, _ = self.read("-", stdin=file)
        self.assertEqual(described, [("101:100", 1), ("51:50", 2), ("103:100", 3), ("26:25", 4), ("21:20", 5),
                                     ("53:50", 6), ("107:100", 7), ("27:25", 8)])


@screen.needs_screen
class Windows(screen.Screen, Pictures):
    def corners(self, window, size):
        """Returns the colours of four points in the quarters of a window of this size. None: it has another."""
        width, height, pixels = self.content_of(window)
        if (width, height) != size:
            return None
        points = [y * width + x for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
        return tuple(tuple(pixels[c * width * height + at] for c in range(3)) for at in points)

    def assert_shows(self, window, size, corners):
        self.until(f"a window of {size} shows {corners}", lambda: self.corners(window, size) == corners, 20)

    def check(self, path, size, corners, *options):
        producer = self.start_still(path)
        viewer = self.start_window(*options)
        self.assert_shows(self.window_of(viewer), size, corners)
        self.assertEqual(viewer.interrupt(), 0, viewer.err)
        self.end(producer)

    def ways(self):
        return ["x11", "surface", "texture"] if "SHMFLIP_WATCHER" in os.environ else ["surface", "texture"]

    def test_every_way_turns_and_stretches(self):
        for way in self.ways():
            with self.subTest(way):
                turned = self.png(6)
                self.check(turned, (HEIGHT, WIDTH), SHOWN[6], "--present", way)
                self.check(turned, (WIDTH, HEIGHT), SHOWN[1], "--present", way, "--no-rotate")
                self.check(self.png(0, (1000, 2000)), (2 * WIDTH, HEIGHT), SHOWN[1], "--present", way)
                self.check(self.png(8, (1000, 2000)), (HEIGHT, 2 * WIDTH), SHOWN[8], "--present", way)
                self.check(self.png(8, (2000, 1000)), (2 * HEIGHT, WIDTH), SHOWN[8], "--present", way)

    def test_frames_of_all_orientations(self):
        """One window follows; paused, it keeps the picture when its slot is released."""
        paths = [self.png(orientation, name=f"{orientation}.png") for orientation in range(1, 9)]
        fifo = self.scratch / "fifo"
        os.mkfifo(fifo)
        producer = self.producer("-q", "--reopen", fifo)
        viewer = self.start_window()
        for orientation, path in enumerate(paths, 1):
            fifo.write_bytes(path.read_bytes())
            window = self.window_of(viewer)
            size = (HEIGHT, WIDTH) if orientation > 4 else (WIDTH, HEIGHT)
            self.assert_shows(window, size, SHOWN[orientation])
        self.press(window, "space")
        self.xdotool("windowsize", "--sync", window, 2 * HEIGHT, 2 * WIDTH)
        self.assert_shows(window, (2 * HEIGHT, 2 * WIDTH), SHOWN[8])
        self.end(viewer, producer)

    def test_video_with_an_aspect(self):
        header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F25:1 A16:15 C420jpeg XCOLORRANGE=LIMITED\nFRAME\n".encode()
        stream = header + bytes(WIDTH * HEIGHT) + bytes([128]) * (WIDTH * HEIGHT // 2)
        (self.scratch / "stream").write_bytes(stream)
        for pixels in ("bgra", "auto"):
            with self.subTest(pixels), open(self.scratch / "stream", "rb") as file:
                producer = self.producer("-q", "--policy", "lossless", "--wait-viewers", "1", "--pixels", pixels, "-",
                                         stdin=file)
                viewer = self.start_window()
                self.until("the window has the video's shape", lambda viewer=viewer: self.content_of(
                    self.window_of(viewer))[:2] == (WIDTH * 16 // 15, HEIGHT), 20)
                self.end(viewer, producer)

    @screen.needs_x11
    def test_turning_is_a_copy(self):
        path, stats = self.png(6), self.scratch / "stats.json"
        producer = self.start_still(path)
        for options, copies in (([], 1), (["--no-rotate"], 0)):
            self.assert_exits(self.start_window("--present", "x11", "-n", "2", "--stats", stats, *options), 0)
            self.assertEqual(self.stats(stats)["copies_per_frame"], copies)
        refused = self.start_window("--verify-untouched")
        self.assert_exits(refused, 1)
        self.assert_one_line(refused, "--verify-untouched", "turns", "--no-rotate")
        self.assert_exits(self.start_window("--verify-untouched", "--no-rotate", "-n", "2", "-q"), 0)
        self.end(producer)

    def test_digests_and_records_are_of_pixels_as_they_lie(self):
        path = self.png(6, (1000, 2000))
        producer = self.start_still(path)
        for options in ([], ["--no-rotate"]):
            viewer = self.start_window("-n", "2", "-q", "--digest", "--record", self.scratch / "record", *options)
            self.assert_exits(viewer, 0)
            for line in viewer.out.splitlines():
                self.assertEqual(line.split(" ", 1)[1], harness.digest_of(path))
            for saved in (self.scratch / "record").glob("*.png"):
                self.assert_saved(saved, path)
        self.end(producer)

    def assert_saved(self, saved, path):
        """Pixels as they lie. Chunks say how to display them."""
        self.assertEqual(harness.rgba_of(saved), harness.rgba_of(path))
        png = saved.read_bytes()
        self.assertEqual(png[png.index(b"eXIf"):][22:24], b"\0\6")
        self.assertIn(b"pHYs" + struct.pack(">IIB", 1, 2, 0), png)

    def test_screenshots_and_paused_pictures(self):
        path = self.png(6, (1000, 2000))
        # The pixels of a frame that is not turned come from the presenter.
        for options in ([], ["--no-rotate"]):
            producer = self.start_still(path)
            viewer = self.start(harness.VIEWER, *options, cwd=self.scratch)
            window = self.window_of(viewer)
            for key in ("s", "space", "s"):
                self.press(window, key)
            self.until("two pictures are saved", lambda: len(list(self.scratch.glob("default-*.png"))) == 2)
            self.end(viewer, producer)
            for saved in self.scratch.glob("default-*.png"):
                self.assert_saved(saved, path)
                saved.unlink()


if __name__ == "__main__":
    unittest.main()
