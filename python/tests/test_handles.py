# SPDX-License-Identifier: MIT
"""Handles and the module: arguments, errors, counts, what is refused, what is collected."""

import copy
import gc
import os
import pathlib
import pickle
import weakref
from fractions import Fraction

from harness import Case, main, publish

import shmflip


class Arguments(Case):
    def test_streams(self):
        producer = self.producer(width=8, height=4, format="bgr0", rate=29.97, aspect=(4, 3),
                                 colour=(1, 2, 3, 1, 0, 0, 0), slots=5, metadata={7: b"x"},
                                 frame_metadata_bytes=1024, slot_bytes=10000)
        stream = producer.stream
        self.assertEqual((stream.format, stream.slots, stream.aspect), ("XR24", 5, Fraction(4, 3)))
        self.assertEqual((stream.rate, stream.colour.primaries), (Fraction(2997, 100), 1))
        channel = self.viewer().channel
        self.assertEqual(channel.stream.rate, stream.rate)
        self.assertEqual(channel.stream._replace(slot_bytes=10000), stream)
        self.assertEqual((channel.slots, channel.lossless, channel.pid), (5, False, os.getpid()))
        self.assertGreaterEqual(channel.slot_bytes, 10000)
        producer.configure(width=16)
        self.assertEqual(producer.stream, stream._replace(width=16))

    def test_the_stream_is_a_copy(self):
        given = {7: b"x"}
        producer = self.producer(metadata=given)
        given[8] = b"y"
        self.assertEqual(producer.stream.metadata, {7: b"x"})
        for stream in producer.stream, self.producer("other").stream:
            with self.assertRaises(TypeError):
                stream.metadata[9] = b""

    def test_bad_ones(self):
        bad = ({"slots": 1}, {"slots": 65}, {"slots": -1}, {"width": 1 << 33}, {"width": -1},
               {"format": "XR25"}, {"rate": -1}, {"rate": "x"}, {"rate": float("nan")},
               {"aspect": (1, 0)}, {"colour": (300, 0, 0, 0, 0, 0, 0)}, {"mode": 0o777},
               {"slot_bytes": 1 << 70}, {"metadata": {-1: b""}}, {"channel": "a/b"},
               {"lease": float("nan")}, {"lease": float("inf")}, {"lease": 1e30},
               {"metadata": {1: bytes(2 << 20)}}, {"width": 0xffffffff, "height": 0xffffffff})
        for arguments in bad:
            with self.subTest(arguments=str(arguments)[:60]):
                with self.assertRaises((shmflip.BadArgument, shmflip.FrameTooLarge)) as caught:
                    self.producer(**arguments)
                self.assertNotIn("\n", str(caught.exception))
        for arguments in ({"width": 1.5}, {"width": "1"}, {"channel": 5}, {"no": 1},
                          {"metadata": {"a": b""}}, {"metadata": {1: 5}}, {"metadata": {1: "x"}},
                          {"colour": 5}):
            with self.subTest(arguments=arguments), self.assertRaises(TypeError):
                self.producer(**arguments)
        producer = self.producer()
        with self.assertRaises(shmflip.BadArgument):
            producer.configure(slots=1)
        self.assertEqual(producer.stream.slots, 4)
        with self.assertRaises(TypeError):
            producer.configure(channel="b")

    def test_directories(self):
        other = pathlib.Path(self.dir) / "other"
        with shmflip.Producer("a", width=4, height=4, dir=other):
            self.assertEqual(shmflip.channels(other), ["a"])
            self.assertEqual(shmflip.channels(os.fsencode(other)), ["a"])
            self.assertEqual(shmflip.channels(), [])
        self.assertEqual(shmflip.default_dir(), self.dir)

    def test_a_directory_whose_name_is_no_text(self):
        other = os.fsencode(self.dir) + b"/\xff"
        for dir in other, os.fsdecode(other):
            with shmflip.Producer("a", width=4, height=4, dir=dir), shmflip.Viewer("a", dir=dir):
                self.assertEqual(shmflip.channels(dir), ["a"])
                self.assertEqual(shmflip.status("a", dir).channel.pid, os.getpid())
        with self.assertRaisesRegex(ValueError, "null"):
            shmflip.Viewer(dir="a\0b")

    def test_every(self):
        with self.assertRaisesRegex(shmflip.BadArgument, "use True, False or None"):
            shmflip.Viewer(every="yes")

    def test_formats(self):
        info = shmflip.format_info("yuv420p10le")
        self.assertEqual((info.name, info.planes, info.bits, info.model), ("S010", 3, 10, "yuv"))
        self.assertIs(shmflip.FORMATS["S010"].chroma_halved_y, True)
        self.assertEqual(len(shmflip.FORMATS), 23)
        with self.assertRaisesRegex(shmflip.BadArgument, "use yuv420p, with full range"):
            shmflip.format_info("yuvj420p")


