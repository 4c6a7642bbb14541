# SPDX-License-Identifier: MIT
"""A hostile viewer: grabber.py DIRECTORY CHANNEL [keep]

In each generation of the channel, it locks all that a viewer can lock: every byte but the producer's. It
never releases a lock, and with "keep" it also keeps the segment attached. Prints a line per generation."""

import ctypes
import fcntl
import struct
import sys
import time
from pathlib import Path

F_OFD_SETLK = 37
SHM_RDONLY = 0o10000
PRODUCER_BYTE = 2 ** 57

shmat = ctypes.CDLL(None, use_errno=True).shmat
shmat.restype = ctypes.c_void_p


def lock(file, first, length):
    """Sets a read lock; length 0: to the largest offset."""
    fcntl.fcntl(file, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, first, length, 0))


def grab(path, keep):
    """Returns the open file that carries the locks and its content; None if the producer held a lock or exited."""
    try:
        file = path.open("rb")
        record = file.read(64)
        if keep and shmat(struct.unpack_from("<i", record, 32)[0], None, SHM_RDONLY) == 2 ** 64 - 1:
            return None, None
        lock(file, 0, PRODUCER_BYTE)
        lock(file, PRODUCER_BYTE + 1, 0)
        return file, record
    except (FileNotFoundError, BlockingIOError, struct.error):
        return None, None


def main():
    path, keep = Path(sys.argv[1]) / sys.argv[2], "keep" in sys.argv
    held, last = [], None
    while True:
        file, record = grab(path, keep)
        if file and record != last:
            held.append(file)
            last = record
            print(len(held), flush=True)
        time.sleep(0.002)


main()
