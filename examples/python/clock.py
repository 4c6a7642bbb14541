#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws a clock with Pillow, ten times a second, in the channel clock.

To see it: shmflip-viewer clock"""

import contextlib
import math
import time

import shmflip
from PIL import Image, ImageDraw

SIZE = 400
# Period in seconds, length, width, colour.
HANDS = [(3600 * 12, 100, 12, "black"), (3600, 150, 7, "black"), (60, 170, 2, "red")]


def draw_clock(seconds):
    image = Image.new("RGB", (SIZE, SIZE), "lightblue")
    draw = ImageDraw.Draw(image)
    centre = SIZE / 2
    draw.ellipse((10, 10, SIZE - 10, SIZE - 10), "white", "black", 4)
    for period, length, width, colour in HANDS:
        angle = 2 * math.pi * seconds / period
        end = centre + length * math.sin(angle), centre - length * math.cos(angle)
        draw.line((centre, centre, *end), colour, width)
    return image


def main():
    # FFmpeg's rgb24 is Pillow's RGB. In the default format, blue comes first: red and blue would
    # be swapped.
    with shmflip.Producer("clock", width=SIZE, height=SIZE, format="rgb24", rate=10) as producer:
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is an ordinary end
            while True:
                now = time.localtime()
                loan = producer.loan()
                loan.write(draw_clock(now.tm_hour * 3600 + now.tm_min * 60 + now.tm_sec).tobytes())
                loan.publish()
                time.sleep(0.1)


if __name__ == "__main__":
    main()
