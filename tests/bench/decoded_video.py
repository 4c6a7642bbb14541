#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures how fast decoded video comes into a channel: tests/bench/decoded_video.py BUILD

ffmpeg decodes H.264 into a pipe, the producer publishes each frame, and a viewer takes each frame. Before,
the producer converts (--pixels bgra). With --before, an older build's producer runs instead, with its own
defaults. Now, frames stay as they come (--pixels file). Every round runs both, the second round in reverse
order, and so on. The script prints medians over the rounds, and the median of now / before in the same
round. BUILD needs -Dtests=enabled."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

WAYS = ("before", "now")
FIGURES = ("frames/s", "ffmpeg, CPU ms per frame", "producer, CPU ms per frame", "segment, MB")


def make_video(path, size, frames):
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30",
                    "-frames:v", str(frames), "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast",
                    str(path)], check=True)


def cpu_s(process):
    """Waits for a process. Returns its processor time."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{process.args[0]} failed: exit status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def producer_of(options, way):
    if way == "now":
        return [options.build / "producer/shmflip-producer", "--pixels", "file"]
    if options.before:
        return [options.before / "producer/shmflip-producer"]
    return [options.build / "producer/shmflip-producer", "--pixels", "bgra"]


def measure(options, video, way):
    """Returns the figures of one run."""
    with tempfile.TemporaryDirectory(prefix="shmflip-bench-") as directory:
        env = dict(os.environ, SHMFLIP_DIR=directory)
        stats = Path(directory) / "stats.json"
        viewer = subprocess.Popen([options.build / "tests/integration/frame-reader", "default", "count"], env=env)
        ffmpeg = subprocess.Popen(["ffmpeg", "-v", "error", "-nostdin", "-i", str(video), "-f", "yuv4mpegpipe", "-"],
                                  stdout=subprocess.PIPE)
        producer = subprocess.Popen(
            [*producer_of(options, way), "-q", "--fps", "0", "--policy", "lossless", "--wait-viewers", "1",
             "--stats", stats, "-"], stdin=ffmpeg.stdout, env=env)
        ffmpeg.stdout.close()
        ffmpeg_s, producer_s = cpu_s(ffmpeg), cpu_s(producer)
        cpu_s(viewer)
        counted = json.loads(stats.read_text(encoding="utf-8"))
    frames = counted["published"]
    return (frames / counted["seconds"], ffmpeg_s * 1e3 / frames, producer_s * 1e3 / frames,
            counted["slots"] * counted["slot_bytes"] / 1e6)


def run_rounds(options, video):
    """Returns a list of figures for each way, in the order of rounds."""
    measured = {way: [] for way in WAYS}
    for number in range(options.rounds):
        for way in WAYS[::1 if number % 2 == 0 else -1]:
            measured[way].append(measure(options, video, way))
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    return measured


def print_table(measured):
    print("| figure | before | now | now / before | of each round |\n|---|---|---|---|---|")
    for index, name in enumerate(FIGURES):
        before, now = ([figures[index] for figures in measured[way]] for way in WAYS)
        ratios = [new / old for old, new in zip(before, now)]
        print(f"| {name} | {statistics.median(before):.4g} | {statistics.median(now):.4g} "
              f"| {statistics.median(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--before", type=Path, metavar="BUILD", help="an older build, of the same layout")
    parser.add_argument("--video", type=Path, help="default: a test picture, encoded for this run")
    parser.add_argument("--size", default="3840x2160", help="of the test picture (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=240, help="of the test picture (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=11, help="default: %(default)s")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shmflip-bench-") as scratch:
        video = options.video or Path(scratch) / "video.mp4"
        if not options.video:
            make_video(video, options.size, options.frames)
        print_table(run_rounds(options, video))


if __name__ == "__main__":
    main()
