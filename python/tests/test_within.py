# SPDX-License-Identifier: MIT
"""Python code that runs within a call, and ends what the call is for, as another thread, a signal
handler or a __del__ may. A NumPy of our own, a profile function and arguments run it at each place
where that can happen."""

import contextlib
import os
import sys
import types
import unittest

# What runs at the next call of a function of our NumPy, by the function's name.
actions = {}


def run_action(name):
    action = actions.pop(name, None)
    if action:
        action()


class Array:
    """An array, as far as the extension needs it."""

    def __init__(self, memory, base=None):
        self.memory, self.base = memory, base
        self.nbytes, self.writeable = memory.nbytes, not memory.readonly

    def view(self):
        run_action("view")
        return Array(self.memory, self)

    def setflags(self, write):
        run_action("setflags")
        self.writeable = write


def asarray(exporter):
    run_action("asarray")
    return Array(memoryview(exporter))


numpy = types.ModuleType("numpy")
numpy.asarray = numpy.array = asarray
numpy.ndarray = Array
sys.modules["numpy"] = numpy
os.environ.pop("SHMFLIP_TEST_NUMPY", None)

from harness import Case, main, publish  # noqa: E402

import shmflip  # noqa: E402


class Argument:
    """A number that runs an action when it is read."""

    def __init__(self, action):
        self.action = action

    def __index__(self):
        self.action()
        return 8


class Within(Case):
    def setUp(self):
        super().setUp()
        self.addCleanup(actions.clear)
        self.source = self.producer(slots=2, format="NV12", lease=-1)
        self.sink = self.viewer(every=True)
        self.loan = self.source.loan(0, keep=True)

    def take(self):
        """Takes a frame whose slot is the only free one once it is released."""
        self.loan.write(bytes(192))
        self.loan.publish()
        self.loan.discard()
        self.frame = self.sink.acquire(0)
        publish(self.source)
        return self.frame

    def slot_is_free(self):
        with contextlib.suppress(shmflip.Timeout):
            self.source.loan(0).discard()
            return True
        return False

    def end_frame(self):
        """Memory that a call uses stays until the call's end."""
        self.frame.__exit__(None, None, None)
        self.ended = True
        self.assertFalse(self.slot_is_free())

    def end_loan(self):
        self.loan.discard()
        self.ended = True
        self.assertEqual(self.source.counts().discarded, 0)

    def assert_frame_ended(self):
        self.assertTrue(self.ended)
        self.assertTrue(self.slot_is_free())

    def assert_loan_ended(self):
        self.assertTrue(self.ended)
        self.assertEqual(self.source.counts().discarded, 1)

    @contextlib.contextmanager
    def at_call_of(self, name, action):
        """Runs the action when a function of Python is called by the extension."""
        def profile(frame, event, _):
            if event == "call" and frame.f_code.co_name == name:
                sys.setprofile(None)
                action()
        sys.setprofile(profile)
        try:
            yield
        finally:
            sys.setprofile(None)

    def test_stream_of_a_frame(self):
        with self.at_call_of("make_stream", self.end_frame):
            self.assertEqual(self.take().stream.width, 16)
        self.assert_frame_ended()

    def test_colour_of_a_frame(self):
        frame = self.take()
        with self.at_call_of("<lambda>", self.end_frame):
            self.assertEqual(frame.colour, shmflip.Colour())
        self.assert_frame_ended()

    def test_description_of_a_loan(self):
        with self.at_call_of("make_stream", self.end_loan):
            self.assertEqual(self.loan.stream.width, 16)
        self.assert_loan_ended()

    def test_a_value_of_a_loan(self):
        self.loan.orientation = Argument(self.end_loan)
        self.assert_loan_ended()

    def test_metadata_of_a_frame(self):
        frame = self.take()
        with self.assertRaisesRegex(ValueError, "the frame is released"):
            frame.metadata(Argument(lambda: frame.__exit__(None, None, None)))

    def test_metadata_of_a_loan(self):
        for use in self.loan.metadata, lambda type: self.loan.add_metadata(type, b""):
            with self.assertRaisesRegex(ValueError, "is over|is released"):
                use(Argument(self.loan.discard))
            self.loan = self.source.loan(0)

    def test_planes_of_a_frame(self):
        frame = self.take()
        actions["asarray"] = self.end_frame
        with self.assertRaisesRegex(ValueError, "the frame is released"):
            frame.planes
        self.assert_frame_ended()

    def test_planes_of_a_loan(self):
        actions["asarray"] = self.end_loan
        with self.assertRaisesRegex(ValueError, "the frame is released"):
            self.loan.planes
        self.assert_loan_ended()

    def test_views_of_a_loan(self):
        actions["view"] = self.end_loan
        with self.assertRaisesRegex(ValueError, "the loan is over"):
            self.loan.planes
        self.assert_loan_ended()

    def test_planes_made_twice(self):
        """Both get the same arrays."""
        made = []
        for function in "asarray", "view":
            actions[function] = lambda: made.append(self.loan.planes)
            made.append(self.loan.planes)
            self.assertIs(made[0], made[1])
            made.clear()
            self.loan.discard()
            self.loan = self.source.loan(0)

    def test_an_end_within_publish(self):
        for end in self.loan.discard, self.loan.publish:
            self.loan.planes
            actions["setflags"] = end
            with self.assertRaisesRegex(ValueError, "the loan is over|the loan is published"):
                self.loan.publish()
            self.assertEqual(actions, {})
            self.loan.discard()
            self.loan = self.source.loan(0)

    def test_another_lending_within_publish(self):
        """It would publish what another thread may write to."""
        def lend_again():
            self.loan.publish()
            with self.assertRaisesRegex(BufferError, "2 arrays of the published frame are in use"):
                self.loan.reuse()

        self.loan.planes
        actions["setflags"] = lend_again
        with self.assertRaisesRegex(ValueError, "the loan is published"):
            self.loan.publish()
        self.assertEqual(actions, {})

    @unittest.skipIf(sys.version_info < (3, 12), "only later versions have buffers in Python")
    def test_bytes_to_write(self):
        end = self.end_loan

        class Bytes:
            def __buffer__(self, flags):
                end()
                return memoryview(bytes(192))

        self.loan.write(Bytes())
        self.assert_loan_ended()


if __name__ == "__main__":
    main()
