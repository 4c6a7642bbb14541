#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures what a frame costs in GStreamer: tests/bench/gstreamer_cost.py BUILD

videotestsrc sends frames of 1080p in real time from one process to another: with nothing in between (a fakesink),
through shmflipsink and shmflipsrc with few and with many slots, and through GStreamer's shmsink and shmsrc. shmsink
lends its own memory to videotestsrc as well, and has room for 64 frames. Each round runs all of them, the second
round in reverse order, and so on. The script prints medians over the rounds: the processor time per frame; the ratio
to shmsink and shmsrc, and to few slots, in the same round; and how much more the sender takes than with a fakesink in
the same round, which is what the transport adds to the source. The source's share depends on its pattern: black costs
little more than writing each pixel, smpte has noise in each frame, which costs two to three times as much."""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WARM_UP_S = 1.0
SHM_FRAMES = 64


def shmflip(slots):
    return f"shmflipsink slots={slots}", "shmflipsrc"


def ways(options, scratch):
    """Returns the sink and the source of each way. No source: there is no receiver."""
    shm_bytes = SHM_FRAMES * options.width * options.height * 4
    return {
        "none": ("fakesink sync=true", None),
        "few": shmflip(options.few),
        "many": shmflip(options.many),
        "shmsink": (f"shmsink socket-path={scratch}/socket shm-size={shm_bytes} wait-for-connection=false",
                    f"shmsrc socket-path={scratch}/socket is-live=true ! {caps(options)}"),
    }


def caps(options):
    return f"video/x-raw,format={options.format},width={options.width},height={options.height},framerate={options.rate}/1"


def launch(env, description):
    return subprocess.Popen(["gst-launch-1.0", "-q"] + description.split(), env=env, stdin=subprocess.DEVNULL)


def cpu_ns(process):
    """The processor time of a process so far. Its threads last as long as it does."""
    total = 0
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
    return total


def check(process):
    if process.poll() is not None:
        sys.exit(f"{' '.join(process.args)} failed: exit status {process.returncode}")


def measure_running(options, processes):
    """Returns microseconds of processor time per frame, one for each process."""
    time.sleep(WARM_UP_S)
    start_s, start_ns = time.monotonic(), [cpu_ns(process) for process in processes]
    time.sleep(options.seconds)
    for process in processes:
        check(process)
    end_ns, frames = [cpu_ns(process) for process in processes], (time.monotonic() - start_s) * options.rate
    return [(end - start) / 1e3 / frames for start, end in zip(start_ns, end_ns)]


def measure(options, way):
    """Returns what a frame costs the sender and the receiver."""
    with tempfile.TemporaryDirectory(prefix="shmflip-bench-") as scratch:
        env = dict(os.environ, SHMFLIP_DIR=scratch, GST_PLUGIN_PATH=str(options.build.resolve() / "gstreamer"))
        sink, source = ways(options, scratch)[way]
        processes = [launch(env, f"videotestsrc pattern={options.pattern} is-live=true ! {caps(options)} ! {sink}")]
        try:
            if source:
                while not (Path(scratch) / "socket").exists() and not (Path(scratch) / "default").exists():
                    check(processes[0])
                    time.sleep(0.01)
                processes.append(launch(env, f"{source} ! fakesink sync=false"))
            return (measure_running(options, processes) + [0.0])[:2]
        finally:
            for process in reversed(processes):
                process.send_signal(signal.SIGINT)  # so that gst-launch closes the channel
                process.wait()


def run_rounds(options):
    """Returns a list of costs for each way, in the order of rounds."""
    names = list(ways(options, ""))
    measured = {name: [] for name in names}
    for number in range(options.rounds):
        for name in names[::1 if number % 2 == 0 else -1]:
            measured[name].append(measure(options, name))
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    return measured


def ratio(measured, name, other, side):
    ratios = [one[side] / two[side] for one, two in zip(measured[name], measured[other])]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def transport(measured, name):
    """What the way adds to the source, in the same round."""
    added = [one[0] - none[0] for one, none in zip(measured[name], measured["none"])]
    return f"{statistics.median(added):.0f} ({min(added):.0f} to {max(added):.0f})"


def print_table(options, measured):
    titles = {"none": "fakesink", "few": f"shmflip, {options.few} slots", "many": f"shmflip, {options.many} slots",
              "shmsink": "shmsink, shmsrc"}
    print("| way | sender, us | / shmsink | / few slots | transport, us | receiver, us | / shmsrc |\n"
          "|---|---|---|---|---|---|---|")
    for name, title in titles.items():
        sender, receiver = (statistics.median(cost[side] for cost in measured[name]) for side in (0, 1))
        print(f"| {title} | {sender:.0f} | {ratio(measured, name, 'shmsink', 0)} | {ratio(measured, name, 'few', 0)} "
              f"| {transport(measured, name)} "
              + (f"| {receiver:.0f} | {ratio(measured, name, 'shmsink', 1)} |" if receiver else "| | |"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--width", type=int, default=1920, help="default: %(default)s")
    parser.add_argument("--height", type=int, default=1080, help="default: %(default)s")
    parser.add_argument("--format", default="BGRx", help="GStreamer's name (default: %(default)s)")
    parser.add_argument("--pattern", default="black", help="videotestsrc's (default: %(default)s)")
    parser.add_argument("--rate", type=int, default=60, help="frames per second (default: %(default)s)")
    parser.add_argument("--few", type=int, default=4, help="slots (default: %(default)s)")
    parser.add_argument("--many", type=int, default=16, help="slots (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=5, help="of each run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=9, help="default: %(default)s")
    options = parser.parse_args()
    print_table(options, run_rounds(options))


if __name__ == "__main__":
    main()
