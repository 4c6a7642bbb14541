# SPDX-License-Identifier: MIT
"""shmflip cat of every pixel format: Y4M without conversion, and back through a producer; raw bytes; RGB as YUV. And
what ls and stat say of a format."""

import json
import os
import struct
import subprocess
import unittest
from pathlib import Path

import harness
from frames import FORMATS, ffmpeg, frame_bytes, y4m

# The tag of a Y4M, and how its planes come from those of the format: the position of the first byte and the distance
# of samples, in samples; and by how many bits they are shifted.
PLANAR = [(0, 0, 1), (1, 0, 1), (2, 0, 1)]
ZIPPED = [(0, 0, 1), (1, 0, 2), (1, 1, 2)]
AS_IT_LIES = {"YUYV": ("422", [(0, 0, 2), (0, 1, 4), (0, 3, 4)]), "UYVY": ("422", [(0, 1, 2), (0, 0, 4), (0, 2, 4)]),
              "NV12": ("420mpeg2", ZIPPED), "NV21": ("420mpeg2", [(0, 0, 1), (1, 1, 2), (1, 0, 2)]),
              "NV16": ("422", ZIPPED), "YU12": ("420mpeg2", PLANAR), "YU16": ("422", PLANAR), "YU24": ("444", PLANAR),
              "P010": ("420p10", ZIPPED), "S010": ("420p10", PLANAR), "S210": ("422p10", PLANAR),
              "S410": ("444p10", PLANAR), "R8": ("mono", PLANAR[:1]), "R16": ("mono16", PLANAR[:1])}
HEADER = "YUV4MPEG2 W{} H{} F30:1 Ip A0:0 C{} XCOLORRANGE={} XCICP={}\n"


def planes_of(name, width, height, data):
    """Returns the planes of a frame's format, as tuples of rows of samples: bytes, or words."""
    half = (width + 1) // 2
    halves = (height + 1) // 2 if name in ("NV12", "NV21", "YU12", "P010", "S010") else height
    rows = {"YUYV": [4 * half], "UYVY": [4 * half], "NV12": [width, 2 * half], "NV21": [width, 2 * half],
            "NV16": [width, 2 * half], "P010": [width, 2 * half], "YU24": [width] * 3, "S410": [width] * 3,
            "R8": [width], "R16": [width]}.get(name, [width, half, half])
    if name[0] in "PS" or name == "R16":
        data = struct.unpack(f"<{len(data) // 2}H", data)
    planes, at = [], 0
    for index, row in enumerate(rows):
        count = halves if index else height
        planes.append([data[at + row * y:at + row * (y + 1)] for y in range(count)])
        at += row * count
    return planes


def as_it_lies(name, width, height, data):
    """Returns the bytes of a Y4M's frame."""
    planes, out = planes_of(name, width, height, data), b""
    for number, (plane, first, step) in enumerate(AS_IT_LIES[name][1]):
        count = width if number == 0 or name in ("YU24", "S410") else (width + 1) // 2
        for row in planes[plane]:
            samples = row[first::step][:count]
            if name == "P010":
                samples = [sample >> 6 for sample in samples]
            out += bytes(samples) if isinstance(row, bytes) else struct.pack(f"<{count}H", *samples)
    return out


class CatFormats(harness.Case):
    def copy(self, stream, *producer_options, fmt="y4m", options=(), pixels="file", status=0):
        """Returns what cat writes of a stream that a producer reads."""
        path = self.scratch / "stream"
        path.write_bytes(stream)
        self.cat = self.tool("cat", "--every", "--format", fmt, *options)
        with open(path, "rb") as stdin:
            producer = self.producer("-q", "-r", "30", "-p", "lossless", "-w", "1", "--pixels", pixels,
                                     *producer_options, "-", stdin=stdin)
        self.assert_exits(self.cat, status)
        self.assert_exits(producer, 0)
        self.assert_nothing_left()
        return Path(self.cat.out_path).read_bytes()


