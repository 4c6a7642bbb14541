#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A ramp of gray that moves up, 25 frames per second, for ten seconds.

To see it: shmflip-viewer camera"""

import time

import numpy as np
import shmflip

rows = np.arange(480).reshape(480, 1, 1)
with shmflip.Producer("camera", width=640, height=480, rate=25) as producer:
    for number in range(250):
        with producer.loan() as pixels:  # (480, 640, 4): blue, green, red, unused
            pixels[:] = (rows + number) % 256
        time.sleep(1 / 25)
