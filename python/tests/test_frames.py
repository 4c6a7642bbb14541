# SPDX-License-Identifier: MIT
"""Frames: shapes, memory without copies, release, description."""

import ctypes
import gc
import hashlib
import weakref

from harness import Case, first, main, needs_numpy, numpy, publish

import shmflip

# A picture of 5x3: the shape of each plane, and the code of its samples.
SHAPES = {
    "XR24": (["3 5 4"], "B"), "AR24": (["3 5 4"], "B"),
    "XB24": (["3 5 4"], "B"), "AB24": (["3 5 4"], "B"),
    "RG24": (["3 5 3"], "B"), "BG24": (["3 5 3"], "B"),
    "R8": (["3 5"], "B"), "R16": (["3 5"], "H"), "R  F": (["3 5"], "f"),
    "XB48": (["3 5 4"], "H"), "AB48": (["3 5 4"], "H"),
    "YUYV": (["3 6 2"], "B"), "UYVY": (["3 6 2"], "B"),
    "NV12": (["3 5", "2 3 2"], "B"), "NV21": (["3 5", "2 3 2"], "B"),
    "NV16": (["3 5", "3 3 2"], "B"),
    "YU12": (["3 5", "2 3", "2 3"], "B"), "YU16": (["3 5", "3 3", "3 3"], "B"),
    "YU24": (["3 5", "3 5", "3 5"], "B"),
    "P010": (["3 5", "2 3 2"], "H"), "S010": (["3 5", "2 3", "2 3"], "H"),
    "S210": (["3 5", "3 3", "3 3"], "H"), "S410": (["3 5", "3 5", "3 5"], "H"),
}


def address(view):
    """Where a memoryview's or an array's memory begins."""
    if numpy:
        return numpy.asarray(view).ctypes.data
    buffer = (ctypes.c_void_p * 16)()
    flags = 0x118  # PyBUF_RECORDS_RO without PyBUF_WRITABLE
    ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(view), buffer, flags)
    start = buffer[0]
    ctypes.pythonapi.PyBuffer_Release(buffer)
    return start