class Y4m(CatFormats):
    def test_as_it_lies_and_back(self):
        """A second cat writes the same as the first."""
        for name, (tag, _) in AS_IT_LIES.items():
            for width, height in ((33, 17), (1, 1)) if name in ("YUYV", "NV12", "P010") else ((33, 17),):
                with self.subTest(format=name, width=width):
                    data = os.urandom(frame_bytes(name, width, height))
                    written = self.copy(data, "--raw", f"{width}x{height}:{FORMATS[name]}")
                    words = ("FULL", "2-2-2-1") if name[0] == "R" else ("LIMITED", "2-2-6-0")
                    self.assertEqual(written, HEADER.format(width, height, tag, *words).encode() + b"FRAME\n" +
                                     as_it_lies(name, width, height, data))
                    self.assertEqual(self.copy(written), written)

    def test_what_a_header_says_comes_back(self):
        data = os.urandom(frame_bytes("YU12", 4, 4))
        for words in ("A16:15 C420jpeg XCOLORRANGE=FULL XCICP=9-16-9-1",
                      "A0:0 C420paldv XCOLORRANGE=LIMITED XCICP=1-13-5-0",
                      "A1:1 C420mpeg2 XCOLORRANGE=LIMITED XCICP=255-255-255-0"):
            stream = y4m(f"W4 H4 F30:1 Ip {words}", data, 2)
            self.assertEqual(self.copy(stream), stream)
        # Hostile ones are ignored.
        for words in ("XCICP=9-16-9-2", "XCICP=9-16-99999999999-0", "XCICP=9-16-9-0-1", "XCICP=9-16-9-", "XCICP=%n-1-1-0",
                      "XCICP=" + "9" * 3000):
            written = self.copy(y4m(f"W4 H4 F30:1 Ip C420 {words}", data))
            self.assertIn(b" A0:0 C420jpeg XCOLORRANGE=LIMITED XCICP=2-2-6-0\n", written)

    def test_colour_of_the_user(self):
        data = os.urandom(frame_bytes("NV12", 4, 4))
        self.assertIn(b"XCICP=2-2-9-0\n", self.copy(data, "--raw", "4x4:nv12", options=["--colour", "bt2020"]))

    @harness.needs("ffmpeg")
    def test_ffmpeg_reads_it(self):
        for name in ("NV12", "NV16", "YU24", "P010", "S210", "S410", "R8", "R16"):
            with self.subTest(format=name):
                data = os.urandom(frame_bytes(name, 33, 17))
                written = self.copy(data, "--raw", f"33x17:{FORMATS[name]}")
                self.assertEqual(ffmpeg("-f", "yuv4mpegpipe", "-i", "-", "-f", "rawvideo", "-", stdin=written),
                                 as_it_lies(name, 33, 17, data))

    def test_floats_have_no_place(self):
        self.assertEqual(self.copy(bytes(16), "--raw", "2x2:grayf32le", status=1), b"")
        self.assertEqual(harness.complaints(self.cat), ["shmflip: y4m cannot hold pixels of format R  F: use --format raw"])


