# SPDX-License-Identifier: MIT
"""shmflip cat as the source of other programs: its colours, its times, and what it waits for."""

import os
import signal
import subprocess
import threading
import time
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
        bgra = self.copy(stream, ["--pixels", "bgra", *options], ["--format", "raw"], "second")
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
                    code = {"bt601": 6, "bt709": 1}[given[1] if given else matrix]
                    self.assertEqual(header[-2:], ["XCOLORRANGE=LIMITED", f"XCICP=2-2-{code}-0"])
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
        self.assertIn(b" XCICP=2-2-6-0\n", stream)
        as_bt709 = self.read_y4m(stream, "--colour", "bt709")
        self.assertGreater(abs(as_bt709[1] - COLOUR[1]), 4)
        for cicp, expected in ((b"2-2-5-0", bytes(COLOUR)), (b"2-2-1-0", as_bt709[:3]), (b"2-2-2-0", bytes(COLOUR)),
                               (b"2-2-77-0", bytes(COLOUR)), (b"2-2-1-0-1", bytes(COLOUR)), (b"", bytes(COLOUR))):
            with self.subTest(cicp=cicp):
                self.assert_colour(self.read_y4m(stream.replace(b"2-2-6-0", cicp)), expected)
        self.assertEqual(self.read_y4m(stream.replace(b"2-2-6-0", b"2-2-1-0"), "--colour", "bt601"),
                         self.read_y4m(stream))

    def test_bare_video(self):
        planes = self.write_y4m(8, 8).split(b"FRAME\n")[1]
        self.assert_colour(self.read_y4m(planes, "--raw", "8x8:yuv444p"))
        self.assert_colour(self.read_y4m(self.write_y4m(8, 8, "--colour", "bt709").split(b"FRAME\n")[1],
                                         "--colour", "bt709", "--raw", "8x8:yuv444p"))

    def test_usage(self):
        for arguments in (["--colour", "bt2100", "-"], ["--colour", "bt601", harness.FRAMES],
                          ["--colour", "bt601", "--raw", "8x8:rgb24", "-"]):
            producer = self.producer(*arguments)
            self.assert_exits(producer, 2)
            self.assert_one_line(producer, "--colour", "--help")
        for arguments in (["--colour", "bt2100"], ["--colour", "bt601", "--format", "png"]):
            cat = self.cat(*arguments)
            self.assert_exits(cat, 2)
            self.assert_one_line(cat, "--colour", "--help")


