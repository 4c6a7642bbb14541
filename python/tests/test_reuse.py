# SPDX-License-Identifier: MIT
"""Loans that keep their slot after they are published, and lend it again."""

import errno
import gc
import os
import weakref

from harness import Case, first, main, needs_numpy, publish

import shmflip


class Reuse(Case):
    def setUp(self):
        super().setUp()
        self.source = self.producer(slots=3)
        self.sink = self.viewer(every=True)

    def keep(self, byte=7, **description):
        """Publishes a loan that keeps its slot, and then another frame."""
        loan = self.source.loan(0, keep=True)
        for name, value in description.items():
            setattr(loan, name, value)
        loan.write(bytes([byte]) * 512)
        loan.publish()
        publish(self.source, byte + 1)
        self.assertEqual(self.values(), [byte, byte + 1])
        return loan

    def values(self):
        """The first sample of each frame that comes."""
        return [first(memoryview(frame)) for frame in iter(self.sink.poll, None)]

    def test_pixels_and_description_are_still_there(self):
        loan = self.keep(presentation_ns=77, source="again", colour=shmflip.Colour(9))
        self.assertIs(loan.reuse(), loan)
        self.assertEqual((loan.sequence, loan.published_ns), (0, None))
        loan.publish()
        self.assertEqual(loan.sequence, 3)
        frame = self.sink.acquire(0)
        self.assertEqual((frame.sequence, first(memoryview(frame)), frame.presentation_ns,
                          frame.source, frame.colour.primaries), (3, 7, 77, "again", 9))

    def test_what_differs(self):
        loan = self.keep(source="first")
        with loan.reuse() as array:
            array[0, 0, 0] += 2
            loan.source = "second"
            loan.add_metadata(shmflip.METADATA_USER, b"x")
        seen = [(first(memoryview(frame)), frame.source, frame.metadata(shmflip.METADATA_USER))
                for frame in iter(self.sink.poll, None)]
        self.assertEqual(seen, [(9, "second", b"x")])

    def test_a_loop_of_pictures(self):
        loans = [self.keep(byte) for byte in (10, 20)]
        for loan in loans * 20:
            with loan.reuse() as array:
                array[0, 0, 0] += 1
            self.assertEqual(len(self.values()), 1)
        self.assertEqual([first(loan.planes[0]) for loan in loans], [30, 40])

    def test_a_slot_that_is_in_use(self):
        loan = self.source.loan(keep=True)
        loan.publish()
        with self.assertRaisesRegex(shmflip.Timeout, "it is the newest on channel default in /"):
            loan.reuse()
        held = self.sink.acquire(0)
        publish(self.source)
        with self.assertRaisesRegex(shmflip.Timeout, "a viewer holds the frame"):
            loan.reuse()
        held.release()
        loan.reuse().discard()

    def test_wrong_states(self):
        loan = self.source.loan(keep=True)
        with self.assertRaisesRegex(ValueError, "the loan is not published yet"):
            loan.reuse()
        with loan:
            loan.publish()  # the block's end finds it done
        publish(self.source)
        for use in (loan.publish, loan.__enter__, lambda: loan.write(bytes(512)),
                    lambda: setattr(loan, "last", True), lambda: setattr(loan, "source", "x"),
                    lambda: loan.add_metadata(1, b"")):
            with self.assertRaisesRegex(ValueError, "the loan is published: reuse.. lends"):
                use()
        loan.discard()
        for kept in loan, self.source.loan():
            kept.discard()
            with self.assertRaisesRegex(ValueError, "the loan is over: loan.keep=True. keeps"):
                kept.reuse()
        loan = self.source.loan()
        loan.publish()
        with self.assertRaisesRegex(ValueError, "the loan is over: loan.keep=True. keeps"):
            loan.reuse()

    @needs_numpy
    def test_arrays_of_what_was_published(self):
        """They are read-only, and what they show does not change as long as they exist."""
        with (loan := self.source.loan(keep=True)) as array:
            array[:] = 5
        publish(self.source)
        self.assertFalse(array.flags.writeable)
        planes = loan.planes
        self.assertFalse(planes[0].flags.writeable)
        with self.assertRaisesRegex(BufferError, "2 arrays of the published frame are in use"):
            loan.reuse()
        del planes
        with self.assertRaisesRegex(BufferError, "1 arrays of the published frame are in use"):
            loan.reuse()
        del array
        self.assertEqual(self.values(), [5, 0])
        self.assertEqual(first(loan.planes[0]), 5)  # the loan's own do not count
        with loan.reuse() as array:
            self.assertTrue(array.flags.writeable)
        self.assertEqual(self.values()[-1], 5)

    @needs_numpy
    def test_views_that_remain(self):
        loan = self.keep()
        with self.assertRaisesRegex(BufferError, "views of the loan's array are still in use"):
            with loan.reuse() as array:
                part = array[1:]
        self.assertEqual(self.values(), [])
        self.assertEqual(first(part), 7)
        with self.assertRaisesRegex(ValueError, "the loan is over"):
            loan.reuse()

    def test_an_exception_discards(self):
        loan = self.keep()
        with self.assertRaises(ZeroDivisionError), loan.reuse():
            raise ZeroDivisionError
        self.assertEqual((self.values(), self.source.counts().discarded), ([], 1))

    def test_kept_loans_keep_slots(self):
        loans = [self.keep(byte) for byte in (1, 2)]
        with self.assertRaises(shmflip.Busy):
            self.source.loan(0)
        loans[0].discard()
        lent = self.source.loan(0)
        with self.assertRaises(shmflip.Busy):
            self.source.loan(0)
        del loans
        gc.collect()
        self.source.loan(0).discard()
        lent.discard()
        loan = self.source.loan(keep=True)
        loan.publish()
        loan.discard()  # what is published stays
        self.assertEqual(len(self.values()), 1)

    def test_a_stream_that_is_over(self):
        loan = self.keep()
        self.source.configure(width=4)
        for _ in range(2):
            with self.assertRaises(shmflip.Error) as caught:
                loan.reuse()
            self.assertEqual(caught.exception.errno, errno.ESTALE)
        self.assertEqual(first(loan.planes[0]), 7)  # to copy it into another loan
        self.source.close()
        self.assertEqual(first(loan.planes[0]), 7)

    def test_an_array_whose_end_ends_the_loan(self):
        loan = self.keep()
        planes = loan.planes
        gone = weakref.ref(planes[0], lambda _: loan.discard())
        del planes
        with self.assertRaisesRegex(ValueError, "the loan is over"):
            loan.reuse()
        self.assertIsNone(gone())

    def test_an_array_whose_end_makes_others(self):
        loan = self.keep()
        gone = weakref.ref(loan.planes[0], lambda _: loan.planes)
        with self.assertRaises(BufferError):
            loan.reuse()
        self.assertIsNone(gone())
        self.assertIs(loan.reuse(), loan)

    def test_in_a_child(self):
        loan = self.keep()
        pid = os.fork()
        if pid == 0:
            status = 0
            try:
                loan.reuse()
            except shmflip.Error as error:
                status = error.errno
            finally:
                os._exit(status)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), errno.ECHILD)
        loan.reuse().publish()
        self.assertEqual(self.values(), [7])

    def test_planes(self):
        producer = self.producer("planes", format="nv12")
        viewer = self.viewer("planes", every=True)
        loan = producer.loan(keep=True)
        loan.publish()
        producer.loan().publish()
        while viewer.poll():
            pass
        with loan.reuse() as planes:
            planes[1][0, 0, 1] = 3
        self.assertEqual(int(viewer.acquire(0).planes[1][0, 0, 1]), 3)

    def test_the_debug_mode(self):
        program = """
            import ctypes
            producer = shmflip.Producer("a", width=16, height=8, slots=3)
            loan = producer.loan(keep=True)
            for again in range(2):
                array = (ctypes.c_char * 512).from_buffer(loan.planes[0])
                address = ctypes.addressof(array)
                del array
                ctypes.memset(address, 1, 4)
                loan.publish()
                producer.loan().publish()
                if not again:
                    loan.reuse()
            print("published", flush=True)
            ctypes.memset(address, 2, 4)
            print("written")
        """
        status, output, errors = self.run_program(program, SHMFLIP_PROTECT="1")
        self.assertEqual(output, "published\n", errors)
        self.assertNotEqual(status, 0)


if __name__ == "__main__":
    main()