def segments():
    """Where this process has System V's shared memory."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        for line in maps:
            if "SYSV" in line:
                yield tuple(int(end, 16) for end in line.split()[0].split("-")), line.split()[1]


class Shapes(Case):
    def test_formats(self):
        self.assertEqual(set(SHAPES), set(shmflip.FORMATS))
        producer = self.producer(width=5, height=3)
        viewer = self.viewer()
        for name, (shapes, code) in SHAPES.items():
            with self.subTest(format=name):
                producer.configure(format=name)
                self.check_format(producer, viewer, name, shapes, code)

    def check_format(self, producer, viewer, name, shapes, code):
        loan = producer.loan(0)
        sizes = [memoryview(plane).nbytes for plane in loan.planes]
        pixels = bytes(i % 251 for i in range(sum(sizes)))
        loan.write(pixels)
        loan.publish()
        with viewer.acquire(60) as frame:
            planes = [memoryview(plane) for plane in frame.planes]
            self.assertEqual([" ".join(map(str, plane.shape)) for plane in planes], shapes)
            self.assertEqual({plane.format for plane in planes}, {code})
            self.assertEqual(frame.tobytes(), pixels)
            self.assertEqual(b"".join(plane.tobytes() for plane in planes), pixels)
            self.assertEqual((frame.format, frame.width, frame.height), (name, 5, 3))
            self.check_whole(frame, planes)
            del planes

    def check_whole(self, frame, planes):
        if len(planes) == 1:
            self.assertEqual(memoryview(frame).shape, planes[0].shape)
            self.assertEqual(memoryview(frame.copy()).tobytes(), frame.tobytes())
            return
        with self.assertRaisesRegex(BufferError, "planes: use frame.planes"):
            memoryview(frame)
        self.assertEqual(b"".join(memoryview(plane).tobytes() for plane in frame.copy()),
                         frame.tobytes())

    def test_rows_that_lie_apart(self):
        producer, viewer = self.pair(width=5, height=3)
        publish(producer, 3)
        frame = viewer.acquire(0)
        self.assertEqual(memoryview(frame).strides, (64, 4, 1))
        with self.assertRaisesRegex(BufferError, "rows lie apart"):
            hashlib.sha256(frame)
        self.assertEqual(bytes(memoryview(frame.copy())), b"\3" * 60)

    def test_rows_without_gaps_are_bytes(self):
        producer, viewer = self.pair(width=16, height=2)
        publish(producer, 4)
        self.assertEqual(bytes(viewer.acquire(0)), b"\4" * 128)

    def test_a_size_of_its_own(self):
        producer, viewer = self.pair(width=64, height=64)
        with producer.loan(width=4, height=2, format="gray") as array:
            self.assertEqual(memoryview(array).shape, (2, 4))
        frame = viewer.acquire(0)
        self.assertEqual((frame.format, frame.width, frame.height), ("R8", 4, 2))
        with self.assertRaises(shmflip.FrameTooLarge):
            producer.loan(width=65, height=64)
        with self.assertRaises(shmflip.BadArgument):
            producer.loan(format="no such format")

    def test_streams_without_a_size(self):
        producer = self.producer(width=0, height=0, slot_bytes=4096)
        with self.assertRaisesRegex(shmflip.BadArgument, "give width and height"):
            producer.loan()
        producer.loan(width=4, height=4).publish()


class Memory(Case):
    def check_in_segment(self, view, rights):
        start = address(view)
        for (begin, end), mode in segments():
            if begin <= start < end:
                self.assertEqual(mode, rights)
                return
        self.fail("the pixels lie in no segment of shared memory")

    def test_no_copy_at_any_size(self):
        for width, height in (64, 64), (1920, 1080), (7680, 4320):
            with self.subTest(width=width):
                producer = self.producer(width=width, height=height, slots=2, lossless=True)
                viewer = self.viewer()
                loan = producer.loan(0)
                self.check_in_segment(loan.planes[0], "rw-s")
                loan.publish()
                frame = viewer.acquire(0)
                self.check_in_segment(frame, "r--s")
                self.check_in_segment(frame.planes[0], "r--s")
                frame.release()
                viewer.close()
                producer.close()

    def test_copies_lie_elsewhere(self):
        producer, viewer = self.pair()
        publish(producer, 9)
        frame = viewer.acquire(0)
        copy = frame.copy()
        start = address(copy)
        self.assertFalse(any(begin <= start < end for (begin, end), _ in segments()))
        copy[0, 0, 0] = 1
        self.assertEqual((first(copy), first(memoryview(frame))), (1, 9))

    def test_read_only(self):
        producer, viewer = self.pair()
        publish(producer, 9)
        view = memoryview(viewer.acquire(0))
        self.assertTrue(view.readonly)
        with self.assertRaises(TypeError):
            view[0, 0, 0] = 1

    @needs_numpy
    def test_numpy(self):
        producer, viewer = self.pair()
        publish(producer, 9)
        frame = viewer.acquire(0)
        array = numpy.asarray(frame)
        self.assertEqual((array.shape, array.dtype, array.flags.writeable),
                         ((8, 16, 4), numpy.uint8, False))
        self.assertTrue(numpy.shares_memory(array, frame.planes[0]))
        with self.assertRaises(ValueError):
            array.flags.writeable = True
        self.assertEqual(numpy.asarray(frame, dtype=float)[0, 0, 0], 9.0)

    @needs_numpy
    def test_no_array_of_objects(self):
        producer, viewer = self.pair(format="NV12")
        publish(producer)
        frame = viewer.acquire(0)
        with self.assertRaisesRegex(BufferError, "planes: use frame.planes"):
            numpy.asarray(frame)
        frame.release()
        with self.assertRaisesRegex(ValueError, "the frame is released"):
            numpy.asarray(frame)

    def test_array_method(self):
        producer, viewer = self.pair()
        publish(producer, 2)
        frame = viewer.acquire(0)
        if not numpy:
            with self.assertRaises(ImportError):
                frame.__array__()
            return
        self.assertEqual(frame.__array__(numpy.uint16, copy=True)[0, 0, 0], 2)
        self.assertTrue(numpy.shares_memory(frame.__array__(), frame.planes[0]))


class Tensor(ctypes.Structure):
    """DLManagedTensorVersioned of DLPack 1.0."""

    _fields_ = [("major", ctypes.c_uint32), ("minor", ctypes.c_uint32),
                ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p),
                ("flags", ctypes.c_uint64), ("data", ctypes.c_void_p),
                ("device", ctypes.c_int32), ("id", ctypes.c_int32),
                ("dimensions", ctypes.c_int32), ("code", ctypes.c_uint8),
                ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16),
                ("sizes", ctypes.POINTER(ctypes.c_int64)),
                ("strides", ctypes.POINTER(ctypes.c_int64)), ("offset", ctypes.c_uint64)]


class Dlpack(Case):
    def tensor(self, capsule):
        pointer = ctypes.pythonapi.PyCapsule_GetPointer
        pointer.restype = ctypes.POINTER(Tensor)
        pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
        return pointer(capsule, b"dltensor_versioned").contents

    def frame(self, **arguments):
        producer, viewer = self.pair(**arguments)
        publish(producer, 5)
        return viewer.acquire(0)

    def test_read_only(self):
        frame = self.frame(width=5, height=3, format="R16")
        capsule = frame.__dlpack__(max_version=(1, 0))
        tensor = self.tensor(capsule)
        self.assertEqual((tensor.major, tensor.flags, tensor.device), (1, 1, 1))
        self.assertEqual((tensor.code, tensor.bits, tensor.lanes), (1, 16, 1))
        self.assertEqual((tensor.sizes[:2], tensor.strides[:2]), ([3, 5], [32, 1]))
        self.assertEqual(tensor.data, address(frame))
        self.assertEqual(frame.__dlpack_device__(), (1, 0))
        with self.assertRaises(BufferError):
            frame.release()
        del capsule
        frame.release()

    def test_floats(self):
        capsule = self.frame(format="R  F").__dlpack__(max_version=(1, 1))
        tensor = self.tensor(capsule)
        self.assertEqual((tensor.code, tensor.bits), (2, 32))

    def test_a_consumer_frees(self):
        frame = self.frame()
        capsule = frame.__dlpack__(max_version=(1, 0))
        tensor = self.tensor(capsule)
        name = ctypes.create_string_buffer(b"used_dltensor_versioned")
        ctypes.pythonapi.PyCapsule_SetName(ctypes.py_object(capsule), name)
        del capsule
        with self.assertRaises(BufferError):
            frame.release()
        free = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(tensor.deleter)
        free(ctypes.addressof(tensor))
        frame.release()

    def test_a_consumer_frees_after_the_interpreters_end(self):
        self.check_program("""
            import ctypes
            producer = shmflip.Producer("a", width=4, height=4)
            viewer = shmflip.Viewer("a")
            viewer.attach(60)
            producer.loan().publish()
            capsule = viewer.acquire(60).__dlpack__(max_version=(1, 0))
            viewer.close()
            api = ctypes.pythonapi
            api.PyCapsule_GetPointer.restype = ctypes.c_void_p
            tensor = api.PyCapsule_GetPointer(ctypes.py_object(capsule), b"dltensor_versioned")
            name = b"used_dltensor_versioned"
            api.Py_IncRef(ctypes.py_object(name))
            api.PyCapsule_SetName(ctypes.py_object(capsule), name)
            free = ctypes.c_void_p.from_address(tensor + 16)
            at_exit = ctypes.CDLL(None).__cxa_atexit
            at_exit(free, ctypes.c_void_p(tensor), None)
        """)

    def test_refusals(self):
        frame = self.frame()
        for arguments in ({}, {"max_version": (0, 8)}, {"max_version": (1, 0), "stream": 1},
                          {"max_version": (1, 0), "copy": True},
                          {"max_version": (1, 0), "dl_device": (2, 0)}):
            with self.subTest(arguments=arguments), self.assertRaises(BufferError):
                frame.__dlpack__(**arguments)
        frame.release()
        with self.assertRaises(ValueError):
            frame.__dlpack__(max_version=(1, 0))


class Release(Case):
    def setUp(self):
        super().setUp()
        self.source, self.sink = self.pair(slots=2)

    def take(self):
        publish(self.source, 6)
        return self.sink.acquire(0)

    def slot_is_free(self):
        """With two slots, and another frame as the newest: whether the other slot is free."""
        publish(self.source)
        self.sink.acquire(0).release()
        try:
            self.source.loan(0).discard()
        except shmflip.Timeout:
            return False
        return True

    def test_strict(self):
        frame = self.take()
        view = memoryview(frame)
        with self.assertRaisesRegex(BufferError, "1 arrays of the frame are in use"):
            frame.release()
        self.assertEqual(first(view), 6)
        view.release()
        frame.release()
        frame.release()
        self.assertTrue(frame.released)
        self.assertTrue(self.slot_is_free())

    def test_lazy(self):
        with self.take() as frame:
            view = memoryview(frame)
        self.assertTrue(frame.released)
        with self.assertRaisesRegex(ValueError, "the frame is released"):
            memoryview(frame)
        self.assertEqual(first(view), 6)
        self.assertFalse(self.slot_is_free())
        view.release()
        self.source.loan(0).discard()

    def test_gone(self):
        frame = self.take()
        view = memoryview(frame)
        gone = weakref.ref(frame)
        del frame
        self.assertIsNotNone(gone())
        self.assertEqual(first(view), 6)
        del view
        self.assertIsNone(gone())
        self.assertTrue(self.slot_is_free())

    def test_planes_keep_the_frame(self):
        planes = self.take().planes
        gc.collect()
        self.assertEqual(first(planes[0]), 6)
        self.assertFalse(self.slot_is_free())

    def test_after_the_release(self):
        frame = self.take()
        frame.release()
        for use in (lambda: frame.sequence, lambda: frame.source, lambda: frame.planes,
                    frame.copy, frame.tobytes, lambda: frame.metadata(1), lambda: memoryview(frame),
                    frame.__enter__):
            with self.assertRaisesRegex(ValueError, "the frame is released"):
                use()
        self.assertEqual(repr(frame), "<shmflip.Frame released>")

    def test_repr(self):
        producer = self.producer("gray", format="grayf32le")
        viewer = self.viewer("gray")
        publish(producer)
        frame = viewer.acquire(0)
        self.assertEqual(repr(frame), "<shmflip.Frame 1: 16x8 R  F>")

    def test_after_an_exception(self):
        with self.assertRaises(ZeroDivisionError), self.take() as frame:
            raise ZeroDivisionError
        self.assertTrue(frame.released)


if __name__ == "__main__":
    main()
