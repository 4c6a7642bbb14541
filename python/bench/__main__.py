#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""shmflip beside what Python programs use to hand images from process to process.

Prints two tables in Markdown. In the first one, the sender writes every pixel and the receiver
reads every pixel. In the second one, processes are killed by SIGKILL. Needs NumPy and pyzmq, and a
shmflip that can be imported:

    python3 python/bench"""

import argparse
import signal
import statistics
import sys

import death
import transfer
import transports

NAMES = ",".join(kind.name for kind in transports.ALL)


def parse_size(text):
    width, height = map(int, text.split("x"))
    return height, width


def parse_arguments():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("--sizes", metavar="WxH,...", default="640x480,1920x1080,3840x2160")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each transfer (default 1)")
    parser.add_argument("--rounds", type=int, default=5,
                        help="in which the transports take turns (default 5)")
    parser.add_argument("--wait", type=float, default=3.0, metavar="SECONDS",
                        help="for a side to notice the other one's death (default 3)")
    parser.add_argument("--transports", metavar="NAME,...", default=NAMES)
    parser.add_argument("--quick", action="store_true",
                        help="one short round: to see that everything works")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.sizes, arguments.seconds, arguments.rounds = "320x240", 0, 1
        arguments.wait = 0.3
    names = arguments.transports.split(",")
    arguments.kinds = [kind for kind in transports.ALL if kind.name in names]
    if len(arguments.kinds) != len(names):
        parser.error(f"--transports are some of {NAMES}")
    return arguments


def print_row(*cells):
    print("|", " | ".join(map(str, cells)), "|", flush=True)


def median_and_spread(values):
    """The median, and half the difference of the largest and the smallest value, relative to it."""
    median = statistics.median(values)
    return median, (max(values) - min(values)) / 2 / median


def print_transfers(size, results):
    first = None
    for kind, transfers in results.items():
        rate, spread = median_and_spread([result.frames_per_second for result in transfers])
        first = first or rate
        sender = statistics.median(one.sender_seconds / one.frames for one in transfers)
        receiver = statistics.median(one.receiver_seconds / one.frames for one in transfers)
        print_row(size, kind.name, f"{rate:,.0f}", f"{spread:.0%}", f"{first / rate:.2f}×",
                  f"{sender * 1e6:,.0f} + {receiver * 1e6:,.0f}")


def compare_transfers(arguments):
    """Returns the number of frames that arrived damaged."""
    damaged = 0
    print_row("size", "transport", "frames/s", "±", f"{arguments.kinds[0].name} is",
              "CPU µs: sender + receiver")
    print_row("---", "---", "--:", "--:", "--:", "--:")
    for size in arguments.sizes.split(","):
        results = transfer.rounds(arguments.kinds, parse_size(size), arguments.seconds,
                                  arguments.rounds)
        print_transfers(size, results)
        damaged += sum(result.damaged for transfers in results.values() for result in transfers)
    return damaged


def in_all_rounds(texts):
    return " or ".join(sorted(set(texts)))


def compare_deaths(arguments):
    print_row("transport", "killed", "the other side", "after", "Ctrl-C ends it", "then left",
              "after the next run")
    print_row("---", "---", "---", "--:", "---", "---", "---")
    results = death.rounds(arguments.kinds, arguments.wait, arguments.rounds)
    for (kind, killed), observed in results.items():
        times = [one.milliseconds for one in observed if one.milliseconds is not None]
        after = f"{statistics.median(times):.1f} ms" if times else ""
        noticed, ends, left, next_left = (in_all_rounds(getattr(one, name) for one in observed)
                                          for name in ("noticed", "ends", "left", "next_left"))
        print_row(kind.name, killed, noticed, after, ends, left, next_left)


def main():
    arguments = parse_arguments()
    # Exit by an exception, which ends the processes that are to be killed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    damaged = compare_transfers(arguments)
    print()
    compare_deaths(arguments)
    if damaged:
        sys.exit(f"bench: {damaged} frames arrived damaged")


if __name__ == "__main__":
    main()
