# SPDX-License-Identifier: MIT
"""Wrong input of every kind: one clear line, the right exit status, and nothing left behind."""

import os
import subprocess
import unittest

import harness
from harness import DAMAGED, FRAMES


class BadInput(harness.Case):
    def assert_refused(self, running, status, *words):
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
                self.assert_refused(self.producer(*arguments), 2, "--help")
        bad = [["--no-such-option"], ["-n"], ["-n", "x"], ["--timeout", "x"], ["--present", "x"],
               ["--present"], ["a", "b"], ["-c", "a", "b"], ["a", "-c", "a"],
               ["--newest", "--every"]]
        for arguments in bad:
            with self.subTest(arguments=arguments):
                self.assert_refused(self.start(harness.VIEWER, *arguments), 2, "--help")
        self.assert_nothing_left()

    def test_unknown_options_are_named(self):
        for arguments, words in ((["-zq"], "unknown option -z"), (["-qz"], "unknown option -z"),
                                 (["--nonsense"], "unknown option --nonsense"), (["--f"], "unknown option --f"),
                                 (["-qn"], "--frames needs a value"),
                                 (["--scale"], "--scale needs a value"),
                                 (["--once=3"], "--once takes no value")):
            for program in (harness.PRODUCER, harness.VIEWER):
                if program == harness.VIEWER or "option" in words and "--f" not in arguments:
                    with self.subTest(program=program, arguments=arguments):
                        self.assert_refused(self.start(program, *arguments), 2, words)
        for arguments, words in ((["ls", "-zj"], "unknown option -z"), (["ls", "--no"], "unknown option --no"),
                                 (["cat", "-n"], "--frames needs a value"),
                                 (["ls", "--json=3"], "--json takes no value")):
            with self.subTest(arguments=arguments):
                self.assert_refused(self.tool(*arguments), 2, words)

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

    def test_help_that_cannot_be_written(self):
        for program in (harness.PRODUCER, harness.VIEWER, harness.TOOL, harness.BENCH):
            for words in (["--help"], ["--version"], ["decode", "--help"]):
                if len(words) == 1 or program == harness.BENCH:
                    with self.subTest(program=program, words=words), open("/dev/full", "wb") as full:
                        done = subprocess.run([program, *words], stdout=full, stderr=subprocess.PIPE,
                                              check=False)
                        self.assertEqual(done.returncode, 1)
                        self.assertRegex(done.stderr, rb"^[a-z-]+: cannot write to stdout: No space left.*\n$")

    def test_no_such_file(self):
        for name in ("missing.png", "missing", "missing-%d.png"):
            with self.subTest(name=name):
                self.assert_refused(self.producer(self.scratch / name), 1, name)
        self.assert_refused(self.producer(FRAMES, self.scratch / "missing.png"), 1, "missing.png")
        self.assert_nothing_left()

    def test_directory_without_pictures(self):
        empty = self.scratch / "empty"
        empty.mkdir()
        self.assert_refused(self.producer(empty), 1, "empty")
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

    def test_other_kinds_are_named(self):
        def ftyp(brand):
            return b"\0\0\0\x1cftyp" + brand + b"\0\0\2\0"

        for content, name, remedy in (
                (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a JPEG", "ffmpeg"), (ftyp(b"isom"), "MP4", "ffmpeg"),
                (b"GIF89a\1\0\1\0\x80", "a GIF", "ffmpeg"), (b"RIFF\x24\0\0\0WEBPVP8 ", "a WebP", "ffmpeg"),
                (b"II*\0\x34\1\0\0", "a TIFF", "ffmpeg"), (b"BM\x8a\x24\0\0\0\0\0\0\x8a\0", "a BMP", "ffmpeg"),
                (ftyp(b"heic"), "a HEIF", "heif-convert"), (ftyp(b"avif"), "an AVIF", "avifdec"),
                (b"\xff\x0a\xfa\x7f", "a JPEG XL", "djxl"), (b"\x1f\x8b\x08\0", "a gzip", "gunzip"),
                (b"P6 1 1 255\nabc", "a PGM or PPM", "- <FILE"), ((DAMAGED / "cgbi.png").read_bytes(), "CgBI", "pngcrush")):
            path = self.scratch / "picture.png"
            path.write_bytes(content)
            with self.subTest(name=name):
                producer = self.producer("-r", "0", "--on-error", "stop", path)
                self.assert_refused(producer, 1, "picture.png: ", name, remedy)
                if b"P6" in content:
                    continue
                with open(path, "rb") as stdin:
                    producer = self.producer("-r", "0", "--on-error", "stop", "-", stdin=stdin)
                    self.assert_refused(producer, 1, "stdin:1: ", name, remedy)
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
        self.assert_refused(producer, 1, "memory")
        self.assert_nothing_left()
        for size, status in (("500000000x200000000", 1), ("500000000x2000000000", 2)):
            producer = self.producer("--max-size", size, "-s", "64", FRAMES)
            self.assert_refused(producer, status, "more than can be addressed")
        self.assert_nothing_left()

    def test_channel_names(self):
        for name in ("a/b", "../up", ".hidden", "", "x" * 64, "white space"):
            with self.subTest(name=name):
                self.assert_refused(self.producer("-c", name, FRAMES), 2, "channel name")
                self.assert_refused(self.viewer("-c", name), 2, "channel name")
        self.assert_nothing_left()

    def test_directory_that_others_may_write(self):
        self.dir.mkdir()
        self.dir.chmod(0o777)
        self.assert_refused(self.producer(FRAMES), 1, "others may write", "chmod go-w")
        self.assert_refused(self.viewer(), 1, "others may write", "chmod go-w")
        self.dir.chmod(0o700)
        self.assert_nothing_left()

    def test_directory_is_a_file(self):
        self.dir.write_text("a file", encoding="ascii")
        self.assert_refused(self.producer(FRAMES), 1, "no directory")
        self.assert_refused(self.viewer(), 1, "no directory")
        self.dir.unlink()

    def test_directory_that_cannot_be_made(self):
        self.assert_refused(self.producer("--dir", "/proc/shmflip", FRAMES), 1, "/proc/shmflip")
        self.assert_refused(self.producer("--dir", self.scratch / "a" / "b", FRAMES), 1, "a/b")

    @unittest.skipIf(os.geteuid() == 0, "root ignores permissions")
    def test_no_permission(self):
        self.dir.mkdir(mode=0o500)
        self.assert_refused(self.producer(FRAMES), 1, "Permission denied")
        self.dir.chmod(0o700)

    def test_second_producer(self):
        first = self.producer("-q", "-l", FRAMES)
        self.await_channel(first)
        self.assert_refused(self.producer(FRAMES), 1, "held by another producer", str(first.pid))
        self.assertTrue(first.alive)
        self.assertEqual(first.interrupt(), 0)
        self.assert_nothing_left()

    def test_stats_that_cannot_be_written(self):
        nowhere = self.scratch / "no" / "such" / "directory.json"
        self.assert_refused(self.producer("--stats", nowhere, FRAMES), 1, "directory.json")
        self.assert_refused(self.viewer("--stats", nowhere), 1, "directory.json")
        viewer = self.viewer("--record", self.scratch / "records", "--stats", nowhere)
        self.assert_refused(viewer, 1, "directory.json")
        self.assert_nothing_left()

    def test_record_that_cannot_be_written(self):
        viewer = self.viewer("--record", "/proc/nowhere")
        self.assert_refused(viewer, 1, "/proc/nowhere")

    @unittest.skipUnless(os.environ["SHMFLIP_SANITIZER"] == "none", "sanitizers need addresses")
    def test_more_threads_than_there_can_be(self):
        # 64 stacks of 4 TiB do not fit into the address space.
        viewer = self.start("sh", "-c", 'ulimit -s 4294967296; exec "$0" "$@"', harness.VIEWER,
                            "--present", "none", "--record", self.scratch / "records", "-j", "64")
        self.assert_refused(viewer, 1, "use a smaller --jobs")

    def test_window_without_a_display(self):
        env = {name: value for name, value in self.env.items()
               if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        env["XDG_RUNTIME_DIR"] = str(self.scratch)
        env["SDL_VIDEODRIVER"] = "x11"
        producer = self.producer("-q", "-l", FRAMES)
        self.await_channel(producer)
        self.assert_refused(self.start(harness.VIEWER, "-q", env=env), 1, "display")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_channel_of_another_version(self):
        producer = self.producer("-q", "-l", FRAMES)
        record = bytearray(self.await_channel(producer))
        record[8] = 77
        (self.dir / "default").write_bytes(record)
        self.assert_refused(self.viewer(), 1, "version 77")
        (self.dir / "default").write_bytes(b"garbage" * 20)
        self.assert_refused(self.viewer(), 1, "not written by shmflip")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main(verbosity=2)
