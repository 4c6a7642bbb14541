#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints how far away things are in the channel depth, in metres. A depth camera, or a file of one:

    assets/depth_map.py depth.png
    shmflip-producer --channel depth --value-scale 1/5000 --loop depth.png"""

import sys

import numpy as np
import shmflip


def metres_of(frame):
    """An array of floats in memory of its own, with NaN where the camera has no value."""
    values = np.asarray(frame)
    return np.where(values == 0, np.nan, values * frame.value_scale + frame.value_offset)


def main():
    with shmflip.Viewer("depth") as viewer:
        for frame in viewer:
            if frame.format != "R16" or not frame.value_scale:
                sys.exit("depth.py: frames are not 16-bit gray with a scale: see --value-scale")
            metres = metres_of(frame)
            middle = metres[frame.height // 2, frame.width // 2]
            print(f"{frame.sequence}: nearest {np.nanmin(metres):.2f}, middle {middle:.2f},"
                  f" farthest {np.nanmax(metres):.2f}, no value {np.isnan(metres).mean():.0%}",
                  flush=True)


if __name__ == "__main__":
    main()
