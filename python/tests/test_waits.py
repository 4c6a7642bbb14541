# SPDX-License-Identifier: MIT
"""Waits: timeouts, threads, close from elsewhere, the end of streams."""

import contextlib
import select
import threading
import time

from harness import PATIENCE, Case, first, main, publish

import shmflip


class Thread(threading.Thread):
    """A thread whose result or exception its end gives."""

    def __init__(self, function, *arguments):
        super().__init__(daemon=True)
        self.function, self.arguments = function, arguments
        self.start()

    def run(self):
        try:
            self.result, self.exception = self.function(*self.arguments), None
        except Exception as exception:
            self.exception = exception

    def end(self):
        self.join(PATIENCE)
        assert not self.is_alive(), "the thread still waits"
        if self.exception:
            raise self.exception
        return self.result


class Timeouts(Case):
    def test_each_wait(self):
        viewer = self.viewer(attach=False)
        producer = self.producer(slots=2, lossless=True)
        for wait in (viewer.acquire, viewer.wait):
            for timeout in 0, 0.02:
                with self.assertRaises(shmflip.Timeout):
                    wait(timeout)
                with self.assertRaises(TimeoutError):
                    wait(timeout=timeout)
        viewer.attach(0)
        with self.assertRaises(shmflip.Timeout):
            producer.wait_viewers(2, 0.02)
        producer.wait_viewers()
        publish(producer)
        viewer.wait()
        frame = viewer.acquire()
        publish(producer)
        with self.assertRaises(shmflip.Timeout):
            producer.loan(0.02)
        frame.release()

    def test_no_producer(self):
        viewer = self.viewer("nobody", attach=False)
        with self.assertRaises(shmflip.Timeout):
            viewer.attach(0.02)
        self.assertIsNone(viewer.poll())
        self.assertIsNone(viewer.channel)

    def test_bad_timeouts(self):
        viewer = self.viewer(attach=False)
        for timeout in -1, float("nan"):
            with self.assertRaisesRegex(shmflip.BadArgument, "a timeout is 0 or more seconds"):
                viewer.acquire(timeout)
        with self.assertRaises(TypeError):
            viewer.acquire("soon")
        with self.assertRaises(TypeError):
            viewer.acquire(1, 2)
        with self.assertRaises(TypeError):
            viewer.acquire(time=1)

    def test_enormous_timeouts(self):
        producer, viewer = self.pair()
        publish(producer)
        publish(producer)
        viewer.acquire(1e300)
        viewer.acquire(10**30)


