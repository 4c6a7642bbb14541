# SPDX-License-Identifier: MIT
"""shmflipsrc in gst-launch-1.0: every format at odd widths from the producer through both elements, byte for byte,
with its colours; producers that die, and channels that cannot be read."""

import os
import re
import shutil
import time
import unittest
from pathlib import Path

import harness

WIDTH, HEIGHT, FRAMES = 37, 21, 3

# The producer's name, GStreamer's, and the bytes of each plane's row and its number of rows.
W, H, HALF_W, HALF_H = WIDTH, HEIGHT, (WIDTH + 1) // 2, (HEIGHT + 1) // 2
FORMATS = [
    ("bgr0", "BGRx", [(4 * W, H)]),
    ("bgra", "BGRA", [(4 * W, H)]),
    ("rgb0", "RGBx", [(4 * W, H)]),
    ("rgba", "RGBA", [(4 * W, H)]),
    ("bgr24", "BGR", [(3 * W, H)]),
    ("rgb24", "RGB", [(3 * W, H)]),
    ("gray", "GRAY8", [(W, H)]),
    ("gray16le", "GRAY16_LE", [(2 * W, H)]),
    ("rgba64le", "RGBA64_LE", [(8 * W, H)]),
    ("yuyv422", "YUY2", [(4 * HALF_W, H)]),
    ("uyvy422", "UYVY", [(4 * HALF_W, H)]),
    ("nv12", "NV12", [(W, H), (2 * HALF_W, HALF_H)]),
    ("nv21", "NV21", [(W, H), (2 * HALF_W, HALF_H)]),
    ("nv16", "NV16", [(W, H), (2 * HALF_W, H)]),
    ("yuv420p", "I420", [(W, H), (HALF_W, HALF_H), (HALF_W, HALF_H)]),
    ("yuv422p", "Y42B", [(W, H), (HALF_W, H), (HALF_W, H)]),
    ("yuv444p", "Y444", [(W, H)] * 3),
    ("p010le", "P010_10LE", [(2 * W, H), (4 * HALF_W, HALF_H)]),
    ("yuv420p10le", "I420_10LE", [(2 * W, H), (2 * HALF_W, HALF_H), (2 * HALF_W, HALF_H)]),
    ("yuv422p10le", "I422_10LE", [(2 * W, H), (2 * HALF_W, H), (2 * HALF_W, H)]),
    ("yuv444p10le", "Y444_10LE", [(2 * W, H)] * 3),
]
SOURCE_CAPS = re.compile(r"GstShmflipSrc:second\.GstPad:src: caps = (.*)")


