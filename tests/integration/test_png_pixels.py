# SPDX-License-Identifier: MIT
"""PNGs of every kind: by --pixels, their samples stay what they are or become BGRX, and frames say what they are."""

import os
import random
import struct
import subprocess
import unittest
import zlib

import harness
from frames import READER, parse
from harness import KINDS

WIDTH, HEIGHT = 33, 17
GRAY, RGB, PALETTE, GRAY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGB_ALPHA: 4}
NAMES = ["XR24", "AR24", "BG24", "R8", "R16", "XB48", "AB48"]
OPAQUE = {"AR24": "XR24", "AB48": "XB48"}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def encode(width, height, depth, colour, rows, chunks=b""):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunks + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def pack_row(samples, depth):
    if depth == 16:
        return struct.pack(f">{len(samples)}H", *samples)
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits), 8))


class Png:
    """A PNG of random samples, and what becomes of them: the name of a format, and bytes."""

    def __init__(self, depth, colour, key=False, opaque=False, chunks=b"", width=WIDTH, height=HEIGHT):
        self.depth, self.colour, self.key = depth, colour, key
        self.maximum = (1 << depth) - 1
        draw = random.Random(f"{depth} {colour} {key} {opaque} {width} {height}")
        self.pixels = [tuple(draw.randint(0, self.maximum) for _ in range(CHANNELS[colour]))
                       for _ in range(width * height)]
        if opaque:
            self.pixels = [(*pixel[:-1], self.maximum) for pixel in self.pixels]
        if key:
            chunks += chunk(b"tRNS", b"".join(struct.pack(">H", sample) for sample in self.pixels[5]))
        if colour == PALETTE:
            self.entries = [tuple(draw.randint(0, 255) for _ in range(3)) for _ in range(1 << depth)]
            chunks += chunk(b"PLTE", bytes(value for entry in self.entries for value in entry))
        rows = (self.pixels[at:at + width] for at in range(0, width * height, width))
        self.data = encode(width, height, depth, colour, (pack_row(sum(row, ()), depth) for row in rows), chunks)

    def rgba(self, pixel):
        alpha = pixel[-1] if self.colour in (GRAY_ALPHA, RGB_ALPHA) else self.maximum
        if self.key and pixel == self.pixels[5]:
            alpha = 0
        if self.colour == PALETTE:
            return (*self.entries[pixel[0]], 255)
        return (*(pixel[:3] if self.colour in (RGB, RGB_ALPHA) else pixel[:1] * 3), alpha)

    def settle(self, name, opaque):
        return OPAQUE[name] if opaque else name

    def ours(self):
        maximum = 255 if self.colour == PALETTE else self.maximum
        pixels = [[(2 * 255 * sample + maximum) // (2 * maximum) for sample in self.rgba(pixel)]
                  for pixel in self.pixels]
        opaque = all(pixel[3] == 255 for pixel in pixels)
        return self.settle("AR24", opaque), b"".join(bytes((b, g, r, a)) for r, g, b, a in pixels)

    def wide(self):
        pixels = [self.rgba(pixel) for pixel in self.pixels]
        opaque = all(pixel[3] == 65535 for pixel in pixels)
        return self.settle("AB48", opaque), b"".join(struct.pack("<4H", *pixel) for pixel in pixels)

    def kept(self):
        """None: only BGRX and BGRA hold it."""
        if self.depth == 16 and (self.colour != GRAY or self.key):
            return self.wide()
        if self.depth == 16:
            return "R16", b"".join(struct.pack("<H", *pixel) for pixel in self.pixels)
        if self.key or self.colour not in (GRAY, RGB):
            return None
        return ("BG24" if self.colour == RGB else "R8",
                bytes(sample * 255 // self.maximum for pixel in self.pixels for sample in pixel))

    def expected(self, pixels):
        keeps = pixels == "file" or pixels == "auto" and self.depth == 16
        return keeps and self.kept() or self.ours()


ALL = [Png(1, GRAY), Png(2, GRAY), Png(4, GRAY), Png(8, GRAY), Png(16, GRAY), Png(8, RGB), Png(16, RGB),
       Png(2, PALETTE), Png(8, PALETTE), Png(8, GRAY_ALPHA), Png(16, GRAY_ALPHA), Png(8, RGB_ALPHA),
       Png(16, RGB_ALPHA), Png(4, GRAY, key=True), Png(8, RGB, key=True), Png(16, GRAY, key=True),
       Png(16, RGB, key=True), Png(8, RGB_ALPHA, opaque=True), Png(16, RGB_ALPHA, opaque=True),
       Png(16, GRAY_ALPHA, opaque=True)]


class Pngs(harness.Case):
    def write(self, pngs):
        """Writes PNGs to files. Returns their paths, in order."""
        paths = [self.scratch / f"{number:03}.png" for number in range(len(pngs))]
        for path, png in zip(paths, pngs):
            path.write_bytes(png.data)
        return paths

    def play(self, *arguments, stdin=None, status=0):
        """Shows everything to a reader, and returns its frames."""
        reader = self.start(READER, "default")
        self.played = self.producer("-r", "0", "-p", "lossless", "-w", "1", *arguments, stdin=stdin)
        self.assert_exits(self.played, status)
        if status:
            reader.interrupt()
            return []
        self.assert_exits(reader, 0)
        self.assert_nothing_left()
        return parse(self.output_of(reader))

    def output_of(self, reader):
        with open(reader.out_path, "rb") as output:
            return output.read()

    def play_stream(self, pngs, *arguments):
        path = self.scratch / "stream"
        path.write_bytes(b"".join(png.data for png in pngs))
        with open(path, "rb") as stdin:
            return self.play(*arguments, "-", stdin=stdin)

    def assert_frames(self, frames, expected):
        self.assertEqual([frame.name for frame in frames], [name for name, _ in expected])
        for number, (frame, (name, data)) in enumerate(zip(frames, expected)):
            self.assertTrue(frame.data == data, f"frame {number}, {name}: other bytes")


class Pixels(Pngs):
    def test_every_kind(self):
        for pixels in ("auto", "file", "bgra"):
            expected = [png.expected(pixels) for png in ALL]
            with self.subTest(pixels=pixels):
                self.assert_frames(self.play("--pixels", pixels, *self.write(ALL)), expected)
                self.assert_frames(self.play_stream(ALL, "--pixels", pixels), expected)

    def test_with_threads_and_from_memory(self):
        paths, expected = self.write(ALL), [png.expected("auto") for png in ALL]
        for options, passes in ((["-j", "3"], 1), (["-l=2", "--preload"], 3), (["-l=2", "--preload", "-s", "3"], 3),
                                (["-l=1", "-j", "3", "--max-size", f"{WIDTH}x{HEIGHT}"], 2)):
            with self.subTest(options=options):
                self.assert_frames(self.play("--pixels", "auto", *options, *paths), expected * passes)

    def test_one_format(self):
        for wanted in NAMES:
            same = wanted if wanted == "XB48" else None
            shown = [png.ours() for png in ALL] if wanted in ("XR24", "AR24") else \
                [(same or png.kept()[0], png.kept()[1]) for png in ALL
                 if png.kept() and (png.kept()[0] == wanted or same and png.wide() == png.kept())]
            if wanted == "AB48":
                shown = [png.kept() for png in ALL if png.depth == 16 and (png.key or png.colour >= GRAY_ALPHA)]
            refused = len(ALL) - len(shown)
            with self.subTest(wanted=wanted):
                paths = self.write(ALL)
                self.assert_frames(self.play("-q", "--pixels", wanted, *paths), shown)
                self.assertEqual(self.played.err.count("a PNG of another format than --pixels names: use auto"),
                                 refused)
                # Of a stream, it is said once.
                self.assert_frames(self.play_stream(ALL, "-q", "--pixels", wanted), shown)
                self.assertEqual(self.played.err.count("a PNG of another format"), min(refused, 1))

    def test_a_format_that_no_file_has(self):
        paths = self.write([Png(8, RGB), Png(16, RGB)])
        self.play("--pixels", "R16", *paths, status=1)
        self.assertEqual(self.played.err.count("use auto, or bgra to convert it"), 2)
        self.assertIn("no frame could be published", self.played.err)
        self.play("--pixels", "R16", "--on-error", "stop", *paths, status=1)
        self.assert_one_line(self.played, "000.png", "--pixels")
        for wanted in ("NV12", "RG24", "AB24"):
            self.play("--pixels", wanted, *paths, status=2)
            self.assert_one_line(self.played, "--pixels", "no PNG", "auto", "--help")

    def test_slots_are_as_large_as_the_format_needs(self):
        stats = self.scratch / "stats.json"
        gray, rgb, rgba = Png(16, GRAY), Png(8, RGB), Png(16, RGB_ALPHA)
        key = Png(16, GRAY, key=True, chunks=chunk(b"tEXt", b"Comment\0" + 100000 * b"x"))
        rows = {2: 128 * HEIGHT, 4: 192 * HEIGHT, 8: 320 * HEIGHT}
        for pngs, options, size in (([gray], [], rows[2]), ([gray, rgb], [], rows[4]), ([gray, rgba], [], rows[8]),
                                    ([gray, key], [], rows[8]), ([rgba, gray], [], rows[8]),
                                    ([gray, rgba], ["--pixels", "bgra"], rows[4]),
                                    ([gray], ["--max-size", "128x40"], 256 * 40),
                                    ([gray, rgba], ["--max-size", "128x40"], 1024 * 40),
                                    ([gray, rgba], ["--max-size", "128x40", "--pixels", "bgra"], 512 * 40)):
            with self.subTest(options=options):
                self.play("--pixels", "auto", *options, "--stats", stats, *self.write(pngs))
                self.assertEqual(self.stats(stats)["slot_bytes"], size)
                self.assertEqual(self.stats(stats)["skipped"], 0)

    def test_slots_grow_with_the_format(self):
        pngs = [Png(8, GRAY), Png(16, GRAY), Png(16, RGB), Png(8, RGB), Png(16, RGB_ALPHA, width=70, height=50)]
        for order in (pngs, pngs[::-1]):
            for options in ([], ["-j", "3"], ["--max-size", "70x50"]):
                with self.subTest(options=options):
                    frames = self.play_stream(order, "--pixels", "file", *options)
                    self.assert_frames(frames, [png.expected("file") for png in order])
        frames = self.play_stream(pngs, "--pixels", "auto", "--max-size", f"{WIDTH}x{HEIGHT}")
        self.assert_frames(frames, [png.expected("auto") for png in pngs[:4]])
        self.assertIn("70x50 does not fit the slots", self.played.err)

    def test_a_file_whose_format_changes(self):
        before, after = Png(8, GRAY), Png(16, RGB)
        path, other = self.write([before, after])
        reader = self.start(READER, "default")
        producer = self.producer("-q", "-r", "200", "-l", "-w", "1", "--pixels", "file", path)
        self.until("frames arrive", lambda: os.path.getsize(reader.out_path) > 4096)
        other.rename(path)
        self.until("the file is shown in its new format", lambda: b"XB48\t" in self.output_of(reader))
        self.assertEqual(producer.interrupt(), 0)
        self.assert_exits(reader, 0)
        frames = parse(self.output_of(reader))
        self.assertEqual({(frame.name, frame.data) for frame in frames}, {before.kept(), after.kept()})
        self.assertEqual(producer.err, "")

    def test_truncated_in_a_stream(self):
        """The start of the next PNG is in the data of the truncated one, and has another format."""
        first, second, third = Png(16, RGB), Png(8, RGB), Png(16, RGB)
        path = self.scratch / "stream"
        path.write_bytes(first.data[:-300] + second.data + third.data)
        with open(path, "rb") as stdin:
            frames = self.play("--pixels", "auto", "--max-size", "64x64", "-", stdin=stdin)
        self.assert_frames(frames, [second.ours(), third.kept()])

    @harness.needs_imagemagick
    def test_interlaced_and_filtered(self):
        paths = [path for path in harness.natural_order(KINDS.glob("*16-*.png"))
                 if path.name.startswith(("rgba16", "greya16")) or "trns" in path.name]
        self.assertGreater(len(paths), 15)
        frames = self.play("--pixels", "auto", *paths)
        for path, frame in zip(paths, frames, strict=True):
            words = subprocess.run([*harness.imagemagick(), f"png:{path}", "-set", "colorspace", "sRGB", "-depth", "16",
                                    "-endian", "LSB", "RGBA:-"],
                                   capture_output=True, check=True).stdout
            with self.subTest(path=path.name):
                self.assertIn(frame.name, ("XB48", "AB48"))
                self.assertTrue(frame.data == words, "other bytes")

    def test_flattened_in_16_bits(self):
        pngs = [Png(16, RGB_ALPHA), Png(16, GRAY, key=True), Png(16, GRAY)]
        frames = self.play("--pixels", "auto", "--flatten", "#ff8001", *self.write(pngs))
        self.assertEqual([frame.name for frame in frames], ["XB48", "XB48", "R16"])
        for png, frame in zip(pngs[:2], frames):
            for number, pixel in enumerate(png.pixels):
                *colours, alpha = png.rgba(pixel)
                got = struct.unpack_from("<4H", frame.data, 8 * number)
                for sample, onto, value in zip(colours, (0xff, 0x80, 0x01), got):
                    self.assertAlmostEqual(value, (sample * alpha + onto * 257 * (65535 - alpha)) / 65535, delta=0.51)
                self.assertEqual(got[3], 65535)
        self.assertEqual(frames[2].data, pngs[2].kept()[1])


class Colour(Pngs):
    """cICP and sBIT."""

    def play_one(self, png, *options):
        frame, = self.play(*(options or ("--pixels", "auto")), *self.write([png]))
        self.assertTrue(frame.described)
        return frame

    def test_cicp(self):
        for depth, options in ((8, []), (16, []), (16, ["--pixels", "bgra"]), (8, ["--pixels", "file"])):
            for data, colour in ((b"\x09\x10\0\1", "9 16 0 2 0 0"), (b"\x01\x0d\0\0", "1 13 0 1 0 0")):
                frame = self.play_one(Png(depth, RGB, chunks=chunk(b"cICP", data)), *options)
                self.assertEqual(frame.colour, colour)
                self.assertEqual(self.played.err.count("shown anyway"), 0)

    def test_gray_of_limited_range_stays_gray(self):
        """In RGB it would have to be widened."""
        png = Png(8, GRAY, chunks=chunk(b"cICP", b"\x01\x0d\0\0"))
        frame = self.play_one(png)
        self.assertEqual((frame.name, frame.data, frame.colour), ("R8", png.kept()[1], "1 13 0 1 0 0"))
        self.assertEqual(self.play_one(Png(8, GRAY, chunks=chunk(b"cICP", b"\x01\x0d\0\1"))).name, "XR24")

    def test_codes_that_are_not_known(self):
        """Two is H.273's, and 0 is the library's."""
        self.assertEqual(self.play_one(Png(8, RGB, chunks=chunk(b"cICP", b"\2\2\0\1"))).colour, "0 0 0 2 0 0")

    def test_a_cicp_that_means_nothing(self):
        png = Png(16, RGB, chunks=chunk(b"cICP", b"\x09\x10\x09\1"))
        frame = self.play_one(png)
        self.assertEqual((frame.colour, frame.data), ("0 0 0 0 0 0", png.kept()[1]))
        self.assertIn("shown anyway: cICP names a matrix, but PNGs are RGB", self.played.err)

    def test_sbit(self):
        ten = chunk(b"sBIT", b"\x0a\x0a\x0a")
        self.assertEqual(self.play_one(Png(16, RGB, chunks=ten)).bits, 10)
        self.assertEqual(self.play_one(Png(16, RGB, chunks=ten), "--pixels", "bgra").bits, 0)
        self.assertEqual(self.play_one(Png(8, RGB, chunks=chunk(b"sBIT", b"\5\6\5"))).bits, 6)
        self.assertEqual(self.play_one(Png(16, GRAY, chunks=chunk(b"sBIT", b"\x10"))).bits, 0)

    def test_colour_of_each_frame(self):
        """Also of frames that are decoded once and shown again."""
        pngs = [Png(16, RGB, chunks=chunk(b"cICP", b"\x09\x10\0\1")), Png(8, RGB),
                Png(16, GRAY, chunks=chunk(b"sBIT", b"\x0c"))]
        expected = [("9 16 0 2 0 0", 0), ("0 0 0 0 0 0", 0), ("0 0 0 0 0 0", 12)]
        for options, passes in (([], 1), (["-l=1", "--preload"], 2), (["-l=1", "--preload", "-s", "2"], 2)):
            frames = self.play("--pixels", "auto", *options, *self.write(pngs))
            self.assertEqual([(frame.colour, frame.bits) for frame in frames], expected * passes)
        frames = self.play_stream(pngs, "--pixels", "auto")
        self.assertEqual([(frame.colour, frame.bits) for frame in frames], expected)


del Pngs

if __name__ == "__main__":
    unittest.main(verbosity=2)
