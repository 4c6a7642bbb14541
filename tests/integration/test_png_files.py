# SPDX-License-Identifier: MIT
"""Frames of each pixel format as PNG files and digests: whatever a PNG can hold of the samples is in it."""

import os
import struct
import subprocess
import unittest
import zlib
from pathlib import Path

import harness
from screen import Screen, needs_screen

WIDTH, HEIGHT = 33, 17
GRAY, RGB, RGBA = 0, 2, 6
CHANNELS = {GRAY: 1, RGB: 3, RGBA: 4}


class Png:
    """What is in a PNG that is not interlaced. samples: the bytes of its rows."""

    def __init__(self, data):
        self.chunks, at = {}, 8
        while at < len(data):
            length, kind = struct.unpack(">I4s", data[at:at + 8])
            self.chunks[kind] = self.chunks.get(kind, b"") + data[at + 8:at + 8 + length]
            at += 12 + length
        self.width, self.height, self.depth, self.kind = struct.unpack(">IIBB", self.chunks[b"IHDR"][:10])
        self.pixel = CHANNELS[self.kind] * self.depth // 8
        rows = zlib.decompress(self.chunks[b"IDAT"])
        size, above, self.samples = self.pixel * self.width, bytes(self.pixel * self.width), b""
        for at in range(0, len(rows), 1 + size):
            above = self.undo(rows[at], rows[at + 1:at + 1 + size], above)
            self.samples += above

    def undo(self, kind, row, above):
        done = bytearray()
        for i, byte in enumerate(row):
            left, corner = (done[i - self.pixel], above[i - self.pixel]) if i >= self.pixel else (0, 0)
            estimate = left + above[i] - corner
            paeth = min((left, above[i], corner), key=lambda value, estimate=estimate: abs(estimate - value))
            done.append((byte + (0, left, above[i], (left + above[i]) // 2, paeth)[kind]) & 255)
        return bytes(done)


def png_of(kind, depth, samples, said):
    """Returns a PNG with these chunks."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    row = WIDTH * CHANNELS[kind] * depth // 8
    rows = b"".join(b"\0" + samples[at:at + row] for at in range(0, len(samples), row))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, kind, 0, 0, 0)) +
            b"".join(chunk(*item) for item in said.items()) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def swapped(words):
    return struct.pack(f">{len(words) // 2}H", *struct.unpack(f"<{len(words) // 2}H", words))


def each(pixels, size, *order):
    """The bytes of each pixel in another order. None: 255."""
    return b"".join(bytes(255 if at is None else pixels[start + at] for at in order)
                    for start in range(0, len(pixels), size))


def opaque(words):
    return b"".join(words[at:at + 6] + b"\xff\xff" for at in range(0, len(words), 8))


def without_fourth(words):
    return b"".join(words[at:at + 6] for at in range(0, len(words), 8))


def random(pixel_bytes):
    return os.urandom(WIDTH * HEIGHT * pixel_bytes)


def cases():
    """Yields what --raw and --pixels say, the frame's bytes, those of the digest, and depth, colour type and samples
    of the PNG."""
    gray, words, rgb, rgba = random(1), random(2), random(3), random(4)
    wide = random(8)
    yield "gray", "file", gray, each(gray, 1, 0, 0, 0, None), 8, GRAY, gray
    yield "rgb24", "file", rgb, each(rgb, 3, 0, 1, 2, None), 8, RGB, rgb
    yield "bgr24", "file", rgb, each(rgb, 3, 2, 1, 0, None), 8, RGB, each(rgb, 3, 2, 1, 0)
    yield "bgr0", "file", rgba, each(rgba, 4, 2, 1, 0, None), 8, RGB, each(rgba, 4, 2, 1, 0)
    yield "rgb0", "file", rgba, each(rgba, 4, 0, 1, 2, None), 8, RGB, each(rgba, 4, 0, 1, 2)
    yield "bgra", "file", rgba, each(rgba, 4, 2, 1, 0, 3), 8, RGBA, each(rgba, 4, 2, 1, 0, 3)
    yield "rgba", "file", rgba, rgba, 8, RGBA, rgba
    yield "gray16le", "file", words, words, 16, GRAY, swapped(words)
    yield "rgba64le", "file", wide, wide, 16, RGBA, swapped(wide)
    yield "XB48", "XB48", wide, opaque(wide), 16, RGB, swapped(without_fourth(wide))
    floats = struct.pack(f"<{WIDTH * HEIGHT}f", *(i / 65535 for i in range(WIDTH * HEIGHT)))
    yield "grayf32le", "file", floats, floats, 16, GRAY, struct.pack(f">{WIDTH * HEIGHT}H", *range(WIDTH * HEIGHT))
    # Without colour, luma is red, green and blue.
    chroma = 17 * 9
    for raw, data in (("nv12", gray + bytes([128]) * 2 * chroma), ("yuv420p", gray + bytes([128]) * 2 * chroma),
                      ("yuv444p", gray + bytes([128]) * 2 * len(gray))):
        yield raw, "file", data, data, 8, RGB, each(gray, 1, 0, 0, 0)
    ten = struct.pack(f"<{len(gray)}H", *((value * 1023 + 127) // 255 for value in gray))
    data = ten + struct.pack("<H", 512) * 2 * chroma
    yield "yuv420p10le", "file", data, data, 8, RGB, each(gray, 1, 0, 0, 0)


class Frames(harness.Case):
    def start_frame(self, raw, pixels, data, *options):
        """Starts a producer of one frame."""
        path = self.scratch / "frame"
        path.write_bytes(data)
        colour = ["--colour", "bt601:full"] if "yuv" in raw or raw.startswith("nv") else []
        with open(path, "rb") as stdin:
            return self.producer("--raw", f"{WIDTH}x{HEIGHT}:{raw}", "--pixels", pixels, *colour, *options, "-",
                                 stdin=stdin)

    def assert_png(self, data, depth, kind, samples):
        png = Png(data)
        self.assertEqual((png.width, png.height, png.depth, png.kind), (WIDTH, HEIGHT, depth, kind))
        self.assertTrue(png.samples == samples, "other samples")


class Files(Frames):
    def test_every_format(self):
        """Through the viewer and cat at once."""
        directory = self.scratch / "recorded"
        for raw, pixels, data, digested, depth, kind, samples in cases():
            with self.subTest(raw=raw):
                viewer = self.viewer("--record", directory, "--digest", "--once")
                cat = self.tool("cat", "--format", "png", "--every")
                producer = self.start_frame(raw, pixels, data, "-p", "lossless", "-w", "2")
                for running in (producer, viewer, cat):
                    self.assert_exits(running, 0)
                self.assertEqual(viewer.out, f"1 {WIDTH} {HEIGHT} {zlib.crc32(digested):08x} stdin:1\n")
                for path in (directory / "00000001.png", Path(cat.out_path)):
                    self.assert_png(path.read_bytes(), depth, kind, samples)

    def test_a_png_comes_back(self):
        """The same samples, and what the file says of them."""
        directory = self.scratch / "recorded"
        source = self.scratch / "source.png"
        for kind, depth in ((GRAY, 16), (RGB, 16), (RGBA, 16), (GRAY, 8), (RGB, 8)):
            pixel = CHANNELS[kind] * depth // 8
            samples = random(pixel)
            said = {b"sBIT": bytes([depth - 3] * CHANNELS[kind]), b"cICP": bytes([9, 16, 0, 1])}
            source.write_bytes(png_of(kind, depth, samples, said))
            with self.subTest(kind=kind, depth=depth):
                viewer = self.viewer("--record", directory, "--once")
                producer = self.producer("--pixels", "file", "-p", "lossless", "-w", "1", source)
                self.assert_exits(producer, 0)
                self.assert_exits(viewer, 0)
                data = (directory / "00000001.png").read_bytes()
                self.assert_png(data, depth, kind, samples)
                self.assertEqual({name: Png(data).chunks.get(name) for name in said}, said)

    def test_white_and_range(self):
        directory = self.scratch / "recorded"
        words = [i * 7 for i in range(WIDTH * HEIGHT)]
        for stream, name, data in (
                (b"P5 %d %d 4095\n" % (WIDTH, HEIGHT) + struct.pack(f">{len(words)}H", *words), b"sBIT", bytes([12])),
                (b"YUV4MPEG2 W%d H%d Cmono XCOLORRANGE=LIMITED\nFRAME\n" % (WIDTH, HEIGHT) + random(1), b"cICP",
                 bytes([2, 2, 0, 0]))):
            path = self.scratch / "stream"
            path.write_bytes(stream)
            with self.subTest(chunk=name), open(path, "rb") as stdin:
                viewer = self.viewer("--record", directory, "--once")
                producer = self.producer("--pixels", "file", "-p", "lossless", "-w", "1", "-", stdin=stdin)
                self.assert_exits(producer, 0)
                self.assert_exits(viewer, 0)
                png = Png((directory / "00000001.png").read_bytes())
                self.assertEqual(png.chunks[name], data)
                if name == b"sBIT":
                    scaled = struct.pack(f">{len(words)}H", *((word * 65535 + 2047) // 4095 for word in words))
                    self.assertTrue(png.samples == scaled)
                else:
                    self.assertTrue(png.samples == stream[-WIDTH * HEIGHT:])


@needs_screen
class Screenshots(Frames, Screen):
    def test_16_bits(self):
        words = random(2)
        reader, writer = os.pipe()
        with open(writer, "wb") as stdin:
            producer = self.producer("--raw", f"{WIDTH}x{HEIGHT}:gray16le", "--pixels", "file", "-", stdin=reader)
            os.close(reader)
            stdin.write(words)
            stdin.flush()
            viewer = self.start("env", "-C", self.scratch, harness.VIEWER)
            window = self.window_of(viewer)
            self.until("a frame is shown", lambda: "default" in self.title_of(window))
            # Of a frame that is held, and of one that has been released.
            self.press(window, "s")
            self.until("a file is saved", lambda: viewer.err.count("saved as") == 1)
            self.press(window, "space")
            self.until("it is paused", lambda: "paused" in self.title_of(window))
            self.press(window, "s")
            self.until("two files are saved", lambda: viewer.err.count("saved as") == 2)
            self.assertEqual(viewer.interrupt(), 0, viewer.err)
        self.assert_exits(producer, 0)
        for line in viewer.err.splitlines():
            if "saved as" in line:
                self.assert_png((self.scratch / line.split()[-1]).read_bytes(), 16, GRAY, swapped(words))


@harness.needs("ffmpeg")
class Ffmpeg(Frames):
    def test_digests_are_those_of_rawvideo(self):
        for name in ("yuv420p", "nv12", "p010le", "yuyv422", "yuv422p10le", "gray16le", "rgba64le"):
            stream = subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=128x96", "-vf",
                                     f"format=gbrp,scale={WIDTH}:{HEIGHT}", "-frames:v", "1", "-f", "rawvideo",
                                     "-pix_fmt", name, "-"], capture_output=True, check=True).stdout
            with self.subTest(name=name):
                viewer = self.viewer("--digest", "--once")
                producer = self.start_frame(name, "auto", stream, "-p", "lossless", "-w", "1")
                self.assert_exits(producer, 0)
                self.assert_exits(viewer, 0)
                self.assertEqual(viewer.out.split()[3], f"{zlib.crc32(stream):08x}")


del Frames

if __name__ == "__main__":
    unittest.main(verbosity=2)
