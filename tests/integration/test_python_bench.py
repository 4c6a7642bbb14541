# SPDX-License-Identifier: MIT
"""python3 python/bench measures every transport and every death. No figure is judged."""

import importlib.util
import sys
import unittest

import harness

MODULES = ("shmflip", "numpy", "zmq")
TRANSPORTS = ["shmflip", "shared_memory", "Pipe", "Queue", "ZeroMQ"]
MISSING = [name for name in MODULES if not importlib.util.find_spec(name)]


def cells_of(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class Bench(harness.Case):
    def run_bench(self, *arguments):
        bench = self.start(sys.executable, "-W", "error", harness.SOURCE / "python" / "bench", *arguments)
        bench.wait(240)  # it starts a hundred processes
        return bench

    def test_tables(self):
        bench = self.run_bench("--quick")
        self.assert_exits(bench, 0)
        self.assertEqual(bench.err, "")
        transfers, deaths = ([cells_of(line) for line in table.splitlines()[2:]] for table in bench.out.split("\n\n"))
        self.assertEqual([row[:2] for row in transfers], [["320x240", name] for name in TRANSPORTS])
        self.assertEqual([row[:2] for row in deaths],
                         [[name, side] for name in TRANSPORTS for side in ("sender", "receiver", "both")])
        left = {tuple(row[:2]): row[5:] for row in deaths}
        for side in ("sender", "receiver", "both"):
            self.assertEqual(left["shmflip", side][1], "nothing")
        # Without its cleaner, shared memory stays: two blocks and two semaphores.
        self.assertIn("4 in /dev/shm", left["shared_memory", "both"][0])

    def test_refuses_an_unknown_transport(self):
        bench = self.run_bench("--transports", "shmflip,carrier-pigeon")
        self.assert_exits(bench, 2)
        self.assertIn("shmflip,shared_memory,Pipe,Queue,ZeroMQ", bench.err)


if __name__ == "__main__":
    unittest.main()