class Colours(CatFormats):
    BGRX = bytes((50, 100, 200, 255))

    def test_rgb_comes_back(self):
        for height, matrix in ((1080, 1), (32, 6)):
            for name, pixel in (("bgr0", self.BGRX), ("rgb24", bytes((200, 100, 50)))):
                with self.subTest(height=height, name=name):
                    written = self.copy(pixel * (64 * height), "--raw", f"64x{height}:{name}")
                    self.assertIn(f" C444 XCOLORRANGE=LIMITED XCICP=2-2-{matrix}-0\n".encode(), written)
                    back = self.copy(written, pixels="bgra", fmt="raw")
                    # Of BT.601, YUV of 8 bits has no such green.
                    green = 100 if matrix == 1 else 101
                    self.assertEqual(back, bytes((50, green, 200, 255)) * (64 * height))

    @harness.needs("ffmpeg")
    def test_rgb_of_16_bits(self):
        opaque = struct.pack("<4H", 50000, 25000, 12345, 65535)
        half = struct.pack("<4H", 50000, 25000, 12345, 32768)
        written = self.copy(opaque * 32 + half * 32, "--raw", "8x8:rgba64le")
        self.assertIn(b" C444p16 XCOLORRANGE=LIMITED XCICP=2-2-6-0\n", written)
        rgb = ffmpeg("-f", "yuv4mpegpipe", "-i", "-", "-vf",
                     "scale=in_color_matrix=bt601:in_range=tv:flags=accurate_rnd+full_chroma_int", "-f", "rawvideo",
                     "-pix_fmt", "rgb48le", "-", stdin=written)
        for pixel, expected in zip(struct.iter_unpack("<3H", rgb), [(50000, 25000, 12345)] * 32 +
                                   [(25000, 12500, 6173)] * 32):
            # ffmpeg's white is 255 * 256.
            self.assertLessEqual(max(abs(one - other) for one, other in zip(pixel, expected)), 256, pixel)

    def test_pictures_of_video(self):
        """The same colours as in y4m. BT.709, by the height."""
        pixels = bytes([117]) * (16 * 578) + bytes((96, 174)) * (8 * 289)
        pam = self.copy(pixels, "--raw", "16x578:nv12", fmt="pam")
        self.assertEqual(pam.split(b"ENDHDR\n")[1], bytes((200, 100, 50)) * (16 * 578))
        self.copy(pixels, "--raw", "16x578:nv12", fmt="png")
        if harness.imagemagick():
            picture = self.scratch / "picture.png"
            picture.write_bytes(Path(self.cat.out_path).read_bytes())
            self.assertEqual(harness.rgba_of(picture)[2], bytes((200, 100, 50, 255)) * (16 * 578))

    def test_pictures_of_16_bits(self):
        words = struct.pack("<4H", 0x1234, 0, 65535, 256)
        pam = self.copy(words, "--raw", "2x2:gray16le", fmt="pam")
        self.assertEqual(pam, b"P7\nWIDTH 2\nHEIGHT 2\nDEPTH 1\nMAXVAL 65535\nTUPLTYPE GRAYSCALE\nENDHDR\n" +
                         struct.pack(">4H", 0x1234, 0, 65535, 256))
        self.assertEqual(self.copy(pam, fmt="raw"), words)


class Raw(CatFormats):
    def test_every_format(self):
        for name, ffmpegs in {**FORMATS, "XB48": "XB48"}.items():
            with self.subTest(format=name):
                data = bytearray(os.urandom(frame_bytes(name, 33, 17)))
                if name in ("XR24", "XB24"):
                    data[3::4] = bytes([255]) * (33 * 17)
                if name == "XB48":
                    data[6::8] = data[7::8] = bytes([255]) * (33 * 17)
                copied = self.copy(data, "--raw", f"33x17:{ffmpegs}", fmt="raw", pixels=name)
                self.assertEqual(copied, data)
                told = {"XR24": "bgra", "XB24": "rgba", "XB48": "rgba64le"}.get(name, ffmpegs)
                lines = [] if told == "bgra" else [
                    f"shmflip: frames of 33x17:{told}, as --raw of shmflip-producer and -pix_fmt of ffmpeg take them"]
                self.assertEqual(harness.complaints(self.cat), lines)


class Unknown(CatFormats):
    def test_a_format_that_nobody_knows(self):
        for fmt in ("y4m", "raw", "pam", "png"):
            cat = self.tool("cat", "--format", fmt)
            producer = self.start(os.environ["SHMFLIP_NUMBERS"], "default", 8, 8, 0, 2, "wait=1", "unknown=1")
            self.assert_exits(cat, 1)
            self.assert_exits(producer, 0)
            self.assertRegex(harness.complaints(cat)[0], "frame [12] has the pixel format 0x30335258, which cat does")