def round_up(value, unit):
    return -(-value // unit) * unit


def rows_taken(gstreamer, plane, planes):
    """GStreamer rounds up the rows of luma where chroma has half of them, and all rows of I422_10LE."""
    halved = plane == 0 and planes[-1][1] < planes[0][1]
    return round_up(planes[plane][1], 2) if halved or gstreamer == "I422_10LE" else planes[plane][1]


def without_padding(data, gstreamer, planes):
    """Frames in GStreamer's layout without a meta, where rows are multiples of 4 bytes."""
    frames = []
    while data:
        frame = b""
        for plane, (row_bytes, rows) in enumerate(planes):
            stride = round_up(row_bytes, 4)
            end = stride * rows_taken(gstreamer, plane, planes)
            frame += b"".join(data[row * stride:row * stride + row_bytes] for row in range(rows))
            data = data[end:]
        frames.append(frame)
    return frames


def random_frame(name, size):
    frame = bytearray(os.urandom(size))
    if name == "bgr0":  # the producer sets the undefined bytes
        frame[3::4] = b"\xff" * (size // 4)
    if name.startswith("yuv") and "10" in name:  # the upper bits of words are 0
        frame[1::2] = bytes(byte & 3 for byte in frame[1::2])
    return bytes(frame)


class Programs(harness.Case):
    def setUp(self):
        super().setUp()
        self.out = self.scratch / "out"

    def launch(self, *words, **how):
        return self.start("gst-launch-1.0", *" ".join(words).split(), **how)

    def through_both(self, name, size, *options):
        """Sends raw frames from a producer through shmflipsrc, shmflipsink and shmflipsrc to a file."""
        raw = self.scratch / "raw"
        frames = [random_frame(name, size) for _ in range(FRAMES)]
        raw.write_bytes(b"".join(frames))
        pipeline = self.launch("-v shmflipsrc channel=a ! shmflipsink channel=b policy=lossless wait-viewers=1 slots=4",
                               "sync=false async=false shmflipsrc name=second channel=b !",
                               f"filesink async=false location={self.out}")
        with open(raw, "rb") as stdin:
            producer = self.producer("-q", "-c", "a", "-r", "0", "-p", "lossless", "-w", "1", "--pixels", "file", *options,
                                     "--raw", f"{WIDTH}x{HEIGHT}:{name}", "-", stdin=stdin)
            self.assert_exits(producer, 0)
        self.assert_exits(pipeline, 0)
        self.assertEqual(producer.err, "")
        self.assert_nothing_left()
        return frames, SOURCE_CAPS.search(pipeline.out)[1]

    def test_every_format_through_both_elements(self):
        for name, gstreamer, planes in FORMATS:
            with self.subTest(format=name):
                size = sum(row_bytes * rows for row_bytes, rows in planes)
                frames, caps = self.through_both(name, size)
                self.assertIn(f"format=(string){gstreamer},", caps)
                self.assertEqual(without_padding(self.out.read_bytes(), gstreamer, planes), frames)

    def test_colours_through_both_elements(self):
        size = WIDTH * HEIGHT + 2 * HALF_W * HALF_H
        for said, expected in (("bt709:full", "1:3:"), ("bt709:limited", "2:3:"), ("bt601", "4:"), ("bt2020:limited", "2:6:")):
            with self.subTest(colour=said):
                _, caps = self.through_both("nv12", size, "--colour", said)
                self.assertRegex(caps, "colorimetry=\\(string\\)[0-9]?:?" + expected)
        _, caps = self.through_both("nv12", size)
        self.assertNotIn("colorimetry", caps)

    def test_a_queue_that_wants_more_frames_than_there_are_slots(self):
        frames = [os.urandom(64 * 4) for _ in range(40)]
        raw = self.scratch / "raw"
        raw.write_bytes(b"".join(frames))
        pipeline = self.launch(f"shmflipsrc ! queue min-threshold-buffers=30 ! filesink location={self.out}")
        with open(raw, "rb") as stdin:
            producer = self.producer("-q", "-r", "0", "-p", "lossless", "-w", "1", "-s", "4", "--pixels", "file",
                                     "--raw", "64x4:gray", "-", stdin=stdin)
            self.assert_exits(producer, 0)
        self.assert_exits(pipeline, 0)
        self.assertEqual(self.out.read_bytes(), b"".join(frames))

    def line_of(self, pipeline, kind):
        """The single line after WARNING or ERROR, without the element's name."""
        lines = [line for line in (pipeline.out + pipeline.err).splitlines() if line.startswith(kind + ": from")]
        self.assertEqual(len(lines), 1, pipeline.out + pipeline.err)
        return lines[0].split(": ", 2)[2]

    def test_dead_producer_ends_the_pipeline(self):
        producer = self.producer("-q", "--loop", "-s", "4", harness.FRAMES)
        self.await_channel(producer)
        pipeline = self.launch("-v shmflipsrc ! identity silent=false ! fakesink")
        self.until("a frame", lambda: "chain" in pipeline.out)
        producer.kill()
        self.assert_exits(pipeline, 0)
        self.assertIn("Got EOS", pipeline.out)
        self.assertIn("default", self.line_of(pipeline, "WARNING"))

    def test_next_producer_with_another_size(self):
        producer = self.producer("-q", "--loop", "-s", "4", harness.FRAMES)
        self.await_channel(producer)
        pipeline = self.launch("-v shmflipsrc on-end=wait name=second ! fakesink")
        self.until("the first caps", lambda: "width=(int)640" in pipeline.out)
        producer.kill()
        raw = self.scratch / "raw"
        raw.write_bytes(bytes(WIDTH * HEIGHT * 2))
        with open(raw, "rb") as stdin:
            producer = self.producer("-q", "-w", "1", "--pixels", "file", "--raw", f"{WIDTH}x{HEIGHT}:gray", "-",
                                     stdin=stdin)
            self.assert_exits(producer, 0)
        self.until("the next caps", lambda: f"format=(string)GRAY8, width=(int){WIDTH}" in pipeline.out)
        self.assertEqual(pipeline.interrupt(), 0)

    def test_no_producer_is_said_once(self):
        pipeline = self.launch("shmflipsrc channel=nobody ! fakesink")
        line = f"no producer yet on channel nobody in {self.dir}: waiting"
        self.until("the line", lambda: line in pipeline.out)
        time.sleep(1.5)
        self.assertEqual(pipeline.interrupt(), 0)
        self.assertEqual(pipeline.out.count("no producer yet"), 1)

    def test_no_object_is_left(self):
        self.env |= {"GST_TRACERS": "leaks", "GST_DEBUG": "GST_TRACER:7", "GST_DEBUG_NO_COLOR": "1"}
        self.await_channel(self.producer("-q", "--loop", "-s", "6", harness.FRAMES))
        # Two branches, a copy for one that lacks GstVideoMeta, and buffers that are held.
        pipeline = self.launch("-q shmflipsrc num-buffers=20 ! tee name=t ! queue ! videoconvert ! fakesink t.",
                               "! queue min-threshold-buffers=8 ! fakesink")
        self.assert_exits(pipeline, 0)
        self.assertIn("GST_TRACER", pipeline.err)
        self.assertEqual(re.findall(r"object-alive, type-name=\(string\)Gst.*", pipeline.err), [])

    @unittest.skipUnless(os.geteuid() == 0, "needs two users")
    def test_another_users_channel(self):
        programs, frames = self.copy_for_users()
        shutil.copy(Path(os.environ["GST_PLUGIN_PATH"]) / "libgstshmflip.so", programs)
        self.env |= {"GST_PLUGIN_PATH": str(programs), "GST_REGISTRY": str(self.scratch / "registry")}
        self.await_channel(self.start(programs / "shmflip-producer", "-q", "--loop", frames))
        try:
            pipeline = self.launch("shmflipsrc ! fakesink", user=65534, group=65534, extra_groups=[])
        except OSError as error:
            self.skipTest(f"cannot be another user: {error}")
        self.assertNotEqual(pipeline.wait(), 0)
        self.assertRegex(pipeline.err, "(?m)^ERROR: from element [^ ]*: cannot open .*: Permission denied: its producer sets who may read")

    def test_channels_that_cannot_be(self):
        for words, expected in (("channel=a/b", "a/b"), ("dir=/dev/null", "/dev/null")):
            with self.subTest(words=words):
                pipeline = self.launch("shmflipsrc", words, "! fakesink")
                self.assertNotEqual(pipeline.wait(), 0)
                self.assertIn(expected, self.line_of(pipeline, "ERROR"))


if __name__ == "__main__":
    unittest.main()
