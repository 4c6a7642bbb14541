# SPDX-License-Identifier: MIT
"""The line of each exception: it says what is wrong, on which channel, and what to do."""

import os
import pathlib
import signal

from harness import PATIENCE, Case, main, publish

import shmflip


class Lines(Case):
    def check(self, error, number, line, call):
        """Checks what a call raises; DIR stands for the directory of channels."""
        with self.assertRaises(error) as caught:
            call()
        self.assertIs(type(caught.exception), error)
        self.assertEqual((str(caught.exception).replace(self.dir, "DIR"), caught.exception.errno),
                         (line, number))

    def test_timeout(self):
        """Each wait, with and without time to wait."""
        viewer = self.viewer("camera", attach=False)
        for timeout in 0, 0.02:
            for wait in viewer.attach, viewer.acquire, viewer.wait:
                self.check(shmflip.Timeout, 11, "timeout: no producer on channel camera in DIR:"
                           " start one, or see shmflip.channels() for the names",
                           lambda: wait(timeout))
        producer = self.producer("camera", slots=2, lossless=True)
        for timeout in 0, 0.02:
            self.check(shmflip.Timeout, 11, "timeout: too few viewers on channel camera in DIR:"
                       " start more, or wait longer", lambda: producer.wait_viewers(2, timeout))
        viewer.attach(0)
        for timeout in 0, 0.02:
            for wait in viewer.acquire, viewer.wait:
                self.check(shmflip.Timeout, 11, "timeout: no new frame on channel camera in DIR:"
                           " wait longer, or go on without one", lambda: wait(timeout))
        publish(producer)
        held = viewer.acquire()
        publish(producer)
        for timeout in 0, 0.02:
            self.check(shmflip.Timeout, 11, "timeout: viewers hold all free slots of channel camera"
                       " in DIR: drop the frame, or wait longer", lambda: producer.loan(timeout))
        held.release()

    def test_a_directory_of_any_name(self):
        directory = self.dir.encode() + b"/a\nb\xff"
        self.check(shmflip.Timeout, 11, "timeout: no producer on channel default in DIR/a?b?: start"
                   " one, or see shmflip.channels() for the names",
                   lambda: self.viewer(attach=False, dir=directory).acquire(0))

    def test_interrupted(self):
        producer, viewer = self.pair()
        line = "interrupted on channel default in DIR: call resume() before the next wait"
        producer.interrupt()
        viewer.interrupt()
        for call in producer.loan, producer.wait_viewers, viewer.acquire, viewer.wait:
            self.check(shmflip.Interrupted, 125, line, call)

    def test_channel_not_found(self):
        for call in shmflip.status, shmflip.clean:
            self.check(shmflip.ChannelNotFound, 2, "there is no channel nobody in DIR",
                       lambda: call("nobody"))
        self.check(shmflip.ChannelNotFound, 2, "directory DIR/none: No such file or directory",
                   lambda: shmflip.channels(self.dir + "/none"))
        self.check(shmflip.ChannelNotFound, 2,
                   "cannot create directory DIR/no/no: No such file or directory",
                   lambda: self.producer(dir=self.dir + "/no/no"))

    def test_busy(self):
        producer = self.producer(slots=3)
        self.check(shmflip.Busy, 16, "channel default is held by another producer, process"
                   f" {os.getpid()}: choose another channel", self.producer)
        self.check(shmflip.Busy, 16, "channel default has a live producer: nothing was removed",
                   shmflip.clean)
        loans = [producer.loan(0), producer.loan(0)]
        self.check(shmflip.Busy, 105, "the producer has 2 of 3 slots itself: release frames first,"
                   " or use more slots", lambda: producer.loan(0))
        loans.clear()

    def test_ends_of_streams(self):
        producer, viewer = self.pair()
        producer.end()
        self.check(shmflip.EndOfStream, 61, "the producer of channel default has ended its stream",
                   viewer.acquire)
        killed = self.start("""
            producer = shmflip.Producer("killed", width=4, height=4)
            producer.wait_viewers()
            os.kill(os.getpid(), 9)
        """)
        viewer = self.viewer("killed")
        self.assertEqual(killed.wait(PATIENCE), -signal.SIGKILL)
        self.check(shmflip.ProducerDied, 32, "the producer of channel killed died", viewer.acquire)

    def test_refused(self):
        os.mkdir(self.dir + "/open")
        os.chmod(self.dir + "/open", 0o777)
        line = "others may write directory DIR/open (mode 777): chmod go-w DIR/open"
        for call in self.producer, shmflip.Viewer:
            self.check(shmflip.Refused, 1, line, lambda: call(dir=self.dir + "/open"))

    def test_frame_too_large(self):
        producer = self.producer()
        self.check(shmflip.FrameTooLarge, 90, "a frame of 9999x8 pixels does not fit slots of 4096"
                   " bytes: use a larger slot_bytes", lambda: producer.loan(0, width=9999))
        self.check(shmflip.FrameTooLarge, 75, "rows of 4294967295 pixels are too long",
                   lambda: producer.configure(width=2**32 - 1, height=1))

    def test_bad_argument(self):
        producer = self.producer()
        loan = producer.loan()
        for line, call in (
                ("a timeout is 0 or more seconds, or None", lambda: producer.loan(-1)),
                ("there is no pixel format XR25: use a name of DRM, FFmpeg, GStreamer or V4L2, such"
                 " as XR24 or nv12", lambda: shmflip.format_info("XR25")),
                ("1 slots are invalid: use 2 to 64", lambda: producer.configure(slots=1)),
                ("rate is 'x': use a number, a Fraction, '30000/1001' or (30000, 1001)",
                 lambda: producer.configure(rate="x")),
                ("aspect is 0: use more than 0, or None", lambda: producer.configure(aspect=0)),
                ("width is 0: use 1 or more, or None", lambda: producer.loan(width=0)),
                ("colour.primaries is out of range: use 0 to 255",
                 lambda: setattr(loan, "colour", shmflip.Colour(256))),
                ("cannot wait for 1001 viewers: use at most 1000",
                 lambda: producer.wait_viewers(1001))):
            self.check(shmflip.BadArgument, 22, line, call)
        loan.captured_ns = 2**62
        self.check(shmflip.BadArgument, 22, "a time of the frame is out of range: use nanoseconds"
                   " between -2^62 and 2^62", loan.publish)

    def test_protocol_error(self):
        pathlib.Path(self.dir, "default").write_bytes(b"x" * 4096)
        viewer = self.viewer(attach=False)
        self.check(shmflip.ProtocolError, 71, "DIR/default was not written by shmflip",
                   viewer.acquire)

    def test_others(self):
        producer = self.producer()
        loan = producer.loan()
        self.check(shmflip.Error, 28, "a metadata item of 300 bytes does not fit, and 0 of 256 are"
                   " used: use a larger frame_metadata_bytes",
                   lambda: loan.add_metadata(1, bytes(300)))
        producer.configure(width=4)
        self.check(shmflip.Error, 116, "the channel has moved on from this frame's memory: release"
                   " it and take another frame on loan", loan.publish)
        pathlib.Path(self.dir, "file").touch()
        self.check(shmflip.Error, 20, "DIR/file is no directory",
                   lambda: shmflip.Viewer(dir=self.dir + "/file"))


if __name__ == "__main__":
    main()
