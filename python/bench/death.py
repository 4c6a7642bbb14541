# SPDX-License-Identifier: MIT
"""Kills one side of a transport, or both, by SIGKILL, and observes what the other side notices,
when, and what stays in the system after both have ended."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import leftovers
import transfer
import victims

START_S = 30
END_S = 2
FRAMES_BEFORE = 20  # that the receiver reads before the kill
FRAMES_AFTER = 8  # of the next pair of processes
SIDES = ("sender", "receiver")


@dataclass
class Observed:
    noticed: str
    milliseconds: float | None  # until the other side noticed
    ends: str  # whether Ctrl-C ends the other side
    left: str  # after both have ended
    next_left: str  # after another pair of processes has used the same names


class Pair:
    """A sender and a receiver, in a session of their own, and what they have said."""

    def __init__(self, kind, directory):
        self.said = []  # (who, time, what, ...)
        program = [sys.executable, Path(__file__).parent / "victims.py", kind.name, directory]
        self.process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, start_new_session=True)
        self.listener = threading.Thread(target=self.listen)
        self.listener.start()
        try:
            self.await_line(START_S, is_received_frame, FRAMES_BEFORE)
        except BaseException:
            self.abort()
            raise
        self.pids = {who: int(rest[0]) for who, _, what, *rest in self.said if what == "pid"}

    def listen(self):
        """Runs until both processes, and a cleaner that multiprocessing has started, have ended."""
        for line in self.process.stdout:
            who, when, *words = line.split()
            self.said.append((who, float(when), *words))

    def await_line(self, seconds, condition, count=1):
        """Waits until so many lines meet the condition. Returns the first one, or None."""
        deadline = time.monotonic() + seconds
        while True:
            lines = [line for line in list(self.said) if condition(*line)]
            if len(lines) >= count:
                return lines[0]
            if time.monotonic() > deadline or not self.listener.is_alive():
                return None
            time.sleep(0.001)

    def kill(self, side):
        """Returns when."""
        when = time.monotonic()
        os.kill(self.pids[side], signal.SIGKILL)
        return when

    def kill_all(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.await_end()

    def abort(self):
        """Ends what is left. The cleaner of multiprocessing survives SIGTERM, and cleans up."""
        if self.listener.is_alive():
            os.killpg(self.process.pid, signal.SIGTERM)
        self.await_end()

    def end(self):
        """Ends what is left by SIGINT, or else by SIGKILL. Returns whether SIGINT sufficed."""
        for pid in self.pids.values():
            send_signal(pid, signal.SIGINT)
        self.listener.join(END_S)
        by_itself = not self.listener.is_alive()
        for pid in self.pids.values():
            send_signal(pid, signal.SIGKILL)
        self.await_end()
        return by_itself

    def await_end(self):
        self.listener.join()
        self.process.wait()
        self.process.stdout.close()


def is_received_frame(who, _when, what, *_rest):
    return (who, what) == ("receiver", "frame")


def send_signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def await_notice(pair, side, killed, wait_s):
    """What this side says about the other one's death, and after how many milliseconds."""
    def notices(who, when, what, *rest):
        return who == side and when > killed and (what == "end" or rest == ("0",))
    line = pair.await_line(wait_s, notices)
    if not line:
        half_time = killed + wait_s / 2
        lately = any(who == side and when > half_time for who, when, *_ in list(pair.said))
        return ("continues, unaware" if lately else "waits without end"), None
    name = line[3] if line[2] == "end" else "continues, with 0 viewers"
    return name, (line[1] - killed) * 1000


def observe(kind, killed, wait_s):
    """Kills a side, or "both", and returns an Observed."""
    noticed, milliseconds, ends = "", None, ""
    with tempfile.TemporaryDirectory(prefix="shmflip-bench-") as directory:
        pair = Pair(kind, directory)
        objects = leftovers.of_processes(pair.pids.values(), directory)
        try:
            if killed == "both":
                pair.kill_all()
            else:
                other = SIDES[killed == "sender"]
                noticed, milliseconds = await_notice(pair, other, pair.kill(killed), wait_s)
                ends = "yes" if pair.end() else "no"
            left = leftovers.describe(objects)
            transfer.transfer(kind, victims.SHAPE, FRAMES_AFTER, directory)
            next_left = leftovers.describe(objects)
        finally:
            pair.abort()
            leftovers.remove(objects)
    return Observed(noticed, milliseconds, ends, left, next_left)


def rounds(kinds, wait_s, count):
    """Returns {(kind, killed): [Observed, ...]}, by turns."""
    cases = [(kind, killed) for kind in kinds for killed in (*SIDES, "both")]
    results = {case: [] for case in cases}
    for _ in range(count):
        for case in cases:
            results[case].append(observe(*case, wait_s))
    return results
