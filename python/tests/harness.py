# SPDX-License-Identifier: MIT
"""What the tests of the package share: a directory of channels, handles that are closed, and
programs in processes of their own.

SHMFLIP_TEST_NUMPY=0 in the environment hides NumPy."""

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

if os.environ.get("SHMFLIP_TEST_NUMPY") == "0":
    sys.modules["numpy"] = None

try:
    import numpy
except ImportError:
    numpy = None

import shmflip  # noqa: E402

# Longer than anything takes on a loaded machine.
PATIENCE = 60

needs_numpy = unittest.skipUnless(numpy, "needs NumPy")

# What a program of run() begins with.
PREAMBLE = """\
import os, sys
if os.environ.get("SHMFLIP_TEST_NUMPY") == "0":
    sys.modules["numpy"] = None
import shmflip
"""


class Case(unittest.TestCase):
    """A test with a directory of its own for channels."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shmflip-test-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.addCleanup(self.remove_channels)
        before = os.environ.get("SHMFLIP_DIR")
        self.addCleanup(self.set_dir, before)
        self.set_dir(self.dir)

    def remove_channels(self):
        """Removes what producers that died have left, semaphores too."""
        for name in shmflip.channels(self.dir):
            shmflip.clean(name, self.dir)

    @staticmethod
    def set_dir(value):
        if value is None:
            del os.environ["SHMFLIP_DIR"]
        else:
            os.environ["SHMFLIP_DIR"] = value

    def producer(self, channel="default", **arguments):
        arguments.setdefault("width", 16)
        arguments.setdefault("height", 8)
        producer = shmflip.Producer(channel, **arguments)
        self.addCleanup(producer.close)
        return producer

    def viewer(self, channel="default", attach=True, **arguments):
        viewer = shmflip.Viewer(channel, **arguments)
        self.addCleanup(viewer.close)
        if attach:
            viewer.attach(PATIENCE)
        return viewer

    def pair(self, **arguments):
        """A lossless producer and a viewer of each frame."""
        producer = self.producer(lossless=True, **arguments)
        return producer, self.viewer()

    def start(self, program, **environment):
        """Starts a program in a process of its own, which ends with the test."""
        process = subprocess.Popen(
            [sys.executable, "-c", PREAMBLE + textwrap.dedent(program)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment})
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def run_program(self, program, **environment):
        """Runs a program. Returns its exit status, standard output and standard error."""
        process = self.start(program, **environment)
        output, errors = process.communicate(timeout=PATIENCE)
        return process.returncode, output, errors

    def check_program(self, program, expected="", **environment):
        status, output, errors = self.run_program(program, **environment)
        self.assertEqual((status, output.strip(), errors), (0, expected, ""))

    def wait_until(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.01)


def publish(producer, byte=0, **description):
    """Publishes a frame of one value."""
    loan = producer.loan(PATIENCE)
    for name, value in description.items():
        setattr(loan, name, value)
    loan.write(bytes([byte]) * packed_bytes(loan))
    loan.publish()
    return loan.sequence


def packed_bytes(frame):
    """The bytes of all planes without gaps."""
    total = 0
    for plane in frame.planes:
        total += plane.nbytes
    return total


def first(array):
    """The first sample of an array."""
    return int(array[(0,) * array.ndim])


def main():
    unittest.main(verbosity=2)
