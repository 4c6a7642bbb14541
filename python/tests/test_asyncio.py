# SPDX-License-Identifier: MIT
"""Viewers in event loops of asyncio."""

import asyncio

from harness import PATIENCE, Case, main, publish
from test_waits import Thread

import shmflip


class Asyncio(Case):
    def run_loop(self, coroutine):
        return asyncio.run(asyncio.wait_for(coroutine, PATIENCE))

    def test_iteration(self):
        producer, viewer = self.pair()

        async def publish_all():
            for _ in range(20):
                while True:
                    try:
                        producer.loan(0).publish()
                        break
                    except shmflip.Timeout:
                        await asyncio.sleep(0.001)
                await asyncio.sleep(0)
            producer.end()

        async def take_all():
            return [frame.sequence async for frame in viewer]

        async def both():
            return (await asyncio.gather(take_all(), publish_all()))[0]

        self.assertEqual(self.run_loop(both()), list(range(1, 21)))

    def test_frames_that_are_ready_let_others_run(self):
        producer, viewer = self.pair(slots=16)
        for _ in range(10):
            publish(producer)
        producer.end()

        async def both():
            ran = 0

            async def count():
                nonlocal ran
                while True:
                    ran += 1
                    await asyncio.sleep(0)

            task = asyncio.create_task(count())
            async for _ in viewer:
                pass
            task.cancel()
            return ran

        self.assertGreater(self.run_loop(both()), 5)

    def test_timeouts(self):
        viewer = self.viewer("nobody", attach=False)

        async def wait():
            for timeout in 0, 0.02:
                with self.assertRaises(shmflip.Timeout):
                    await viewer.acquire_async(timeout)

        self.run_loop(wait())
        for timeout in -1, float("nan"):
            with self.assertRaisesRegex(shmflip.BadArgument, "a timeout is 0 or more seconds"):
                self.run_loop(viewer.acquire_async(timeout))

    def test_enormous_timeouts(self):
        producer, viewer = self.pair()
        for timeout in 1e300, 10**30:
            publish(producer)
            self.assertTrue(self.run_loop(viewer.acquire_async(timeout)))

    def test_cancellation(self):
        producer, viewer = self.pair()

        async def cancel():
            task = asyncio.create_task(viewer.acquire_async())
            await asyncio.sleep(0.02)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            publish(producer)
            return (await viewer.acquire_async(PATIENCE)).sequence

        self.assertEqual(self.run_loop(cancel()), 1)

    def test_cancellation_beside_a_frame(self):
        """Whenever it comes, no frame is lost."""
        producer, viewer = self.pair(slots=8)

        async def cancel(yields):
            task = asyncio.create_task(viewer.acquire_async())
            await asyncio.sleep(0)
            sequence = publish(producer)
            for _ in range(yields):
                await asyncio.sleep(0)
            task.cancel()
            try:
                frame = await task
            except asyncio.CancelledError:
                frame = await viewer.acquire_async(PATIENCE)
            self.assertEqual(frame.sequence, sequence)

        async def all():
            for yields in range(8):
                await cancel(yields)

        self.run_loop(all())

    def test_cancellation_beside_nothing(self):
        """The descriptor is readable, but another call has taken the frame: the task must end."""
        producer, viewer = self.pair(slots=8)

        async def cancel(yields):
            task = asyncio.create_task(viewer.acquire_async(PATIENCE))
            await asyncio.sleep(0.01)
            publish(producer)
            viewer.poll()
            for _ in range(yields):
                await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        async def all():
            for yields in range(8):
                await cancel(yields)

        self.run_loop(all())

    def test_cancellation_with_a_frame_ready(self):
        producer, viewer = self.pair()

        async def cancel():
            publish(producer)
            task = asyncio.create_task(viewer.acquire_async())
            await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            return (await viewer.acquire_async(PATIENCE)).sequence

        self.assertEqual(self.run_loop(cancel()), 1)

    def test_several_tasks(self):
        producer, viewer = self.pair(slots=16)

        async def wait():
            tasks = [asyncio.create_task(viewer.acquire_async()) for _ in range(5)]
            await asyncio.sleep(0.02)
            for _ in range(5):
                publish(producer)
            frames = await asyncio.gather(*tasks)
            return sorted(frame.sequence for frame in frames)

        self.assertEqual(self.run_loop(wait()), [1, 2, 3, 4, 5])

    def test_the_end_reaches_all_that_wait(self):
        """Tasks that call or loop, in this event loop and in that of another thread."""
        producer, viewer = self.pair()

        async def loop():
            return [frame.sequence async for frame in viewer]

        async def wait():
            tasks = [asyncio.create_task(each) for each in
                     (viewer.acquire_async(), viewer.acquire_async(PATIENCE), loop(), loop())]
            await asyncio.sleep(0.02)
            producer.end()
            return await asyncio.gather(*tasks, return_exceptions=True)

        thread = Thread(self.run_loop, loop())
        self.wait_until(lambda: len(viewer._waiting) == 1, "it does not wait")
        ends = self.run_loop(wait())
        self.assertEqual([type(end) for end in ends[:2]], 2 * [shmflip.EndOfStream])
        self.assertEqual([*ends[2:], thread.end()], 3 * [[]])
        publisher = Thread(publish, producer)  # the next stream
        self.assertEqual(viewer.acquire(PATIENCE).sequence, publisher.end())

    def test_close_wakes_tasks(self):
        viewer = self.viewer("nobody", attach=False)

        async def wait(close):
            task = asyncio.create_task(viewer.acquire_async())
            await asyncio.sleep(0.02)
            await close()
            with self.assertRaisesRegex(ValueError, "the viewer is closed"):
                await task

        async def close_here():
            viewer.close()

        async def close_elsewhere():
            await asyncio.to_thread(viewer.close)

        self.run_loop(wait(close_here))
        viewer = self.viewer("nobody", attach=False)
        self.run_loop(wait(close_elsewhere))

    def test_close_beside_a_stopped_loop(self):
        viewer = self.viewer("nobody", attach=False)
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        task = loop.create_task(viewer.acquire_async())
        loop.run_until_complete(asyncio.sleep(0.02))
        fd = viewer.fileno()
        viewer.close()
        self.assertFalse(loop.remove_reader(fd))
        with self.assertRaisesRegex(ValueError, "the viewer is closed"):
            loop.run_until_complete(asyncio.wait_for(task, PATIENCE))

    def test_close_beside_a_closed_loop(self):
        viewer = self.viewer("nobody", attach=False)

        async def wait():
            task = asyncio.create_task(viewer.acquire_async())
            await asyncio.sleep(0.02)
            return task

        loop = asyncio.new_event_loop()
        task = loop.run_until_complete(wait())
        loop.close()
        viewer.close()
        self.assertFalse(task.done())
        task._log_destroy_pending = False

    def test_several_loops(self):
        viewer = self.viewer("nobody", attach=False)
        threads = [Thread(self.run_loop, viewer.acquire_async()) for _ in range(3)]
        self.wait_until(lambda: len(viewer._waiting) == 3, "they do not wait")
        viewer.close()
        for thread in threads:
            with self.assertRaisesRegex(ValueError, "the viewer is closed"):
                thread.end()

    def test_another_loop(self):
        producer, viewer = self.pair()
        for _ in range(2):
            async def wait():
                task = asyncio.create_task(viewer.acquire_async())
                await asyncio.sleep(0.01)
                publish(producer)
                return await task
            self.assertTrue(self.run_loop(wait()))


if __name__ == "__main__":
    main()