class Streams(Case):
    def test_iteration(self):
        producer, viewer = self.pair()
        for byte in 1, 2, 3:
            publish(producer, byte)
        producer.end()
        self.assertEqual([first(memoryview(frame)) for frame in viewer], [1, 2, 3])
        publisher = Thread(publish, producer, 4)
        self.assertEqual(first(memoryview(next(iter(viewer)))), 4)
        publisher.end()

    def test_errors(self):
        producer, viewer = self.pair()
        producer.end()
        with self.assertRaises(shmflip.EndOfStream):
            viewer.acquire(PATIENCE)
        thread = Thread(publish, producer)
        viewer.acquire(PATIENCE)
        thread.end()
        producer.end(failed=True)
        with self.assertRaises(shmflip.ProducerDied):
            next(iter(viewer))

    def test_with_and_an_exception(self):
        viewer = self.viewer(attach=False)
        with self.assertRaises(ZeroDivisionError):
            with shmflip.Producer(width=4, height=4):
                viewer.attach(0)
                raise ZeroDivisionError
        with self.assertRaises(ConnectionError) as caught:
            viewer.acquire(PATIENCE)
        self.assertNotIsInstance(caught.exception, BrokenPipeError)

    def test_newest_and_every(self):
        producer = self.producer(slots=8)
        newest = self.viewer(every=False)
        every = self.viewer(every=True)
        for byte in 1, 2, 3:
            publish(producer, byte)
        self.assertEqual(first(memoryview(newest.acquire(0))), 3)
        self.assertEqual([first(memoryview(every.acquire(0))) for _ in range(3)], [1, 2, 3])
        self.assertEqual((newest.counts().missed, newest.counts().acquired), (2, 1))

    def test_descriptor(self):
        producer, viewer = self.pair()
        while viewer.poll():
            pass
        publish(producer)
        self.assertEqual(select.select([viewer], [], [], PATIENCE)[0], [viewer])
        self.assertEqual(viewer.fileno(), viewer.fileno())
        self.assertEqual(viewer.poll().sequence, 1)

    def test_too_many_held(self):
        producer, viewer = self.pair(slots=4)
        held = []
        for _ in range(3):
            publish(producer)
            held.append(viewer.acquire(0))
        publish(producer)
        with self.assertWarnsRegex(RuntimeWarning, "3 frames of 4 slots are held"):
            held.append(viewer.acquire(0))
        with self.assertRaises(shmflip.Timeout):
            producer.loan(0)

    def test_a_loop_holds_not_too_many(self):
        for slots in 2, 3, 4:
            with shmflip.Producer(width=4, height=4, slots=slots, lossless=True) as producer:
                viewer = self.viewer()
                thread = Thread(lambda: [publish(producer) for _ in range(20)] and producer.end())
                self.assertEqual(sum(1 for frame in viewer), 20)  # a warning is an error here
                thread.end()
                viewer.close()


