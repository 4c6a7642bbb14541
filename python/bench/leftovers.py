# SPDX-License-Identifier: MIT
"""Named objects of the system that processes have made, and which of them outlast the processes."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import shmflip

POSIX = re.compile(r"(/dev/shm/\S+)$")
SYSTEM_V = re.compile(r"(\d+)\s+/SYSV[0-9a-f]{8}( \(deleted\))?$")

IN_SHM = "in /dev/shm"


@dataclass
class Objects:
    directory: str
    posix: set  # paths in /dev/shm: of shared memory and of semaphores
    segments: set  # ids of System V's
    semaphores: set


def of_processes(pids, directory):
    """What living processes have mapped, and the semaphores of the channels in a directory."""
    posix, segments, semaphores = set(), set(), set()
    for pid in pids:
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
            if match := POSIX.search(line):
                posix.add(match[1])
            if match := SYSTEM_V.search(line):
                segments.add(int(match[1]))
    for channel in shmflip.channels(directory):
        semaphores.add(shmflip.status(channel, directory).semaphores_id)
    return Objects(directory, posix, segments, semaphores)


def system_v(kind):
    """{id: bytes} of all segments, or of all sets of semaphores."""
    rows = Path("/proc/sysvipc", kind).read_text(encoding="ascii").splitlines()[1:]
    return {int(row.split()[1]): int(row.split()[3]) for row in rows}


def describe(objects):
    """Which of them still exist, for people."""
    posix = [path for path in objects.posix if os.path.exists(path)]
    segments = objects.segments & set(system_v("shm"))
    semaphores = objects.semaphores & set(system_v("sem"))
    files = os.listdir(objects.directory)
    memory = sum(os.stat(path).st_blocks * 512 for path in posix)
    memory += sum(system_v("shm")[identifier] for identifier in segments)
    counts = [(len(posix), IN_SHM), (len(segments), "segment"), (len(semaphores), "semaphore set"),
              (len(files), "file")]
    texts = [f"{count} {name}{'s' * (count > 1 and name != IN_SHM)}"
             for count, name in counts if count]
    if memory >= 1e5:
        texts.append(f"{memory / 1e6:.1f} MB of memory")
    return ", ".join(texts) or "nothing"


def remove(objects):
    for path in objects.posix:
        Path(path).unlink(missing_ok=True)
    for channel in shmflip.channels(objects.directory):
        shmflip.clean(channel, objects.directory)
