# SPDX-License-Identifier: MIT
"""The manual pages as man(1) shows them: an example can be copied line by line into a shell."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness

PAGES = sorted((harness.SOURCE / "docs" / "man").glob("*.scd"))


def examples_of(page):
    """Returns the commands in a source: what is indented or in a literal block, but for the indentation."""
    section = re.search(r"^# EXAMPLES\n(.*?)^# ", page.read_text(encoding="utf-8"), re.M | re.S)
    lines, literal = [], False
    for line in section.group(1).splitlines():
        if line == "```":
            literal = not literal
        elif line and (literal or line.startswith("\t")):
            lines.append(line.strip().replace("\\\\", "\\"))
    return lines


@harness.needs("scdoc")
@harness.needs("man")
class Man(unittest.TestCase):
    def render(self, page):
        roff = subprocess.run(["scdoc"], input=page.read_bytes(), capture_output=True, check=True)
        with tempfile.NamedTemporaryFile(suffix=".1") as file:
            file.write(roff.stdout)
            file.flush()
            man = subprocess.run(["man", "--warnings", "-l", file.name], capture_output=True, check=True,
                                 env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8"))
        self.assertEqual(man.stderr, b"")
        return man.stdout.decode().splitlines()

    def test_there_are_pages(self):
        self.assertEqual(len(PAGES), 4)

    def test_examples_keep_their_lines(self):
        for page in PAGES:
            with self.subTest(page=page.name):
                lines = self.render(page)
                section = lines[lines.index("EXAMPLES") + 1:lines.index("SEE ALSO")]
                shown = [line.strip() for line in section if line.startswith(" " * 11)]
                self.assertEqual(shown, examples_of(page))
                self.assertTrue(shown)

    def test_lines_fit_a_terminal(self):
        for page in PAGES:
            with self.subTest(page=page.name):
                self.assertLessEqual(max(map(len, self.render(page))), 80)


if __name__ == "__main__":
    unittest.main()
