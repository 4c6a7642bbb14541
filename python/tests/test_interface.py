# SPDX-License-Identifier: MIT
"""The typed interface: it says what the package has, and mypy accepts both. Needs mypy."""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import shmflip

PACKAGE = pathlib.Path(shmflip.__file__).parent

USE = """\
import asyncio
from decimal import Decimal
import shmflip

def take() -> int:
    with shmflip.Viewer("camera", every=True) as viewer:
        for frame in viewer:
            with frame:
                print(frame.sequence + 1, frame.planes[0], frame.colour.primaries)
        found = viewer.poll()
        return found.width if found else 0

async def follow(viewer: shmflip.Viewer) -> None:
    async for frame in viewer:
        print(frame.format)
    print((await viewer.acquire_async(timeout=1.5)).captured_ns)

def give() -> None:
    with shmflip.Producer("camera", width=4, height=4, rate="30000/1001",
                          aspect=Decimal("1.5")) as producer:
        with (loan := producer.loan()) as array:
            loan.source = "name"
            array[:] = 0
        producer.configure(width=8)

asyncio.run(follow(shmflip.Viewer()))
"""

WRONG = """\
import shmflip
shmflip.Viewer("camera").acquire().sequence = 1
shmflip.Producer("camera", size=4)
"""


@unittest.skipUnless(importlib.util.find_spec("mypy"), "needs mypy")
class Interface(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.mkdtemp(prefix="shmflip-test-")
        cls.addClassCleanup(shutil.rmtree, directory)
        cls.cache = "--cache-dir=" + directory

    def mypy(self, *arguments):
        process = subprocess.run([sys.executable, "-m", *arguments], text=True, check=False,
                                 capture_output=True,
                                 env={**os.environ, "MYPYPATH": str(PACKAGE.parent)})
        return process.returncode, process.stdout + process.stderr

    def check(self, *arguments):
        status, output = self.mypy(*arguments)
        self.assertEqual(status, 0, output)

    def test_it_says_what_there_is(self):
        allowed = pathlib.Path(__file__).with_name("stubtest.allow")
        self.check("mypy.stubtest", "shmflip", "--allowlist", str(allowed), "--concise",
                   "--ignore-unused-allowlist")

    def test_strict(self):
        self.check("mypy", self.cache, "--strict", str(PACKAGE))
        self.check("mypy", self.cache, "--strict", "-c", USE)

    def test_mistakes_are_found(self):
        status, output = self.mypy("mypy", self.cache, "--strict", "-c", WRONG)
        self.assertEqual(status, 1, output)
        self.assertIn('Property "sequence" defined in "Frame" is read-only', output)
        self.assertIn('Unexpected keyword argument "size"', output)


if __name__ == "__main__":
    unittest.main(verbosity=2)
