# SPDX-License-Identifier: MIT
"""pip install . without a network, with what Debian has, in a virtual environment."""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]

PROGRAM = """
import shmflip
with shmflip.Producer(width=4, height=4) as producer, shmflip.Viewer() as viewer:
    viewer.attach(60)
    loan = producer.loan()
    loan.write(bytes(range(64)))
    loan.publish()
    print(viewer.acquire(60).tobytes() == bytes(range(64)), shmflip.__file__)
"""


@unittest.skipUnless(importlib.util.find_spec("mesonpy"), "needs python3-mesonpy")
@unittest.skipUnless(importlib.util.find_spec("ensurepip"), "needs python3-venv")
class Wheel(unittest.TestCase):
    def run_words(self, *words):
        environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
                       "SHMFLIP_DIR": str(self.dir / "channels")}
        environment.pop("PYTHONPATH", None)
        environment.pop("PYTHONWARNINGS", None)
        process = subprocess.run(words, cwd=self.dir, env=environment, text=True, check=False,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(process.returncode, 0, process.stdout)
        return process.stdout

    def test_install_and_use(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="shmflip-test-"))
        self.addCleanup(shutil.rmtree, self.dir)
        # meson-python 0.12 writes a file beside pyproject.toml.
        shutil.copytree(SOURCE, self.dir / "source",
                        ignore=shutil.ignore_patterns("build*", ".git", "__pycache__"))
        self.run_words(sys.executable, "-m", "venv", "--system-site-packages", "env")
        output = self.run_words("env/bin/pip", "install", "--no-build-isolation", "./source")
        self.assertIn("Successfully installed shmflip", output)
        output = self.run_words("env/bin/python", "-c", PROGRAM)
        self.assertTrue(output.startswith(f"True {self.dir}/env/lib/"), output)
        libraries = self.run_words(
            "ldd", *map(str, self.dir.glob("env/lib/*/site-packages/shmflip/_shmflip.abi3.so")))
        self.assertNotIn("libshmflip", libraries)


if __name__ == "__main__":
    unittest.main(verbosity=2)
