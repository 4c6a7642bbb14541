# SPDX-License-Identifier: MIT
"""Two hosts joined by a line: network namespaces with a pair of virtual interfaces, in which a test starts programs.
They have no names, so the kernel removes them with the last process in them."""

import subprocess
import unittest
from pathlib import Path

SENDER, RECEIVER, SENDER_2 = "192.0.2.1", "192.0.2.2", "192.0.2.3"


def is_possible():
    """Whether this user may make network namespaces and interfaces here."""
    words = ["unshare", "--net", "ip", "link", "add", "one", "type", "veth", "peer", "name", "other"]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def needs_network(test):
    return unittest.skipUnless(is_possible(), "needs root, unshare --net and ip, to make two network namespaces")(test)


class Host:
    """A network namespace, which lasts as long as the process that keeps it."""

    def __init__(self, case):
        keeper = case.start("unshare", "--net", "sh", "-c", "echo; exec sleep 10000")
        case.until("the network namespace exists", lambda: keeper.lines)
        self.pid = keeper.pid

    def words(self):
        """What a command in this namespace begins with. It becomes the command's process."""
        return ["nsenter", f"--target={self.pid}", "--net", "--"]

    def ip(self, *words):
        subprocess.run([*self.words(), "ip", *map(str, words)], check=True)

    def listens(self, port):
        """Whether a socket has this local port, for TCP or UDP."""
        tables = [Path(f"/proc/{self.pid}/net/{name}").read_text(encoding="ascii") for name in ("tcp", "udp")]
        return any(line.split()[1].endswith(f":{port:04X}") for table in tables for line in table.splitlines()[1:])

    def bytes_sent(self):
        """Returns how many bytes this host has put on the line, headers of Ethernet included."""
        lines = Path(f"/proc/{self.pid}/net/dev").read_text(encoding="ascii").splitlines()
        return next(int(line.split(":")[1].split()[8]) for line in lines if line.split(":")[0].strip() == "line")


class Line:
    """A sender, a receiver, and the line between them."""

    def __init__(self, case):
        self.sender, self.receiver = Host(case), Host(case)
        self.sender.ip("link", "add", "line", "type", "veth", "peer", "name", "line", "netns", self.receiver.pid)
        for host, address in ((self.sender, SENDER), (self.receiver, RECEIVER)):
            host.ip("address", "add", f"{address}/24", "dev", "line")
            host.ip("link", "set", "lo", "up")
            host.ip("link", "set", "line", "up")

    def cut(self):
        self.sender.ip("link", "set", "line", "down")

    def mend(self):
        self.sender.ip("link", "set", "line", "up")
