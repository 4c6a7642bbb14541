# SPDX-License-Identifier: MIT
"""Ctrl-C, and signal handlers that return."""

import signal
import time

from harness import PATIENCE, Case, main


class Interrupts(Case):
    """Ctrl-C. Each program says when it is ready, and what happened to it."""

    def check_ends(self, program):
        process = self.start(program)
        self.assertEqual(process.stdout.readline(), "ready\n")
        time.sleep(0.1)  # it begins to wait; if it has not, Ctrl-C comes before: as good
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, output, errors), (0, "interrupted\n", ""))

    def test_waits(self):
        for wait in ("viewer.acquire()", "viewer.attach()", "viewer.wait()", "next(iter(viewer))",
                     "full.wait_viewers(9)", "full.loan()"):
            with self.subTest(wait=wait):
                self.check_ends(f"""
                    viewer = shmflip.Viewer("nobody")
                    full = shmflip.Producer("full", width=4, height=4, slots=2)
                    held = shmflip.Viewer("full", every=True)
                    held.attach(60)
                    full.loan().publish()
                    frame = held.acquire(60)
                    full.loan().publish()
                    try:
                        print("ready", flush=True)
                        {wait}
                    except KeyboardInterrupt:
                        print("interrupted")
                    viewer.close()
                    held.close()
                """)

    def test_a_signal_that_wakes_no_wait(self):
        """The kernel may hand Ctrl-C to another thread."""
        self.check_program("""
            import signal, threading, time
            viewer = shmflip.Viewer("nobody")
            def interrupt():
                time.sleep(0.3)
                signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            threading.Thread(target=interrupt).start()
            try:
                viewer.acquire()
            except KeyboardInterrupt:
                print("interrupted")
            viewer.close()
        """, "interrupted")

    def test_outside_the_main_thread(self):
        """The main thread gets it, and its close ends the wait."""
        self.check_ends("""
            import threading
            viewer = shmflip.Viewer("nobody")
            def wait():
                try:
                    viewer.acquire()
                except ValueError:
                    pass
            thread = threading.Thread(target=wait)
            thread.start()
            try:
                print("ready", flush=True)
                thread.join()
            except KeyboardInterrupt:
                print("interrupted")
            viewer.close()
            thread.join()
        """)

    def test_handlers_that_call_the_viewer(self):
        self.check_program("""
            import signal, time
            calls = 0
            producer = shmflip.Producer("a", width=4, height=4, rate=25, metadata={7: b"x"})
            viewer = shmflip.Viewer("a")
            viewer.attach(60)
            def handle(number, frame):
                global calls
                calls += 1
                viewer.counts()
                try:
                    shmflip.status("nobody")
                except shmflip.ChannelNotFound:
                    pass
                signal.setitimer(signal.ITIMER_REAL, 0.0003)
            signal.signal(signal.SIGALRM, handle)
            signal.setitimer(signal.ITIMER_REAL, 0.0003)
            while calls < 500:
                assert viewer.channel.stream.metadata == {7: b"x"}
            lines = set()
            while calls < 600:
                try:
                    viewer.acquire(0.001)
                except shmflip.Timeout as error:
                    lines.add(str(error).split(":")[0])
            signal.setitimer(signal.ITIMER_REAL, 0)
            print(*lines)
            viewer.close()
            producer.close()
        """, "timeout")

    def test_handlers_that_do_not_raise(self):
        self.check_program("""
            import signal
            count = 0
            def handle(number, frame):
                global count
                count += 1
            signal.signal(signal.SIGALRM, handle)
            signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
            viewer = shmflip.Viewer("nobody")
            try:
                viewer.acquire(0.5)
            except shmflip.Timeout:
                signal.setitimer(signal.ITIMER_REAL, 0)
                print(count > 1)
            viewer.close()
        """, "True")


if __name__ == "__main__":
    main()
