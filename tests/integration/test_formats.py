# SPDX-License-Identifier: MIT
"""Pixel formats: frames of a stream stay as they come, byte for byte, and say what they are."""

import os
import struct
import threading
import unittest

import harness
from frames import FORMATS, READER, draw, ffmpeg, frame_bytes, parse, row_bytes, y4m

# What BGRX or BGRA hold exactly.
EXACT = ["XR24", "AR24", "XB24", "AB24", "RG24", "BG24", "R8"]
UNKNOWN = "0 0 0 0 0 0"


def as_bgra(pixels, name):
    """Returns the bytes of BGRA of packed pixels of 8 bits."""
    order = {"XR24": (0, 1, 2), "AR24": (0, 1, 2), "XB24": (2, 1, 0), "AB24": (2, 1, 0), "RG24": (0, 1, 2),
             "BG24": (2, 1, 0), "R8": (0, 0, 0)}[name]
    step = row_bytes(name, 1)[0]
    alpha = name in ("AR24", "AB24")
    return b"".join(bytes([pixels[at + order[0]], pixels[at + order[1]], pixels[at + order[2]],
                           pixels[at + 3] if alpha else 255]) for at in range(0, len(pixels), step))


class Formats(harness.Case):
    def play(self, stream, *options, pixels="auto", status=0, portion=None):
        """Sends a stream to a reader, from a file, or from a pipe in portions. Returns its frames. pixels: None, the
        producer's default."""
        reader = self.start(READER, "default")
        arguments = ["-r", "0", "-p", "lossless", "-w", "1", *(["--pixels", pixels] if pixels else []), *options, "-"]
        if portion:
            self.played = self.pipe(stream, portion, arguments)
        else:
            path = self.scratch / "stream"
            path.write_bytes(stream)
            with open(path, "rb") as stdin:
                self.played = self.producer(*arguments, stdin=stdin)
        self.assert_exits(self.played, status)
        self.assert_exits(reader, 0)
        self.assert_nothing_left()
        with open(reader.out_path, "rb") as output:
            return parse(output.read())

    def pipe(self, stream, portion, arguments):
        from_end, to_end = os.pipe()

        def write():
            with open(to_end, "wb", buffering=0) as pipe:
                for at in range(0, len(stream), portion):
                    pipe.write(stream[at:at + portion])

        producer = self.producer(*arguments, stdin=from_end)
        os.close(from_end)
        writer = threading.Thread(target=write)
        writer.start()
        self.addCleanup(writer.join)
        return producer

    def assert_frames(self, frames, name, width, height, data, colour=UNKNOWN):
        self.assertEqual([(frame.name, frame.width, frame.height) for frame in frames],
                         [(name, width, height)] * (len(data) // frame_bytes(name, width, height)))
        self.assertEqual({frame.colour for frame in frames}, {colour})
        self.assertEqual([(frame.described, frame.padding) for frame in frames], [(True, 0)] * len(frames))
        self.assertTrue(b"".join(frame.data for frame in frames) == data, f"{name} {width}x{height}: other bytes")


@harness.needs("ffmpeg")
class Bare(Formats):
    def test_every_format_stays_as_it_comes(self):
        for name, ffmpegs in FORMATS.items():
            # Rows that fill their stride, and others, also of more than one block.
            for width, height in ((128, 4), (33, 17), (1, 1), (131, 5)):
                data = draw(name, width, height)
                self.assertEqual(len(data), 2 * frame_bytes(name, width, height))
                raw = f"{width}x{height}:{ffmpegs}"
                with self.subTest(format=raw):
                    own = "file" if name in EXACT else "auto"
                    if name in ("XR24", "AR24"):
                        continue
                    self.assert_frames(self.play(data, "--raw", raw, pixels=own), name, width, height, data)
                    self.assert_frames(self.play(data, "--raw", raw, pixels=name, portion=977), name, width, height,
                                       data)

    def test_ours_hold_what_they_can_exactly(self):
        for name in EXACT:
            data = draw(name, 33, 17)
            for choice in (None, "auto", "bgra", "XR24"):
                with self.subTest(format=name, choice=choice):
                    frames = self.play(data, "--raw", f"33x17:{FORMATS[name]}", pixels=choice)
                    self.assert_frames(frames, "XR24", 33, 17, as_bgra(data, name))

    def test_names_of_other_programs(self):
        data = draw("NV12", 33, 17)
        for word in ("NV12", "nv12", "NM12"):
            self.assert_frames(self.play(data, "--raw", f"33x17:{word}"), "NV12", 33, 17, data)
        words = os.urandom(2 * 8 * 33 * 17)
        self.assert_frames(self.play(words, "--raw", "33x17:XB48"), "XB48", 33, 17, words)
        # The last word of a pixel means nothing.
        self.assert_frames(self.play(words, "--raw", "33x17:rgba64le", pixels="XB48"), "XB48", 33, 17, words)

    def test_large_frames(self):
        for name, width, height in (("NV12", 1920, 1080), ("S010", 1000, 700), ("R16", 1921, 1081)):
            data = draw(name, width, height, 3)
            for portion in (None, 100003):
                frames = self.play(data, "--raw", f"{width}x{height}:{FORMATS[name]}", portion=portion)
                self.assert_frames(frames, name, width, height, data)

    def test_colour(self):
        data = draw("NV12", 33, 17)
        for option, colour in (("bt601", "0 0 6 0 0 0"), ("bt709:limited", "0 0 1 1 0 0"),
                               ("bt2020:full", "0 0 9 2 0 0")):
            frames = self.play(data, "--raw", "33x17:nv12", "--colour", option)
            self.assert_frames(frames, "NV12", 33, 17, data, colour)

    def test_values_measure_something(self):
        for words, scale, offset in (([], 0, 0), (["--value-scale", "1/5000"], 0.0002, 0),
                                     (["--value-scale", "0.01:-273.15"], 0.01, -273.15)):
            frames = self.play(bytes(2 * 33 * 17), "--raw", "33x17:gray16le", *words)
            self.assertAlmostEqual(frames[0].scale, scale, places=6)
            self.assertAlmostEqual(frames[0].offset, offset, places=3)
        for pixels in ("bgr0", "gray", "rgba64le", "nv12"):
            frames = self.play(bytes(96), "--raw", f"2x2:{pixels}", "--value-scale", "2:1")
            self.assertEqual((frames[0].scale, frames[0].offset), (0, 0))
        for word in ("", "0", "1/0", "1/", "x", "1:", "1:x", "1:2:3", "inf", "1/5000 m"):
            producer = self.producer("--value-scale", word, "-")
            self.assert_exits(producer, 2)
            self.assert_one_line(producer, "--value-scale", "1/5000")

    def test_flattened(self):
        pixels = struct.pack("<8H", 65535, 0, 32768, 32768, 1, 2, 3, 65535)
        flat = struct.pack("<8H", 65535, 16384, 16384, 65535, 1, 2, 3, 65535)
        frames = self.play(pixels, "--raw", "2x1:rgba64le", "--flatten", "#ff8000")
        self.assertEqual(frames[0].name, "XB48")
        for value, expected in zip(struct.unpack("<8H", frames[0].data), struct.unpack("<8H", flat)):
            self.assertAlmostEqual(value, expected, delta=130)
        frames = self.play(bytes([9, 8, 7, 0, 1, 2, 3, 255]), "--raw", "2x1:rgba", "--flatten", "#ff8000",
                           pixels="file")
        self.assertEqual((frames[0].name, frames[0].data), ("XB24", bytes([255, 128, 0, 255, 1, 2, 3, 255])))

    def test_truncated(self):
        data = draw("P010", 33, 17, 3)
        frames = self.play(data[:-1], "--raw", "33x17:p010le", portion=500)
        self.assert_frames(frames, "P010", 33, 17, data[:2 * len(data) // 3])
        self.assert_one_line(self.played, "stdin:3: skipped: truncated")

    def test_slots_are_as_large_as_the_format_needs(self):
        stats = self.scratch / "stats.json"
        for raw, options, size, status in (("128x4:nv12", [], 768, 0), ("128x4:rgba64le", [], 4096, 0),
                                           ("33x17:rgba64le", ["--max-size", "33x17"], 5440, 0),
                                           ("33x17:nv12", ["--max-size", "128x40"], 7680, 0),
                                           ("33x17:yuv420p", ["--max-size", "33x16"], 0, 1)):
            path = self.scratch / "stream"
            path.write_bytes(bytes(33 * 17 * 8))
            with self.subTest(raw=raw, options=options), open(path, "rb") as stdin:
                producer = self.producer("--raw", raw, "--pixels", "auto", *options, "--stats", stats, "-r", "0", "-",
                                         stdin=stdin)
                self.assert_exits(producer, status)
                if status == 0:
                    self.assertEqual(self.stats(stats)["slot_bytes"], size)
                else:
                    self.assertIn("33x17 does not fit the slots of 33x16", producer.err)

    def test_ours_of_16_bits(self):
        words = [0, 1, 128, 129, 385, 386, 32768, 65406, 65407, 65535]
        eight = [(word * 255 + 32767) // 65535 for word in words]
        frames = self.play(struct.pack("<10H", *words), "--raw", "10x1:gray16le", pixels="bgra")
        self.assertEqual(frames[0].data, b"".join(bytes([value] * 3 + [255]) for value in eight))
        rgba = struct.pack("<8H", 65535, 32768, 0, 65535, 257, 514, 771, 2570)
        frames = self.play(rgba, "--raw", "2x1:rgba64le", pixels="bgra")
        self.assertEqual((frames[0].name, frames[0].data), ("AR24", bytes([0, 128, 255, 255, 3, 2, 1, 10])))
        floats = struct.pack("<5f", -1, 0, 0.5, 7, float("nan"))
        frames = self.play(floats, "--raw", "5x1:grayf32le", pixels="bgra")
        gray = b"".join(bytes([value] * 3 + [255]) for value in (0, 0, 128, 255))
        self.assertEqual(frames[0].data, gray + bytes([0x30, 0, 0x20, 255]))

    def test_auto_is_the_default(self):
        for name in ("BG24", "R16", "NV12"):
            data = os.urandom(frame_bytes(name, 33, 17))
            with self.subTest(name=name):
                frames = self.play(data, "--raw", f"33x17:{FORMATS[name]}", pixels=None)
                expected = self.play(data, "--raw", f"33x17:{FORMATS[name]}", pixels="auto")
                self.assertEqual((frames[0].name, frames[0].data), (expected[0].name, expected[0].data))

    def test_every_video_format_converted_alike(self):
        """Whatever the packing, the same samples become the same BGRX."""
        y, u, v = (os.urandom(size) for size in (33 * 17, 17 * 9, 17 * 9))
        zipped = [bytes(value for pair in zip(*planes) for value in pair) for planes in ((u, v), (v, u))]

        def words(plane, shift):
            return struct.pack(f"<{len(plane)}H", *(value << shift for value in plane))

        def bgra(data, name, *options):
            return self.play(data, "--raw", f"33x17:{name}", *options, pixels="bgra")[0].data

        expected = bgra(y + u + v, "yuv420p")
        self.assertEqual(bgra(y + zipped[0], "nv12"), expected)
        self.assertEqual(bgra(y + zipped[1], "nv21"), expected)
        self.assertEqual(bgra(words(y, 8) + words(zipped[0], 8), "p010le"), expected)
        self.assertEqual(bgra(words(y, 2) + words(u, 2) + words(v, 2), "yuv420p10le"), expected)
        self.assertNotEqual(bgra(y + u + v, "yuv420p", "--colour", "bt709"), expected)
        self.assertNotEqual(bgra(y + u + v, "yuv420p", "--colour", "bt601:full"), expected)
        u, v = os.urandom(17 * 17), os.urandom(17 * 17)
        expected = bgra(y + u + v, "yuv422p")
        self.assertEqual(bgra(y + bytes(value for pair in zip(u, v) for value in pair), "nv16"), expected)
        self.assertEqual(bgra(words(y, 2) + words(u, 2) + words(v, 2), "yuv422p10le"), expected)
        yuyv, uyvy = bytearray(), bytearray()
        for row in range(17):
            luma = y[33 * row:33 * row + 33] + b"\x55"
            for i in range(17):
                first, second, blue, red = luma[2 * i], luma[2 * i + 1], u[17 * row + i], v[17 * row + i]
                yuyv += bytes([first, blue, second, red])
                uyvy += bytes([blue, first, red, second])
        self.assertEqual(bgra(bytes(yuyv), "yuyv422"), expected)
        self.assertEqual(bgra(bytes(uyvy), "uyvy422"), expected)
        data = os.urandom(3 * 33 * 17)
        self.assertEqual(bgra(words(data, 2), "yuv444p10le"), bgra(data, "yuv444p"))


class Y4m(Formats):
    def test_every_tag(self):
        for tag, name, colour in (("420jpeg", "YU12", "0 0 0 0 2 0"), ("420", "YU12", "0 0 0 0 2 0"),
                                  ("420mpeg2", "YU12", "0 0 0 0 1 0"), ("420paldv", "YU12", "0 0 0 0 3 0"),
                                  ("422", "YU16", UNKNOWN), ("444", "YU24", UNKNOWN), ("mono", "R8", "0 0 0 1 0 0"),
                                  ("420p10", "S010", UNKNOWN), ("422p10", "S210", UNKNOWN),
                                  ("444p10", "S410", UNKNOWN), ("mono16", "R16", "0 0 0 1 0 0")):
            data = os.urandom(frame_bytes(name, 33, 17))
            with self.subTest(tag=tag):
                frames = self.play(y4m(f"W33 H17 F25:1 Ip A0:0 C{tag}", data, 2), portion=100)
                self.assert_frames(frames, name, 33, 17, data * 2, colour)
                self.assertEqual(frames[0].aspect, "0:0")
        data = os.urandom(frame_bytes("YU12", 33, 17))
        self.assert_frames(self.play(y4m("W33 H17", data)), "YU12", 33, 17, data, "0 0 0 0 2 0")

    def test_what_a_header_says(self):
        data = os.urandom(16 * 16 * 3)
        for words, options, colour in (
                ("XCOLORRANGE=FULL", [], "0 0 0 2 0 0"), ("XCOLORRANGE=LIMITED", [], "0 0 0 1 0 0"),
                ("XCOLORRANGE=FULLER", [], UNKNOWN), ("XCICP=9-16-9-0", [], "9 16 9 1 0 0"),
                ("XCICP=1-13-5-1", [], "1 13 5 2 0 0"), ("XCICP=1-1-1-0 XCOLORRANGE=FULL", [], "1 1 1 2 0 0"),
                ("XCICP=1-1-1-2", [], UNKNOWN), ("XCICP=256-1-1-0", [], UNKNOWN), ("XCICP=1-1-1", [], UNKNOWN),
                ("XCICP=1-1-1-0-0", [], UNKNOWN), ("XCICP=1-1-1-0x", [], UNKNOWN), ("XCICP=-1-1-1-0", [], UNKNOWN),
                ("XCICP=", [], UNKNOWN), ("XCICP=2-2-2-0", [], "0 0 0 1 0 0"),
                ("XCICP=9-16-9-0", ["--colour", "bt601"], "9 16 6 1 0 0"),
                ("XCICP=9-16-9-0", ["--colour", "bt709:full"], "9 16 1 2 0 0")):
            with self.subTest(words=words, options=options):
                frames = self.play(y4m(f"W16 H16 C444 {words}", data), *options)
                self.assert_frames(frames, "YU24", 16, 16, data, colour)

    def test_aspect(self):
        data = os.urandom(16 * 16 * 3)
        for words, aspect in (("A16:15", "16:15"), ("A1:1", "1:1"), ("A0:0", "0:0"), ("A3:0", "0:0"), ("Ax", "0:0"),
                              ("", "0:0")):
            self.assertEqual(self.play(y4m(f"W16 H16 C444 {words}", data))[0].aspect, aspect)
        one, other = (y4m(f"W16 H16 C444 A{aspect}", data, 2) for aspect in ("16:15", "64:45"))
        self.assertEqual([frame.aspect for frame in self.play(one + other)], ["16:15"] * 2 + ["64:45"] * 2)

    def test_gray(self):
        data = bytes(range(256))
        full = b"".join(bytes([value] * 3 + [255]) for value in data)
        self.assert_frames(self.play(y4m("W16 H16 Cmono XCOLORRANGE=FULL", data)), "XR24", 16, 16, full)
        for pixels, name, expected in (("file", "R8", data), ("bgra", "XR24", full)):
            frames = self.play(y4m("W16 H16 Cmono XCOLORRANGE=FULL", data), pixels=pixels)
            self.assertEqual((frames[0].name, frames[0].data), (name, expected))
        limited = [min(255, max(0, round((value - 16) * 255 / 219))) for value in data]
        frames = self.play(y4m("W16 H16 Cmono", data), pixels="bgra")
        self.assertEqual(frames[0].data, b"".join(bytes([value] * 3 + [255]) for value in limited))

    def test_one_y4m_after_another(self):
        small, large = os.urandom(frame_bytes("S010", 5, 3)), os.urandom(frame_bytes("YU24", 41, 40))
        frames = self.play(y4m("W5 H3 C420p10", small, 2) + y4m("W41 H40 C444", large) + y4m("W5 H3 C420p10", small))
        self.assertEqual([(frame.name, frame.data) for frame in frames],
                         [("S010", small)] * 2 + [("YU24", large), ("S010", small)])

    def test_colour_that_changes(self):
        data = os.urandom(16 * 16 * 3)
        frames = self.play(y4m("W16 H16 C444 XCICP=9-16-9-0", data) + y4m("W16 H16 C444", data))
        self.assertEqual([(frame.colour, frame.described) for frame in frames],
                         [("9 16 9 1 0 0", True), (UNKNOWN, False)])

    @harness.needs("ffmpeg")
    def test_what_ffmpeg_writes(self):
        for name in ("YU12", "YU16", "YU24", "S010", "S210", "S410", "R16"):
            # With odd widths, this ffmpeg writes only half of the last chroma sample of 10 bits.
            width = 34 if name in ("S010", "S210") else 33
            how = ["-f", "lavfi", "-i", "testsrc2=s=128x96", "-vf", f"format=gbrp,scale={width}:17", "-frames:v", 3,
                   "-pix_fmt", FORMATS[name]]
            stream = ffmpeg(*how, "-strict", -1, "-f", "yuv4mpegpipe", "-")
            frames = self.play(stream, portion=4099)
            self.assertEqual([frame.name for frame in frames], [name] * 3)
            self.assertEqual(b"".join(frame.data for frame in frames), ffmpeg(*how, "-f", "rawvideo", "-"))


class Pnm(Formats):
    def test_16_bits_are_kept(self):
        for maximum in (256, 1023, 65535):
            values = [i * 7919 % (maximum + 1) for i in range(120)]
            big = struct.pack(">120H", *values)

            def little(samples, big=big, values=values, maximum=maximum):
                """Pixels of four words, of which the last is white if there is no alpha."""
                pixels = (values[at:at + samples] for at in range(0, 120, samples))
                four = [pixel[:1] * 3 + pixel[1:] if samples == 2 else pixel + [maximum] * (4 - samples)
                        for pixel in pixels]
                return b"".join(struct.pack("<4H", *pixel) for pixel in four)

            colour = f"0 0 0 0 0 {maximum}"
            with self.subTest(maximum=maximum):
                frames = self.play(b"P5 12 10 %d\n" % maximum + big, portion=50)
                self.assert_frames(frames, "R16", 12, 10, struct.pack("<120H", *values), colour)
                frames = self.play(b"P6 4 10 %d\n" % maximum + big)
                self.assert_frames(frames, "XB48", 4, 10, little(3), colour)
                for depth, width in ((2, 6), (4, 3)):
                    header = f"P7\nWIDTH {width}\nHEIGHT 10\nDEPTH {depth}\nMAXVAL {maximum}\nENDHDR\n".encode()
                    frames = self.play(header + big, portion=50)
                    self.assert_frames(frames, "AB48", width, 10, little(depth), colour)

    def test_opaque(self):
        header = b"P7\nWIDTH 1\nHEIGHT 2\nDEPTH 4\nMAXVAL 1000\nENDHDR\n"
        opaque, other = struct.pack(">4H", 1, 2, 3, 1000), struct.pack(">4H", 1, 2, 3, 999)
        frames = self.play(header + opaque + opaque + header + opaque + other)
        self.assertEqual([frame.name for frame in frames], ["XB48", "AB48"])
        frames = self.play(header + opaque + other, "--flatten", "white")
        self.assertEqual((frames[0].name, frames[0].data),
                         ("XB48", struct.pack("<8H", 1, 2, 3, 1000, 2, 3, 4, 1000)))

    def test_ours(self):
        values = [*range(0, 1001, 91), 1023]
        eight = bytes([*((value * 255 + 511) // 1023 for value in values), 255])
        stream = b"P5 13 1 1023\n" + struct.pack(">13H", *values, 5000)
        frames = self.play(stream, pixels="bgra")
        self.assert_frames(frames, "XR24", 13, 1, b"".join(bytes([value] * 3 + [255]) for value in eight))

    def test_8_bits(self):
        gray, rgb = bytes(range(33)), bytes(range(99))
        self.assert_frames(self.play(b"P5 33 1 255\n" + gray, pixels="file"), "R8", 33, 1, gray)
        self.assert_frames(self.play(b"P6 33 1 255\n" + rgb, pixels="file"), "BG24", 33, 1, rgb)
        self.assert_frames(self.play(b"P6 33 1 255\n" + rgb, pixels="RGB"), "BG24", 33, 1, rgb)
        scaled = bytes((value * 255 + 16) // 33 for value in gray)
        self.assert_frames(self.play(b"P5 33 1 33\n" + gray, pixels="file"), "R8", 33, 1, scaled)


class Refused(Formats):
    def refuse(self, stream, *options):
        path = self.scratch / "stream"
        path.write_bytes(stream)
        with open(path, "rb") as stdin:
            producer = self.producer("-r", "0", *options, "-", stdin=stdin)
            self.assertEqual(producer.wait(), 1)
        return producer.err

    def test_formats_that_a_stream_does_not_have(self):
        for stream, options in ((y4m("W2 H2 C420", bytes(6)), ["--pixels", "NV12"]),
                                (bytes(16), ["--raw", "2x2:bgra", "--pixels", "R8"]),
                                (bytes(16), ["--raw", "2x2:argb", "--pixels", "AB24"]),
                                (b"P5 2 2 255\n1234", ["--pixels", "R16"])):
            with self.subTest(options=options):
                self.assertIn("--pixels", self.refuse(stream, *options))
        png = sorted(harness.FRAMES.glob("*.png"))[0].read_bytes()
        self.assertIn("a PNG", self.refuse(png, "--pixels", "NV12"))

    def test_tags_that_are_not_known(self):
        for tag in ("411", "444alpha", "mono10", "420p1", "42"):
            self.assertIn("-pix_fmt yuv420p", self.refuse(y4m(f"W2 H2 C{tag}", bytes(64))))
        for tag in ("420p12", "444p16"):
            self.assertIn("no pixel format", self.refuse(y4m(f"W2 H2 C{tag}", bytes(64))))

    def test_a_line_that_is_too_long(self):
        self.assertIn("more than 4 KiB", self.refuse(y4m("W2 H2 X" + 5000 * "x", bytes(6))))

    def test_a_name_that_says_white(self):
        data = struct.pack("<4H", 0, 100, 4095, 4096)
        frame, = self.play(data, "--raw", "2x2:gray12le", "--pixels", "auto")
        self.assertEqual((frame.name, frame.data, frame.colour), ("R16", data, "0 0 0 0 0 4095"))

    def test_usage(self):
        for arguments, words in ((["--raw", "2x2:nv13", "-"], ["--raw", "nv13", "nv12"]),
                                 (["--raw", "2x2:BGR4", "-"], ["AR24"]),
                                 (["--pixels", "NV13", "-"], ["--pixels", "NV13", "bgra"]),
                                 (["--pixels", "NV12", harness.FRAMES], ["--pixels", "PNG"]),
                                 (["--colour", "bt601:tv", "-"], ["limited"]), (["--colour", "bt600", "-"], ["bt2020", ":limited|full"]),
                                 (["--colour", "bt601", "--raw", "2x2:gray16le", "-"], ["--colour", "YUV"]),
                                 (["--colour", "bt601", harness.FRAMES], ["--colour", "YUV"])):
            with self.subTest(arguments=arguments):
                producer = self.producer(*arguments)
                self.assert_exits(producer, 2)
                self.assert_one_line(producer, *words, "--help")

    def test_a_viewer_of_bgra_says_what_to_do(self):
        (self.scratch / "stream").write_bytes(bytes(6))
        reader, writer = os.pipe()
        producer = self.producer("-c", "camera", "--raw", "2x2:yuv420p", "--pixels", "auto", "-", stdin=reader)
        os.close(reader)
        os.write(writer, bytes(6))
        self.await_channel(producer, "camera")
        viewer = self.start(os.environ["SHMFLIP_EXAMPLE_VIEWER"])
        self.assert_exits(viewer, 1)
        self.assertIn("YU12", viewer.err)
        os.close(writer)
        self.assert_exits(producer, 0)


del Formats

if __name__ == "__main__":
    unittest.main(verbosity=2)
