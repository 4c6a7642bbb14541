# SPDX-License-Identifier: MIT
"""shmflip-bench: it runs, its results are true in every output format, and it leaves nothing behind."""

import os
import time
import unittest
from pathlib import Path

import harness

BENCH = os.environ["SHMFLIP_BENCH"]


def children_of(pid):
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in tasks.read_text(encoding="ascii").split()]


class Bench(harness.Case):
    def bench(self, *arguments, **how):
        return self.start(BENCH, *arguments, **how)

    def quick(self, *arguments):
        """Runs transports --quick. Returns all results, and the same by name of the transport."""
        path = self.scratch / "results.json"
        bench = self.bench("transports", "--quick", "--json", path, *arguments)
        self.assert_exits(bench, 0)
        self.assertEqual(bench.err, "")
        whole = self.stats(path)
        return whole, {result["transport"]: result for result in whole["results"]}


class TransportsTest(Bench):
    def test_every_transport(self):
        whole, _ = self.quick()
        self.assertEqual(whole["program"], "shmflip-bench")
        self.assertIn("kernel", whole["environment"])
        for result in whole["results"]:
            if "absent" in result:
                continue
            with self.subTest(transport=result["transport"], touch=result["touch"]):
                self.assertEqual(result["torn"], 0)
                self.assertGreater(result["frames_per_second"]["median"], 0)
                if not result["limit"]:
                    self.assertGreater(result["latency_ns"]["count"], 0)

    def test_bytes_that_the_kernel_copies(self):
        """The kernel also counts the bytes of a pipe; it copies none of shmflip's frames."""
        _, results = self.quick("--transports", "shmflip,pipe", "--size", "640x480", "--touch", "read")
        frame = 640 * 480 * 4
        self.assertEqual(results["shmflip"]["pixels"], "XR24")
        self.assertEqual(results["shmflip"]["kernel_bytes"], 0)
        self.assertLess(results["shmflip"]["io_bytes"]["median"], frame / 100)
        self.assertEqual(results["pipe"]["kernel_bytes"], 2 * frame)
        self.assertAlmostEqual(results["pipe"]["io_bytes"]["median"] / frame, 2, delta=0.5)

    def test_paced(self):
        _, results = self.quick("--transports", "shmflip", "--rate", "200", "--seconds", "0.2",
                                "--touch", "none")
        rate = results["shmflip"]["frames_per_second"]["median"]
        self.assertGreater(rate, 20)
        self.assertLess(rate, 300)

    def test_several_receivers(self):
        whole, _ = self.quick("--receivers", "4", "--touch", "write+read", "--size", "64x64")
        for result in whole["results"]:
            with self.subTest(transport=result["transport"]):
                self.assertEqual(result.get("torn", 0), 0)

    def test_slots(self):
        bench = self.bench("transports", "--quick", "--transports", "shmflip", "--size", "64x64", "--touch",
                           "none", "--seconds", "2", "--slots", "8")
        frame = 64 * 64 * 4

        def slots_of_channel():
            with open("/proc/sysvipc/shm", encoding="ascii") as table:
                rows = [line.split() for line in table.readlines()[1:]]
            return {int(row[3]) // frame for row in rows if int(row[4]) in children_of(bench.pid)}

        self.until("there is a channel of eight slots", lambda: 8 in slots_of_channel())
        self.assert_exits(bench, 0)

    def test_pixels(self):
        """The format decides how many bytes a frame has: all planes, for the transport and for the kernel's copies."""
        whole, results = self.quick("--transports", "shmflip,pipe", "--pixels", "p010le", "--size", "66x33",
                                    "--touch", "write+read")
        pixels = 2 * (66 * 33 + 2 * 33 * 17)
        self.assertEqual({result["pixels"] for result in whole["results"]}, {"P010"})
        self.assertEqual([results[name]["torn"] for name in ("shmflip", "pipe")], [0, 0])
        self.assertEqual(results["pipe"]["kernel_bytes"], 2 * pixels)
        bench = self.bench("transports", "--quick", "--transports", "pipe", "--pixels", "NV12", "--size", "1920x1080")
        self.assert_exits(bench, 0)
        self.assertIn("1920x1080 NV12, none, two cores", bench.out)
        # Twice 3.1 MB.
        row = next(line for line in bench.lines if line.startswith("pipe "))
        self.assertIn("6.22", row.split())

    def test_two_builds_compared(self):
        """The same build twice: the figures are real, and the ratio is some number."""
        build = self.scratch / "build"
        build.mkdir()
        (build / "bench").symlink_to(Path(BENCH).parent)
        compare = self.start(harness.SOURCE / "tests" / "bench" / "compare_builds.py", build, build, "--rounds",
                             "2", "--seconds", "0.02", "--sizes", "64x64", "--rates", "0", "--touch", "none",
                             "--slots", "2,4")
        self.assert_exits(compare, 0)
        rows = [row.split("|")[1:-1] for row in compare.lines[2:]]
        self.assertEqual([(row[0].split()[-1], row[1].split(",")[0].strip()) for row in rows],
                         [(slots, figure) for slots in "24" for figure in
                          ("hand-over", "CPU per frame", "frames/s")])
        for row in rows:
            self.assertGreater(min(map(float, row[2:])), 0)

    def test_one_core(self):
        whole, results = self.quick("--cores", "1", "--touch", "copy+read", "--size", "64x64")
        self.assertNotIn("shmflip-awake", results)
        for result in whole["results"]:
            self.assertEqual(result["cores"], 1)

    def test_too_few_rounds_are_not_valid(self):
        bench = self.bench("transports", "--transports", "pipe", "--rounds", "1", "--seconds", "0.01",
                           "--size", "64x64", "--touch", "none")
        self.assert_exits(bench, 3)
        self.assertIn("not valid", bench.err)
        self.assertIn("pipe", bench.out)

    def interrupt(self, transport):
        bench = self.bench("transports", "--transports", transport, "--seconds", "30", "--size", "64x64")
        self.until("the benchmark starts two processes", lambda: len(children_of(bench.pid)) == 2 or not bench.alive)
        if not bench.alive and "--transports takes" in bench.err:
            self.skipTest(f"built without {transport}")
        children = children_of(bench.pid)
        time.sleep(0.3)
        self.assertEqual(bench.interrupt(), 1)
        self.assert_one_line(bench, "interrupted")
        return children

    def test_interrupted(self):
        for transport in "shmflip", "sysv", "gstreamer-shm":
            with self.subTest(transport=transport):
                children = self.interrupt(transport)
                for child in children:
                    self.assertFalse(Path(f"/proc/{child}").exists())
                    self.assertEqual(list(Path("/dev/shm").glob(f"shmpipe.*{child}.*")), [])
                self.assertEqual(harness.segments_made_by(children), [])


class DecodeTest(Bench):
    def decode(self, *arguments):
        path = self.scratch / "decode.json"
        bench = self.bench("decode", "--quick", "--seconds", "0", "--json", path, *arguments)
        self.assert_exits(bench, 0)
        self.assertEqual(bench.err, "")
        return bench, self.stats(path)

    def test_the_same_pixels(self):
        """As libpng's, on every kind of PNG. Other decoders may differ; then the output says so."""
        bench, whole = self.decode(harness.KINDS, harness.FRAMES / "000.png")
        self.assertEqual(len(whole["files"]), len(list(harness.KINDS.glob("*.png"))) + 1)
        for file in whole["files"]:
            ours = [result for result in file["decoders"] if result["decoder"] == "shmflip"]
            self.assertNotIn("absent", ours[0], file["file"])
            self.assertGreater(ours[0]["ms"], 0)
        kinds = {summary["kind"] for summary in whole["summary"]}
        self.assertEqual(kinds, {"kinds", "frames", ""})
        self.assertIn("all files", bench.out)

    def test_chosen_decoders(self):
        _, whole = self.decode("--decoders", "shmflip", harness.FRAMES)
        self.assertEqual({summary["decoder"] for summary in whole["summary"]}, {"libpng", "shmflip"})
        self.assertEqual({summary["title"] for summary in whole["summary"]},
                         {"libpng's row interface", "shmflip-producer's decoder"})

    def test_files_that_are_no_png(self):
        text = self.scratch / "text.png"
        text.write_text("no picture")
        bench = self.bench("decode", "--quick", text, harness.FRAMES / "000.png")
        self.assert_exits(bench, 0)
        self.assert_one_line(bench, "text.png")
        for nothing in text, self.scratch / "missing", self.dir:
            bench = self.bench("decode", "--quick", nothing)
            self.assert_exits(bench, 1)


class EncodeTest(Bench):
    def encode(self, *arguments):
        path = self.scratch / "encode.json"
        bench = self.bench("encode", "--quick", "--seconds", "0", "--json", path, *arguments)
        self.assert_exits(bench, 0)
        self.assertEqual(bench.err, "")
        return bench, self.stats(path)

    def test_the_same_pixels(self):
        """libpng reads what shmflip writes, of every kind of PNG."""
        bench, whole = self.encode(harness.KINDS, harness.FRAMES / "000.png")
        self.assertEqual(len(whole["files"]), len(list(harness.KINDS.glob("*.png"))) + 1)
        for file in whole["files"]:
            ours = [result for result in file["encoders"] if result["encoder"] == "shmflip"]
            self.assertNotIn("absent", ours[0], file["file"])
            self.assertGreater(ours[0]["ms"], 0)
            self.assertGreater(ours[0]["bytes"], 60)
        kinds = {summary["kind"] for summary in whole["summary"]}
        self.assertEqual(kinds, {"kinds", "frames", ""})
        self.assertIn("all files", bench.out)

    def test_chosen_encoders(self):
        _, whole = self.encode("--encoders", "shmflip", harness.FRAMES)
        self.assertEqual({summary["encoder"] for summary in whole["summary"]}, {"libpng", "shmflip"})
        self.assertEqual({summary["title"] for summary in whole["summary"]},
                         {"libpng, level 1, filter Sub", "shmflip's encoder, one thread"})


class PipelineTest(Bench):
    def test_runs(self):
        """shmflip always; the other programs if they are installed."""
        path = self.scratch / "pipeline.json"
        bench = self.bench("pipeline", "--quick", "--json", path, harness.FRAMES)
        self.assert_exits(bench, 0)
        results = {result["contender"]: result for result in self.stats(path)["results"]}
        for name in "shmflip", "shmflip-2", "shmflip-unseen", "side-by-side", "ffmpeg", "mpv":
            self.assertTrue(results[name]["rounds"] or results[name]["absent"], name)
        if results["shmflip"]["rounds"]:
            self.assertEqual(results["shmflip"]["times_one_thread"], 1)
        self.assertIn("640x360", bench.out)

    def test_needs_one_size(self):
        bench = self.bench("pipeline", "--quick", harness.FRAMES / "000.png", harness.KINDS / "rgb8-33x17.png")
        self.assert_exits(bench, 1)
        self.assert_one_line(bench, "one size", "33x17")

    def test_interrupted(self):
        bench = self.bench("pipeline", "--seconds", "30", harness.FRAMES)
        self.until("a producer runs", lambda: len(children_of(bench.pid)) == 2)
        children = children_of(bench.pid)
        self.assertEqual(bench.interrupt(), 1)
        self.assert_one_line(bench, "interrupted")
        for child in children:
            self.assertFalse(Path(f"/proc/{child}").exists())


class PlotTest(Bench):
    @harness.needs("gnuplot")
    def test_pictures(self):
        for name, begins in ("a.svg", b"<?xml"), ("b.png", b"\x89PNG"):
            path = self.scratch / name
            self.quick("--plot", path, "--transports", "shmflip,pipe", "--size", "64x64,640x480")
            self.assertEqual(path.read_bytes()[:len(begins)], begins)
            path.unlink()
            for command in "decode", "encode", "pipeline":
                self.assert_exits(self.bench(command, "--quick", "--plot", path, harness.FRAMES / "000.png"), 0)
                self.assertEqual(path.read_bytes()[:len(begins)], begins)
                path.unlink()

    def test_without_gnuplot(self):
        bench = self.bench("transports", "--quick", "--transports", "pipe", "--plot",
                           self.scratch / "a.svg", env=dict(self.env, PATH="/nowhere"))
        self.assert_exits(bench, 1)
        self.assert_one_line(bench, "gnuplot", "apt-get install")


class UsageTest(Bench):
    def test_wrong_use(self):
        for words, message in (
                ([], "COMMAND"),
                (["dance"], "dance"),
                (["transports", "--size", "big"], "--size"),
                (["transports", "--size", "1x1"], "--size"),
                (["transports", "--size", "7x1", "--pixels", "R8"], "--size"),
                (["transports", "--pixels", "rgb565"], "--pixels: there is no pixel format rgb565"),
                (["transports", "--pixels", "y12"], "4095"),
                (["decode", "--pixels", "NV12", "a.png"], "decode takes no --pixels"),
                (["transports", "--transports", "pigeon"], "shmflip-awake"),
                (["transports", "--touch", "lick"], "write+read"),
                (["transports", "--plot", "a.gif"], "*.svg"),
                (["transports", "--rounds"], "--rounds"),
                (["transports", "--rounds", "0"], "--rounds"),
                (["transports", "more"], "more"),
                (["transports", "--decoders", "shmflip"], "--decoders"),
                (["transports", "--slots", "65"], "--slots"),
                (["decode", "--slots", "4"], "--slots"),
                (["decode"], "needs"),
                (["pipeline"], "needs"),
                (["decode", "--decoders", "eyes", "a.png"], "libpng"),
                (["decode", "--touch", "none", "a.png"], "--touch"),
                (["encode"], "needs"),
                (["encode", "--encoders", "crayon", "a.png"], "libpng"),
                (["decode", "--encoders", "shmflip", "a.png"], "--encoders"),
                (["transports", "--wrong"], "--wrong")):
            with self.subTest(words=words):
                bench = self.bench(*words)
                self.assert_exits(bench, 2)
                self.assert_one_line(bench, message)

    def test_help_fits_a_screen(self):
        for words in ["--help"], ["transports", "--help"], ["decode", "--help"], ["encode", "--help"], \
                ["pipeline", "--help"]:
            bench = self.bench(*words)
            self.assert_exits(bench, 0)
            self.assertLessEqual(len(bench.lines), 24)
            self.assertLessEqual(max(map(len, bench.lines)), 80)


if __name__ == "__main__":
    unittest.main()
