#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws a depth map as a depth camera makes one, and as TUM's RGB-D sets store it: a PNG of 640x480 with 16-bit
gray, 5000 per metre, 0 where there is no value.

    depth_map.py FILE.png

A room with a ball, a box and a pillar, seen from 1.1 m above its floor. An object hides a strip to its left from
the camera's projector, so there is no value. There is none beyond 8 m either."""

import math
import random
import struct
import sys
import zlib

WIDTH, HEIGHT = 640, 480
FOCAL_LENGTH = 525.0  # pixels
PER_METRE = 5000
FARTHEST = 8.0  # metres
BASELINE = 0.075  # metres from the camera to its projector
FLOOR, CEILING, LEFT, RIGHT, BACK = 1.1, -1.4, -1.9, 2.2, 6.5
DOORWAY = (0.5, 1.4, -0.9)  # from, to, top: open, into a dark corridor
BALLS = [((-0.75, 0.65, 2.6), 0.45), ((1.15, 0.85, 3.4), 0.25)]
BOXES = [((0.05, 0.35, 2.9), (0.75, 1.1, 3.6)), ((-1.5, -1.4, 4.6), (-1.1, 1.1, 5.0))]


def ball_depth(ray, centre, radius):
    along = sum(a * b for a, b in zip(ray, centre))
    length = sum(a * a for a in ray)
    rest = along * along - length * (sum(a * a for a in centre) - radius * radius)
    return (along - math.sqrt(rest)) / length if rest > 0 else math.inf


def box_depth(ray, low, high):
    near, far = 0.0, math.inf
    for step, start, end in zip(ray, low, high):
        if step == 0:
            if not start <= 0 <= end:
                return math.inf
            continue
        first, second = sorted((start / step, end / step))
        near, far = max(near, first), min(far, second)
    return near if 0 < near <= far else math.inf


def room_depth(x, y):
    walls = min(FLOOR / y if y > 0 else math.inf, CEILING / y if y < 0 else math.inf,
                RIGHT / x if x > 0 else math.inf, LEFT / x if x < 0 else math.inf)
    if walls < BACK:
        return walls
    in_doorway = DOORWAY[0] < x * BACK < DOORWAY[1] and y * BACK > DOORWAY[2]
    return math.inf if in_doorway else BACK


def depth_at(column, row):
    """The distance along the camera's axis, in metres."""
    x, y = (column - WIDTH / 2) / FOCAL_LENGTH, (row - HEIGHT / 2) / FOCAL_LENGTH
    ray = (x, y, 1.0)
    depth = room_depth(x, y)
    for centre, radius in BALLS:
        depth = min(depth, ball_depth(ray, centre, radius))
    for low, high in BOXES:
        depth = min(depth, box_depth(ray, low, high))
    return depth if depth <= FARTHEST else 0.0


def remove_shadows(row):
    """Sets pixels to 0 that the projector does not light: those that a nearer one to the right hides."""
    nearest = math.inf
    lit = []
    for column in range(len(row) - 1, -1, -1):
        depth = row[column]
        seen_at = column - FOCAL_LENGTH * BASELINE / depth if depth else math.inf
        lit.append(depth if seen_at < nearest else 0.0)
        nearest = min(nearest, seen_at)
    return lit[::-1]


def measure(depth, noise):
    """What the camera says: its error grows with the square of the distance."""
    return round(PER_METRE * (depth + noise.gauss(0, 0.0012) * depth * depth)) if depth else 0


def write_png(path, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    data = b"".join(b"\0" + struct.pack(f">{WIDTH}H", *row) for row in rows)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 0, 0, 0, 0)) +
                   chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: depth_map.py FILE.png")
    noise = random.Random(1)
    rows = (remove_shadows([depth_at(column, row) for column in range(WIDTH)]) for row in range(HEIGHT))
    write_png(sys.argv[1], ([measure(depth, noise) for depth in row] for row in rows))


if __name__ == "__main__":
    main()
