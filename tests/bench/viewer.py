#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what showing a frame costs the viewer, per presenter and size: ./dev bench-viewer

The producer only publishes, so the figures are those of the viewer and the X server. Xvfb has a screen
of the frame's size (1:1) or half of it (scaled). Processor times are the kernel's run times of all
threads, without start-up. Every round measures each presenter at each size. The script prints medians
of the rounds as Markdown, and on request writes everything as JSON."""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = "640x480,1920x1080,3840x2160,7680x4320"
PRESENTERS = ["x11", "x11, scaled", "surface", "texture", "none"]
PACED_FPS = 60
WARM_S = 1.5
PACED_S = 10  # at least: else frames that wait for the window to open would reach the 99th percentile


def median(values):
    return statistics.median(values)


def sizes_of(text):
    return [tuple(map(int, size.split("x"))) for size in text.split(",")]


def processor_ns(pid):
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
    return total


class Server:
    """An X server with a screen of this size."""

    def __init__(self, width, height):
        reader, writer = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24", "-nolisten",
             "tcp", "-noreset"], pass_fds=[writer], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as answer:
            self.display = ":" + answer.readline().strip()
        self.pid = self.process.pid

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Bench:
    def __init__(self, build, seconds):
        self.viewer = build / "viewer" / "shmflip-viewer"
        self.numbers = build / "tests" / "integration" / "number-producer"
        self.seconds = seconds
        self.scratch = Path(tempfile.mkdtemp(prefix="shmflip-bench-"))
        self.servers = {}

    def close(self):
        for server in self.servers.values():
            server.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def server(self, width, height):
        if (width, height) not in self.servers:
            self.servers[width, height] = Server(width, height)
        return self.servers[width, height]

    def start(self, presenter, size, fps):
        scaled = presenter.endswith("scaled")
        server = self.server(*(side // (1 + scaled) for side in size))
        directory = tempfile.mkdtemp(dir=self.scratch)
        env = dict(os.environ, SHMFLIP_DIR=directory, DISPLAY=server.display, SDL_VIDEODRIVER="x11")
        env.pop("WAYLAND_DISPLAY", None)
        stats = Path(directory) / "stats.json"
        viewer = subprocess.Popen([self.viewer, "-q", "--present", presenter.split(",")[0], "--once",
                                   "--stats", stats], env=env)
        producer = subprocess.Popen(
            [self.numbers, "default", *map(str, size), str(fps), str(10 ** 9), "lossless=1",
             "still=1", "wait=1"], env=env, stdout=subprocess.DEVNULL)
        return server, viewer, producer, stats, env

    def measure(self, presenter, size, fps):
        server, viewer, producer, stats, _ = self.start(presenter, size, fps)
        seconds = max(self.seconds, PACED_S) if fps else self.seconds
        time.sleep(WARM_S)
        before = time.monotonic(), processor_ns(viewer.pid), processor_ns(server.pid)
        time.sleep(seconds)
        after = time.monotonic(), processor_ns(viewer.pid), processor_ns(server.pid)
        producer.terminate()
        producer.wait()
        if viewer.wait() != 0:
            sys.exit(f"the viewer failed at {presenter}, {size}")
        counted = json.loads(stats.read_text(encoding="utf-8"))
        frames = counted["fps"] * (after[0] - before[0])
        return {
            "way": presenter, "width": size[0], "height": size[1], "asked_fps": fps,
            "fps": counted["fps"], "missed": counted["missed"],
            "viewer_ms": (after[1] - before[1]) / 1e6 / frames,
            "server_ms": (after[2] - before[2]) / 1e6 / frames if presenter != "none" else 0,
            "age_p50_ms": counted["age_ms"]["p50"], "age_p99_ms": counted["age_ms"]["p99"],
        }

    def idle(self, paused, seconds=10):
        """Percent of a processor while there is nothing to show."""
        _, viewer, producer, _, env = self.start("x11", (1920, 1080), 30 if paused else 0.001)
        time.sleep(WARM_S)
        if paused:
            window = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(viewer.pid)],
                                    env=env, capture_output=True, text=True,
                                    check=True).stdout.split()[-1]
            for words in (["windowfocus", "--sync", window], ["key", "space"]):
                subprocess.run(["xdotool", *words], env=env, check=True)
        time.sleep(WARM_S)
        before = processor_ns(viewer.pid)
        time.sleep(seconds)
        spent = processor_ns(viewer.pid) - before
        viewer.terminate()
        viewer.wait()
        producer.terminate()
        producer.wait()
        return spent / seconds / 1e9 * 100


def print_table(heads, rows):
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def median_of(measurements, presenter, size, fps, value):
    chosen = [each[value] for each in measurements
              if (each["way"], each["width"], each["height"], each["asked_fps"]) ==
              (presenter, *size, fps)]
    return median(chosen) if chosen else None


def share(measurements, size, fps):
    ours, theirs = (median_of(measurements, presenter, size, fps, "viewer_ms")
                    for presenter in ("x11", "surface"))
    return f"1/{theirs / ours:.0f}" if ours and theirs else ""


def text_of(value, digits):
    return "" if value is None else f"{value:.{digits}f}"


def print_results(sizes, measurements, idle):
    heads = ["presenter"] + [f"{width}x{height}" for width, height in sizes]

    def rows(values, presenters=PRESENTERS[:-1]):
        return [[presenter] + [" / ".join(
            text_of(median_of(measurements, presenter, size, fps, name), digits)
            for fps, name, digits in values) for size in sizes]
                for presenter in presenters]
    print(f"Viewer's processor time per frame, ms, at a rate of {PACED_FPS} frames per second;"
          " none: frames are received but not shown:\n")
    print_table(heads, rows([(PACED_FPS, "viewer_ms", 3)], PRESENTERS))
    print("The same, as fast as possible:\n")
    print_table(heads, rows([(0, "viewer_ms", 3)], PRESENTERS))
    print(f"X server's processor time per frame, ms, at {PACED_FPS} frames per second:\n")
    print_table(heads, rows([(PACED_FPS, "server_ms", 2)]))
    print("Frames per second, as fast as possible:\n")
    print_table(heads, rows([(0, "fps", 0)]))
    print("From published to on screen, ms, median / 99th percentile,"
          f" at {PACED_FPS} frames per second; none: from published to received:\n")
    print_table(heads, rows([(PACED_FPS, "age_p50_ms", 2), (PACED_FPS, "age_p99_ms", 2)], PRESENTERS))
    print("Share of one processor over 10 s: paused {:.2f} %, attached to a producer that publishes"
          " nothing {:.2f} %.".format(*idle))
    print("Processor time of x11 as a share of surface's, at that rate and as fast as possible:\n")
    print_table(heads[1:], [[" and ".join(share(measurements, size, fps) for fps in (PACED_FPS, 0))
                             for size in sizes]])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", type=Path, help="build directory")
    parser.add_argument("--sizes", type=sizes_of, default=SIZES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4, help="duration of each measurement")
    parser.add_argument("--json", type=Path, help="write all measurements to this file")
    options = parser.parse_args()
    bench = Bench(options.build.resolve(), options.seconds)
    measurements = []
    try:
        for number in range(options.rounds):
            for size in options.sizes:
                for presenter in PRESENTERS:
                    for fps in (PACED_FPS, 0):
                        measurements.append(bench.measure(presenter, size, fps))
                        print(f"round {number + 1}: {measurements[-1]}", file=sys.stderr)
        idle = [bench.idle(True), bench.idle(False)]
    finally:
        bench.close()
    print(f"{platform.machine()}, Linux {platform.release()}, {os.cpu_count()} processors,"
          f" load {os.getloadavg()[0]:.1f} at the end; {options.rounds} rounds of"
          f" {options.seconds:g} s.\n")
    print_results(options.sizes, measurements, idle)
    if options.json:
        options.json.write_text(json.dumps({"cells": measurements, "idle_percent": idle}, indent=1),
                                encoding="utf-8")


if __name__ == "__main__":
    main()
