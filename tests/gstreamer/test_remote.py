# SPDX-License-Identifier: MIT
"""The command lines of docs/remote.md, between two network namespaces: what arrives, and what happens when the line
is cut. The channels of both ends have directories of their own."""

import json
import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

import frames
import harness
import network
import recipes
from recipes import runs
from screen import write_png

ELEMENTS = ["shmflipsink", "shmflipsrc", "gdppay", "tcpclientsink", "matroskamux", "avenc_ffv1", "x264enc",
            "rtph264pay", "srtsink", "watchdog"]
SIZE = WIDTH, HEIGHT = 128, 96
COUNT = 32  # pictures: as many as 5 bits tell apart
CELL = 16
# What an encoder may lose: a wrong matrix or range would cost more.
PSNR_DB = 28
KEY_FRAMES = 30  # from one key frame to the next


def picture(index):
    """Returns RGB pixels: colours that move, and at the top a cell for each bit of the index."""
    pixels = bytearray()
    for y in range(HEIGHT):
        for x in range(WIDTH):
            if y < CELL and x // CELL < 5:
                pixels += bytes([255 * (index >> x // CELL & 1)]) * 3
            else:
                pixels += bytes([2 * x, 255 - 2 * y, 60 + 4 * index])
    return bytes(pixels)


def index_of(pixels):
    """Returns the index that the cells of a picture tell, also if the picture has lost some quality."""
    middle = CELL // 2 * WIDTH
    return sum((pixels[3 * (middle + CELL * bit + CELL // 2)] > 127) << bit for bit in range(5))


PICTURES = [picture(index) for index in range(COUNT)]


@network.needs_network
@unittest.skipIf(recipes.missing(*ELEMENTS), f"GStreamer has no {recipes.missing(*ELEMENTS)} here")
class Remote(recipes.Case):
    page = "remote.md"

    def setUp(self):
        super().setUp()
        self.line = network.Line(self)
        self.ends = {}
        for name, host in (("sender", self.line.sender), ("receiver", self.line.receiver)):
            self.ends[name] = {"host": host.words(), "SHMFLIP_DIR": str(self.scratch / name)}
            self.directories.append(self.scratch / name)
        (self.scratch / "frames").mkdir()
        for index, pixels in enumerate(PICTURES):
            write_png(self.scratch / "frames" / f"{index}.png", WIDTH, HEIGHT, pixels)

    def on(self, end, lines):
        return self.shell(lines, **self.ends[end])

    def camera(self):
        """Starts a camera at the sender, which shows the pictures again and again."""
        return self.on("sender", "exec shmflip-producer -q -c camera -l -r 30 --preload frames")

    def watch(self):
        """Starts a viewer at the receiver, which writes the frames of one producer after the other to stdout."""
        return self.on("receiver", "while :; do shmflip cat camera --every --format pam; done")

    @staticmethod
    def arrived(watch):
        with open(watch.out_path, "rb") as output:
            return [pixels for _, _, pixels in frames.pams(output.read())]

    def await_frames(self, watch, count, timeout=30):
        """Waits until so many more frames have arrived."""
        before = len(self.arrived(watch))
        self.until(f"{count} more frames arrive", lambda: len(self.arrived(watch)) >= before + count, timeout)

    def assert_lossless(self, pictures):
        for number, pixels in enumerate(pictures):
            self.assertTrue(pixels in PICTURES, f"frame {number} has other pixels")

    @staticmethod
    def damaged(pictures):
        """Returns which frames differ more from their picture than an encoder makes them."""
        return [number for number, pixels in enumerate(pictures)
                if frames.psnr_of(pixels, PICTURES[index_of(pixels)]) < PSNR_DB]

    def assert_similar(self, pictures):
        self.assertEqual(self.damaged(pictures), [])

    def assert_recovers(self, pictures):
        """Checks that frames are damaged only up to the next key frame."""
        good = sorted(set(range(len(pictures))) - set(self.damaged(pictures)))
        gaps = [after - before for before, after in zip([-1, *good], [*good, len(pictures)])]
        self.assertLessEqual(max(gaps), KEY_FRAMES)

    def start_sending(self, port, again=False, title=None):
        """Runs the receiver and the sender of a heading, the test's own if none is named, each perhaps in a loop, and a
        viewer at the receiver. Returns all three."""
        before = self.recipes["When the line breaks"]["in the shell of both sides"] + "\nagain " if again else ""
        watch = self.watch()
        receiver = self.on("receiver", before + self.block("receiver", title))
        self.until("the receiver listens", lambda: self.line.receiver.listens(port))
        return watch, receiver, self.on("sender", before + self.block("sender", title))

    def pipeline_of(self, loop):
        """Waits until a loop in a shell runs a pipeline, and returns its process id."""
        def pipelines():
            children = Path(f"/proc/{loop.pid}/task/{loop.pid}/children").read_text(encoding="ascii").split()
            return [int(pid) for pid in children
                    if "gst-launch" in Path(f"/proc/{pid}/comm").read_text(encoding="ascii")]
        self.until("a pipeline runs", pipelines)
        return pipelines()[0]

    def kill_within(self, loop):
        os.kill(self.pipeline_of(loop), signal.SIGKILL)

    def cut_for_two_seconds(self):
        self.line.cut()
        time.sleep(2)
        self.line.mend()

    def survive(self, port, check):
        """Sends frames while the line is cut, and while either side is killed."""
        camera = self.camera()
        watch, receiver, sender = self.start_sending(port, again=True)
        self.await_frames(watch, 30)
        pipelines = [self.pipeline_of(loop) for loop in (receiver, sender)]
        self.cut_for_two_seconds()
        self.await_frames(watch, 45)
        self.assertEqual([self.pipeline_of(loop) for loop in (receiver, sender)], pipelines)
        check(self.arrived(watch))
        for loop in sender, receiver:
            self.kill_within(loop)
            self.await_frames(watch, 10)
        self.assertEqual(camera.interrupt(), 0)

    @runs("Lossless on a LAN: gdp over TCP")
    def test_gdp(self):
        self.survive(5000, self.assert_lossless)

    @runs("Lossless and compressed: FFV1 over TCP")
    def test_ffv1(self):
        self.survive(5000, self.assert_lossless)

    @runs("Live: H.264 by RTP")
    def test_rtp(self):
        self.survive(5004, self.assert_similar)

    @runs("Live: H.264 by SRT")
    def test_srt(self):
        self.survive(5001, self.assert_recovers)

    @runs("A pipe over the network")
    @harness.needs("nc")
    def test_pipe(self):
        camera = self.camera()
        watch, _, _ = self.start_sending(5003)
        self.await_frames(watch, 30)
        self.assert_similar(self.arrived(watch))
        self.assertEqual(camera.interrupt(), 0)

    @runs("Every frame over TCP")
    def test_every_frame(self):
        watch, receiver, sender = self.start_sending(5000)
        producer = self.on("sender", self.block("a producer at the sender"))
        self.until("frames arrive", lambda: self.arrived(watch))
        self.signal_group(watch, signal.SIGSTOP)
        time.sleep(2)  # longer than all frames last
        self.signal_group(watch, signal.SIGCONT)
        for running in producer, sender, receiver:
            self.assert_exits(running, 0)
        self.until("all frames have arrived", lambda: len(self.arrived(watch)) >= COUNT)
        self.assertEqual(self.arrived(watch), PICTURES)

    @runs("When the line breaks")
    def test_watchdog(self):
        """The line is cut until the sender gives up. Then another machine sends: the receiver hears nothing of that."""
        camera = self.camera()
        watch, _, sender = self.start_sending(5000, again=True)
        self.await_frames(watch, 10)
        pipeline = self.pipeline_of(sender)
        self.line.cut()
        self.until("the sender gives up", lambda: self.pipeline_of(sender) != pipeline)
        # With its old address, the kernel would end the connection.
        self.line.sender.ip("address", "del", f"{network.SENDER}/24", "dev", "line")
        self.line.sender.ip("address", "add", f"{network.SENDER_2}/24", "dev", "line")
        self.line.mend()
        self.await_frames(watch, 10)
        self.assert_lossless(self.arrived(watch))
        self.assertEqual(camera.interrupt(), 0)

    # ---- What arrives of a description ----

    def describe(self, end):
        stat = subprocess.run([harness.TOOL, "stat", "-j", "camera", "--dir", self.scratch / end], capture_output=True,
                              check=False)
        stream = json.loads(stat.stdout).get("stream", {}) if stat.returncode == 0 else {}
        return stream.get("rate"), stream.get("pixel_aspect"), stream.get("colour")

    @runs("What arrives")
    def test_description(self):
        """HDR of BT.2020 in full range, with a rate that is no whole number, and pixels that are no squares."""
        header = "W128 H96 F30000:1001 Ip A16:15 C420jpeg XCICP=9-16-9-1"
        (self.scratch / "video.y4m").write_bytes(frames.y4m(header, bytes(128 * 96 * 3 // 2), 300))
        self.on("sender", "while cat video.y4m; do :; done | shmflip-producer -q -c camera -")
        self.until("the camera has frames", lambda: self.describe("sender")[0])
        for title, port in (("Lossless on a LAN: gdp over TCP", 5000), ("Live: H.264 by RTP", 5004),
                            ("Live: H.264 by SRT", 5001)):
            with self.subTest(title):
                watch, *pipelines = self.start_sending(port, title=title)
                self.until("a frame arrives", lambda: self.describe("receiver")[0])
                self.assertEqual(self.describe("receiver"), self.describe("sender"))
                for running in pipelines:
                    self.assertEqual(running.interrupt(), 0)
                self.until("the channel closes", lambda: not self.describe("receiver")[0])
                watch.kill()


class Page(unittest.TestCase):
    def test_each_line_is_run(self):
        self.assertEqual(recipes.untested(Remote), set())


if __name__ == "__main__":
    unittest.main()
