# SPDX-License-Identifier: MIT
"""Wrong input of every sort: one clear line, the right exit status, nothing left behind."""

import os
import unittest

import harness
from harness import DAMAGED, FRAMES


class BadInput(harness.Case):
    def refused(self, running, status, *words):
        self.assert_exits(running, status)
        self.assert_one_line(running, *words)
        self.assertEqual(running.out, "")

    def test_usage(self):
        bad = [
            [],
            ["--no-such-option", FRAMES],
            ["-r"],
            ["-r", "fast", FRAMES],
            ["-r", "-1", FRAMES],
            ["-s", "1", FRAMES],
            ["-s", "65", FRAMES],
            ["-s", "2x", FRAMES],
            ["-p", "newest", FRAMES],
            ["-w", "-1", FRAMES],
            ["--max-size", "0x5", FRAMES],
            ["--max-size", "640", FRAMES],
            ["--mode", "888", FRAMES],
            ["--group", "no-such-group", FRAMES],
            ["--lease", "soon", FRAMES],
            ["--flatten", "greenish", FRAMES],
            ["--on-error", "cry", FRAMES],
            ["-l=x", FRAMES],
            ["-l", "-"],
        ]
        for arguments in bad:
            with self.subTest(arguments=arguments):
                self.refused(self.producer(*arguments), 2, "--help")
        bad = [["--no-such-option"], ["-n"], ["-n", "x"], ["--timeout", "x"], ["--present", "x"],
               ["--present"], ["a", "b"], ["-c", "a", "b"], ["a", "-c", "a"],
               ["--newest", "--every"]]
        for arguments in bad:
            with self.subTest(arguments=arguments):
                self.refused(self.start(harness.VIEWER, *arguments), 2, "--help")
        self.assert_nothing_left()

    def test_what_is_no_option_is_named(self):
        for arguments, words in ((["-zq"], "unknown option -z"), (["-qz"], "unknown option -z"),
                                 (["--nonsense"], "unknown option --nonsense"), (["--f"], "unknown option --f"),
                                 (["-qn"], "--frames needs a value"),
                                 (["--scale"], "--scale needs a value"),
                                 (["--once=3"], "--once takes no value")):
            for program in (harness.PRODUCER, harness.VIEWER):
                if program == harness.VIEWER or "option" in words and "--f" not in arguments:
                    with self.subTest(program=program, arguments=arguments):
                        self.refused(self.start(program, *arguments), 2, words)
        for arguments, words in ((["ls", "-zj"], "unknown option -z"), (["ls", "--no"], "unknown option --no"),
                                 (["cat", "-n"], "--frames needs a value"),
                                 (["ls", "--json=3"], "--json takes no value")):
            with self.subTest(arguments=arguments):
                self.refused(self.tool(*arguments), 2, words)

    def test_help_and_version(self):
        for program in (harness.PRODUCER, harness.VIEWER):
            shown = self.start(program, "--help")
            self.assert_exits(shown, 0)
            self.assertLessEqual(len(shown.lines), 34)
            self.assertLessEqual(max(map(len, shown.lines)), 80)
            self.assertEqual(shown.err, "")
            shown = self.start(program, "--version")
            self.assert_exits(shown, 0)
            self.assertRegex(shown.out, r"^shmflip-(producer|viewer) \d+\.\d+\.\d+\n$")

    def test_no_such_file(self):
        for name in ("missing.png", "missing", "missing-%d.png"):
            with self.subTest(name=name):
                self.refused(self.producer(self.scratch / name), 1, name)
        self.refused(self.producer(FRAMES, self.scratch / "missing.png"), 1, "missing.png")
        self.assert_nothing_left()

    def test_directory_without_pictures(self):
        empty = self.scratch / "empty"
        empty.mkdir()
        self.refused(self.producer(empty), 1, "empty")
        self.assert_nothing_left()

    def test_nothing_but_damage(self):
        text = self.scratch / "text.png"
        text.write_text("this is no picture\n", encoding="ascii")
        for path in [text] + sorted(DAMAGED.glob("*.png")):
            with self.subTest(path=path.name):
                producer = self.producer("-r", "0", path)
                status = producer.wait()
                self.assertIn(status, (0, 1))
                if status == 1:
                    self.assertIn(path.name, producer.err)
                    self.assertLessEqual(len(producer.err.splitlines()), 2, producer.err)
                self.assert_nothing_left()

    def test_a_file_that_claims_to_be_huge(self):
        huge = [path for path in DAMAGED.glob("*.png") if "100000" in path.name][0]
        producer = self.producer("-r", "0", huge)
        self.assert_exits(producer, 1)
        self.assertIn("100000x100000", producer.err)
        self.assertIn("--max-size", producer.err)
        self.assert_nothing_left()

    def test_frames_larger_than_asked(self):
        stats = self.scratch / "stats.json"
        producer = self.producer("-r", "0", "--max-size", "16x16", "--stats", stats, FRAMES)
        self.assert_exits(producer, 1)
        self.assertEqual(self.stats(stats)["skipped"], len(list(FRAMES.glob("*.png"))))
        self.assert_nothing_left()

    def test_more_memory_than_there_is(self):
        producer = self.producer("--max-size", "1000000x100000", FRAMES)
        self.refused(producer, 1, "memory")
        self.assert_nothing_left()
        producer = self.producer("--max-size", "500000000x2000000000", "-s", "64", FRAMES)
        self.refused(producer, 1)
        self.assert_nothing_left()

    def test_channel_names(self):
        for name in ("a/b", "../up", ".hidden", "", "x" * 64, "white space"):
            with self.subTest(name=name):
                self.refused(self.producer("-c", name, FRAMES), 2, "channel name")
                self.refused(self.viewer("-c", name), 2, "channel name")
        self.assert_nothing_left()

    def test_directory_that_others_may_write(self):
        self.dir.mkdir()
        self.dir.chmod(0o777)
        self.refused(self.producer(FRAMES), 1, "others may write", "chmod go-w")
        self.refused(self.viewer(), 1, "others may write", "chmod go-w")
        self.dir.chmod(0o700)
        self.assert_nothing_left()

    def test_directory_that_is_none(self):
        self.dir.write_text("a file", encoding="ascii")
        self.refused(self.producer(FRAMES), 1, "no directory")
        self.refused(self.viewer(), 1, "no directory")
        self.dir.unlink()

    def test_directory_that_cannot_be_made(self):
        self.refused(self.producer("--dir", "/proc/shmflip", FRAMES), 1, "/proc/shmflip")
        self.refused(self.producer("--dir", self.scratch / "a" / "b", FRAMES), 1, "a/b")

    @unittest.skipIf(os.geteuid() == 0, "root may do anything")
    def test_no_permission(self):
        self.dir.mkdir(mode=0o500)
        self.refused(self.producer(FRAMES), 1, "Permission denied")
        self.dir.chmod(0o700)

    def test_second_producer(self):
        first = self.producer("-q", "-l", FRAMES)
        self.await_channel(first)
        self.refused(self.producer(FRAMES), 1, "held by another producer", str(first.pid))
        self.assertTrue(first.alive)
        self.assertEqual(first.interrupt(), 0)
        self.assert_nothing_left()

    def test_stats_that_cannot_be_written(self):
        nowhere = self.scratch / "no" / "such" / "directory.json"
        self.refused(self.producer("--stats", nowhere, FRAMES), 1, "directory.json")
        self.refused(self.viewer("--stats", nowhere), 1, "directory.json")
        self.assert_nothing_left()

    def test_record_that_cannot_be_written(self):
        viewer = self.viewer("--record", "/proc/nowhere")
        self.refused(viewer, 1, "/proc/nowhere")

    def test_window_without_a_display(self):
        env = {name: value for name, value in self.env.items()
               if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        env["XDG_RUNTIME_DIR"] = str(self.scratch)
        env["SDL_VIDEODRIVER"] = "x11"
        producer = self.producer("-q", "-l", FRAMES)
        self.await_channel(producer)
        self.refused(self.start(harness.VIEWER, "-q", env=env), 1, "display")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_channel_of_another_version(self):
        producer = self.producer("-q", "-l", FRAMES)
        record = bytearray(self.await_channel(producer))
        record[8] = 77
        (self.dir / "default").write_bytes(record)
        self.refused(self.viewer(), 1, "version 77")
        (self.dir / "default").write_bytes(b"garbage" * 20)
        self.refused(self.viewer(), 1, "not written by shmflip")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main(verbosity=2)
