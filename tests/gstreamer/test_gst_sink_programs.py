# SPDX-License-Identifier: MIT
"""shmflipsink in gst-launch-1.0: decoders that keep frames, signals, what is left, and what gst-inspect-1.0 says."""

import re
import signal
import subprocess
import unittest

import harness

H264_FRAMES = 60


class SinkPrograms(harness.Case):
    def launch(self, *words, **how):
        return self.start("gst-launch-1.0", *" ".join(words).split(), **how)

    def interrupt(self, pipeline):
        """gst-launch-1.0 catches SIGINT only after the pipeline is paused."""
        def catches_sigint():
            with open(f"/proc/{pipeline.pid}/status", encoding="ascii") as status:
                caught = next(line for line in status if line.startswith("SigCgt:"))
            return int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1

        self.await_channel(pipeline)
        self.until("it catches SIGINT", catches_sigint)
        return pipeline.interrupt()

    def h264(self):
        """A file whose decoder keeps four frames to decode others from, and sends frames out of order."""
        path = self.scratch / "video.h264"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=30", "-frames:v",
                        str(H264_FRAMES), "-pix_fmt", "yuv420p", "-c:v", "libx264", "-bf", "3", "-refs", "4", path],
                       check=True, stdin=subprocess.DEVNULL)
        return path

    @harness.needs("ffmpeg")
    def test_h264_never_hangs(self):
        path = self.h264()
        held = "direct-rendering=false"  # the decoder holds slots
        for slots, how in ((3, ""), (3, held), (4, held), (5, held), (8, held), (16, ""), (16, held)):
            with self.subTest(slots=slots, how=how):
                pipeline = self.launch(f"-v filesrc location={path} ! h264parse ! avdec_h264 {how} !",
                                       f"shmflipsink sync=false policy=lossless wait-viewers=1 slots={slots}")
                viewer = self.launch(f"-v shmflipsrc ! filesink location={self.scratch / 'out'}")
                self.assert_exits(pipeline, 0)
                self.assert_exits(viewer, 0)
                self.assertEqual((self.scratch / "out").stat().st_size, H264_FRAMES * 160 * 120 * 3 // 2)

    @harness.needs("ffmpeg")
    def test_h264_and_a_viewer_that_holds_more_than_there_is(self):
        """Decoder and viewer hold all slots, and each waits for more frames."""
        path = self.h264()
        for slots in (3, 4, 8):
            with self.subTest(slots=slots):
                pipeline = self.launch(f"-v filesrc location={path} ! h264parse ! avdec_h264 direct-rendering=false !",
                                       f"shmflipsink sync=false policy=lossless wait-viewers=1 slots={slots}")
                viewer = self.launch("shmflipsrc ! queue min-threshold-buffers=30 ! fakesink sync=false")
                self.assert_exits(pipeline, 0)
                self.assert_exits(viewer, 0)

    def test_one_sigint_leaves_nothing(self):
        pipeline = self.launch("videotestsrc is-live=true ! shmflipsink")
        self.assertEqual(self.interrupt(pipeline), 0)
        self.assertNotIn("CRITICAL", pipeline.err)
        self.assert_nothing_left()

    def test_sigint_while_it_waits_for_viewers(self):
        pipeline = self.launch("videotestsrc ! shmflipsink wait-viewers=1")
        self.assertEqual(self.interrupt(pipeline), 0)
        self.assert_nothing_left()

    def test_no_object_is_left(self):
        self.env |= {"GST_TRACERS": "leaks", "GST_DEBUG": "GST_TRACER:7", "GST_DEBUG_NO_COLOR": "1"}
        pipeline = self.launch("-q videotestsrc num-buffers=20 ! video/x-raw,width=64,height=48 ! queue ! videoconvert !",
                               "video/x-raw,format=BGRx ! shmflipsink sync=false")
        self.assert_exits(pipeline, 0)
        self.assertIn("GST_TRACER", pipeline.err)
        self.assertEqual(re.findall(r"object-alive, type-name=\(string\)Gst.*", pipeline.err), [])

    def test_inspect_is_clean(self):
        for name in ("shmflip", "shmflipsink", "shmflipsrc"):
            with self.subTest(name=name):
                answer = subprocess.run(["gst-inspect-1.0", name], env=self.env, capture_output=True, text=True, check=True)
                self.assertEqual(answer.stderr, "")
                self.assertRegex(answer.stdout, "License +MIT/X11")  # one of the names that GStreamer knows


if __name__ == "__main__":
    unittest.main()