class Changes(CatFormats):
    def refuse(self, stream, *options, fmt="y4m", words):
        self.copy(stream, *options, fmt=fmt, status=1)
        self.assertEqual(len(harness.complaints(self.cat)), 1 + (fmt == "raw"), self.cat.err)
        for word in (*words, "cannot change: use --format pam or png"):
            self.assertIn(word, harness.complaints(self.cat)[-1])

    def test_what_a_stream_cannot_change(self):
        small, large = y4m("W4 H4 C444", bytes(48)), y4m("W6 H4 C444", bytes(72))
        self.refuse(small + large, words=["frame 2 has 6x4 pixels of C444", "began with 4x4"])
        self.refuse(small + large, fmt="raw", words=["frame 2 has 6x4 pixels of yuv444p", "began with 4x4"])
        other = y4m("W4 H4 C422", bytes(32))
        self.refuse(small + other, words=["pixels of C422", "of C444"])
        self.refuse(small + other, fmt="raw", words=["pixels of yuv422p", "of yuv444p"])
        self.refuse(small + y4m("W4 H4 C444 XCICP=9-16-9-0", bytes(48)), words=["XCICP=9-16-9-0", "XCICP=2-2-6-0"])
        self.refuse(small + y4m("W4 H4 C444 XCOLORRANGE=FULL", bytes(48)), words=["=FULL", "=LIMITED"])

    def test_what_it_can(self):
        small = y4m("W4 H4 C444", bytes(48))
        self.assertEqual(self.copy(small + y4m("W4 H4 C444 XCICP=9-16-9-0", bytes(48)), fmt="raw"), bytes(96))
        for fmt in ("pam", "png"):
            self.copy(small + y4m("W6 H3 C420p10 XCICP=9-16-9-0", bytes(frame_bytes("S010", 6, 3))), fmt=fmt)
        # A frame whose pixels are opaque has a format without alpha.
        opaque, other = bytes([1, 2, 3, 255] * 4), bytes([1, 2, 3, 128] * 4)
        self.assertEqual(self.copy(opaque + other, "--raw", "2x2:bgra", fmt="raw"), opaque + other)
        self.assertEqual(self.copy(opaque + other, "--raw", "2x2:bgra").count(b"FRAME\n"), 2)


class Shown(CatFormats):
    def show(self, stream, *options):
        """Returns the lines of ls and stat, and what stat says in JSON, of a stream's first frame."""
        reader, writer = os.pipe()
        self.addCleanup(os.close, writer)
        producer = self.producer("-q", "--pixels", "file", *options, "-", stdin=reader)
        os.close(reader)
        os.write(writer, stream)
        self.await_channel(producer)

        def run(*arguments):
            return subprocess.run([harness.TOOL, *arguments], env=self.env, capture_output=True, text=True,
                                  check=True).stdout

        self.until("there is a frame", lambda: json.loads(run("stat", "-j"))["newest"])
        shown = run("ls").splitlines(), run("stat").splitlines(), json.loads(run("stat", "-j"))
        self.assertEqual(producer.interrupt(), 0)
        return shown

    def test_video(self):
        rows, text, shown = self.show(y4m("W33 H17 C420p10 A16:15 XCICP=9-16-9-0", bytes(frame_bytes("S010", 33, 17))))
        self.assertEqual((rows[0].split()[4], rows[1].split()[4]), ("FORMAT", "S010"))
        self.assertIn("stream       33x17 S010, 10 bits, BT.2020, H.273 9/16/9, limited range, pixels of 16:15", text)
        self.assertIn("size         33x17 S010, 10 bits, BT.2020, H.273 9/16/9, limited range, "
                      "128 + 64 + 64 bytes per row", text)
        for part in (shown["stream"], shown["newest"]):
            self.assertEqual((part["format"], part["ffmpeg"]), ("S010", "yuv420p10le"))
            self.assertEqual(part["colour"], {"primaries": 9, "transfer": 16, "matrix": 9, "range": "limited",
                                              "siting": 0, "bits": 0, "white": 0})
        self.assertEqual(shown["newest"]["planes"], [{"stride_bytes": 128, "rows": 17}, {"stride_bytes": 64, "rows": 9},
                                                     {"stride_bytes": 64, "rows": 9}])
        self.assertEqual((shown["newest"]["value_scale"], shown["newest"]["value_offset"]), (None, None))

    def test_words(self):
        _, text, shown = self.show(b"P5 2 2 4095\n" + bytes(8))
        self.assertIn("size         2x2 R16, 16 bits, white is 4095, 64 bytes per row", text)
        self.assertEqual(shown["newest"]["colour"]["white"], 4095)
        _, text, shown = self.show(bytes(16), "--raw", "2x2:grayf32le")
        self.assertIn("size         2x2 R  F, float, 64 bytes per row", text)
        self.assertEqual((shown["newest"]["format"], shown["newest"]["ffmpeg"]), ("R  F", "grayf32le"))


del CatFormats

if __name__ == "__main__":
    unittest.main(verbosity=2)
