#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws a rectangle around everything that moves in the channel camera, with OpenCV, and publishes
the result as the channel motion. To see it: shmflip-viewer motion

The camera's frames must be XR24 or AR24, all of one size."""

import cv2
import numpy as np
import shmflip

GREEN = (0, 255, 0, 255)  # blue, green, red, alpha


def moving(gray, before):
    """Returns x, y, width and height of each part that differs."""
    _, mask = cv2.threshold(cv2.absdiff(gray, before), 25, 255, cv2.THRESH_BINARY)
    outlines, _ = cv2.findContours(cv2.dilate(mask, None), cv2.RETR_EXTERNAL,
                                   cv2.CHAIN_APPROX_SIMPLE)
    return [cv2.boundingRect(outline) for outline in outlines]


def main():
    with shmflip.Viewer("camera") as viewer:
        viewer.attach()
        stream = viewer.channel.stream
        with shmflip.Producer("motion", width=stream.width, height=stream.height) as producer:
            before = None
            for frame in viewer:
                gray = cv2.cvtColor(np.asarray(frame), cv2.COLOR_BGRA2GRAY)
                with producer.loan() as canvas:
                    # A frame is read-only, and OpenCV ignores that: to draw on np.asarray(frame)
                    # ends the program with SIGSEGV. So copy it first, here into another slot.
                    canvas[:] = frame
                    for x, y, width, height in moving(gray, gray if before is None else before):
                        cv2.rectangle(canvas, (x, y), (x + width, y + height), GREEN, 2)
                before = gray


if __name__ == "__main__":
    main()
