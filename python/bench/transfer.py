# SPDX-License-Identifier: MIT
"""How many frames pass from this process to another one, which reads every pixel."""

import tempfile
import time
from dataclasses import dataclass

from transports import spawn, sum_of_value

FIRST_FRAMES = 8  # to find out how many frames fill the time


@dataclass
class Result:
    seconds: float  # from the first frame that the receiver has read to the last one
    frames: int
    damaged: int
    sender_seconds: float  # of processor time, all frames together
    receiver_seconds: float

    @property
    def frames_per_second(self):
        return (self.frames - 1) / self.seconds


def value_of(number):
    return number % 255 + 1


def receive_frames(transport, shape, frames, ready, results):
    damaged = 0
    with transport.receiver() as receive:
        ready.wait()
        processor = time.process_time()
        for number in range(frames):
            damaged += receive() != sum_of_value(value_of(number), shape)
            if number == 0:
                start = time.perf_counter()
        results.send((time.perf_counter() - start, damaged, time.process_time() - processor))


def transfer(kind, shape, frames, directory):
    """Passes so many frames on and returns a Result."""
    transport = kind(shape, directory)
    ready = spawn.Barrier(2)
    results, results_end = spawn.Pipe(duplex=False)
    receiver = spawn.Process(target=receive_frames,
                             args=(transport, shape, frames, ready, results_end))
    receiver.start()
    results_end.close()  # so that results.recv() raises EOFError if the receiver fails
    with transport.sender() as send:
        ready.wait()
        processor = time.process_time()
        for number in range(frames):
            send(value_of(number))
    processor = time.process_time() - processor
    seconds, damaged, receiver_processor = results.recv()
    receiver.join()
    return Result(seconds, frames, damaged, processor, receiver_processor)


def frames_for(kind, shape, seconds, directory):
    """The number of frames that take about so long. 0 seconds: the fewest that can be measured."""
    if seconds == 0:
        return FIRST_FRAMES
    first = transfer(kind, shape, FIRST_FRAMES, directory)
    return max(FIRST_FRAMES, round(first.frames_per_second * seconds))


def rounds(kinds, shape, seconds, count):
    """Transfers of each kind, by turns; the first ones, which find out how many frames to send, do
    not count. Returns {kind: [Result, ...]}."""
    results = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="shmflip-bench-") as directory:
        frames = {kind: frames_for(kind, shape, seconds, directory) for kind in kinds}
        for _ in range(count):
            for kind in kinds:
                results[kind].append(transfer(kind, shape, frames[kind], directory))
    return results