class Errors(Case):
    def test_made_by_hand(self):
        self.assertEqual(str(shmflip.Timeout("why")), "why")
        self.assertEqual(str(shmflip.Timeout(11, "why")), "why")

    def test_classes(self):
        for name, base in (("ChannelNotFound", FileNotFoundError), ("Timeout", TimeoutError),
                           ("EndOfStream", EOFError), ("Refused", PermissionError),
                           ("ProducerDied", ConnectionError), ("FrameTooLarge", ValueError),
                           ("BadArgument", ValueError)):
            error = getattr(shmflip, name)
            self.assertTrue(issubclass(error, base) and issubclass(error, shmflip.Error), name)
            self.assertEqual(error.__module__, "shmflip")
        self.assertTrue(issubclass(shmflip.Error, OSError))

    def test_closed(self):
        producer, viewer = self.pair()
        for handle in producer, viewer:
            handle.close()
            handle.close()
            self.assertTrue(handle.closed)
            self.assertIn("closed", repr(handle))
        for use in (viewer.acquire, viewer.poll, viewer.fileno, viewer.counts, viewer.interrupt,
                    lambda: viewer.channel, producer.loan, producer.end, producer.viewers,
                    producer.wait_viewers, producer.count_dropped, producer.configure):
            with self.assertRaisesRegex(ValueError, "is closed"):
                use()

    def test_arguments_that_close_what_they_are_for(self):
        producer = self.producer()
        loan = producer.loan()

        class Closing:
            def __init__(self, close):
                self.close = close

            def __index__(self):
                self.close()
                return 8

        loan.orientation = Closing(loan.discard)
        self.assertEqual(producer.counts().discarded, 1)
        with self.assertRaisesRegex(ValueError, "is closed"):
            producer.configure(width=Closing(producer.close))

    def test_uninitialised(self):
        for kind in shmflip.Viewer, shmflip.Producer:
            handle = kind.__new__(kind)
            self.assertTrue(handle.closed)
            handle.close()
        with self.assertRaisesRegex(ValueError, "is closed"):
            shmflip.Viewer.__new__(shmflip.Viewer).poll()

    def test_initialised_twice(self):
        producer, viewer = self.pair()
        for when in "open", "closed":
            with self.subTest(when=when):
                with self.assertRaisesRegex(TypeError, "opened once"):
                    viewer.__init__("other")
                with self.assertRaisesRegex(TypeError, "opened once"):
                    producer.__init__("other", width=4, height=4)
                self.assertEqual((viewer.name, producer.name), ("default", "default"))
                self.assertEqual(producer.stream.width, 16)
                self.assertNotIn("other", shmflip.channels())
            producer.close()
            viewer.close()

    def test_types_that_cannot_be_made(self):
        for kind in shmflip.Frame, shmflip.Loan:
            with self.assertRaises(TypeError):
                kind()
            with self.assertRaises(TypeError):
                type("Mine", (kind,), {})


class Channels(Case):
    def test_status(self):
        os.chmod(self.dir, 0o750)
        producer, viewer = self.pair(mode=0o640)
        publish(producer)
        status = shmflip.status()
        self.assertEqual((status.state, status.error), (shmflip.State.RUNNING, None))
        self.assertEqual((status.newest_sequence, status.viewer_pids), (1, (os.getpid(),)))
        self.assertEqual((status.owner, status.mode), (os.getuid(), 0o640))
        self.assertEqual(status.channel.stream.width, 16)
        viewer.close()
        producer.end()
        self.assertEqual(shmflip.status().state, shmflip.State.ENDED)

    def test_counts(self):
        producer, viewer = self.pair()
        publish(producer)
        producer.loan().discard()
        producer.count_dropped()
        viewer.acquire(0)
        counts = producer.counts()
        self.assertEqual((counts.published, counts.discarded, counts.dropped), (1, 1, 1))
        self.assertEqual((viewer.counts().acquired, viewer.counts().producers), (1, 1))
        self.assertEqual(producer.viewers(), 1)

    def test_names(self):
        producer = self.producer("a.b")
        self.assertEqual((producer.name, self.viewer("a.b").name), ("a.b", "a.b"))
        self.assertIn("'a.b'", repr(producer))


