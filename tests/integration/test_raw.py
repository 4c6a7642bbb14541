# SPDX-License-Identifier: MIT
"""Uncompressed frames on stdin: every pixel as ffmpeg decodes it, and clear messages for invalid input."""

import json
import os
import signal
import struct
import subprocess
import time
import unittest
import zlib

import harness

FORMATS = ["bgra", "bgr0", "rgba", "rgb0", "argb", "0rgb", "abgr", "0bgr", "rgb24", "bgr24", "gray",
           "ya8"]
PLANES = {"yuv420p": (1, 1), "yuv422p": (1, 0), "yuv444p": (0, 0)}
MAKE = ["ffmpeg", "-loglevel", "error", "-nostdin"]
# Repeat colour differences and round only once, at the end, as the producer does.
EXACT = "neighbor+accurate_rnd+full_chroma_int+full_chroma_inp"


def ffmpeg(*arguments):
    return subprocess.run(MAKE + list(arguments), capture_output=True, check=True).stdout


def draw(width, height, frames, *how):
    """Returns frames of a test pattern with varying alpha."""
    pattern = f"testsrc=s={width}x{height},format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='X+Y+N'"
    return ffmpeg("-f", "lavfi", "-i", pattern, "-frames:v", str(frames), *how, "-")


def split(data, size):
    return [data[at:at + size] for at in range(0, len(data), size)]


def crcs(rgba, width, height):
    return [f"{width} {height} {zlib.crc32(frame):08x}" for frame in split(rgba, 4 * width * height)]


def pnm(kind, *numbers, data):
    return f"{kind}\n{' '.join(map(str, numbers))}\n".encode() + data


