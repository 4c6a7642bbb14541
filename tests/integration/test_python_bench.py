# SPDX-License-Identifier: MIT
"""python3 python/bench measures every transport and every death. No figure is judged."""

import importlib.util
import sys
import unittest

import harness

MODULES = ("shmflip", "numpy", "zmq")
SIDES = ("sender", "receiver", "both")
TRANSPORTS = ["shmflip", "shared_memory", "Pipe", "Queue", "ZeroMQ"]
MISSING = [name for name in MODULES if not importlib.util.find_spec(name)]


def cells_of(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class Bench(harness.Case):
    def start_bench(self, *arguments):
        return self.start(sys.executable, "-W", "error", harness.SOURCE / "python" / "bench", *arguments)

    def check_tables(self, name, bench):
        """Checks what the bench of one transport prints. Returns what each death left."""
        bench.wait(240)
        self.assert_exits(bench, 0)
        self.assertEqual(bench.err, "")
        transfers, deaths = ([cells_of(line) for line in table.splitlines()[2:]] for table in bench.out.split("\n\n"))
        self.assertEqual([row[:2] for row in transfers], [["320x240", name]])
        self.assertEqual([row[:2] for row in deaths], [[name, side] for side in SIDES])
        return {side: row[5:] for side, row in zip(SIDES, deaths)}

    def test_tables(self):
        # At once, because each mostly waits for processes to start or to notice something.
        benches = {name: self.start_bench("--quick", "--transports", name) for name in TRANSPORTS}
        left = {name: self.check_tables(name, bench) for name, bench in benches.items()}
        for side in SIDES:
            self.assertEqual(left["shmflip"][side][1], "nothing")
        # Without its cleaner, shared memory stays: two blocks and two semaphores.
        self.assertIn("4 in /dev/shm", left["shared_memory"]["both"][0])

    def test_refuses_an_unknown_transport(self):
        bench = self.start_bench("--transports", "shmflip,carrier-pigeon")
        self.assert_exits(bench, 2)
        self.assertIn("shmflip,shared_memory,Pipe,Queue,ZeroMQ", bench.err)


if __name__ == "__main__":
    unittest.main()
