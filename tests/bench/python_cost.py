#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a frame costs in Python, beside the same in C.

    python_cost.py BUILD [--rounds N] [--ms N]

Measures C and Python by turns, and prints for each size the median of the rounds' medians, and how
many times C's time Python takes: for acquire, array, release; and for loan, array, publish.
"""

import argparse
import itertools
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

# Width, height and slots, which take a gigabyte at most.
SIZES = [(64, 64, 16), (640, 480, 16), (1920, 1080, 16), (3840, 2160, 8), (7680, 4320, 8)]
LIMIT = 2.5


def measure_c(program, size, directory, ms):
    words = [program, directory, *map(str, size), str(ms)]
    output = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return [float(word) for word in output.split()]


def publish(producer, count):
    for _ in itertools.repeat(None, count):
        with producer.loan() as array:
            array[0, 0, 0] = 1


def take(viewer, asarray, count):
    for _ in itertools.repeat(None, count):
        frame = viewer.acquire()
        array = asarray(frame)
        del array
        frame.release()


def time_calls(function, *arguments, count):
    """Returns how long each of some frames took. The first one fills the caches."""
    function(*arguments, 1)
    start = time.perf_counter_ns()
    function(*arguments, count - 1)
    return (time.perf_counter_ns() - start) / (count - 1)


def measure_python(size, directory, ms):
    import numpy
    import shmflip

    width, height, slots = size
    published, taken = [], []
    with shmflip.Producer(dir=directory, width=width, height=height, slots=slots,
                          lossless=True) as producer, \
            shmflip.Viewer(dir=directory, every=True) as viewer:
        viewer.attach(0)
        end = time.monotonic() + ms / 1000
        while time.monotonic() < end:
            published.append(time_calls(publish, producer, count=slots - 1))
            taken.append(time_calls(take, viewer, numpy.asarray, count=slots - 1))
    return [statistics.median(published), statistics.median(taken)]


def main():
    parser = argparse.ArgumentParser(description="what a frame costs in Python, and in C")
    parser.add_argument("build", type=pathlib.Path, help="the directory of a release build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ms", type=int, default=200, help="for each measurement")
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.build / "python"))
    program = arguments.build / "tests/bench/frame-cost"
    print(f"{'':>10} {'acquire, array, release':>36} {'loan, array, publish':>36}")
    print(f"{'':>10}" + 2 * f"{'C ns':>14}{'Python ns':>12}{'times':>10} ")
    worst = 0.0
    with tempfile.TemporaryDirectory() as directory:
        for size in SIZES:
            c, python = [], []
            for _ in range(arguments.rounds):
                c.append(measure_c(program, size, directory, arguments.ms))
                python.append(measure_python(size, directory, arguments.ms))
            row = ""
            for column in 1, 0:
                c_ns = statistics.median(values[column] for values in c)
                python_ns = statistics.median(values[column] for values in python)
                row += f"{c_ns:14.0f}{python_ns:12.0f}{python_ns / c_ns:10.2f} "
                worst = max(worst, python_ns / c_ns if column == 1 else 0)
            print(f"{size[0]:>5}x{size[1]:<4}{row}")
    print(f"acquire, array, release: {worst:.2f} times C at most (limit {LIMIT})")
    return worst > LIMIT


if __name__ == "__main__":
    sys.exit(main())
