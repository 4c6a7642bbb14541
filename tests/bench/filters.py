# SPDX-License-Identifier: MIT
"""What each filter of PNG leaves of 8-bit RGB pictures: how many bytes are zero, and how many bits a
byte takes in the best code for them. docs/encoding.md says why the encoder uses Paeth only.
Needs ffmpeg and NumPy.

usage: python3 tests/bench/filters.py PNG|DIRECTORY..."""

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np


def read_pixels(path):
    with open(path, "rb") as file:
        width, height = struct.unpack_from(">II", file.read(24), 16)
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo",
                          "-pix_fmt", "rgb24", "-"], capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(height, width, 3).astype(np.int16)


def predictions(pixels):
    padded = np.pad(pixels, ((1, 0), (1, 0), (0, 0)))
    left, above, corner = padded[1:, :-1], padded[:-1, 1:], padded[:-1, :-1]
    to_left, to_above = abs(above - corner), abs(left - corner)
    to_corner = abs(left + above - 2 * corner)
    paeth = np.where((to_left <= to_above) & (to_left <= to_corner), left,
                     np.where(to_above <= to_corner, above, corner))
    return {"None": 0, "Sub": left, "Up": above, "Average": (left + above) // 2, "Paeth": paeth}


def entropy(values):
    share = np.bincount(values.ravel(), minlength=256) / values.size
    return -sum(p * np.log2(p) for p in share if p > 0)


def measure(paths):
    """Returns the mean share of zeros and bits of a byte, by filter."""
    figures = {}
    for path in paths:
        pixels = read_pixels(path)
        for name, predicted in predictions(pixels).items():
            left_over = (pixels - predicted) & 255
            figures.setdefault(name, []).append((np.mean(left_over == 0), entropy(left_over)))
    return {name: np.mean(values, axis=0) for name, values in figures.items()}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for place in map(Path, sys.argv[1:]):
        paths = sorted(place.glob("*.png")) if place.is_dir() else [place]
        print(place.name, *(f"{name} {100 * zeros:.1f} % zeros, {bits:.2f} bits"
                            for name, (zeros, bits) in measure(paths).items()), sep="\n    ")


if __name__ == "__main__":
    main()