class Refusals(Case):
    def test_pickle(self):
        producer, viewer = self.pair()
        publish(producer)
        for thing in producer, viewer, viewer.acquire(0), producer.loan(0):
            for attempt in pickle.dumps, copy.copy, copy.deepcopy:
                with self.assertRaisesRegex(TypeError, "cannot go to another process"):
                    attempt(thing)

    def test_values_are_pickled(self):
        producer = self.producer(metadata={1: b"x"})
        for value in (producer.counts(), shmflip.format_info("nv12"), shmflip.Colour(1)):
            self.assertEqual(pickle.loads(pickle.dumps(value)), value)
        error = pickle.loads(pickle.dumps(shmflip.Timeout(11, "late")))
        self.assertEqual((type(error), error.errno, str(error)), (shmflip.Timeout, 11, "late"))

    def test_subinterpreters(self):
        status, output, errors = self.run_program("""
            try:
                import _interpreters as interpreters
            except ImportError:
                import _xxsubinterpreters as interpreters
            program = '''if True:
                import sys
                sys.path[:] = %r
                try:
                    import shmflip
                    print("imported")
                except ImportError as error:
                    print(error)
            ''' % sys.path
            interpreter = interpreters.create()
            interpreters.run_string(interpreter, program)
        """)
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(output, "main interpreter only|does not support loading in subinterp")

    def test_imported_again(self):
        self.check_program("""
            first = shmflip.Frame
            for name in [name for name in sys.modules if name.startswith("shmflip")]:
                del sys.modules[name]
            import shmflip as again
            print(again.Frame is first)
            with again.Producer(width=4, height=4) as producer:
                producer.loan().publish()
        """, "True")


class Collection(Case):
    def test_unclosed(self):
        for make in (lambda: shmflip.Viewer("x"), lambda: shmflip.Producer("x", width=4, height=4)):
            with self.assertWarnsRegex(ResourceWarning, "unclosed <shmflip.* 'x'>"):
                make()
        self.assertEqual(shmflip.channels(), [])

    def test_cycles(self):
        viewer = shmflip.Viewer("x")
        viewer.mine = viewer
        gone = weakref.ref(viewer)
        viewer.close()
        del viewer
        gc.collect()
        self.assertIsNone(gone())

    def test_subclasses(self):
        class Mine(shmflip.Viewer):
            def acquire(self, timeout=None):
                return super().acquire(timeout).sequence

        producer = self.producer()
        with Mine() as viewer:
            viewer.attach(0)
            publish(producer)
            self.assertEqual(viewer.acquire(0), 1)

    def test_nothing_leaks(self):
        self.check_program("""
            import gc
            producer = shmflip.Producer(width=4, height=4, lossless=True)
            viewer = shmflip.Viewer()
            viewer.attach(60)
            def use():
                with (loan := producer.loan()) as array:
                    loan.source = "x" * 100
                    loan.add_metadata(1, b"y" * 100)
                with viewer.acquire() as frame:
                    frame.planes, frame.copy(), frame.tobytes(), frame.stream, frame.colour
                    frame.source, frame.metadata(1), frame.__dlpack__(max_version=(1, 0))
                for refused in (lambda: viewer.acquire(0), lambda: producer.loan(0, width=9999),
                                lambda: memoryview(frame), lambda: producer.configure(slots=1)):
                    try:
                        refused()
                    except (OSError, ValueError, BufferError):
                        pass
                viewer.channel, viewer.counts(), shmflip.status(), shmflip.channels()
            for _ in range(50):
                use()
            gc.collect()
            blocks = sys.getallocatedblocks()
            for _ in range(1000):
                use()
            gc.collect()
            grown = sys.getallocatedblocks() - blocks
            print(grown < 500 or grown)
            producer.close()
            viewer.close()
        """, "True")


if __name__ == "__main__":
    main()
