# SPDX-License-Identifier: MIT
"""What frames and loans say about themselves."""

import ctypes

from harness import Case, main, publish

import shmflip

SHM_RDONLY = 0o10000


class Description(Case):
    def test_all_attributes(self):
        colour = shmflip.Colour(1, 13, 0, 2, 3, 12, 4095)
        producer, viewer = self.pair(format="R16", colour=colour, rate=(30000, 1001),
                                     aspect="4/3", metadata={1: b"profile"})
        set_to = {"captured_ns": 1, "presentation_ns": 2, "duration_ns": 3, "decode_ns": 4,
                  "last": True, "corrupt": True, "premultiplied": True, "orientation": 6,
                  "value_scale": 0.5, "value_offset": -1.0, "source": "näme"}
        loan = producer.loan(0)
        for name, value in set_to.items():
            setattr(loan, name, value)
            self.assertEqual(getattr(loan, name), value)
        loan.add_metadata(shmflip.METADATA_USER, b"mine")
        loan.publish()
        frame = viewer.acquire(0)
        for name, value in set_to.items():
            self.assertEqual(getattr(frame, name), value, name)
        self.assertEqual((frame.sequence, frame.sequence), (1, loan.sequence))
        self.assertEqual(frame.published_ns, loan.published_ns)
        self.assertEqual((frame.fourcc, frame.colour), (0x20363152, colour))
        self.assertEqual(frame.metadata(shmflip.METADATA_USER), b"mine")
        self.assertEqual(frame.metadata(1), b"profile")
        self.assertIsNone(frame.metadata(2))
        self.assertEqual((frame.stream.rate, frame.stream.metadata),
                         (producer.stream.rate, {1: b"profile"}))
        self.assertEqual(str(frame.stream.aspect), "4/3")

    def test_nothing_known(self):
        producer, viewer = self.pair()
        publish(producer)
        frame = viewer.acquire(0)
        for name in "captured_ns", "presentation_ns", "duration_ns", "decode_ns":
            self.assertIsNone(getattr(frame, name))
        self.assertEqual((frame.last, frame.orientation, frame.source), (False, 0, ""))
        self.assertIsNone(frame.stream.rate)

    def test_metadata_of_a_loan(self):
        producer = self.producer(metadata={1: b"profile", 2: b"light"})
        loan = producer.loan()
        loan.add_metadata(2, b"mine")
        self.assertEqual([loan.metadata(type) for type in (1, 2, 3)], [b"profile", b"mine", None])
        with self.assertRaises(shmflip.BadArgument):
            loan.metadata(-1)
        loan.discard()
        with self.assertRaisesRegex(ValueError, "the loan is over"):
            loan.metadata(1)

    def test_segment(self):
        """A server may attach it, and finds cookie and planes."""
        producer, viewer = self.pair(format="nv12")
        publish(producer, 7)
        segment = viewer.acquire(0).segment
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        address = libc.shmat(segment.id, None, SHM_RDONLY)
        self.addCleanup(libc.shmdt, ctypes.c_void_p(address))
        self.assertGreaterEqual(len(segment.cookie), 8)
        self.assertEqual(ctypes.string_at(address, len(segment.cookie)), segment.cookie)
        self.assertEqual(len(segment.offset_bytes), 2)
        for offset in segment.offset_bytes:
            self.assertEqual(ctypes.string_at(address + offset, 1), b"\7")
        other = self.producer("other").loan().segment
        self.assertNotEqual((other.id, other.cookie), (segment.id, segment.cookie))

    def test_layout(self):
        layout = shmflip.format_layout("NV12", 65, height=3)
        self.assertEqual((layout.rows, layout.row_bytes), ((3, 2), (65, 66)))
        producer = self.producer(slot_bytes=layout.bytes)
        loan = producer.loan(format="nv12", width=65, height=3)
        self.assertEqual(tuple(memoryview(plane).strides[0] for plane in loan.planes),
                         layout.stride_bytes)
        begins = loan.segment.offset_bytes
        self.assertEqual(tuple(offset - begins[0] for offset in begins), layout.offset_bytes)
        last = layout.offset_bytes[1] + layout.rows[1] * layout.stride_bytes[1]
        self.assertEqual(layout.bytes, last)
        with self.assertRaises(shmflip.BadArgument):
            shmflip.format_layout("NV12", 0, 3)
        with self.assertRaises(shmflip.BadArgument):
            shmflip.format_layout("NV99", 1, 1)
        with self.assertRaises(shmflip.FrameTooLarge):
            shmflip.format_layout("XR24", 2**32 - 1, 1)


if __name__ == "__main__":
    main()
