#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows the channel camera in web browsers, at http://127.0.0.1:8000 or another port.

    web.py [PORT]"""

import asyncio
import functools
import struct
import sys
import zlib

import shmflip

PAGE = b"""<!DOCTYPE html><title>camera</title><img id="picture" alt="no frame yet"><script>
const refresh = () => setTimeout(() => picture.src = "frame.png?" + Date.now(), 100)
picture.onload = picture.onerror = refresh
refresh()
</script>"""


def png_of(frame):
    """Encodes a frame of blue, green, red and a fourth byte as PNG."""
    def chunk(kind, data):
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)
    if frame.format not in ("XR24", "AR24"):
        raise ValueError(f"frames of {frame.format}, not XR24 or AR24")
    pixels, rgb, row = frame.tobytes(), bytearray(frame.width * frame.height * 3), frame.width * 3
    rgb[0::3], rgb[1::3], rgb[2::3] = pixels[2::4], pixels[1::4], pixels[0::4]
    rows = b"".join(b"\0" + rgb[at:at + row] for at in range(0, len(rgb), row))
    header = struct.pack(">IIBBBBB", frame.width, frame.height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
            chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


class Newest:
    """The newest frame as PNG, encoded when somebody asks for it."""

    def __init__(self, viewer):
        self.viewer, self.png = viewer, None

    async def get(self):
        try:
            frame = self.viewer.poll() if self.png else await self.viewer.acquire_async(timeout=5)
        except (shmflip.EndOfStream, shmflip.ProducerDied):
            frame = None  # the last picture stays until the next producer comes
        if frame:
            with frame:
                self.png = await asyncio.to_thread(png_of, frame)
        return self.png


async def answer(newest, reader, writer):
    path = (await reader.readuntil(b"\r\n\r\n")).split()[1].partition(b"?")[0]
    status, kind, body = "404 Not Found", "text/plain", b"There is / and /frame.png.\n"
    if path == b"/":
        status, kind, body = "200 OK", "text/html", PAGE
    elif path == b"/frame.png":
        try:
            status, kind, body = "200 OK", "image/png", await newest.get()
        except (ValueError, shmflip.Error) as error:
            status, body = "503 Service Unavailable", f"{error}\n".encode()
    writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                 "Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode() + body)
    await writer.drain()
    writer.close()


async def main(port):
    with shmflip.Viewer("camera", every=False) as viewer:
        newest = Newest(viewer)
        server = await asyncio.start_server(functools.partial(answer, newest), "127.0.0.1", port)
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000))
