# SPDX-License-Identifier: MIT
"""Names of files are any bytes: whatever the programs print of them is UTF-8, cut between characters, and has no
control character in it. Only JSON can say which it was."""

import json
import os
import re
import subprocess
import unittest
from pathlib import Path

import harness
from harness import KINDS

# What a file is called; what people see; what JSON says, if not the same.
NAMES = [
    (b"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80.png", "caf\u00e9 \u20ac \U0001f600.png", None),
    (b"csi \xc2\x9b31m.png", "csi ?31m.png", "csi \u009b31m.png"),
    (b"del \x7f.png", "del ?.png", "del \u007f.png"),
    (b"esc \x1b[31m\n.png", "esc ?[31m?.png", "esc \u001b[31m\n.png"),
    (b"byte \x9b31m \xff.png", "byte ?31m ?.png", None),
    (b"latin-1 \xe9t\xe9.png", "latin-1 ?t?.png", None),
    # 199 bytes are kept, with the NUL 200.
    ("\u00e9".encode() * 120 + b".png", "\u00e9" * 99, None),
    (b"x" + "\u00e9".encode() * 120 + b".png", "x" + "\u00e9" * 99, None),
    ("\U0001f600".encode() * 60, "\U0001f600" * 49, None),
    (b"\xff" * 240, "?" * 199, None),
]
CONTROL = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f]")


class Names(harness.Case):
    def write(self, name, content):
        directory = self.scratch / f"names-{len(os.listdir(self.scratch))}"
        directory.mkdir()
        path = os.fsencode(directory) + b"/" + name
        Path(os.fsdecode(path)).write_bytes(content)
        return path

    def run_tool(self, *arguments):
        """Returns what a command prints, which has to be UTF-8 without control characters."""
        tool = subprocess.run([harness.TOOL, *arguments], env=self.env, capture_output=True, check=True)
        text = tool.stdout.decode()
        self.assertNotRegex(text, CONTROL)
        return text

    def test_every_program(self):
        for name, plain, exact in NAMES:
            with self.subTest(name=name):
                path = self.write(name, (KINDS / "rgb8-33x17.png").read_bytes())
                # A name without .png is no name for a source of files, but as a file itself.
                producer = self.producer("-q", "-l", "-r", "20", os.fsdecode(path))
                self.await_channel(producer)
                viewer = self.viewer("--digest", "-n", "1")
                self.assert_exits(viewer, 0)
                self.assertEqual(viewer.out.split(" ", 4)[4], plain + "\n")
                self.assertIn(f", {plain}, ", self.run_tool("stat"))
                for arguments in (["stat", "-j"], ["ls", "-j"]):
                    shown = json.loads(self.run_tool(*arguments))
                    newest = (shown[0] if isinstance(shown, list) else shown)["newest"]
                    self.assertEqual(newest["source"], exact or plain)
                self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_messages(self):
        for name, plain, _ in NAMES[:6]:
            with self.subTest(name=name):
                path = self.write(name, b"no picture")
                producer = self.producer("-r", "0", os.fsdecode(path))
                self.assert_exits(producer, 1)
                self.assertIn(f"/{plain}: ", producer.err)
                self.assertNotRegex(producer.err, CONTROL)

    def test_bench(self):
        for name, plain, exact in NAMES[:6]:
            with self.subTest(name=name):
                path = self.write(name, (KINDS / "rgb8-33x17.png").read_bytes())
                bench = subprocess.run(
                    [os.environ["SHMFLIP_BENCH"], "decode", "--quick", "--seconds", "0.01", "--rounds", "1",
                     "--decoders", "libpng", "--json", "-", path], env=self.env, capture_output=True,
                    check=True)
                text = bench.stdout.decode()
                self.assertNotRegex(text, CONTROL)
                written = json.loads(text)
                self.assertTrue(written["files"][0]["file"].endswith("/" + (exact or plain)))
                self.assertTrue(written["command"].endswith("/" + (exact or plain)))


if __name__ == "__main__":
    unittest.main()
