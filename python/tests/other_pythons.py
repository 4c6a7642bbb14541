# SPDX-License-Identifier: MIT
"""Runs the tests without NumPy, and in all later Pythons that there are: one build serves them."""

import glob
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
TESTS = ["frames", "description", "loans", "waits", "interrupts", "asyncio", "processes",
         "handles", "errors", "reuse", "within", "storm"]
SKIPPED = 77


def version(program):
    """The version of a Python, or None. A shim of pyenv may stand for none."""
    words = [program, "-c", "import sys; print(sys.version_info[:2])"]
    process = subprocess.run(words, capture_output=True, text=True, check=False)
    return process.stdout.strip() if process.returncode == 0 else None


def other_pythons():
    """One Python of each version that is not this one."""
    found = {str(sys.version_info[:2]): None}
    names = [f"python3.{minor}" for minor in range(12, 20)]
    candidates = [path for path in map(shutil.which, names) if path]
    candidates += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.1[2-9]*/bin/python3")))
    for program in candidates:
        found.setdefault(version(program), program)
    found.pop(None, None)
    return [program for program in found.values() if program]


def run(program, **environment):
    status = 0
    for name in TESTS:
        print(f"== {program} {name} {environment}", flush=True)
        status |= subprocess.run([program, HERE / f"test_{name}.py"], check=False,
                                 env={**os.environ, **environment}).returncode
    return status


def main():
    if sys.argv[1:] == ["--no-numpy"]:
        return 1 if run(sys.executable, SHMFLIP_TEST_NUMPY="0") else 0
    others = other_pythons()
    if not others:
        print("there is no Python after 3.11 here: install one to test with it")
        return SKIPPED
    return 1 if any([run(program) for program in others]) else 0


if __name__ == "__main__":
    sys.exit(main())
