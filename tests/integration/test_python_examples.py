# SPDX-License-Identifier: MIT
"""The programs in examples/python do what they say, and are those that docs/python.md shows."""

import base64
import http.client
import importlib.util
import json
import sys
import unittest

import harness

EXAMPLES = harness.SOURCE / "examples" / "python"
WHITE, BLACK, GREEN = (255, 255, 255), (0, 0, 0), (0, 255, 0)

# Runs the code cells of a notebook as Jupyter does, and prints what they show as a line of JSON.
RUN_NOTEBOOK = """
import base64, json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance()
shown = []
for cell in json.load(open(sys.argv[1]))["cells"]:
    if cell["cell_type"] == "code":
        with capture_output() as captured:
            result = shell.run_cell("".join(cell["source"]))
        if not result.success:
            sys.exit(captured.stdout)
        outputs = [output.data for output in captured.outputs]
        if result.result is not None:
            outputs.append(shell.display_formatter.format(result.result)[0])
        shown.append(outputs)
print(json.dumps(shown, default=lambda data: base64.b64encode(data).decode()))
"""


# Runs a producer whose pauses are a twentieth of what it says, once it has a viewer.
RUN_FASTER = """
import runpy, sys, time
sleep = time.sleep
def pause(seconds):
    sys._getframe(1).f_globals["producer"].wait_viewers()
    sleep(seconds / 20)
time.sleep = pause
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def needs_module(*names):
    missing = [name for name in names if not importlib.util.find_spec(name)]
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")


@needs_module("shmflip", "numpy")
class Examples(harness.Case):
    def setUp(self):
        super().setUp()
        # print() of several processes would mix their lines.
        self.env.pop("PYTHONUNBUFFERED", None)

    def example(self, name, *arguments):
        return self.start(sys.executable, "-W", "error", EXAMPLES / name, *arguments)

    def open_producer(self, channel="camera", width=64, height=48, **options):
        import shmflip
        producer = shmflip.Producer(channel, width=width, height=height, dir=self.dir, **options)
        self.addCleanup(producer.close)
        return producer

    def open_viewer(self, channel):
        import shmflip
        viewer = shmflip.Viewer(channel, every=True, dir=self.dir)
        self.addCleanup(viewer.close)
        return viewer

    def publish(self, producer, pixels):
        with producer.loan() as array:
            array[:] = pixels

    def test_viewer_and_producer(self):
        viewer = self.example("viewer.py")
        producer = self.start(sys.executable, "-W", "error", "-c", RUN_FASTER, EXAMPLES / "producer.py")
        self.assert_exits(producer, 0)
        self.assert_exits(viewer, 0)
        self.assertEqual((viewer.err, producer.err), ("", ""))
        means = dict(line.split(": ") for line in viewer.lines)
        # A slow machine may miss frames, but the viewer is there before the second one.
        self.assertTrue(means)
        for sequence, mean in means.items():
            self.assertEqual(mean, f"{sum((y + int(sequence) - 1) % 256 for y in range(480)) / 480:.2f}")
        self.assert_nothing_left()

    @needs_module("cv2")
    def test_motion_frames_what_moves(self):
        import numpy as np
        motion = self.example("motion.py")
        camera = self.open_producer(lossless=True)
        camera.wait_viewers(1, timeout=harness.TIMEOUT_S)
        viewer = self.open_viewer("motion")
        viewer.attach(timeout=harness.TIMEOUT_S)
        pixels = np.zeros((48, 64, 4), np.uint8)
        self.publish(camera, pixels)
        self.assertFalse(np.any(viewer.acquire(timeout=harness.TIMEOUT_S)))
        pixels[20:30, 30:40] = 255
        self.publish(camera, pixels)
        shown = viewer.acquire(timeout=harness.TIMEOUT_S).copy()[..., :3]
        green = np.argwhere((shown == GREEN).all(axis=2))
        self.assertTrue(green.size, "nothing is framed")
        self.assertTrue((abs(green.min(axis=0) - (20, 30)) <= 3).all(), green.min(axis=0))
        self.assertTrue((abs(green.max(axis=0) - (29, 39)) <= 3).all(), green.max(axis=0))
        self.assertEqual((tuple(shown[25, 35]), tuple(shown[5, 5])), (WHITE, BLACK))
        camera.close()
        self.assert_exits(motion, 0)
        self.assertEqual(motion.err, "")

    @needs_module("PIL")
    def test_clock_is_drawn(self):
        import numpy as np
        clock = self.example("clock.py")
        with self.open_viewer("clock").acquire(timeout=harness.TIMEOUT_S) as frame:
            self.assertEqual((frame.format, frame.width, frame.height), ("BG24", 400, 400))
            shown = frame.copy()
        self.assertTrue(clock.alive, clock.err)
        self.assertEqual(shown[0, 0].tolist(), [173, 216, 230])  # light blue as red, green, blue
        self.assertGreater(np.count_nonzero((shown == (255, 0, 0)).all(axis=2)), 100)

    @needs_module("PIL")
    def test_clock_shows_the_time(self):
        specification = importlib.util.spec_from_file_location("clock", EXAMPLES / "clock.py")
        clock = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(clock)
        image = clock.draw_clock(9 * 3600 + 15)  # hours to the left, seconds to the right
        self.assertEqual(image.getpixel((360, 200)), (255, 0, 0))
        self.assertEqual(image.getpixel((120, 200)), BLACK)
        self.assertEqual(image.getpixel((200, 60)), BLACK)

    @harness.needs_imagemagick
    def test_depth_is_in_metres(self):
        import numpy as np
        path = self.scratch / "depth.png"
        self.assert_exits(self.start(sys.executable, harness.SOURCE / "assets" / "depth_map.py", path), 0)
        depth = self.example("depth.py")
        self.assert_exits(self.producer("-c", "depth", "-p", "lossless", "-w", 1, "--value-scale", "1/5000", path), 0)
        self.assert_exits(depth, 0)
        values = np.frombuffer(harness.samples_of(path)[2], np.uint16).reshape(480, 640) / 5000
        seen = values[values > 0]
        self.assertEqual(depth.lines, [
            f"1: nearest {seen.min():.2f}, middle {values[240, 320]:.2f}, farthest {seen.max():.2f},"
            f" no value {(values == 0).mean():.0%}"])
        self.assertEqual(depth.err, "")

    def test_depth_refuses_colour(self):
        depth = self.example("depth.py")
        self.publish(self.open_producer("depth", lossless=True), 1)
        self.assert_exits(depth, 1)
        self.assert_one_line(depth, "--value-scale")

    def assert_shows(self, png, width, height, samples):
        """Checks a PNG, as ImageMagick decodes it."""
        path = self.scratch / "shown.png"
        path.write_bytes(png)
        shown = harness.rgba_of(path)
        self.assertEqual(shown[:2], (width, height))
        self.assertTrue(shown[2] == samples, f"{shown[2][:16]}... for {samples[:16]}...")

    def get(self, address, path):
        connection = http.client.HTTPConnection(address, timeout=harness.TIMEOUT_S)
        self.addCleanup(connection.close)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read()

    def png(self, address):
        status, kind, data = self.get(address, "/frame.png?1")
        self.assertEqual((status, kind), (200, "image/png"), data)
        return data

    @harness.needs_imagemagick
    def test_web_sends_the_newest_frame(self):
        import numpy as np
        web = self.example("web.py", 0)
        self.until("the server has a port", lambda: web.lines)
        address = web.lines[0].removeprefix("http://")
        self.assertEqual(self.get(address, "/")[:2], (200, "text/html"))
        self.assertEqual(self.get(address, "/none")[0], 404)
        camera = self.open_producer()
        pixels = np.arange(48 * 64 * 4, dtype=np.uint8).reshape(48, 64, 4)
        for shift in range(3):
            pixels = pixels + np.uint8(shift)
            self.publish(camera, pixels)
            shown = pixels[..., [2, 1, 0, 3]].copy()
            shown[..., 3] = 255
            self.assert_shows(self.png(address), 64, 48, shown.tobytes())
        png = self.png(address)
        self.assert_shows(png, 64, 48, shown.tobytes())
        camera.close()
        self.assertTrue(self.png(address) == png)
        gray = self.open_producer(format="R8")
        self.publish(gray, 1)  # which it refuses
        self.until("the server follows to the next producer", lambda: self.get(address, "/frame.png")[0] == 503)
        gray.close()
        self.assertEqual(web.err, "")

    def test_workers_share_the_frames(self):
        workers = self.example("workers.py", 3)
        camera = self.open_producer(lossless=True)
        camera.wait_viewers(3, timeout=harness.TIMEOUT_S)
        for number in range(1, 201):
            self.publish(camera, number)
        camera.close()
        self.assert_exits(workers, 0)
        self.assertEqual(sorted(workers.lines),
                         sorted(f"worker {number % 3}, frame {number}: {number}.00" for number in range(1, 201)))
        self.assertEqual(workers.err, "")

    @needs_module("IPython", "PIL")
    @harness.needs_imagemagick
    def test_notebook_shows_pictures(self):
        picture = harness.KINDS / "rgb8-33x17.png"  # small, because the notebook encodes it 51 times
        self.env["IPYTHONDIR"] = str(self.scratch / "ipython")
        self.producer("-c", "camera", "-r", 200, "--loop", "--preload", picture)
        notebook = self.start(sys.executable, "-c", RUN_NOTEBOOK, EXAMPLES / "camera.ipynb")
        self.assert_exits(notebook, 0)
        shown = json.loads(notebook.lines[-1])
        self.assertEqual([len(outputs) for outputs in shown], [0, 1, 51])
        for data in (shown[1][0], shown[2][0], shown[2][50]):
            self.assert_shows(base64.b64decode(data["image/png"]), *harness.rgba_of(picture))


class Documents(unittest.TestCase):
    def test_python_md_shows_the_examples(self):
        text = (harness.SOURCE / "docs" / "python.md").read_text(encoding="utf-8")
        codes = {}
        for path in EXAMPLES.glob("*.py"):
            codes[path.name] = path.read_text(encoding="utf-8").split("MIT\n", 1)[1]
        for number, cell in enumerate(json.loads((EXAMPLES / "camera.ipynb").read_text(encoding="utf-8"))["cells"]):
            if cell["cell_type"] == "code":
                codes[f"camera.ipynb, cell {number}"] = "".join(cell["source"]) + "\n"
        self.assertEqual(len(codes), 10)
        for name, code in codes.items():
            self.assertTrue(f"```python\n{code}```\n" in text, f"docs/python.md does not show {name}")


if __name__ == "__main__":
    unittest.main()