class Threads(Case):
    def test_threads_that_share_a_viewer(self):
        producer, viewer = self.pair(slots=16)
        threads = [Thread(lambda loop: [frame.sequence for frame in loop], iter(viewer))
                   for _ in range(4)]
        for _ in range(200):
            publish(producer)
        producer.end()
        taken = sorted(sum((thread.end() for thread in threads), []))
        self.assertEqual(taken, list(range(1, 201)))

    def test_the_end_reaches_all_that_wait(self):
        for failed in False, True:
            producer, viewer = self.pair()
            loops = [iter(viewer) for _ in range(2)]
            begun = threading.Semaphore(0)
            threads = [Thread(lambda wait: begun.release() or wait(), wait)
                       for wait in (viewer.acquire, viewer.acquire, viewer.wait)]
            for _ in threads:
                begun.acquire()
            time.sleep(0.5)  # it is in the call by now: else it waits for the next stream
            producer.end(failed=failed)
            end = shmflip.ProducerDied if failed else shmflip.EndOfStream
            lines = set()
            for thread in threads[:2]:
                with self.assertRaises(end) as caught:
                    thread.end()
                lines.add(str(caught.exception))
            with contextlib.suppress(end):  # it may have seen the end before a call had it
                threads[2].end()
            self.assertEqual(lines, {"the stream of channel default failed" if failed else
                                     "the producer of channel default has ended its stream"})
            publisher = Thread(publish, producer)  # for the next stream
            for loop in loops * 2:
                with self.assertRaises(shmflip.ProducerDied if failed else StopIteration):
                    next(loop)
            self.assertEqual(viewer.acquire(PATIENCE).sequence, publisher.end())
            viewer.close()
            producer.close()

    def test_threads_that_share_a_producer(self):
        producer, viewer = self.pair(slots=8)
        threads = [Thread(lambda: [publish(producer) for _ in range(50)]) for _ in range(4)]
        taken = [viewer.acquire(PATIENCE).sequence for _ in range(200)]
        for thread in threads:
            thread.end()
        self.assertEqual(taken, list(range(1, 201)))

    def test_calls_beside_a_wait(self):
        producer, viewer = self.pair()
        thread = Thread(viewer.acquire)
        self.assertEqual(viewer.counts().acquired, 0)
        self.assertEqual(viewer.channel.slots, 4)
        self.assertIsNone(viewer.poll())
        with self.assertRaises(shmflip.Timeout):
            viewer.acquire(0)
        publish(producer)
        self.assertEqual(thread.end().sequence, 1)

    def test_a_timeout_for_another_thread(self):
        viewer = self.viewer("nobody", attach=False)
        thread = Thread(viewer.acquire)
        with self.assertRaises(shmflip.ChannelNotFound):
            shmflip.status("nobody")
        expected = "another thread waits at the viewer of channel nobody"
        lines = set()
        end = time.monotonic() + PATIENCE
        while not any(expected in line for line in lines):
            self.assertLess(time.monotonic(), end, lines)
            with self.assertRaises(shmflip.Timeout) as caught:
                viewer.acquire(0)
            lines.add(str(caught.exception))
        self.assertFalse([line for line in lines if not line.startswith("timeout: ")])
        self.assertIsNone(viewer.poll())
        viewer.close()
        with self.assertRaises(ValueError):
            thread.end()

    def test_close_ends_waits(self):
        producer, holder = self.pair(slots=2)
        frames = [publish(producer) and holder.acquire(0) for _ in range(2)]
        viewer = self.viewer("nobody", attach=False)
        threads = [Thread(viewer.acquire), Thread(viewer.acquire), Thread(viewer.wait),
                   Thread(producer.loan), Thread(producer.wait_viewers, 9)]
        time.sleep(0.1)  # they begin to wait; if one has not, it finds the handle closed
        viewer.close()
        producer.close()
        for thread in threads:
            with self.assertRaisesRegex(ValueError, "is closed"):
                thread.end()
        self.assertEqual([frame.sequence for frame in frames], [1, 2])

    def test_interrupt(self):
        producer, viewer = self.pair()
        thread = Thread(viewer.acquire)
        viewer.interrupt()
        with self.assertRaises(shmflip.Interrupted):
            thread.end()
        with self.assertRaises(shmflip.Interrupted):
            viewer.acquire(0)
        viewer.resume()
        publish(producer)
        viewer.acquire(0)
        producer.interrupt()
        with self.assertRaises(shmflip.Interrupted):
            producer.loan()
        producer.resume()
        producer.loan().discard()

    def test_others_run_while_one_waits(self):
        viewer = self.viewer(attach=False)
        thread = Thread(viewer.acquire, 0.2)
        count = 0
        while thread.is_alive():
            count += 1
        self.assertGreater(count, 1)
        with self.assertRaises(shmflip.Timeout):
            thread.end()

    def test_frames_in_other_threads(self):
        producer, viewer = self.pair()
        publish(producer, 7)
        frame = viewer.acquire(0)

        def use():
            with frame:
                return first(memoryview(frame))

        self.assertEqual(Thread(use).end(), 7)
        self.assertTrue(frame.released)

    def test_calls_at_exit_beside_a_daemon_thread(self):
        """It was stopped in the middle of its wait, and nothing wakes it up any more."""
        for call in "viewer.counts()", "viewer.acquire()", "viewer.close()":
            with self.subTest(call=call):
                self.check_program(f"""
                    import threading, time
                    class Last:
                        def __del__(self, viewer=shmflip.Viewer("nobody")):
                            try:
                                {call}
                            except OSError:
                                pass
                    viewer = Last.__del__.__defaults__[0]
                    thread = threading.Thread(target=viewer.acquire, daemon=True)
                    thread.start()
                    time.sleep(0.1)  # it begins to wait; if it has not, it waits for nobody
                    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                    sys.last = Last()  # sys is cleared after the threads are stopped
                """)

    def test_daemon_threads_at_exit(self):
        self.check_program("""
            import threading
            viewer = shmflip.Viewer("nobody")
            producer = shmflip.Producer(width=4, height=4)
            threading.Thread(target=viewer.acquire, daemon=True).start()
            threading.Thread(target=producer.wait_viewers, daemon=True).start()
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the producer's thread sees its close
        """)
        self.assertEqual(shmflip.channels(), [])


if __name__ == "__main__":
    main()