@harness.needs("ffmpeg")
class Raw(harness.Case):
    def play(self, stream, *options, status=0, viewer=("--digest",)):
        """Sends a stream to a viewer. Returns the size and CRC of each frame."""
        stats = self.scratch / "stats.json"
        path = self.scratch / "stream"
        path.write_bytes(stream)
        receiver = self.viewer("--once", *viewer)
        with open(path, "rb") as stdin:
            self.played = self.producer("-r", "0", "-p", "lossless", "-w", "1", "--stats", stats,
                                        *options, "-", stdin=stdin)
            self.assert_exits(self.played, status)
        self.assert_exits(receiver, 0)
        self.counted = self.stats(stats)
        self.assert_nothing_left()
        return [" ".join(line.split()[1:4]) for line in receiver.lines]

    def test_every_packed_format(self):
        for name in FORMATS:
            # Rows whose length is a multiple of 64 bytes, and other rows.
            for width, height in ((64, 48), (37, 21), (1, 3)):
                with self.subTest(format=name, width=width):
                    how = ["-f", "rawvideo", "-pix_fmt"]
                    raw = draw(width, height, 3, *how, name)
                    path = self.scratch / "raw"
                    path.write_bytes(raw)
                    rgba = ffmpeg(*how, name, "-s", f"{width}x{height}", "-i", path, *how, "rgba", "-")
                    self.assertEqual(self.play(raw, "--raw", f"{width}x{height}:{name}"),
                                     crcs(rgba, width, height))

    def test_bytes_that_mean_nothing(self):
        raw = bytes(range(200)) * 2
        rgba = b"".join(bytes([b, g, r, 255]) for r, g, b, _ in split(raw, 4))
        self.assertEqual(self.play(raw, "--raw", "10x10:bgr0"), crcs(rgba, 10, 10))
        self.assertEqual(self.play(raw, "--raw", "10x10"), crcs(rgba, 10, 10))

    def test_flattened(self):
        rgba = draw(32, 16, 2, "-f", "rawvideo", "-pix_fmt", "rgba")
        onto = (255, 128, 0)
        flat = b"".join(bytes([*((pixel[i] * pixel[3] + onto[i] * (255 - pixel[3]) + 127) // 255
                                 for i in range(3)), 255]) for pixel in split(rgba, 4))
        self.assertEqual(self.play(rgba, "--raw", "32x16:rgba", "--flatten", "#ff8000"),
                         crcs(flat, 32, 16))

    def test_pnm(self):
        for codec, formats in (("ppm", ["rgb24"]), ("pgm", ["gray"]),
                               ("pam", ["rgb24", "rgba", "gray", "ya8"])):
            for name in formats:
                with self.subTest(codec=codec, format=name):
                    stream = draw(37, 21, 4, "-f", "image2pipe", "-c:v", codec, "-pix_fmt", name)
                    path = self.scratch / "pictures"
                    path.write_bytes(stream)
                    rgba = ffmpeg("-f", "image2pipe", "-c:v", codec, "-i", path, "-f", "rawvideo",
                                  "-pix_fmt", "rgba", "-")
                    self.assertEqual(len(rgba), 4 * 4 * 37 * 21)
                    self.assertEqual(self.play(stream), crcs(rgba, 37, 21))

    def test_pnm_of_other_depths(self):
        for maximum in (1, 7, 254, 256, 1023, 65535):
            values = [i * 7919 % (maximum + 1) for i in range(60)] + [maximum] * 12 + [0] * 12
            packed = struct.pack(f">{len(values)}{'H' if maximum > 255 else 'B'}", *values)
            eight = [(value * 255 + maximum // 2) // maximum for value in values]
            rgba = [bytes(pixel) + b"\xff" for pixel in split(eight, 3)]
            with self.subTest(maximum=maximum):
                self.assertEqual(self.play(pnm("P6", 7, 4, maximum, data=packed), "--pixels", "bgra"),
                                 crcs(b"".join(rgba), 7, 4))

    @harness.needs_imagemagick
    def test_files_of_imagemagick(self):
        picture = sorted(harness.FRAMES.glob("*.png"))[0]
        width, height, rgba = harness.rgba_of(picture)
        for kind in ("ppm", "pam"):
            stream = subprocess.run(harness.imagemagick() + [f"png:{picture}", "-depth", "8", f"{kind}:-"],
                                    capture_output=True, check=True).stdout
            self.assertEqual(self.play(stream * 3), crcs(rgba * 3, width, height))

    def test_headers_as_people_write_them(self):
        black = b"\0" * 6
        for header in (b"P6 2 1 255\n", b"P6\n# a comment\n2 # width\n 1\n#\n255 ", b"P6\t2\r\n1\n255\t",
                       b"P6\n# Gr\xc3\xb6\xc3\x9fe\0\xff\n2 1\n255\n", b"P6\n#" + b"x" * 9000 + b"\n2 1\n255\n",
                       b"P7\nWIDTH\t2\nHEIGHT  1\n\nDEPTH 3 \n# \xe9\0\nMAXVAL \t255\nTUPLTYPE \t RGB\r\nENDHDR \n",
                       b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nENDHDR\n",
                       b"P7\n# c\nMAXVAL 255\nDEPTH 3\nHEIGHT 1\nWIDTH 2\nTUPLTYPE RGB\nENDHDR\n"):
            with self.subTest(header=header):
                self.assertEqual(self.play((header + black) * 3), crcs(b"\0\0\0\xff" * 6, 2, 1))

    def pixels(self, stream, *options):
        """Returns the RGBA bytes of the frames that a viewer records."""
        directory = self.scratch / f"out-{time.monotonic_ns()}"
        self.play(stream, *options, viewer=["--record", directory])
        return [ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "rgba", "-")
                for path in sorted(directory.iterdir())]

    def assert_alike(self, ours, theirs, size, most=2):
        self.assertEqual([len(frame) for frame in ours], [size] * len(split(theirs, size)))
        for one, other in zip(ours, split(theirs, size)):
            off = max(abs(a - b) for a, b in zip(one, other))
            self.assertLessEqual(off, most)

    def planes(self, width, height, matrix, full, data, shifts=(0, 0)):
        """Returns the RGBA bytes of three YUV planes, by the formula."""
        red, blue = (0.299, 0.114) if matrix == 601 else (0.2126, 0.0722)
        columns, rows = ((side + shift) >> shift for side, shift in zip((width, height), shifts))
        out = bytearray()
        for at in range(width * height):
            chroma = width * height + (at // width >> shifts[1]) * columns + (at % width >> shifts[0])
            luma, u, v = data[at], data[chroma], data[chroma + columns * rows]
            luma = luma if full else (luma - 16) * 255 / 219
            u, v = ((value - 128) * (1 if full else 255 / 224) for value in (u, v))
            r, b = luma + 2 * (1 - red) * v, luma + 2 * (1 - blue) * u
            g = (luma - red * r - blue * b) / (1 - red - blue)
            out += bytes([*(min(255, max(0, round(value))) for value in (r, g, b)), 255])
        return bytes(out)

    def test_y4m(self):
        for name, shifts in PLANES.items():
            # Also odd widths and heights, and rows longer than a block.
            for width, height in ((64, 48), (35, 19), (130, 10)):
                with self.subTest(format=name, width=width):
                    stream = ffmpeg("-f", "lavfi", "-i", f"testsrc=s={width}x{height}", "-frames:v", "1",
                                    "-pix_fmt", name, "-f", "yuv4mpegpipe", "-")
                    ours = self.pixels(stream)
                    data = stream[stream.index(b"FRAME\n") + 6:]
                    formula = self.planes(width, height, 601, False, data, shifts)
                    self.assert_alike(ours, formula, 4 * width * height, most=1)
                    path = self.scratch / "video"
                    path.write_bytes(stream)
                    rgba = ffmpeg("-f", "yuv4mpegpipe", "-i", path, "-vf",
                                  "scale=in_color_matrix=bt601:in_range=tv:flags=" + EXACT,
                                  "-f", "rawvideo", "-pix_fmt", "rgba", "-")
                    # With odd widths, ffmpeg's scaler repeats other colour differences than the formula.
                    if width % 2 == 0:
                        self.assert_alike(ours, rgba, 4 * width * height)

    def test_matrix_and_range(self):
        width = 6
        for height, matrix in ((576, 601), (577, 709)):
            data = bytes(i * 2654435761 >> 13 & 255 for i in range(3 * width * height))
            for word, full in (("", False), (" XCOLORRANGE=LIMITED", False), (" XCOLORRANGE=FULL", True)):
                with self.subTest(height=height, range=word):
                    stream = f"YUV4MPEG2 W{width} H{height} F25:1 C444{word}\nFRAME\n".encode() + data
                    self.assert_alike(self.pixels(stream),
                                      self.planes(width, height, matrix, full, data),
                                      4 * width * height, most=1)
        bare = self.pixels(data, "--raw", f"{width}x577:yuv444p")
        self.assert_alike(bare, self.planes(width, 577, 709, False, data), 4 * width * 577, most=1)

    def test_y4m_without_colour(self):
        luma = bytes(range(16, 232))
        stream = b"YUV4MPEG2 W12 H18 Cmono\n" + b"FRAME\n" + luma
        ours = self.pixels(stream, "--pixels", "bgra")[0]
        grey = [round((value - 16) * 255 / 219) for value in luma]
        self.assertEqual(ours, b"".join(bytes([value] * 3 + [255]) for value in grey))

    def test_rate(self):
        header = b"YUV4MPEG2 W2 H2 F30000:1001 C420jpeg Ip\n"
        path = self.scratch / "video"
        path.write_bytes(header + b"FRAME Ip\n" + b"\x80" * 6)
        for options, asked in (([], 29.97), (["-r", "0"], 0), (["-r", "5"], 5)):
            with open(path, "rb") as stdin:
                producer = self.producer("--stats", "-", *options, "-", stdin=stdin)
                self.assert_exits(producer, 0)
            self.assertIn(f'"fps_asked": {float(asked)}', producer.out)

    def test_announced_rate(self):
        """Also if the producer does not keep it."""
        for options, rate in (([], "30000/1001"), (["-r", "0"], "30000/1001"), (["-r", "5"], "5/1")):
            reader, writer = os.pipe()
            producer = self.producer(*options, "-", stdin=reader)
            os.close(reader)
            os.write(writer, b"YUV4MPEG2 W2 H2 F30000:1001 C420jpeg Ip\nFRAME\n" + b"\x80" * 6)
            self.await_channel(producer)
            listed = self.tool("ls", "-j")
            self.assert_exits(listed, 0)
            self.assertEqual(json.loads(listed.out)[0]["stream"]["rate"], rate)
            os.close(writer)
            self.assert_exits(producer, 0)

    def test_rate_of_bare_pixels(self):
        path = self.scratch / "pixels"
        path.write_bytes(bytes(16) * 2)
        for options, asked in (([], 50), (["-r", "0"], 0), (["-r", "500"], 500)):
            for raw in ("2x2@50", "2x2:bgra@50", "2x2@150/3"):
                with open(path, "rb") as stdin:
                    producer = self.producer("--stats", "-", *options, "--raw", raw, "-", stdin=stdin)
                    self.assert_exits(producer, 0)
                self.assertIn(f'"fps_asked": {float(asked)}', producer.out)

    def test_a_pipe_that_is_faster_than_the_default_rate(self):
        faster = "the pipe delivers more than 30 frames per second, the default"

        def feed(producer, writer, seconds, pause):
            end = time.monotonic() + seconds
            while time.monotonic() < end and faster not in producer.err:
                os.write(writer, bytes(64 * 64 * 4))
                time.sleep(pause)
            os.close(writer)
            self.assert_exits(producer, 0)

        for options, pause, count in (([], 0, 1), ([], 0.1, 0), (["-r", "30"], 0, 0)):
            with self.subTest(options=options, pause=pause):
                reader, writer = os.pipe()
                producer = self.producer("--raw", "64x64", *options, "-", stdin=reader)
                os.close(reader)
                feed(producer, writer, 3 if count == 0 else harness.TIMEOUT_S, pause)
                self.assertEqual(producer.err.count(faster), count, producer.err)
                self.assertEqual(len(producer.err.splitlines()), count)

    def test_truncated(self):
        frame = b"\xff" * 100
        y4m = b"YUV4MPEG2 W4 H4 C420\nFRAME\n" + b"\x80" * 24
        for stream, options in ((frame * 2 + frame[:99], ["--raw", "5x5:bgra"]),
                                (frame * 2 + b"x", ["--raw", "5x5:rgba"]),
                                (pnm("P5", 10, 10, 255, data=frame) * 3, []),
                                (y4m + y4m[21:] * 2, [])):
            with self.subTest(options=options):
                cut = stream if options else stream[:-1]
                self.assertEqual(len(self.play(cut, *options)), 2)
                self.assert_one_line(self.played, "stdin:3: skipped: truncated")
                self.assertEqual(self.counted["skipped"], 1)

    def test_garbage(self):
        good = pnm("P5", 10, 10, 255, data=b"\xff" * 100)
        y4m = b"YUV4MPEG2 W4 H4 C420\nFRAME\n" + b"\x80" * 24
        for stream, word in ((good + b"garbage\n" + good, "PGM"), (good + b"\0" * 9000, "PGM"),
                             (good + b"P5 " * 3000, "PGM"), (good + b"P4 10 10\n", "PGM"),
                             (good + b"P5 0 10 255\n", "size"), (good + b"P5 10 10 70000\n", "MAXVAL"),
                             (good + b"P7\nWIDTH 2\nENDHDR\n", "PAM"), (good + b"P7\n", "PGM"),
                             (good + b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\n",
                              "neither"),
                             (y4m + b"FRANE\n" + y4m, "FRAME"), (y4m + b"FRAMEX\n" + y4m, "FRAME"), (y4m + b"x" * 5000, "FRAME")):
            with self.subTest(stream=stream[:140]):
                self.assertEqual(len(self.play(stream)), 1)
                self.assert_one_line(self.played, "stdin:2: skipped", word)
                self.assertEqual(self.counted["skipped"], 1)
        for stream, word in ((b"YUV4MPEG2 W4\nFRAME\n", "size"), (b"YUV4MPEG2 W4 H4 C420p12\n", "yuv444p10le"),
                             (b"YUV4MPEG2\n", "Y4M"), (b"YUV4", "frame"), (b"P6 1", "PPM"),
                             (b"YUV4MPEG2 W4 H999999999 C444\nFRAME\n", "size")):
            with self.subTest(stream=stream):
                path = self.scratch / "stream"
                path.write_bytes(stream)
                with open(path, "rb") as stdin:
                    producer = self.producer("-r", "0", "-", stdin=stdin)
                    self.assert_exits(producer, 1)
                self.assertIn(word, producer.err)
                self.assertEqual(len(producer.err.splitlines()), 2, producer.err)
                self.assert_nothing_left()

    def test_sizes_that_change(self):
        small = pnm("P5", 3, 5, 255, data=b"\xff" * 15)
        large = pnm("P5", 40, 40, 255, data=b"\x80" * 1600)
        white, grey = crcs(b"\xff" * 60, 3, 5), crcs(b"\x80\x80\x80\xff" * 1600, 40, 40)
        self.assertEqual(self.play(large + small * 2 + large), grey + white * 2 + grey)
        self.assertEqual(self.play(small + large + small), white + grey + white)
        self.assertEqual((self.counted["generations"], self.counted["skipped"]), (2, 0))
        self.assertEqual(self.play(small + large + small, "--max-size", "40x40"), white + grey + white)
        self.assertEqual(self.counted["generations"], 1)
        # What never fits is named once.
        self.assertEqual(self.play(small + (large + small) * 3, "--max-size", "20x20"), white * 4)
        self.assert_one_line(self.played, "stdin:2: skipped: 40x40 does not fit", "--max-size")
        self.assertEqual(self.counted["skipped"], 3)

    def test_one_y4m_after_another(self):
        def video(width, height, luma):
            frame = b"FRAME\n" + bytes([luma]) * width * height + b"\x80" * (2 * width * height)
            return f"YUV4MPEG2 W{width} H{height} F25:1 C444\n".encode() + frame * 2

        white, black = crcs(b"\xff" * 60 * 2, 3, 5), crcs(b"\0\0\0\xff" * 1600 * 2, 40, 40)
        self.assertEqual(self.play(video(3, 5, 235) + video(40, 40, 16) + video(3, 5, 235), "--pixels", "bgra"),
                         white + black + white)

    @unittest.skipIf(os.environ["SHMFLIP_SANITIZER"] != "none", "a sanitizer needs all addresses")
    @harness.needs("prlimit")
    def test_slots_that_cannot_grow(self):
        small = pnm("P5", 3, 5, 255, data=b"\xff" * 15)
        path = self.scratch / "stream"
        large = pnm("P5", 16000, 16000, 255, data=bytes(16000 * 16000))
        # What failed bounds larger frames, not smaller ones.
        path.write_bytes(small + large + pnm("P5", 60, 60, 255, data=bytes(3600)) + large + small)
        stats = self.scratch / "stats.json"
        with open(path, "rb") as stdin:
            producer = self.start("prlimit", f"--as={1 << 30}", harness.PRODUCER, "-r", "0", "--stats", stats, "-",
                                  stdin=stdin)
            self.assert_exits(producer, 0)
        self.assertIn("stdin:2: the slots stay as large as they are: ", producer.err)
        self.assertIn("stdin:2: skipped: 16000x16000 does not fit", producer.err)
        self.assertNotIn("stdin:4: the slots", producer.err)
        self.assertEqual(self.stats(stats)["published"], 3)
        self.assert_nothing_left()

    def test_many_threads_make_no_difference(self):
        raw = draw(64, 48, 5, "-f", "rawvideo", "-pix_fmt", "bgra")
        self.assertEqual(self.play(raw, "--raw", "64x48:bgra", "-j", "3"),
                         self.play(raw, "--raw", "64x48:bgra"))

    def test_frames_that_come_too_late_are_dropped(self):
        frame = [bytes([value]) * 400 for value in range(1, 200)]
        path = self.scratch / "stream"
        path.write_bytes(b"".join(frame))
        stats = self.scratch / "stats.json"
        viewer = self.viewer("--digest", "--every")
        known = {crc for value in frame for crc in crcs(value[:3] + b"\xff", 1, 1) for crc in
                 crcs((value[:3] + b"\xff") * 100, 10, 10)}
        with open(path, "rb") as stdin:
            producer = self.producer("-r", "200", "-w", "1", "--lease", "0", "--raw", "10x10", "--stats",
                                     stats, "-", stdin=stdin)
            self.until("frames arrive", lambda: viewer.lines)
            viewer.signal(signal.SIGSTOP)
            time.sleep(0.3)
            viewer.signal(signal.SIGCONT)
            self.assert_exits(producer, 0)
        self.assertEqual(viewer.interrupt(), 0)
        counted = self.stats(stats)
        self.assertGreater(counted["dropped"], 5)
        self.assertEqual(counted["dropped"] + counted["published"], len(frame))
        for line in viewer.lines:
            self.assertIn(" ".join(line.split()[1:4]), known)

    def test_a_pipe_in_portions(self):
        data = os.urandom(10 * 4 * 37 * 21)
        reader, writer = os.pipe()
        viewer = self.viewer("--once", "--digest")
        producer = self.producer("-r", "0", "-p", "lossless", "-w", "1", "--raw", "37x21:bgra", "-",
                                 stdin=reader)
        os.close(reader)
        for at in range(0, len(data), 1009):
            os.write(writer, data[at:at + 1009])
        os.close(writer)
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        rgba = b"".join(bytes([r, g, b, a]) for b, g, r, a in split(data, 4))
        self.assertEqual([" ".join(line.split()[1:4]) for line in viewer.lines], crcs(rgba, 37, 21))

    def test_interrupted_in_the_middle_of_a_frame(self):
        reader, writer = os.pipe()
        for stream in (b"", b"\xff" * 50, b"\xff" * 150):
            producer = self.producer("--raw", "5x5", "-r", "0", "-", stdin=reader)
            os.write(writer, stream)
            time.sleep(0.2)
            producer.signal(signal.SIGTERM)
            self.assertIn(producer.wait(), (0, -signal.SIGTERM))
            self.assertEqual(producer.err, "")
        os.close(reader)
        os.close(writer)
        self.assert_nothing_left()

    def test_usage(self):
        for arguments in (["--raw", "640x480", harness.FRAMES], ["--raw", "640", "-"], ["--raw", "-"],
                          ["--raw", "640x480:nv13", "-"], ["--raw", "640x480@fast", "-"], ["--raw", "640x480@", "-"], ["--raw", "0x1:bgr0", "-"],
                          ["--raw", "2000000000x2000000000", "-"]):
            with self.subTest(arguments=arguments):
                producer = self.producer(*arguments)
                self.assert_exits(producer, 2)
                self.assert_one_line(producer, "--raw", "--help")


if __name__ == "__main__":
    unittest.main(verbosity=2)
