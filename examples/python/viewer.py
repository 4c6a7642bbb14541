#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Waits for a producer of the channel camera, and prints the mean of each frame until the stream
ends."""

import numpy as np
import shmflip

with shmflip.Viewer("camera") as viewer:
    for frame in viewer:
        pixels = np.asarray(frame)  # the slot itself, read-only: no copy
        print(f"{frame.sequence}: {pixels[..., :3].mean():.2f}")
