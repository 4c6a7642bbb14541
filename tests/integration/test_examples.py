# SPDX-License-Identifier: MIT
"""The programs in examples/ do what they say, and are those that README and the manual pages show."""

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

    def numbers(self, channel, frames):
        return self.start(os.environ["SHMFLIP_NUMBERS"], channel, 4, 4, 0, frames, "lossless=1", "wait=1")

    def test_one_loop_polls_two_channels(self):
        stdin, end = os.pipe()
        self.addCleanup(os.close, stdin)
        polling = self.start(os.environ["SHMFLIP_EXAMPLE_POLL"], stdin=stdin)
        expected = {"left": [], "right": []}
        for frames in (50, 30):  # two producers on each channel, one after the other
            for producer in (self.numbers("left", frames), self.numbers("right", 2 * frames)):
                self.assert_exits(producer, 0)
            for channel, count in (("left", frames), ("right", 2 * frames)):
                expected[channel] += [f"{channel}: {i + 1}" for i in range(count)]
                expected[channel].append(f"{channel}: the producer has ended its stream")
                self.until(f"{channel} has ended", lambda: polling.lines.count(expected[channel][-1]) ==
                           expected[channel].count(expected[channel][-1]))
        for channel, lines in expected.items():
            self.assertEqual([line for line in polling.lines if line.startswith(channel)], lines)
        os.close(end)
        self.assert_exits(polling, 0)
        self.assertEqual(polling.err, "")
        self.assert_nothing_left()


class Documents(unittest.TestCase):
    def check(self, document, text, *names):
        for name in names:
            code = (EXAMPLES / name).read_text(encoding="utf-8").split("*/\n", 1)[1]
            self.assertTrue(f"\n{code}```\n" in text, f"{document} does not show examples/{name}")

    def test_readme_shows_the_examples(self):
        text = (harness.SOURCE / "README.md").read_text(encoding="utf-8")
        self.check("README.md", text, "viewer.c", "producer.c")

    def test_pages_show_the_examples(self):
        for page, names in (("shmflip.3.scd", ("producer.c", "viewer.c")), ("shmflip_viewer_fd.3.scd", ("poll.c",))):
            text = (harness.SOURCE / "docs" / "man" / page).read_text(encoding="utf-8").replace("\\\\", "\\")
            self.check(page, text, *names)


if __name__ == "__main__":
    unittest.main()
