# SPDX-License-Identifier: MIT
"""The programs in examples/ do what they say, and are those that README shows."""

import os
import re
import unittest

import harness

EXAMPLES = harness.SOURCE / "examples"
ROWS = 480
FRAMES = 250
LINE = re.compile(r"(\d+): (\d+\.\d\d)")


def mean_of(sequence, dropped):
    """The mean of the frame's rows: row y is (y + i) mod 256, where i also counts frames that were dropped."""
    return sum((y + sequence - 1 + dropped) % 256 for y in range(ROWS)) / ROWS


class Examples(harness.Case):
    def test_frames_arrive_as_they_were_written(self):
        viewer = self.start(os.environ["SHMFLIP_EXAMPLE_VIEWER"])
        producer = self.start(os.environ["SHMFLIP_EXAMPLE_PRODUCER"])
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        self.assertEqual((producer.err, viewer.err), ("", ""))
        frames = [LINE.fullmatch(line).groups() for line in viewer.lines]
        self.assertTrue(frames)
        dropped = 0
        for sequence, mean in frames:
            self.assertLessEqual(int(sequence) + dropped, FRAMES)
            # A slow machine may drop frames.
            while f"{mean_of(int(sequence), dropped):.2f}" != mean:
                dropped += 1
                self.assertLessEqual(int(sequence) + dropped, FRAMES, f"frame {sequence}: mean {mean}")
        self.assert_nothing_left()


class Readme(unittest.TestCase):
    def test_shows_the_examples(self):
        readme = (harness.SOURCE / "README.md").read_text(encoding="utf-8")
        for name in ("viewer.c", "producer.c"):
            code = (EXAMPLES / name).read_text(encoding="utf-8").split("*/\n", 1)[1]
            self.assertIn(f"```c\n{code}```\n", readme, f"README.md does not show examples/{name}")


if __name__ == "__main__":
    unittest.main()