class Times(Cat):
    """Frames come one by one from the test, so that it knows how far apart they are at least. The machine may
    be slower than that, so all upper bounds are by the time that the test took."""

    SIZE = 4 * 8 * 8

    def start_feeding(self, *options):
        """Starts a producer, which waits for cat and a viewer."""
        reader, self.feed = os.pipe()
        self.addCleanup(self.end_feed)
        self.started_at = time.monotonic()
        self.producing = self.producer("-q", "-s", "8", "-w", "2", "--raw", "8x8", *options, "-",
                                       stdin=reader)
        os.close(reader)
        self.watching = self.viewer("--digest", "--every")
        self.published = 0

    def end_feed(self):
        if self.feed >= 0:
            os.close(self.feed)
        self.feed = -1

    def publish(self, pause=0.1):
        """Publishes one more frame, after a pause. Frame n is grey of value 4 * n."""
        time.sleep(pause)
        self.published += 1
        os.write(self.feed, bytes([4 * self.published] * 3 + [255]) * (self.SIZE // 4))
        self.until("the frame is published", lambda: len(self.watching.lines) == self.published)

    def finish(self, cat):
        """Ends the stream. Returns the header and the number of each frame that cat wrote of it."""
        self.end_feed()
        self.assert_exits(self.producing, 0)
        self.assert_exits(cat, 0)
        self.elapsed_s = time.monotonic() - self.started_at
        self.assertEqual(self.watching.interrupt(), 0)
        self.assert_nothing_left()
        header, *frames = Path(cat.out_path).read_bytes().split(b"FRAME\n")
        return header.decode(), [round((frame[0] - 16) * 255 / 219 / 4) for frame in frames]

    def assert_in_time(self, frames, rate, at_least_s):
        """Checks that the frames are in order, and last as long as the stream did."""
        self.assertEqual(frames, sorted(frames))
        self.assertGreaterEqual(len(frames), rate * at_least_s - 2)
        self.assertLessEqual(len(frames), rate * self.elapsed_s + 3)

    def test_a_gap_lasts_as_long_as_it_was(self):
        self.start_feeding("-r", "20")
        cat = self.cat()
        for pause in (0, 0.1, 0.1, 1, 0.1, 0.5):
            self.publish(pause)
        header, frames = self.finish(cat)
        self.assertEqual(harness.y4m_rate(header), 20)
        self.assert_in_time(frames, 20, 1.8)
        self.assertGreaterEqual(frames.count(3), 18)
        self.assertGreaterEqual(frames.count(5), 8)
        self.assertEqual(set(frames), set(range(1, 7)))
        self.assertEqual(harness.complaints(cat), [])

    def test_a_producer_that_announces_no_rate(self):
        self.start_feeding("-r", "0")
        cat = self.cat()
        while not os.path.getsize(cat.out_path):
            self.publish()
        before = self.published
        for _ in range(12):
            self.publish()
        header, frames = self.finish(cat)
        rate = float(harness.y4m_rate(header))
        self.assert_in_time(frames, rate, 1.2)
        self.assertGreaterEqual(frames[-1], before + 11)
        self.assertEqual(len(harness.complaints(cat)), 1)
        # A machine that publishes nothing for half a second has no rate to measure.
        if "as measured" in cat.err:
            self.assertLessEqual(rate, 10.1)
            self.assertIn(f"the video has {rate:g} frames per second", cat.err)
        else:
            self.assertEqual(rate, 30)

    def test_every_frame_once(self):
        self.start_feeding("-r", "0")
        cat = self.cat("--every")
        for pause in (0, 0, 0, 0.5, 0, 0):
            self.publish(pause)
        header, frames = self.finish(cat)
        self.assertEqual(harness.y4m_rate(header), 30)
        self.assertEqual(frames, [1, 2, 3, 4, 5, 6])
        self.assertEqual(len(harness.complaints(cat)), 1)
        self.assertIn("--fps", cat.err)

    def test_the_rate_of_the_user(self):
        for options in (["--every"], []):
            with self.subTest(options=options):
                self.start_feeding("-r", "50")
                cat = self.cat("--fps", "30000/1001", *options)
                for pause in (0, 1):
                    self.publish(pause)
                header, frames = self.finish(cat)
                self.assertIn(" F30000:1001 ", header)
                self.assertEqual(harness.complaints(cat), [])
                if options:
                    self.assertEqual(frames, [1, 2])
                else:
                    self.assert_in_time(frames, 29.97, 1)

    def test_the_header_is_exact(self):
        cat = self.cat("-n", "1")
        producer = self.start(os.environ["SHMFLIP_NUMBERS"], "default", "8", "8", "20", "1", "rich=1", "wait=1")
        for running in (cat, producer):
            self.assert_exits(running, 0)
        header = Path(cat.out_path).read_bytes().split(b"\n")[0]
        self.assertEqual(header, b"YUV4MPEG2 W8 H8 F30000:1001 Ip A16:15 C444 XCOLORRANGE=LIMITED "
                                 b"XCICP=1-13-6-0")
        self.assert_nothing_left()

    def test_a_stream_of_one_frame(self):
        for rate in ("0", "20"):
            with self.subTest(rate=rate):
                self.start_feeding("-r", rate)
                cat = self.cat()
                self.publish()
                self.assertGreaterEqual(len(self.finish(cat)[1]), 1)

    def test_frames_are_passed_over(self):
        producer = self.producer("-q", "-l", "-r", "60", harness.FRAMES)
        self.await_channel(producer)
        for name in ("y4m", "raw"):
            before = time.monotonic()
            self.assert_exits(self.cat("--fps", "5", "-n", "8", "--format", name), 0)
            self.assertGreater(time.monotonic() - before, (8 - 1 - 1.2) / 5)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_pictures_come_as_they_come(self):
        """They have no rate, so none is repeated."""
        self.start_feeding("-r", "20")
        cat = self.cat("--format", "pam")
        for pause in (0, 0.5, 0.5):
            self.publish(pause)
        self.finish(cat)
        self.assertEqual(Path(cat.out_path).read_bytes().count(b"ENDHDR"), 3)

    def test_a_reader_that_stalls_loses_that_time(self):
        """It reads as slowly as a player that pauses. What it gets then is not old."""
        producer = self.producer("-q", "-l", "-r", "60", "-s", "4", harness.FRAMES)
        self.await_channel(producer)
        size = 4 * 640 * 360
        with subprocess.Popen([harness.TOOL, "cat", "--format", "raw"], env=self.env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as cat:
            frames = []
            for count in range(12):
                frames.append(cat.stdout.read(size))
                time.sleep(0.3)
            cat.stdout.close()
            self.assertEqual(cat.wait(), 0)
            self.assertRegex(cat.stderr.read(), b"leaves out the time.*--fps")
        # The first ones are repeated, until cat knows its reader.
        self.assertEqual(len(set(frames[5:])), len(frames[5:]))
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_a_slow_reader_still_gets_new_frames(self):
        """A frame takes it longer than the video's rate allows, so none is repeated in time."""
        producer = self.producer("-q", "-l", "-r", "20", "-s", "4", harness.FRAMES)
        self.await_channel(producer)
        size = 4 * 640 * 360
        with subprocess.Popen([harness.TOOL, "cat", "--format", "raw", "--fps", "10000"], env=self.env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as cat:
            frozen = threading.Timer(harness.TIMEOUT_S, cat.kill)
            frozen.start()
            frames = set()
            while len(frames) < 30:
                frame = cat.stdout.read(size)
                self.assertEqual(len(frame), size, f"no new frame after {len(frames)}")
                frames.add(frame)
                time.sleep(0.005)
            # A picture that stands still is still repeated, which shows how fast the reader is now.
            os.kill(producer.pid, signal.SIGSTOP)
            repeated = cat.stdout.read(5 * size)
            os.kill(producer.pid, signal.SIGCONT)
            self.assertEqual(len(repeated), 5 * size, "no repetition")
            frozen.cancel()
            cat.stdout.close()
            self.assertEqual(cat.wait(), 0)
            self.assertRegex(cat.stderr.read(), b"more than half of the time.*10000.*--fps")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_a_picture_that_stood_still_before(self):
        """The video begins with cat, however old its first frame is."""
        for rate, options in (("20", []), ("50", ["--fps", "20"]), ("0", ["--fps", "20"])):
            with self.subTest(rate=rate, options=options):
                self.start_feeding("-r", rate, "-w", "1")
                self.publish()
                time.sleep(2)
                self.started_at = time.monotonic()
                cat = self.cat(*options)
                self.until("it takes the picture", lambda cat=cat: os.path.getsize(cat.out_path))
                for pause in (0.2, 0.1):
                    self.publish(pause)
                self.assert_in_time(self.finish(cat)[1], 20, 0.3)

    def test_usage(self):
        for arguments in (["--fps", "0"], ["--fps", "x"], ["--fps", "30", "--format", "png"],
                          ["--timeout", "-1"]):
            cat = self.cat(*arguments)
            self.assert_exits(cat, 2)
            self.assert_one_line(cat, arguments[0], "--help")
        for command in ("ls", "stat", "clean"):
            for arguments in (["--every"], ["--fps", "30"], ["--timeout", "1"]):
                tool = self.tool(command, *arguments)
                self.assert_exits(tool, 2)
                self.assert_one_line(tool, arguments[0], "--help")


class Waiting(Cat):
    def test_it_says_what_it_waits_for(self):
        cat = self.cat("typo")
        self.until("it says so", lambda: cat.err)
        self.assertEqual(cat.interrupt(), 0)
        self.assert_one_line(cat, "waiting for a producer on channel typo in", str(self.dir))

    def test_timeout(self):
        cat = self.cat("typo", "--timeout", "0.3")
        self.assert_exits(cat, 1)
        self.assertEqual(harness.complaints(cat),
                         ["shmflip: no producer on channel typo within 0.3 s: is one running?"])
        self.assertEqual(len(cat.err.splitlines()), 2)

    def test_timeout_is_for_the_producer_alone(self):
        """A frame may take longer: this producer waits for another viewer."""
        producer = self.producer("-q", "-w", "2", harness.FRAMES / "000.png")
        self.await_channel(producer)
        cat = self.cat("--timeout", "0.5")
        self.until("it says what it waits for", lambda: "first frame" in cat.err)
        self.assertEqual(len(cat.err.splitlines()), 1, cat.err)
        viewer = self.viewer("--once")
        for running in (producer, viewer, cat):
            self.assert_exits(running, 0)
        self.assertTrue(Path(cat.out_path).read_bytes())
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main()
