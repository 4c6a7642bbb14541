#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what the ways of docs/remote.md cost: tests/bench/remote_cost.py BUILD

Two network namespaces are the hosts. A camera shows the sample animation, scaled to 1080p in 4:2:0, 30 times per
second. Each round runs the page's receiver and sender of each way. The script prints medians of the rounds: the bits
per second on the line at that rate, the processor time of each side per frame that arrived, and how many arrived per
second."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

WAYS = {"Lossless on a LAN: gdp over TCP": 5000, "Lossless and compressed: FFV1 over TCP": 5000,
        "Live: H.264 by RTP": 5004, "Live: H.264 by SRT": 5001, "A pipe over the network": 5003}
SIZE, RATE = "1920x1080", 30
WARM_UP_S = 2


def set_up(build):
    """Makes what the tests use know the programs of a build."""
    source = Path(__file__).resolve().parents[2]
    for name, program in (("PRODUCER", "producer/shmflip-producer"), ("VIEWER", "viewer/shmflip-viewer"),
                          ("TOOL", "tools/shmflip"), ("BENCH", "bench/shmflip-bench")):
        os.environ[f"SHMFLIP_{name}"] = str(build / program)
    os.environ["SHMFLIP_SOURCE"] = str(source)
    os.environ["GST_PLUGIN_PATH"] = str(build / "gstreamer")
    sys.path[:0] = [str(source / "tests" / "integration"), str(source / "tests" / "gstreamer")]


def processor_s(group):
    """Returns the processor time of all processes of a group."""
    total = 0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(path.name)) == group:
                total += sum(int((task / "schedstat").read_text(encoding="ascii").split()[0])
                             for task in (path / "task").iterdir())
        except (ProcessLookupError, FileNotFoundError):
            continue
    return total / 1e9


def bench_class():
    import harness  # pylint: disable=import-outside-toplevel
    import network  # pylint: disable=import-outside-toplevel
    import recipes  # pylint: disable=import-outside-toplevel

    class Bench(recipes.Case):
        page = "remote.md"

        def runTest(self):
            """Only for unittest."""

        def begin(self):
            self.setUpClass()
            self.setUp()
            self.line = network.Line(self)
            raw = self.scratch / "raw"
            subprocess.run(["ffmpeg", "-loglevel", "error", "-i", harness.FRAMES / "%03d.png", "-s", SIZE,
                            "-pix_fmt", "yuv420p", "-f", "rawvideo", raw], check=True)
            self.on("sender", f"while cat raw; do :; done | exec shmflip-producer -q -c camera --slots 4 --raw "
                    f"{SIZE}:yuv420p@{RATE} -")

        def on(self, end, lines):
            host = self.line.sender if end == "sender" else self.line.receiver
            return self.shell(lines, host=host.words(), SHMFLIP_DIR=str(self.scratch / end))

        def published(self):
            """Returns how many frames the receiver's channel has had."""
            stat = subprocess.run([harness.TOOL, "stat", "-j", "camera", "--dir", self.scratch / "receiver"],
                                  capture_output=True, check=False)
            return json.loads(stat.stdout).get("published", 0) if stat.returncode == 0 else 0

        def sample(self, groups):
            return [time.monotonic(), self.published(), self.line.sender.bytes_sent(), *map(processor_s, groups)]

        def measure(self, title, seconds):
            blocks = self.recipes[title]
            receiver = self.on("receiver", blocks["receiver"])
            self.until("the receiver listens", lambda: self.line.receiver.listens(WAYS[title]))
            sender = self.on("sender", blocks["sender"])
            self.until("frames arrive", self.published)
            time.sleep(WARM_UP_S)
            groups = [sender.pid, receiver.pid]
            before = self.sample(groups)
            time.sleep(seconds)
            after = self.sample(groups)
            for running in (sender, receiver):
                self.signal_group(running, 2)
                running.wait()
            self.until("the channel is closed", lambda: not self.published())
            elapsed, frames, sent, *processors = (now - then for now, then in zip(after, before))
            return [sent / frames * 8 * RATE / 1e6, *(1e3 * spent / frames for spent in processors), frames / elapsed]

    return Bench()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", type=Path, help="build directory")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10, help="duration of each measurement")
    options = parser.parse_args()
    set_up(options.build.resolve())
    bench = bench_class()
    try:
        bench.begin()
        rounds = [{title: bench.measure(title, options.seconds) for title in WAYS}
                  for _ in range(options.rounds)]
    finally:
        bench.doCleanups()
    print(f"| {SIZE}, {RATE} per second | Mbit/s | sender, ms per frame | receiver, ms per frame | frames per second |")
    print("|---|--:|--:|--:|--:|")
    for title in WAYS:
        values = [statistics.median(column) for column in zip(*(each[title] for each in rounds))]
        print("| {} | {:.0f} | {:.1f} | {:.1f} | {:.1f} |".format(title, *values))


if __name__ == "__main__":
    main()
