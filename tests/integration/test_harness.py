# SPDX-License-Identifier: MIT
"""The harness removes what a test left, and nothing of other processes."""

import os
import time
import unittest

import harness

IPC_CREAT, SETVAL = 0o1000, 16


class Sets(unittest.TestCase):
    def setUp(self):
        self.set = harness.LIBC.semget(0, 2, IPC_CREAT | 0o600)
        self.addCleanup(harness.LIBC.semctl, self.set, 0, harness.IPC_RMID)

    def found(self, pid, since):
        return self.set in harness.sets_used_by({pid}, since)

    def test_by_the_last_process(self):
        began = int(time.time()) - 1
        self.assertFalse(self.found(os.getpid(), began))
        harness.LIBC.semctl(self.set, 1, SETVAL, 0)
        self.assertTrue(self.found(os.getpid(), began))
        self.assertFalse(self.found(os.getppid(), began))

    def test_not_from_before_the_test(self):
        harness.LIBC.semctl(self.set, 1, SETVAL, 0)
        self.assertFalse(self.found(os.getpid(), int(time.time()) + 2))


if __name__ == "__main__":
    unittest.main()
