#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Divides the frames of the channel camera among worker processes, and prints the mean of each.

    workers.py [COUNT]

A channel is not a queue: each viewer sees each frame. So a worker takes every COUNTth frame, and
releases the others, which costs microseconds."""

import multiprocessing
import sys

import numpy as np
import shmflip


def work(index, count):
    # Each process opens its own viewer. With every=True, it gets each frame in order. With None,
    # the default, the producer's policy decides: each frame under lossless, else the newest. With
    # False, it gets the newest: then some frames may find no worker.
    with shmflip.Viewer("camera", every=True) as viewer:
        for frame in viewer:
            if frame.sequence % count == index:
                mean = np.asarray(frame).mean()
                print(f"worker {index}, frame {frame.sequence}: {mean:.2f}", flush=True)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    processes = multiprocessing.get_context("spawn")
    workers = [processes.Process(target=work, args=(index, count)) for index in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
