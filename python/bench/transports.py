# SPDX-License-Identifier: MIT
"""The ways to hand frames from one process to another, each as its documentation advises, at its
best.

A transport is made in the process that starts the other one, and then goes to both. sender() yields
a function that makes a frame and passes it on: every byte of its pixels is the given value.
receiver() yields a function that waits for a frame and returns the sum of its pixels. Each
transport has room for two frames."""

import contextlib
import multiprocessing
from multiprocessing.shared_memory import SharedMemory as SharedMemoryBlock

import numpy as np
import shmflip
import zmq

BUFFERS = 2
spawn = multiprocessing.get_context("spawn")


def sum_of(pixels):
    """Reads every pixel, as fast as the memory delivers them."""
    return int(np.frombuffer(pixels, np.uint64).sum())


def sum_of_value(value, shape):
    """What sum_of() returns if every byte is value."""
    return value * 0x0101010101010101 * (shape[0] * shape[1] // 2) % 2**64


class Shmflip:
    name = "shmflip"

    def __init__(self, shape, directory):
        self.height, self.width = shape
        self.dir = directory
        self.channel = "bench"

    @contextlib.contextmanager
    def sender(self):
        with shmflip.Producer(self.channel, width=self.width, height=self.height, slots=BUFFERS,
                              lossless=True, dir=self.dir) as producer:
            def send(value):
                with producer.loan() as pixels:
                    pixels.fill(value)
            producer.wait_viewers(1)
            send.receivers = producer.viewers
            yield send

    @contextlib.contextmanager
    def receiver(self):
        with shmflip.Viewer(self.channel, dir=self.dir) as viewer:
            def receive():
                with viewer.acquire() as frame:
                    return sum_of(np.asarray(frame))
            viewer.attach()
            yield receive


class SharedMemory:
    """Two blocks in turn; one semaphore counts the free ones, another one the full ones."""
    name = "shared_memory"

    def __init__(self, shape, directory):
        self.shape = shape
        self.blocks = [SharedMemoryBlock(create=True, size=shape[0] * shape[1] * 4)
                       for _ in range(BUFFERS)]
        self.free, self.full = spawn.Semaphore(BUFFERS), spawn.Semaphore(0)

    def arrays(self):
        """The blocks as arrays, over and over."""
        while True:
            for block in self.blocks:
                yield np.frombuffer(block.buf, np.uint8, self.shape[0] * self.shape[1] * 4)

    @contextlib.contextmanager
    def sender(self):
        arrays = self.arrays()

        def send(value):
            self.free.acquire()
            next(arrays).fill(value)
            self.full.release()
        yield send
        arrays.close()
        for _ in range(BUFFERS):
            self.free.acquire()
        for block in self.blocks:
            block.close()
            block.unlink()

    @contextlib.contextmanager
    def receiver(self):
        arrays = self.arrays()

        def receive():
            self.full.acquire()
            result = sum_of(next(arrays))
            self.free.release()
            return result
        yield receive
        arrays.close()
        for block in self.blocks:
            block.close()


class Pipe:
    """Bytes from one array into another; each side closes the other's end, to see it die."""
    name = "Pipe"

    def __init__(self, shape, directory):
        self.reader, self.writer = spawn.Pipe(duplex=False)
        self.bytes = shape[0] * shape[1] * 4

    @contextlib.contextmanager
    def sender(self):
        pixels = np.empty(self.bytes, np.uint8)
        self.reader.close()

        def send(value):
            pixels.fill(value)
            self.writer.send_bytes(pixels)
        yield send
        self.writer.close()

    @contextlib.contextmanager
    def receiver(self):
        pixels = np.empty(self.bytes, np.uint8)
        self.writer.close()

        def receive():
            self.reader.recv_bytes_into(pixels)
            return sum_of(pixels)
        yield receive
        self.reader.close()


class Queue:
    """Pickled arrays. Each is new: a thread of the queue pickles it after put() has returned."""
    name = "Queue"

    def __init__(self, shape, directory):
        self.queue = spawn.Queue(BUFFERS)
        self.shape = shape

    @contextlib.contextmanager
    def sender(self):
        yield lambda value: self.queue.put(np.full((*self.shape, 4), value, np.uint8))
        self.queue.close()
        self.queue.join_thread()

    @contextlib.contextmanager
    def receiver(self):
        yield lambda: sum_of(self.queue.get())


class ZeroMQ:
    """PUSH and PULL over a Unix socket, without copies in Python. Two arrays in turn: one is
    written to when ZeroMQ no longer needs it."""
    name = "ZeroMQ"

    def __init__(self, shape, directory):
        self.address = f"ipc://{directory}/zeromq"
        self.shape = shape

    @contextlib.contextmanager
    def socket(self, kind):
        with zmq.Context() as context, context.socket(kind) as socket:
            socket.set_hwm(BUFFERS)
            yield socket

    @contextlib.contextmanager
    def sender(self):
        arrays = [np.empty((*self.shape, 4), np.uint8) for _ in range(BUFFERS)]
        sent = [None] * BUFFERS
        count = 0
        with self.socket(zmq.PUSH) as socket:
            socket.bind(self.address)

            def send(value):
                nonlocal count
                buffer = count % BUFFERS
                count += 1
                if sent[buffer]:
                    sent[buffer].wait()
                arrays[buffer].fill(value)
                sent[buffer] = socket.send(arrays[buffer], copy=False, track=True)
            yield send
            for message in filter(None, sent):
                message.wait()

    @contextlib.contextmanager
    def receiver(self):
        with self.socket(zmq.PULL) as socket:
            socket.connect(self.address)
            yield lambda: sum_of(socket.recv(copy=False).buffer)


ALL = [Shmflip, SharedMemory, Pipe, Queue, ZeroMQ]
