# SPDX-License-Identifier: MIT
"""The line of each exception: it says what is wrong, on which channel, and what to do."""

import asyncio
import os
import pathlib
import signal

from harness import PATIENCE, Case, main, needs_numpy, numpy, publish

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
                           " wait longer, or continue without one", lambda: wait(timeout))
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
        self.check(shmflip.Busy, 16, "channel default is held by another producer of this process:"
                   " close that one, or choose another channel", self.producer)
        self.assertIn("channel default is held by another producer, process"
                      f" {os.getpid()}: choose another channel",
                      self.run_program("shmflip.Producer(width=4, height=4)")[2])
        self.check(shmflip.Busy, 16, "channel default has a live producer: nothing was removed",
                   shmflip.clean)
        loans = [producer.loan(0), producer.loan(0)]
        self.check(shmflip.Busy, 105, "loans and their arrays hold all free slots of channel"
                   " default in DIR: discard loans and delete arrays, or use more slots",
                   lambda: producer.loan(0))
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
        for line, call in (
                ("a timeout is 0 or more seconds, or None", lambda: producer.loan(-1)),
                ("there is no pixel format XR25: use a name of DRM, FFmpeg, GStreamer or V4L2, such"
                 " as XR24 or nv12", lambda: shmflip.format_info("XR25")),
                ("rate is 'x': use a number, a Fraction, '30000/1001' or (30000, 1001)",
                 lambda: producer.configure(rate="x")),
                ("aspect is 0: use more than 0, or None", lambda: producer.configure(aspect=0))):
            self.check(shmflip.BadArgument, 22, line, call)

    def test_ranges(self):
        """Each says the argument's own range, below and above."""
        producer = self.producer()
        loan = producer.loan()
        frame = {name: lambda value, name=name: setattr(loan, name, value)
                 for name in ("orientation", "captured_ns", "presentation_ns", "duration_ns",
                              "decode_ns", "value_scale", "value_offset")}
        stream = {name: lambda value, name=name: producer.configure(**{name: value})
                  for name in ("width", "slots", "slot_bytes", "frame_metadata_bytes")}
        colour = {f"colour.{name}": lambda value, name=name: setattr(
                      loan, "colour", shmflip.Colour(**{name: value}))
                  for name in shmflip.Colour._fields}
        times = ("nanoseconds between -2^62 and 2^62, or None", (-2**62, 2**62, 2**99, -2**63))
        lengths = ("0 to 2^62 - 1 nanoseconds, or None", (-5, 2**62, 2**99, -2**63))
        finite = ("a finite number of float32", (float("nan"), float("inf"), 1e39))
        for name, bounds, values, call in (
                ("count", "0 to 1000", (-1, 1001, 2**99), producer.wait_viewers),
                ("width", "0 to 2^32 - 1", (-1, 2**32, -2**99), stream["width"]),
                ("slots", "2 to 64", (-1, 0, 1, 65, 2**40), stream["slots"]),
                ("slot_bytes", "0 to 2^64 - 1", (-1, 2**64), stream["slot_bytes"]),
                ("frame_metadata_bytes", "0 to 65536", (-1, 65537),
                 stream["frame_metadata_bytes"]),
                ("height", "1 to 2^32 - 1", (-1, 0, 2**32),
                 lambda value: producer.loan(height=value)),
                ("width", "1 to 2^32 - 1", (-1, 0),
                 lambda value: shmflip.format_layout("XR24", value, 1)),
                ("group", "0 to 2^32 - 2", (-1, 2**32 - 1, 2**32),
                 lambda value: self.producer("a", group=value)),
                ("the type of metadata", "0 to 2^32 - 1", (-1, 2**32), loan.metadata),
                ("orientation", "0 to 8", (-1, 9), frame["orientation"]),
                ("captured_ns", *times, frame["captured_ns"]),
                ("presentation_ns", *times, frame["presentation_ns"]),
                ("duration_ns", *lengths, frame["duration_ns"]),
                ("decode_ns", *lengths, frame["decode_ns"]),
                ("value_scale", *finite, frame["value_scale"]),
                ("value_offset", *finite, frame["value_offset"]),
                ("colour.range", "0 to 2", (-1, 3, 300), colour["colour.range"]),
                ("colour.siting", "0 to 6", (-1, 7, 300), colour["colour.siting"]),
                ("colour.primaries", "0 to 255", (-1, 256), colour["colour.primaries"]),
                ("colour.white", "0 to 65535", (-1, 65536), colour["colour.white"])):
            for value in values:
                with self.subTest(name=name, value=value):
                    self.check(shmflip.BadArgument, 22, f"{name} is out of range: use {bounds}",
                               lambda: call(value))

    def test_values(self):
        advice = "use a number, a Fraction, '30000/1001' or (30000, 1001)"
        for name, value, advice in (
                ("rate", 1e-9, "use 0.00001 to 2^32 - 1, or None"),
                ("rate", 10**20, "use 0.00001 to 2^32 - 1, or None"),
                ("rate", float("nan"), advice), ("rate", float("inf"), advice),
                ("aspect", (1, 0), advice), ("aspect", -1, "use more than 0, or None"),
                ("mode", "600", "use 0o600, 0o640 or 0o644"),
                ("mode", None, "use 0o600, 0o640 or 0o644"),
                ("lease", float("nan"), "use seconds, or a negative number for no limit")):
            with self.subTest(name=name, value=value):
                self.check(shmflip.BadArgument, 22, f"{name} is {value!r}: {advice}",
                           lambda: self.producer(**{name: value}))
        for every in "x", [], 2:
            self.check(shmflip.BadArgument, 22, f"every is {every!r}: use True, False or None",
                       lambda: shmflip.Viewer(every=every))
        self.check(shmflip.BadArgument, 22, "mode is 0o777: use 0o600, 0o640 or 0o644",
                   lambda: self.producer(mode=0o777))
        self.check(shmflip.BadArgument, 22, "channel has a null character: leave it out",
                   lambda: self.producer("a\0b"))
        self.check(shmflip.BadArgument, 22, "dir has a null character: leave it out",
                   lambda: shmflip.channels("a\0b"))

    def test_types(self):
        """The line names the argument."""
        producer, viewer = self.pair()
        loan = producer.loan()
        seconds = "a number of seconds or None"
        cases = [(name, "an integer", value,
                  lambda value, name=name: self.producer("a", **{name: value}))
                 for name in ("width", "height", "slots", "slot_bytes", "group",
                              "frame_metadata_bytes") for value in ("4", 4.0, b"4")]
        cases += [("channel", "a str", value, call) for value in (None, 5, b"x")
                  for call in (shmflip.Viewer, self.producer, shmflip.status, shmflip.clean)]
        cases += [("dir", "a str, bytes, a path or None", 5, call)
                  for call in (shmflip.channels, lambda value: shmflip.Viewer(dir=value))]
        cases += [("timeout", seconds, value, call) for value in ("x", 1j, [])
                  for call in (viewer.acquire, viewer.wait, viewer.attach, producer.loan,
                               lambda value: producer.wait_viewers(1, value),
                               lambda value: asyncio.run(viewer.acquire_async(value)))]
        cases += [(name, "a number", "x", lambda value, name=name: setattr(loan, name, value))
                  for name in ("value_scale", "value_offset")]
        cases += [(name, "an integer", 1.5, lambda value, name=name: setattr(loan, name, value))
                  for name in ("captured_ns", "presentation_ns", "duration_ns", "decode_ns",
                               "orientation")]
        cases += [("colour", "a shmflip.Colour", value, call) for value in (None, 5, "bt709")
                  for call in (lambda value: producer.configure(colour=value),
                               lambda value: setattr(loan, "colour", value))]
        cases += [("format", "a str", 5, call) for call in (
                      lambda value: self.producer("a", format=value), shmflip.format_info,
                      lambda value: producer.loan(format=value),
                      lambda value: shmflip.format_layout(value, 1, 1))]
        cases += [("data", "bytes", value, call) for value in ("x", None)
                  for call in (loan.write, lambda value: loan.add_metadata(1, value))]
        cases += [("source", "a str", None, lambda value: setattr(loan, "source", value)),
                  ("lease", seconds, "1", lambda value: self.producer("a", lease=value)),
                  ("count", "an integer", "1", producer.wait_viewers),
                  ("the type of metadata", "an integer", "1", loan.metadata),
                  ("metadata", "a mapping of types to bytes", None,
                   lambda value: producer.configure(metadata=value)),
                  ("metadata[1]", "bytes", "x",
                   lambda value: producer.configure(metadata={1: value})),
                  ("colour.bits", "an integer", "8",
                   lambda value: producer.configure(colour=shmflip.Colour(bits=value)))]
        for name, wanted, value, call in cases:
            with self.subTest(name=name, value=value):
                with self.assertRaises(TypeError) as caught:
                    call(value)
                self.assertEqual(str(caught.exception),
                                 f"{name} must be {wanted}, not {type(value).__name__}")
        for rate in [], (1.5, 2), object:
            with self.assertRaisesRegex(TypeError, "rate is .*: use a number, a Fraction"):
                producer.configure(rate=rate)

    @needs_numpy
    def test_scalars_of_numpy(self):
        producer = self.producer("a", width=numpy.int64(16), rate=numpy.float32(30),
                                 aspect=numpy.int16(2), slots=numpy.uint8(3),
                                 lease=numpy.float32(0.5), mode=numpy.int64(0o600))
        self.assertEqual((producer.stream.rate, producer.stream.aspect), (30, 2))
        stream = producer.stream
        for number in stream.width, stream.slots, stream.aspect.numerator:
            self.assertIs(type(number), int)
        viewer = self.viewer("a", every=numpy.True_)
        self.assertEqual(viewer.channel.stream.rate, 30)
        for timeout in numpy.float32(0.01), numpy.int8(0), numpy.float64(0.01):
            with self.assertRaises(shmflip.Timeout):
                viewer.acquire(timeout)
            with self.assertRaises(shmflip.Timeout):
                asyncio.run(viewer.acquire_async(timeout))
        for width in numpy.float32(1), numpy.array([1, 2]):
            with self.assertRaisesRegex(TypeError, "width must be an integer, not .*(float|array)"):
                producer.configure(width=width)
        loan = producer.loan()
        loan.captured_ns, loan.value_scale = numpy.int64(5), numpy.float16(0.5)
        self.assertEqual((loan.captured_ns, loan.value_scale), (5, 0.5))

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
