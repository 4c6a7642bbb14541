# SPDX-License-Identifier: MIT
"""Frames of every pixel format: how many bytes they have, how ffmpeg makes them, and what frame-reader writes of
those in a channel."""

import math
import os
import subprocess

READER = os.environ["SHMFLIP_READER"]
# Each format's name here and in ffmpeg.
FORMATS = {"XR24": "bgr0", "AR24": "bgra", "XB24": "rgb0", "AB24": "rgba", "RG24": "bgr24", "BG24": "rgb24",
           "R8": "gray", "R16": "gray16le", "R  F": "grayf32le", "AB48": "rgba64le", "YUYV": "yuyv422",
           "UYVY": "uyvy422", "NV12": "nv12", "NV21": "nv21", "NV16": "nv16", "YU12": "yuv420p", "YU16": "yuv422p",
           "YU24": "yuv444p", "P010": "p010le", "S010": "yuv420p10le", "S210": "yuv422p10le", "S410": "yuv444p10le"}


def ffmpeg(*arguments, stdin=b""):
    return subprocess.run(["ffmpeg", "-loglevel", "error", "-nostdin", *map(str, arguments)], input=stdin,
                          capture_output=True, check=True).stdout


def row_bytes(name, width):
    """Returns the bytes of a row of each plane."""
    half = (width + 1) // 2
    return {"XR24": [4 * width], "AR24": [4 * width], "XB24": [4 * width], "AB24": [4 * width],
            "RG24": [3 * width], "BG24": [3 * width], "R8": [width], "R16": [2 * width], "R  F": [4 * width],
            "XB48": [8 * width], "AB48": [8 * width], "YUYV": [4 * half], "UYVY": [4 * half],
            "NV12": [width, 2 * half], "NV21": [width, 2 * half], "NV16": [width, 2 * half],
            "YU12": [width, half, half], "YU16": [width, half, half], "YU24": [width] * 3,
            "P010": [2 * width, 4 * half], "S010": [2 * width, 2 * half, 2 * half],
            "S210": [2 * width, 2 * half, 2 * half], "S410": [2 * width] * 3}[name]


def frame_bytes(name, width, height):
    rows = (height + 1) // 2 if name in ("NV12", "NV21", "YU12", "P010", "S010") else height
    luma, *chroma = row_bytes(name, width)
    return luma * height + sum(chroma) * rows


def draw(name, width, height, frames=2):
    """Returns frames of a test pattern in a format. This ffmpeg writes no nv16: its bytes are random."""
    if name == "NV16":
        return os.urandom(frame_bytes(name, width, height) * frames)
    # The size goes through the scaler: test patterns have even sizes.
    return ffmpeg("-f", "lavfi", "-i", "testsrc2=s=128x96", "-vf", f"format=gbrp,scale={width}:{height}", "-frames:v",
                  frames, "-f", "rawvideo", "-pix_fmt", FORMATS[name], "-")


def y4m(tags, data, count=1):
    return b"YUV4MPEG2 " + tags.encode() + b"\n" + (b"FRAME\n" + data) * count


class Frame:
    """A frame at the start of what frame-reader wrote."""

    def __init__(self, output):
        line, rest = output.split(b"\n", 1)
        self.name, words = line.decode().split("\t")
        words = words.split()
        self.width, self.height = int(words[0]), int(words[1])
        self.colour, self.aspect = " ".join(words[2:8]), words[8]
        self.described, self.padding = words[9] == "1", int(words[10])
        self.bits, self.orientation = int(words[11]), int(words[12])
        self.scale, self.offset = map(float, words[13:])
        self.data = rest[:frame_bytes(self.name, self.width, self.height)]
        self.size = len(line) + 1 + len(self.data)


def parse(output):
    frames = []
    while output:
        frames.append(Frame(output))
        output = output[frames[-1].size:]
    return frames


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
