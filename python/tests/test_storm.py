# SPDX-License-Identifier: MIT
"""Threads that do anything in any order with the same handles, frames and loans. Exceptions are
right; the interpreter must not crash. The sanitizers look on.

It finds calls at a viewer that run beside each other without the GIL. Python code within a call is
rarely hit: test_within.py runs it at each place."""

import gc
import os
import random
import sys

from harness import Case, main
from test_waits import Thread

import shmflip

STEPS = 2000
THREADS = 4
FORMATS = list(shmflip.FORMATS)

# What a call that comes too late, or finds nothing, raises.
EXPECTED = (shmflip.Error, ValueError, BufferError, IndexError, RuntimeWarning)


class Storm(Case):
    def open(self, random):
        self.source = shmflip.Producer(width=32, height=16, slots=6, format=random.choice(FORMATS))
        self.sink = shmflip.Viewer(every=random.choice([None, True, False]))

    def step(self, random):
        """One call, chosen by chance."""
        kept = self.kept
        random.choice([
            lambda: self.loans.append(self.source.loan(0.01, keep=random.random() < 0.5)),
            lambda: random.choice(self.loans).publish(),
            lambda: random.choice(self.loans).reuse(),
            lambda: kept.append(random.choice(self.loans).planes),
            lambda: self.loans.pop().publish(),
            lambda: self.loans.pop().discard(),
            lambda: self.write(random.choice(self.loans)),
            lambda: self.frames.append(self.sink.acquire(0.01)),
            lambda: kept.append(random.choice(self.frames).planes),
            lambda: kept.append(random.choice(self.frames).__dlpack__(max_version=(1, 0))),
            lambda: self.describe(random.choice(self.frames)),
            lambda: random.choice(self.frames).release(),
            lambda: random.choice(self.frames).__exit__(None, None, None),
            lambda: random.choice(self.frames).copy(),
            lambda: random.choice(self.frames).tobytes(),
            self.frames.clear,
            kept.clear,
            lambda: self.source.configure(format=random.choice(FORMATS),
                                          width=random.randrange(1, 40)),
            lambda: self.source.end(random.random() < 0.5),
            lambda: (self.sink.counts(), self.sink.channel, self.source.viewers()),
            lambda: random.random() < 0.1 and gc.collect(),
            lambda: random.random() < 0.1 and self.open_again(random),
        ])()

    @staticmethod
    def write(loan):
        with loan:
            loan.write(bytes(sum(plane.nbytes for plane in loan.planes)))
            loan.source = "name"
            loan.colour = shmflip.Colour(1)

    @staticmethod
    def describe(frame):
        return frame.stream, frame.colour, frame.source, frame.metadata(1), frame.format

    def open_again(self, random):
        self.sink.close()
        self.source.close()
        self.open(random)

    def run_thread(self, seed):
        chance = random.Random(seed)
        done = 0
        for _ in range(STEPS):
            try:
                self.step(chance)
                done += 1
            except EXPECTED:
                pass
        return done

    def test_anything_in_any_order(self):
        seed = int.from_bytes(os.urandom(4), "little")
        print("seed", seed)
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-5)
        self.loans, self.frames, self.kept = [], [], []
        self.open(random.Random(seed))
        threads = [Thread(self.run_thread, seed + i) for i in range(THREADS)]
        # About one step of three is possible when its turn comes.
        self.assertGreater(sum(thread.end() for thread in threads), STEPS * THREADS // 20)
        self.loans.clear()
        self.frames.clear()
        self.kept.clear()
        self.sink.close()
        self.source.close()


if __name__ == "__main__":
    main()
