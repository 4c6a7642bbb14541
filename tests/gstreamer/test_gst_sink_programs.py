# SPDX-License-Identifier: MIT
"""shmflipsink in gst-launch-1.0: decoders that keep frames, signals, what is left, and what gst-inspect-1.0 says."""

import fcntl
import os
import re
import signal
import subprocess
import time
import unittest

import harness

H264_FRAMES = 60
PIPE_BYTES = 4096  # the least that a pipe may hold


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

    def run_slowly(self, *arguments):
        """Runs a pipeline that has to end. gst-launch-1.0 waits for half a second to print its second line, with
        which it reports what set_state() returned. Its main loop runs only then. Returns status and stderr."""
        first_line = b"Setting pipeline to PAUSED ...\n"
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        os.write(writer, bytes(PIPE_BYTES - len(first_line)))
        pipeline = subprocess.Popen(arguments, env=self.env | {"LC_ALL": "C"}, stdin=subprocess.DEVNULL, stdout=writer,
                                    stderr=subprocess.PIPE, text=True)
        os.close(writer)
        try:
            time.sleep(0.5)
            os.read(reader, PIPE_BYTES)
            _, err = pipeline.communicate(timeout=harness.TIMEOUT_S)
        finally:
            pipeline.kill()
            pipeline.wait()
        return pipeline.returncode, err

    def test_faults_end_it_with_one_line(self):
        """gst-launch-1.0 1.22 hangs if a streaming thread posts an error before its main loop runs. So no fault of a
        channel may be posted there."""
        self.await_channel(self.launch("videotestsrc is-live=true ! shmflipsink channel=held"), "held")
        caps = "video/x-raw,format=BGRx,width=2048,height=2048"  # 64 of them exceed the limit of the address space
        for sink, text in (
                ("mode=0611", "mode 611 is invalid: use 0600"),
                ("dir=/nonexistent/x", "/nonexistent/x"),
                ("channel=a/b", "a/b"),
                ("channel=held", "choose another channel (property channel)"),
                ("slots=64", "Cannot allocate memory"),
                ("slots=64 wait-viewers=1", "Cannot allocate memory")):
            with self.subTest(sink=sink):
                status, err = self.run_slowly("prlimit", f"--as={1 << 30}", "gst-launch-1.0", "videotestsrc", "!", caps,
                                              "!", "shmflipsink", *sink.split())
                self.assertNotEqual(status, 0)
                lines = [line for line in err.splitlines() if "ERROR: from" in line and "GstShmflipSink" in line]
                self.assertEqual(len(lines), 1, err)
                self.assertIn(text, lines[0])

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
