# SPDX-License-Identifier: MIT
"""shmflip cat as the source of other programs: its colours, its times, and what it waits for."""

import subprocess
import unittest
from pathlib import Path

import harness

COLOUR = (40, 180, 60)


class Cat(harness.Case):
    def cat(self, *arguments, **how):
        return self.tool("cat", *arguments, **how)

    def copy(self, data, producer_options, cat_options, name="default"):
        """Returns what cat writes of a stream that a producer reads from stdin."""
        path = self.scratch / "stream"
        path.write_bytes(data)
        cat = self.cat(name, *cat_options)
        with open(path, "rb") as stdin:
            producer = self.producer("-q", "-c", name, "-r", "30", "-p", "lossless", "-w", "1",
                                     *producer_options, "-", stdin=stdin)
        self.assert_exits(cat, 0)
        self.assert_exits(producer, 0)
        return Path(cat.out_path).read_bytes()

    def assert_colour(self, pixels, colour=COLOUR):
        """Checks that all pixels have the same colour, and that it is this one but for rounding."""
        self.assertEqual(pixels, pixels[:3] * (len(pixels) // 3))
        self.assertLessEqual(max(abs(one - other) for one, other in zip(pixels, colour)), 2,
                             tuple(pixels[:3]))


class Colours(Cat):
    # High definition is what has more than 576 rows, whatever the width.
    SIZES = {(720, 576): "bt601", (1280, 16): "bt601", (16, 577): "bt709", (1280, 720): "bt709",
             (1920, 1080): "bt709"}

    def write_y4m(self, width, height, *options):
        frame = bytes([*reversed(COLOUR), 255]) * (width * height)
        return self.copy(frame, ["--raw", f"{width}x{height}"], options)

    def read_y4m(self, stream, *options):
        """Returns the pixels that a producer publishes of a Y4M: red, green, blue, in this order."""
        bgra = self.copy(stream, options, ["--format", "raw"], "second")
        rgb = bytearray(len(bgra) // 4 * 3)
        for channel in range(3):
            rgb[channel::3] = bgra[2 - channel::4]
        return bytes(rgb)

    def test_cat_and_producer_mean_the_same_colours(self):
        for (width, height), matrix in self.SIZES.items():
            for given in ([], ["--colour", "bt601"], ["--colour", "bt709"]):
                with self.subTest(width=width, height=height, given=given):
                    stream = self.write_y4m(width, height, *given)
                    header = stream[:stream.index(b"\n")].decode().split()
                    self.assertEqual(header[-2:], ["XCOLORRANGE=LIMITED",
                                                   f"XCOLORMATRIX={given[1] if given else matrix}"])
                    self.assert_colour(self.read_y4m(stream))
        self.assert_nothing_left()

    @harness.needs("ffmpeg")
    def test_ffmpeg_reads_the_same_colours(self):
        for (width, height), matrix in self.SIZES.items():
            with self.subTest(width=width, height=height):
                rgb = subprocess.run(
                    ["ffmpeg", "-v", "error", "-f", "yuv4mpegpipe", "-i", "-", "-vf",
                     f"scale=in_color_matrix={matrix}:in_range=tv:flags=accurate_rnd+full_chroma_int",
                     "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                    input=self.write_y4m(width, height), capture_output=True, check=True).stdout
                self.assertEqual(len(rgb), 3 * width * height)
                self.assert_colour(rgb)

    def test_what_a_stream_says_of_its_matrix(self):
        """The option counts first, then the header, then the height."""
        stream = self.write_y4m(8, 8)
        self.assertIn(b" XCOLORMATRIX=bt601\n", stream)
        as_bt709 = self.read_y4m(stream, "--colour", "bt709")
        self.assertGreater(abs(as_bt709[1] - COLOUR[1]), 4)
        for matrix, expected in ((b"BT601", bytes(COLOUR)), (b"BT709", as_bt709[:3]),
                                 (b"bt7090", bytes(COLOUR)), (b"bt2020nc", bytes(COLOUR)),
                                 (b"", bytes(COLOUR))):
            with self.subTest(matrix=matrix):
                named = stream.replace(b"XCOLORMATRIX=bt601", b"XCOLORMATRIX=" + matrix)
                self.assert_colour(self.read_y4m(named), expected)
        self.assertEqual(self.read_y4m(stream.replace(b"bt601", b"bt709"), "--colour", "bt601"),
                         self.read_y4m(stream))

    def test_bare_video(self):
        planes = self.write_y4m(8, 8).split(b"FRAME\n")[1]
        self.assert_colour(self.read_y4m(planes, "--raw", "8x8:yuv444p"))
        self.assert_colour(self.read_y4m(self.write_y4m(8, 8, "--colour", "bt709").split(b"FRAME\n")[1],
                                         "--colour", "bt709", "--raw", "8x8:yuv444p"))

    def test_usage(self):
        for arguments in (["--colour", "bt2020", "-"], ["--colour", "bt601", harness.FRAMES],
                          ["--colour", "bt601", "--raw", "8x8:rgb24", "-"]):
            producer = self.producer(*arguments)
            self.assert_exits(producer, 2)
            self.assert_one_line(producer, "--colour", "--help")
        for arguments in (["--colour", "bt2020"], ["--colour", "bt601", "--format", "png"]):
            cat = self.cat(*arguments)
            self.assert_exits(cat, 2)
            self.assert_one_line(cat, "--colour", "--help")


if __name__ == "__main__":
    unittest.main()
