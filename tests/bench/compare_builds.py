#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares shmflip's hand-over in two builds, by turns: tests/bench/compare_builds.py OLD NEW

OLD and NEW are build directories. Every round runs both in each case, the second round in reverse order,
and so on. The script prints medians over the rounds, and the median of new / old in the same round. So a
machine that is slower for a while disturbs the ratio less than the figures. If both builds have loan-cost,
which needs -Dtests=enabled, it is compared too."""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

NOT_VALID = 3  # exit status of shmflip-bench: one round never is


def words(text):
    return text.split(",")


def figures_of_bench(build, options, slots):
    """Returns {(case, figure): value} of one run of shmflip-bench."""
    command = [build / "bench" / "shmflip-bench", "transports", "--transports", "shmflip", "--rounds", "1",
               "--json", "-", "--size", options.sizes, "--rate", options.rates, "--touch", options.touch,
               "--receivers", options.receivers, "--seconds", str(options.seconds)]
    if slots != "2":  # the default, also of builds without this option
        command += ["--slots", slots]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in (0, NOT_VALID):
        sys.exit(f"{command[0]}: {done.stderr.decode().strip()}")
    figures = {}
    for result in json.loads(done.stdout)["results"]:
        case = (f"{result['width']}x{result['height']}, rate {result['rate']:g}, {result['touch']}, "
                f"receivers {result['receivers']}, slots {slots}")
        value = {name: figure["median"] for name, figure in result.items() if isinstance(figure, dict)
                 and "median" in figure}
        figures[case, "hand-over, us"] = value["latency_p50_ns"] / 1e3
        figures[case, "CPU per frame, us"] = (value["sender_cpu_ns"] + value["receivers_cpu_ns"]) / 1e3
        figures[case, "frames/s"] = value["frames_per_second"]
    return figures


def figures_of_loans(build, options):
    done = subprocess.run([build / "tests" / "bench" / "loan-cost", "--json", "--rounds", "1", "--ms",
                           str(max(1, round(options.seconds * 100)))], capture_output=True, check=True)
    return {(f"loan, {one['case']}, slots {one['slots']}", "per frame, us"): one["frame_ns"] / 1e3
            for one in json.loads(done.stdout)}


def measure(build, options, has_loans):
    figures = {}
    for slots in words(options.slots):
        figures.update(figures_of_bench(build, options, slots))
    if has_loans:
        figures.update(figures_of_loans(build, options))
    return figures


def run_rounds(options):
    """Returns one list of figures for each build, in the order of rounds."""
    builds = options.old, options.new
    has_loans = all((build / "tests" / "bench" / "loan-cost").exists() for build in builds)
    measured = [], []
    for number in range(options.rounds):
        for index in (0, 1) if number % 2 == 0 else (1, 0):
            measured[index].append(measure(builds[index], options, has_loans))
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    return measured


def print_table(measured):
    print("| case | figure | old | new | new / old |\n|---|---|---|---|---|")
    cases = list(measured[0][0])
    for case, name in cases:
        old, new = ([figures[case, name] for figures in build] for build in measured)
        ratio = statistics.median(after / before for before, after in zip(old, new))
        print(f"| {case} | {name} | {statistics.median(old):.4g} | {statistics.median(new):.4g} "
              f"| {ratio:.3f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--sizes", default="640x480,1920x1080", help="default: %(default)s")
    parser.add_argument("--rates", default="0,60", help="frames per second, 0: flat out (default: %(default)s)")
    parser.add_argument("--slots", default="2", help="a list (default: %(default)s)")
    parser.add_argument("--touch", default="none,write+read", help="default: %(default)s")
    parser.add_argument("--receivers", default="1", help="a list (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=11, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=0.3, help="of each measurement (default: %(default)s)")
    options = parser.parse_args()
    print_table(run_rounds(options))


if __name__ == "__main__":
    main()
