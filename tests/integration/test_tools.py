# SPDX-License-Identifier: MIT
"""shmflip ls, stat, cat and clean: their output is true, and they remove only what no live process uses."""

import json
import os
import pty
import signal
import struct
import subprocess
import unittest
from pathlib import Path

import harness
from harness import FRAMES, KINDS


def pixels_of(path):
    """Returns width, height, and the pixels as a list of RGBA tuples."""
    width, height, rgba = harness.rgba_of(path)
    return width, height, list(struct.iter_unpack("4B", rgba))


def over_black(pixel):
    red, green, blue, alpha = pixel
    return tuple((value * alpha + 127) // 255 for value in (red, green, blue))


def max_difference(left, right):
    """Returns the largest difference between the values of two sequences of pixels."""
    assert len(left) == len(right)
    return max(abs(a - b) for one, other in zip(left, right) for a, b in zip(one, other))


class Tools(harness.Case):
    def start_producer(self, *options, name="default", source=FRAMES):
        producer = self.producer("-q", "-c", name, "-l", "-r", "60", *options, source)
        self.await_channel(producer, name)
        return producer

    def numbers(self, *arguments):
        """Starts a producer of number_producer.c."""
        return self.start(os.environ["SHMFLIP_NUMBERS"], "default", *map(str, arguments))

    def run_tool(self, *arguments, status=0):
        """Runs a command. Returns the lines that it prints."""
        tool = self.tool(*arguments)
        self.assert_exits(tool, status)
        if status == 0:
            self.assertEqual(tool.err, "")
        return tool.lines

    def list_channels(self, *arguments):
        return {one["channel"]: one for one in json.loads("\n".join(
            self.run_tool("ls", "--json", *arguments)))}

    def assert_refused(self, tool, status, *words):
        self.assert_exits(tool, status)
        self.assert_one_line(tool, *words)
        self.assertEqual(tool.out, "")

    # ---- Inspecting ----

    def test_no_channels(self):
        self.assertEqual(self.run_tool("ls"), [])
        self.assertEqual(self.run_tool("ls", "--json"), ["[]"])
        self.assertEqual(self.run_tool("clean"), [])
        for _ in range(2):
            for command in ("stat", "clean"):
                self.assert_refused(self.tool(command, "missing"), 1, str(self.dir))
            self.dir.mkdir(exist_ok=True)
        self.assert_refused(self.tool("ls", "--dir", self.scratch / "no"), 1, str(self.scratch / "no"))

    def test_usage(self):
        for arguments in ([], ["list"], ["ls", "name"], ["stat", "a", "b"], ["stat", "a", "-c", "b"],
                          ["ls", "-n", "1"], ["clean", "--json"], ["cat", "--watch"],
                          ["cat", "--format", "gif"], ["cat", "-n", "0"], ["cat", "-n"],
                          ["stat", "../up"], ["stat", 64 * "a"], ["cat", "a/b"], ["clean", ".x"], ["ls", "--bogus"]):
            with self.subTest(arguments=arguments):
                self.assert_refused(self.tool(*arguments), 2, "--help")

    def test_help_and_version(self):
        lines = self.run_tool("--help")
        self.assertLessEqual(len(lines), 34)
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertEqual(self.run_tool("cat", "--help"), lines)
        self.assertRegex("\n".join(self.run_tool("--version")), r"^shmflip \d+\.\d+\.\d+$")

    def test_ls_and_stat(self):
        producers = [self.start_producer(), self.start_producer("-p", "lossless", "-s", "5", name="other")]
        viewers = [self.viewer("-c", "other") for _ in range(2)]
        self.until("both viewers are listed", lambda: self.list_channels()["other"]["viewers"] == 2)
        one, other = (self.list_channels()[name] for name in ("default", "other"))
        for shown, producer, slots, policy in ((one, producers[0], 2, "latest"),
                                               (other, producers[1], 5, "lossless")):
            self.assertEqual((shown["state"], shown["pid"], shown["slots"], shown["policy"]),
                             ("alive", producer.pid, slots, policy))
            self.assertEqual((shown["newest"]["width"], shown["newest"]["height"]), (640, 360))
            self.assertEqual((shown["fps_announced"], shown["mode"]), (60, "0600"))
            self.assertGreater(shown["fps"], 5)
        self.assertEqual(other["viewer_pids"], sorted(viewer.pid for viewer in viewers))
        self.assertEqual(one["viewers"], 0)
        self.assertLess(one["generation"], other["generation"])
        rows = self.run_tool("ls")
        self.assertEqual([row.split()[:3] for row in rows[1:]],
                         [["default", "alive", str(producers[0].pid)],
                          ["other", "alive", str(producers[1].pid)]])
        self.assertIn("640x360", rows[1])
        self.assertEqual(json.loads("\n".join(self.run_tool("stat", "-c", "other", "-j"))).keys(),
                         other.keys())
        text = "\n".join(self.run_tool("stat"))
        for word in ("alive", str(producers[0].pid), "640x360", "policy latest", "mode 0600"):
            self.assertIn(word, text)
        for running in viewers + producers:
            self.assertEqual(running.interrupt(), 0)
        self.assertEqual(self.run_tool("ls"), [])
        self.assert_nothing_left()

    def test_all_that_a_stream_says(self):
        producer = self.numbers(64, 32, 20, 10 ** 9, "rich=1", "slots=3")
        self.await_channel(producer)
        self.until("there is a frame", lambda: self.list_channels()["default"]["newest"])
        shown = self.list_channels()["default"]
        self.assertEqual(shown["stream"], {
            "format": "XR24", "ffmpeg": "bgr0", "width": 64, "height": 32, "rate": "30000/1001", "pixel_aspect": "16/15",
            "colour": {"primaries": 1, "transfer": 13, "matrix": 0, "range": "full", "siting": 0, "bits": 6,
                       "white": 0},
            "metadata": [{"type": "icc", "bytes": 5}, {"type": "0x80000001", "bytes": 2}]})
        self.assertAlmostEqual(shown["fps_announced"], 30000 / 1001)
        newest = shown["newest"]
        self.assertIs(newest["premultiplied"], False)
        self.assertEqual(newest["planes"], [{"stride_bytes": 256, "rows": 32}])
        self.assertEqual((newest["duration_ms"], newest["presentation_ms"]), (250, None))
        self.assertEqual((newest["value_scale"], newest["value_offset"]), (0.25, -1))
        self.assertGreaterEqual(newest["capture_to_publish_ms"], 50)
        text = self.run_tool("stat")
        for line in ("stream       64x32 XR24, 6 bits, H.273 1/13/0, full range, pixels of 16:15",
                     "metadata     icc, 5 bytes; 0x80000001, 2 bytes",
                     "size         64x32 XR24, 6 bits, H.273 1/13/0, full range, 256 bytes per row",
                     "values       measure value * 0.25 - 1"):
            self.assertIn(line, text)
        self.assertRegex("\n".join(text), "published [0-9.]+ ms after its capture, shown for 250.0 ms")
        self.assertRegex("\n".join(text), "rate .*, announced 30000/1001\n")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_codes_that_mean_nothing(self):
        producer = self.numbers(64, 32, 20, 10 ** 9, "rich=2")
        self.await_channel(producer)
        colour = self.list_channels()["default"]["stream"]["colour"]
        self.assertEqual([colour[name] for name in ("primaries", "transfer", "matrix", "bits")], [0, 0, 0, 8])
        self.assertIn("stream       64x32 XR24, pixels of 16:15", self.run_tool("stat"))
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_only_what_is_known(self):
        producer = self.numbers(8, 8, 0, 1, "end=1")
        self.await_channel(producer)
        self.until("there is a frame", lambda: self.list_channels()["default"]["newest"])
        shown = self.list_channels()["default"]
        self.assertEqual((shown["stream"]["rate"], shown["stream"]["pixel_aspect"]), (None, None))
        self.assertEqual((shown["stream"]["colour"]["range"], shown["stream"]["metadata"]), (None, []))
        self.assertEqual([shown["newest"][name] for name in ("duration_ms", "capture_to_publish_ms")],
                         [None, None])
        text = self.run_tool("stat")
        self.assertIn("stream       8x8 XR24", text)
        self.assertNotRegex("\n".join(text), "(?m)^(times|metadata)|announced|H.273")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_premultiplied_alpha(self):
        producer = self.numbers(8, 4, 20, 10 ** 9, "alpha=2")
        self.await_channel(producer)
        self.until("there is a frame", lambda: self.list_channels()["default"]["newest"])
        self.assertIs(self.list_channels()["default"]["newest"]["premultiplied"], True)
        self.assertIn("size         8x4 AR24, premultiplied alpha, 64 bytes per row", self.run_tool("stat"))
        for words, pixel in ((("--format", "raw"), bytes((0x80, 0x40, 0x20, 0x80))),
                             (("--format", "pam"), bytes((0x40, 0x80, 0xff, 0x80)))):
            cat = self.tool("cat", "-n", "1", *words)
            self.assert_exits(cat, 0)
            self.assertEqual(Path(cat.out_path).read_bytes()[-128:], pixel * 32)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_a_stream_that_ended_or_failed(self):
        """Its producer lives, and keeps the channel."""
        for option, state, status in (("end=1", "ended", 0), ("end=2", "failed", 1)):
            with self.subTest(state=state):
                cat = self.tool("cat", "--format", "png")
                producer = self.numbers(8, 8, 0, 1, "wait=1", option)
                self.until(f"it is {state}", lambda state=state: self.list_channels().get(
                    "default", {}).get("state") == state)
                self.assertEqual(self.run_tool("ls")[1].split()[:3], ["default", state, str(producer.pid)])
                self.assertIn(f"state        {state}, process {producer.pid}", self.run_tool("stat"))
                self.assertIsNone(self.list_channels()["default"]["fps"])
                self.assert_exits(cat, status)
                self.assertTrue(Path(cat.out_path).read_bytes())
                self.assert_refused(self.tool("clean", "default"), 1, "alive", str(producer.pid))
                self.assertEqual(producer.interrupt(), 0)
                self.assert_nothing_left()

    def test_inspection_is_no_viewer(self):
        stats = self.scratch / "stats.json"
        producer = self.start_producer("--stats", stats)
        for _ in range(10):
            self.assertEqual(self.list_channels()["default"]["viewers"], 0)
        self.assertEqual(producer.interrupt(), 0)
        counted = self.stats(stats)
        self.assertEqual(counted["viewers_max"], 0)
        self.assert_nothing_left()

    def test_names_with_control_characters(self):
        named = self.scratch / "named"
        named.mkdir()
        path = os.fsencode(named) + b"/\x1b[31m\xff\n.png"
        Path(os.fsdecode(path)).write_bytes((KINDS / "rgb8-33x17.png").read_bytes())
        producer = self.start_producer(source=named)
        self.until("there is a frame", lambda: self.list_channels()["default"]["newest"])
        source = self.list_channels()["default"]["newest"]["source"]
        self.assertTrue(source.endswith(".png"), source)
        with subprocess.Popen([harness.TOOL, "stat"], env=self.env,
                              stdout=subprocess.PIPE) as stat:
            text = stat.stdout.read()
        self.assertNotIn(b"\x1b", text)
        self.assertIn(b"33x17", text)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_output_that_cannot_be_written(self):
        producer = self.start_producer()
        for command in (["ls"], ["ls", "--json"], ["stat"], ["stat", "-j"], ["stat", "-w"],
                        ["cat"], ["cat", "--format", "png"]):
            with self.subTest(command=command), open("/dev/full", "wb") as full:
                tool = subprocess.run([harness.TOOL, *command], env=self.env, stdout=full,
                                      stderr=subprocess.PIPE, timeout=harness.TIMEOUT_S,
                                      check=False)
                self.assertEqual(tool.returncode, 1)
                self.assertRegex(tool.stderr, b"^shmflip: cannot write to stdout: No space.*\n$")
        with subprocess.Popen([harness.TOOL, "stat", "-w"], env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as tool:
            tool.stdout.readline()
            tool.stdout.close()
            self.assertEqual(tool.wait(harness.TIMEOUT_S), 0)
            self.assertEqual(tool.stderr.read(), b"")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_watch(self):
        producer = self.start_producer()
        tool = self.tool("stat", "--watch", "--json")
        self.until("three lines are printed", lambda: len(tool.lines) >= 3)
        producer.kill()
        self.until("the channel is reported stale", lambda: '"stale"' in tool.out)
        self.assertEqual(tool.interrupt(), 0)
        shown = [json.loads(line) for line in tool.lines]
        self.assertGreater(shown[1]["published"], shown[0]["published"])
        self.assertEqual(self.run_tool("clean"), ["default: removed 2 files, 1 set of semaphores"])
        self.assert_nothing_left()

    def test_a_stopped_producer(self):
        """Alive by the kernel's word, but it will publish nothing."""
        producer = self.start_producer()
        watch = self.tool("stat", "--watch")
        for number, state in ((signal.SIGSTOP, "stopped"), (signal.SIGCONT, "alive")) * 2:
            producer.signal(number)
            self.until(f"it is {state}", lambda: self.list_channels()["default"]["state"] == state)
            self.assertEqual(self.run_tool("ls")[1].split()[:3], ["default", state, str(producer.pid)])
            self.assertIn(f"state        {state}, process {producer.pid}", self.run_tool("stat"))
            self.until("stat --watch says so", lambda: watch.lines[-1:] and
                       watch.lines[-1].startswith(state))
        self.assertEqual(watch.interrupt(), 0)
        # Its name may look like the end of the field that it is in.
        link = self.scratch / "a) T (b"
        link.symlink_to(harness.PRODUCER)
        other = self.start(link, "-q", "-c", "other", "-l", FRAMES)
        self.await_channel(other, "other")
        self.assertEqual(self.list_channels()["other"]["state"], "alive")
        for running in (producer, other):
            self.assertEqual(running.interrupt(), 0)
        self.assert_nothing_left()

    @unittest.skipUnless(subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", "true"],
                                        capture_output=True, check=False).returncode == 0,
                         "no pid namespace can be made here")
    def test_a_stopped_process_elsewhere(self):
        """In another pid namespace the same number is another process."""
        producer = self.start_producer()
        words = ["unshare", "--pid", "--fork", "--mount-proc", harness.TOOL, "ls", "--json"]
        listed = json.loads(subprocess.run(words, env=self.env, capture_output=True,
                                           check=True).stdout)
        self.assertEqual([one["state"] for one in listed], ["alive"])
        producer.signal(signal.SIGSTOP)
        self.until("it is stopped", lambda: self.list_channels()["default"]["state"] == "stopped")
        # From there nobody can see whether it is.
        listed = json.loads(subprocess.run(words, env=self.env, capture_output=True,
                                           check=True).stdout)
        self.assertEqual([one["state"] for one in listed], ["alive"])
        producer.signal(signal.SIGCONT)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    # ---- Cleaning ----

    def test_clean_removes_only_dead_channels(self):
        alive, dead = self.start_producer(name="alive"), self.start_producer(name="dead")
        viewer = self.viewer("-c", "alive", "--digest")
        dead.kill()
        shown = self.list_channels()
        self.assertEqual((shown["alive"]["state"], shown["dead"]["state"]), ("alive", "stale"))
        self.assertEqual(shown["dead"]["pid"], dead.pid)
        self.assert_refused(self.tool("clean", "alive"), 1, "alive", str(alive.pid))
        self.assertEqual(self.run_tool("clean"), ["dead: removed 2 files, 1 set of semaphores"])
        self.assertEqual(list(self.list_channels()), ["alive"])
        count = len(viewer.lines)
        self.until("frames still arrive", lambda: len(viewer.lines) > count + 10)
        for running in (viewer, alive):
            self.assertEqual(running.interrupt(), 0)
        self.assert_nothing_left()

    def test_clean_keeps_other_files(self):
        self.dir.mkdir()
        kept = {"notes": b"text", "Cargo.lock": b"[[package]]", "a.new": b"", "b": b"",
                "open.lock": b""}
        for name, content in kept.items():
            (self.dir / name).write_bytes(content)
            (self.dir / name).chmod(0o644)
        self.assertEqual(self.run_tool("ls"), [])
        self.assertEqual(self.run_tool("clean"), [])
        for name in ("notes", "Cargo", "a", "b", "open"):
            self.assert_refused(self.tool("clean", name), 1, "no channel")
        self.assertEqual({path.name: path.read_bytes() for path in self.dir.iterdir()}, kept)

    def test_clean_and_producers_at_once(self):
        producer = self.start_producer()
        viewer = self.viewer("--digest")
        for _ in range(10):
            producer.kill()
            cleaners = [self.tool("clean", *name) for name in ([], ["default"], [])]
            producer = self.producer("-q", "-l", "-r", "60", FRAMES)
            cleaners += [self.tool("clean"), self.tool("clean", "default")]
            for cleaner in cleaners:
                self.assertIn(cleaner.wait(), (0, 1))
            self.await_channel(producer)
            self.assertEqual(self.list_channels()["default"]["state"], "alive", producer.err)
        count = len(viewer.lines)
        self.until("frames still arrive", lambda: len(viewer.lines) > count + 10)
        self.assertEqual(viewer.interrupt(), 0)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    # ---- Frames to a pipe ----

    def cat_frames(self, frames, *options, source=FRAMES):
        """Returns what cat writes for the first frames of a source, and the files of these frames."""
        cat = self.tool("cat", "-n", str(frames), *options)
        producer = self.producer("-q", "-r", "30", "-p", "lossless", "-w", "1", source)
        self.assert_exits(cat, 0)
        self.assertEqual(producer.wait(), 0)
        self.assertEqual(harness.complaints(cat), [])
        paths = harness.natural_order(source.glob("*.png")) if source.is_dir() else [source]
        return Path(cat.out_path).read_bytes(), paths[:frames]

    @harness.needs_imagemagick
    def test_raw(self):
        data, paths = self.cat_frames(3, "--format", "raw")
        expected = b"".join(bytes((b, g, r, a)) for path in paths
                            for r, g, b, a in pixels_of(path)[2])
        self.assertEqual(data, expected)

    @harness.needs_imagemagick
    def test_pam_of_every_depth(self):
        for name, depth in (("rgb8-257x3", 3), ("rgba8-33x17", 4), ("greya8-33x17", 4)):
            with self.subTest(name=name):
                data, paths = self.cat_frames(1, "--format", "pam", source=KINDS / f"{name}.png")
                header, body = data.split(b"ENDHDR\n", 1)
                width, height, pixels = pixels_of(paths[0])
                self.assertIn(b"WIDTH %d\nHEIGHT %d\nDEPTH %d\n" % (width, height, depth), header)
                self.assertEqual(body, b"".join(bytes(pixel[:depth]) for pixel in pixels))

    def test_the_fourth_byte_of_an_opaque_pixel(self):
        """It is undefined. What cat writes is opaque, whatever it is."""
        def frames_of(fmt, option):
            cat = self.tool("cat", "--format", fmt)
            producer = self.numbers(8, 8, 0, 100, "wait=1", "lossless=1", option)
            for running in (cat, producer):
                self.assert_exits(running, 0)
            return Path(cat.out_path).read_bytes()

        self.assertEqual(frames_of("raw", "undefined=1"),
                         b"".join(bytes((number, 0, 0, 255)) * 64 for number in range(1, 101)))
        for fmt in ("raw", "pam", "png", "y4m"):
            with self.subTest(format=fmt):
                self.assertEqual(frames_of(fmt, "undefined=1"), frames_of(fmt, "undefined=0"))
        self.assertEqual(frames_of("pam", "undefined=1").split(b"ENDHDR\n")[-1], bytes((0, 0, 100)) * 64)
        self.assert_nothing_left()

    @harness.needs_imagemagick
    def test_png(self):
        data, paths = self.cat_frames(2, "--format", "png")
        images = data.split(b"\x89PNG")[1:]
        self.assertEqual(len(images), 2)
        for image, path in zip(images, paths):
            written = self.scratch / "written.png"
            written.write_bytes(b"\x89PNG" + image)
            self.assertEqual(harness.rgba_of(written), harness.rgba_of(path))

    @harness.needs_imagemagick
    @harness.needs("ffmpeg")
    def test_y4m_as_ffmpeg_reads_it(self):
        """Converted back to RGB, a value may differ only by the rounding of YUV."""
        sources = [FRAMES, KINDS / "rgba8-33x17.png", KINDS / "palette8-trns-33x17.png"]
        for source in sources:
            with self.subTest(source=source.name):
                data, paths = self.cat_frames(2 if source.is_dir() else 1, source=source)
                rgb = subprocess.run(
                    ["ffmpeg", "-v", "error", "-f", "yuv4mpegpipe", "-i", "-", "-sws_flags",
                     "accurate_rnd+full_chroma_int", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                    input=data, capture_output=True, check=True).stdout
                expected = [over_black(pixel) for path in paths for pixel in pixels_of(path)[2]]
                self.assertLessEqual(max_difference(list(struct.iter_unpack("3B", rgb)), expected), 2)

    @harness.needs("ffmpeg")
    def test_y4m_as_ffmpeg_writes_it(self):
        """The same planes as ffmpeg's own conversion, except for its rounding."""
        data, paths = self.cat_frames(1)
        header, body = data.split(b"\n", 1)
        self.assertRegex(header, b"^YUV4MPEG2 W640 H360 F[0-9]+:[0-9]+ Ip A0:0 C444 "
                                 b"XCOLORRANGE=LIMITED XCICP=2-2-6-0$")
        self.assertEqual(harness.y4m_rate(header.decode()), 30)
        self.assertEqual(body[:6], b"FRAME\n")
        planes = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(paths[0]), "-sws_flags",
             "accurate_rnd+full_chroma_int+full_chroma_inp", "-f", "rawvideo", "-pix_fmt",
             "yuv444p", "-"], capture_output=True, check=True).stdout
        self.assertEqual(len(body[6:]), len(planes))
        self.assertLessEqual(max(abs(a - b) for a, b in zip(body[6:], planes)), 1)

    @harness.needs("ffmpeg")
    def test_into_ffmpeg(self):
        """ffmpeg receives all frames of a lossless producer, and counts them."""
        out = self.scratch / "out.mkv"
        producer = self.producer("-q", "-r", "0", "-p", "lossless", "-w", "1", FRAMES)
        with subprocess.Popen([harness.TOOL, "cat"], env=self.env, stdout=subprocess.PIPE) as cat:
            subprocess.run(["ffmpeg", "-v", "error", "-i", "-", "-c:v", "ffv1", str(out)],
                           stdin=cat.stdout, check=True, timeout=harness.TIMEOUT_S)
            self.assertEqual(cat.wait(harness.TIMEOUT_S), 0)
        self.assertEqual(producer.wait(), 0)
        counted = subprocess.run(
            ["ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames",
             "-of", "csv=p=0", str(out)], capture_output=True, check=True).stdout
        self.assertEqual(int(counted), len(list(FRAMES.glob("*.png"))))
        self.assert_nothing_left()

    def test_reader_exits(self):
        producer = self.start_producer()
        for name in ("raw", "y4m", "pam", "png"):
            with subprocess.Popen([harness.TOOL, "cat", "--format", name], env=self.env,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as cat:
                cat.stdout.read(1000)
                cat.stdout.close()
                self.assertEqual(cat.wait(harness.TIMEOUT_S), 0)
                self.assertEqual(cat.stderr.read(), b"")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_reader_exits_between_frames(self):
        """The next frame may take long, or never come."""
        frame = len(self.cat_frames(1, "--format", "raw")[0])
        producer = self.start_producer("-r", "0.01")
        for name, size in (("default", frame), ("nobody", 0)):
            with subprocess.Popen([harness.TOOL, "cat", "-c", name, "--format", "raw"],
                                  env=self.env, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as cat:
                self.assertEqual(len(cat.stdout.read(size)), size)
                cat.stdout.close()
                self.assertEqual(cat.wait(harness.TIMEOUT_S), 0)
                self.assertRegex(cat.stderr.read(), b"^(.*waiting for a producer.*\n)?$")
        self.assertEqual(producer.interrupt(), 0)
        self.assert_nothing_left()

    def test_slow_reader_holds_no_slot(self):
        stats = self.scratch / "stats.json"
        producer = self.start_producer("--stats", stats, "--lease", "0.1")
        with subprocess.Popen([harness.TOOL, "cat"], env=self.env,
                              stdout=subprocess.PIPE) as cat:
            cat.stdout.read(1)
            before = self.list_channels()["default"]["published"]
            self.until("frames still arrive",
                       lambda: self.list_channels()["default"]["published"] > before + 30)
            cat.send_signal(signal.SIGINT)
            self.assertEqual(cat.wait(harness.TIMEOUT_S), 0)
        self.assertEqual(producer.interrupt(), 0)
        self.assertEqual(self.stats(stats)["generations"], 1)
        self.assert_nothing_left()

    def test_cat_distinguishes_end_and_death(self):
        producer = self.start_producer()
        cat = self.tool("cat", "--format", "png")
        self.until("frames arrive", lambda: os.path.getsize(cat.out_path) > 0)
        producer.kill()
        self.assert_exits(cat, 1)
        self.assert_one_line(cat, "died")
        producer = self.start_producer()
        cat = self.tool("cat", "--format", "png")
        self.until("frames arrive", lambda: os.path.getsize(cat.out_path) > 0)
        self.assertEqual(producer.interrupt(), 0)
        self.assert_exits(cat, 0)
        self.assert_nothing_left()

    def test_cat_of_changing_sizes(self):
        sizes = [KINDS / "rgb8-257x3.png", KINDS / "rgb8-33x17.png"]
        for name, status in (("pam", 0), ("y4m", 1), ("raw", 1)):
            with self.subTest(name=name):
                cat = self.tool("cat", "--format", name)
                producer = self.producer("-q", "-r", "30", "-p", "lossless", "-w", "1", *sizes)
                self.assert_exits(cat, status)
                self.assertEqual(producer.wait(), 0)
                if status:
                    self.assertRegex(" ".join(harness.complaints(cat)),
                                     "33x17 .* 257x3 .* --format pam")
        self.assert_nothing_left()

    def test_cat_to_a_terminal(self):
        controller, terminal = pty.openpty()
        with subprocess.Popen([harness.TOOL, "cat"], env=self.env, stdout=terminal,
                              stderr=subprocess.PIPE) as cat:
            self.assertEqual(cat.wait(harness.TIMEOUT_S), 1)
            self.assertIn(b"terminal", cat.stderr.read())
        os.close(controller)
        os.close(terminal)


if __name__ == "__main__":
    unittest.main()
