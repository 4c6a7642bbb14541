# SPDX-License-Identifier: MIT
"""Pictures that tests read and compare, of 8 bits per sample."""

import math


def psnr_of(one, other):
    """Returns the peak signal-to-noise ratio of samples of 8 bits, in dB."""
    error = sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) / len(one)
    return 10 * math.log10(255 ** 2 / error) if error else math.inf


def pams(data):
    """Returns width, height and samples of each complete PAM of 8 bits."""
    pictures = []
    while b"ENDHDR\n" in data:
        header, data = data.split(b"ENDHDR\n", 1)
        fields = dict(line.split() for line in header.decode().splitlines()[1:])
        width, height, depth = (int(fields[name]) for name in ("WIDTH", "HEIGHT", "DEPTH"))
        size = width * height * depth
        if len(data) >= size:
            pictures.append((width, height, data[:size]))
        data = data[size:]
    return pictures
