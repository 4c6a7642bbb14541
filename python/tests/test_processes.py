# SPDX-License-Identifier: MIT
"""Processes: fork and the other ways to start one, kill -9, the interpreter's exit."""

import multiprocessing
import os
import signal

from harness import PATIENCE, Case, first, main, publish

import shmflip


def take_in_worker(count):
    """What a worker of a data loader does: a viewer of its own."""
    with shmflip.Viewer(every=True) as viewer:
        return [viewer.acquire(PATIENCE).copy()[0, 0, 0] for _ in range(count)]


class Fork(Case):
    def check_in_child(self, check):
        """Runs a check in the child of a fork, which must exit with 0."""
        child = os.fork()
        if child == 0:
            status = 1
            try:
                check()
                status = 0
            finally:
                os._exit(status)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)

    def assert_dead(self, function, *arguments):
        with self.assertRaises(shmflip.Error) as caught:
            function(*arguments)
        self.assertEqual(caught.exception.errno, 10)

    def test_handles_of_the_parent(self):
        producer, viewer = self.pair()
        publish(producer, 3)
        frame = viewer.acquire(0)
        loan = producer.loan(0)

        def check():
            for dead in (viewer.poll, viewer.acquire, viewer.attach, viewer.fileno, viewer.counts,
                         viewer.interrupt, producer.loan, producer.viewers, producer.counts,
                         producer.end, frame.copy, loan.publish):
                self.assert_dead(dead)
            self.assert_dead(lambda: frame.sequence)
            self.assert_dead(memoryview, frame)
            self.assertTrue(viewer.closed and producer.closed)
            self.assertEqual((repr(viewer), repr(producer)),
                             ("<shmflip.Viewer 'default' of the parent process>",
                              "<shmflip.Producer 'default' of the parent process>"))
            for handle in viewer, producer, frame, loan:
                getattr(handle, "close", getattr(handle, "release", None) or
                        getattr(handle, "discard", None))()

        self.check_in_child(check)
        loan.discard()
        publish(producer, 4)
        self.assertEqual(first(memoryview(viewer.acquire(0))), 4)
        self.assertEqual(first(memoryview(frame)), 3)

    def test_arrays_of_the_parent_are_zeros(self):
        producer, viewer = self.pair(width=640, height=480)
        publish(producer, 3)
        frame = viewer.acquire(0)
        views = [memoryview(frame), frame.planes[0], producer.loan(0).planes[0]]

        def check():
            self.assertEqual([first(view) for view in views], [0, 0, 0])
            views[2][0, 0, 0] = 5
            self.check_in_child(lambda: self.assertEqual(first(views[0]), 0))
            self.assert_dead(frame.release)
            views.clear()
            frame.release()

        self.check_in_child(check)
        self.assertEqual(first(views[0]), 3)
        views.clear()

    def test_a_viewer_of_its_own(self):
        producer, viewer = self.pair()
        publish(producer, 3)

        def check():
            with shmflip.Viewer(every=False) as own:
                self.assertEqual(first(memoryview(own.acquire(PATIENCE))), 3)

        self.check_in_child(check)
        self.assertEqual(first(memoryview(viewer.acquire(0))), 3)

    def test_a_fork_beside_a_wait(self):
        """A thread of the parent has the viewer's lock. The child must not wait for it."""
        self.check_program("""
            import threading, time, warnings
            warnings.simplefilter("ignore")
            viewer = shmflip.Viewer("nobody")
            producer = shmflip.Producer(width=4, height=4)
            def wait(call):
                try:
                    call()
                except ValueError:
                    pass
            threads = [threading.Thread(target=wait, args=(call,))
                       for call in (viewer.acquire, producer.wait_viewers)]
            for thread in threads:
                thread.start()
            time.sleep(0.1)
            child = os.fork()
            if child == 0:
                viewer.close()
                producer.close()
                del viewer, producer
                os._exit(0)
            print(os.waitpid(child, 0)[1])
            viewer.close()
            producer.close()
        """, "0")


class Workers(Case):
    def test_each_way_to_start(self):
        for method in multiprocessing.get_all_start_methods():
            with self.subTest(method=method), \
                    shmflip.Producer(width=4, height=4, lossless=True, slots=16) as producer:
                context = multiprocessing.get_context(method)
                with context.Pool(2) as pool:
                    results = [pool.apply_async(take_in_worker, (5,)) for _ in range(2)]
                    producer.wait_viewers(2, PATIENCE)
                    for byte in range(5):
                        publish(producer, byte)
                    for result in results:
                        self.assertEqual(result.get(PATIENCE), [0, 1, 2, 3, 4])
                    pool.close()
                    pool.join()


class Deaths(Case):
    def test_a_producer_that_is_killed(self):
        process = self.start("""
            import time
            producer = shmflip.Producer(width=4, height=4)
            with (loan := producer.loan()) as array:
                loan.write(bytes([6]) * 64)
            print("published", flush=True)
            held = producer.loan()
            time.sleep(600)
        """)
        self.assertEqual(process.stdout.readline(), "published\n")
        viewer = self.viewer()
        frame = viewer.acquire(PATIENCE)
        process.kill()
        with self.assertRaises(shmflip.ProducerDied):
            viewer.acquire(PATIENCE)
        self.assertEqual(first(memoryview(frame)), 6)
        process.wait()
        self.assertEqual(shmflip.status().state, shmflip.State.DEAD)
        removed = shmflip.clean()
        self.assertGreater(removed.files, 0)

    def test_a_viewer_that_is_killed(self):
        producer = self.producer(slots=2, lossless=True)
        process = self.start("""
            import time
            viewer = shmflip.Viewer()
            frame = viewer.acquire(60)
            view = memoryview(frame)
            print("taken", flush=True)
            time.sleep(600)
        """)
        producer.wait_viewers(1, PATIENCE)
        publish(producer)
        self.assertEqual(process.stdout.readline(), "taken\n")
        publish(producer)
        with self.assertRaises(shmflip.Timeout):
            producer.loan(0)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        publish(producer)  # the dead viewer's slot is free


class Exit(Case):
    def test_with_everything_open(self):
        self.check_program("""
            producer = shmflip.Producer(width=4, height=4)
            viewer = shmflip.Viewer()
            viewer.attach(60)
            with producer.loan() as array:
                pass
            frame = viewer.acquire(60)
            view = memoryview(frame)
            capsule = frame.__dlpack__(max_version=(1, 0))
            loan = producer.loan()
            planes = loan.planes
            class Cycle:
                pass
            cycle = Cycle()
            cycle.all = [cycle, producer, viewer, frame, view, loan]
        """, PYTHONWARNINGS="ignore")
        self.assertEqual(shmflip.channels(), [])

    def test_an_exception_ends_the_program(self):
        status, _, errors = self.run_program("""
            producer = shmflip.Producer(width=4, height=4)
            viewer = shmflip.Viewer()
            with producer.loan() as array:
                raise ZeroDivisionError
        """)
        self.assertEqual(status, 1)
        self.assertIn("ZeroDivisionError", errors)
        self.assertEqual(shmflip.channels(), [])


if __name__ == "__main__":
    main()
