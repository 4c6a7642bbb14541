# SPDX-License-Identifier: MIT
"""Command lines of a page in docs/, run as they stand there. A block of them is indented, and its first line is a
comment that names it. A test says which heading's blocks it runs, and no heading may be without one."""

import os
import re
import shutil
import signal
import subprocess
import textwrap
from pathlib import Path

import harness

BLOCK = re.compile(r"(?:^    .*\n|^\n(?=    ))+", re.M)


def blocks_of(text):
    """Returns the blocks of a text by what their first line says: lines of shell, without the indentation."""
    blocks = {}
    for indented in BLOCK.findall(text):
        for block in re.split(r"\n\n+(?=# )", textwrap.dedent(indented).strip("\n")):
            if block.startswith("# "):
                name, lines = block[2:].split("\n", 1)
                blocks[name] = lines
    return blocks


def recipes_of(page):
    """Returns the blocks of each heading that has some."""
    parts = re.split(r"^##+ (.*)\n", (harness.SOURCE / "docs" / page).read_text(encoding="utf-8"), flags=re.M)
    recipes = {title: blocks_of(text) for title, text in zip(parts[1::2], parts[2::2])}
    return {title: blocks for title, blocks in recipes.items() if blocks}


def runs(title):
    """Marks a test as the one of a heading, or as one of several."""
    def mark(test):
        test.recipe = title
        return test
    return mark


def untested(*cases):
    """Returns the headings with commands that no test of these classes, which are for one page, runs."""
    tests = [getattr(case, name) for case in cases for name in dir(case) if name.startswith("test_")]
    return set(recipes_of(cases[0].page)) - {test.recipe for test in tests if hasattr(test, "recipe")}


def missing(*elements):
    """Returns which of these elements GStreamer does not have here, or None."""
    if not shutil.which("gst-inspect-1.0"):
        return "gst-launch-1.0"
    for name in elements:
        # --exists would ask for a plugin of GStreamer's own version.
        if subprocess.run(["gst-inspect-1.0", name], capture_output=True, check=False).returncode:
            return name
    return None


class Case(harness.Case):
    page = None  # the name of the page

    @classmethod
    def setUpClass(cls):
        cls.recipes = recipes_of(cls.page)

    def setUp(self):
        super().setUp()
        self.groups = []
        self.directories = [self.dir]
        self.addCleanup(self.end_groups)
        path = [str(Path(program).parent) for program in (harness.PRODUCER, harness.VIEWER, harness.TOOL)]
        self.env["PATH"] = ":".join([*path, os.environ["PATH"]])

    def end_groups(self):
        """Ends what shells have started, as Ctrl-C does, and removes what a test has killed."""
        for running in self.groups:
            self.signal_group(running, signal.SIGINT)
        try:
            self.until("shells end", lambda: not any(self.signal_group(running, 0) for running in self.groups), 5)
        except self.failureException:
            for running in self.groups:
                self.signal_group(running, signal.SIGKILL)
        for directory in self.directories:
            subprocess.run([harness.TOOL, "clean", "--dir", directory], capture_output=True, check=False)

    @staticmethod
    def signal_group(running, number):
        """Signals all processes of a group. Returns whether there are some."""
        running.process.poll()
        try:
            os.killpg(running.pid, number)
        except ProcessLookupError:
            return False
        return True

    def block(self, name, title=None):
        """Returns the lines of a block of a heading, by default the one that the running test is for."""
        return self.recipes[title or getattr(self, self._testMethodName).recipe][name]

    def shell(self, lines, host=(), directory=None, **changes):
        """Starts lines of shell, in a process group of its own, on a host, with changes to the environment."""
        if lines.startswith("gst-launch-1.0 "):
            lines = f"exec {lines}"  # so that signals reach it
        running = self.start(*host, "sh", "-c", lines, env=dict(self.env, **changes), cwd=directory or self.scratch,
                             start_new_session=True)
        self.groups.append(running)
        return running
