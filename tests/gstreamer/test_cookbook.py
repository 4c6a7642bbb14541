# SPDX-License-Identifier: MIT
"""The command lines of docs/cookbook.md. Without a camera and v4l2loopback, elements of GStreamer stand in for these.
Blocks that use ports run in a network namespace of their own."""

import functools
import re
import signal
import unittest
from pathlib import Path

import frames
import harness
import network
import recipes
from recipes import runs
from screen import Screen, needs_screen

ELEMENTS = ["shmflipsink", "shmflipsrc", "x264enc", "avdec_h264", "avenc_ffv1", "mp4mux", "matroskamux"]
# By device: what stands in if there is none.
STAND_INS = {
    "/dev/video0": [("v4l2src device=/dev/video0 ! image/jpeg", "videotestsrc is-live=true ! jpegenc ! image/jpeg"),
                    ("v4l2src device=/dev/video0 !",
                     "videotestsrc is-live=true pattern=ball ! video/x-raw,format=YUY2 !")],
    "/dev/video10": [("v4l2sink device=/dev/video10", "filesink location=device")],
}
PSNR_DB = 28
FRAME_BYTES = 3 * 640 * 360
SEEN_BYTES = 3 * 640 * 240


def decoded(path):
    """Returns the frames of a file of 640x360, in RGB of 8 bits, as FFmpeg decodes them."""
    data = frames.ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    return [data[at:at + FRAME_BYTES] for at in range(0, len(data), FRAME_BYTES)]


@functools.cache
def sample_frames():
    """Returns the pixels of the sample animation, in RGB."""
    return decoded(harness.FRAMES / "%03d.png")


@functools.cache
def sampled(pixels):
    """Every 499th pixel, to compare pictures faster."""
    return b"".join(pixels[at:at + 3] for at in range(0, len(pixels), 3 * 499))


@unittest.skipIf(recipes.missing(*ELEMENTS), f"GStreamer has no {recipes.missing(*ELEMENTS)} here")
class Cookbook(recipes.Case):
    page = "cookbook.md"

    def block(self, name, title=None):
        lines = super().block(name, title)
        for device, replacements in STAND_INS.items():
            if not Path(device).exists():
                for words, stand_in in replacements:
                    lines = lines.replace(words, stand_in)
        return lines

    # ---- Channels ----

    def camera(self):
        """Starts a channel of the sample animation."""
        camera = self.shell(f"exec shmflip-producer -q -c camera -l -r 30 --preload '{harness.FRAMES}'")
        self.await_channel(camera, "camera")
        return camera

    def read(self, channel, count=5):
        """Waits for a channel, and returns width, height and samples of so many frames."""
        cat = self.tool("cat", channel, "--every", "-n", count, "--format", "pam")
        self.assert_exits(cat, 0)
        with open(cat.out_path, "rb") as output:
            pictures = frames.pams(output.read())
        self.assertEqual(len(pictures), count)
        return pictures

    def interrupt(self, running):
        """Ends a pipeline as Ctrl-C does."""
        running.signal(signal.SIGINT)
        self.assert_exits(running, 0)

    def end(self, *pipelines):
        for running in pipelines:
            self.interrupt(running)
        self.assert_nothing_left()

    def assert_moves(self, pictures, size):
        self.assertEqual({picture[:2] for picture in pictures}, {size})
        self.assertGreater(len({samples for _, _, samples in pictures}), 1)

    # ---- Videos and pictures ----

    def make_video(self):
        """Writes video.mp4 of the sample animation. Returns its frames, as FFmpeg decodes them."""
        path = self.scratch / "video.mp4"
        frames.ffmpeg("-framerate", 30, "-i", harness.FRAMES / "%03d.png", "-pix_fmt", "yuv420p", path)
        return decoded(path)

    def assert_similar(self, pictures, originals):
        """Checks that each picture is that of an original, but for what encoders lose."""
        for number, pixels in enumerate(pictures):
            self.assertGreater(self.similarity(pixels, originals), PSNR_DB, f"frame {number}")

    @staticmethod
    def similarity(pixels, originals):
        """Returns the PSNR of a picture and the original that is nearest to it."""
        return max(frames.psnr_of(sampled(pixels), sampled(original)) for original in originals)


class IntoAChannel(Cookbook):
    @runs("A camera")
    def test_camera(self):
        camera = self.shell(self.block("any format that the camera has"))
        self.assert_moves(self.read("camera"), (320, 240))
        self.end(camera)

    @runs("A camera that compresses")
    def test_motion_jpeg(self):
        camera = self.shell(self.block("Motion JPEG"))
        self.assert_moves(self.read("camera"), (1280, 720))
        self.end(camera)

    @runs("As a service")
    def test_service(self):
        lines = self.block("/etc/systemd/system/camera.service").splitlines()[1:]
        unit = dict(line.split("=", 1) for line in lines)
        self.dir.mkdir(mode=0o755)  # as RuntimeDirectory= does
        self.env.pop("XDG_RUNTIME_DIR", None)
        service = self.shell(unit["ExecStart"].removeprefix("/usr/bin/"))
        self.assert_moves(self.read("camera"), (320, 240))
        service.signal(signal.Signals[unit["KillSignal"]])
        self.assert_exits(service, 0)
        self.assert_nothing_left()

    def play(self, name, originals):
        """Runs a block that plays a file, and checks what arrives."""
        cat = self.tool("cat", "video", "--every", "--format", "pam")
        self.assert_exits(self.shell(self.block(name)), 0)
        self.assert_exits(cat, 0)
        with open(cat.out_path, "rb") as output:
            pictures = [pixels for _, _, pixels in frames.pams(output.read())]
        self.assertGreater(len(pictures), len(originals) // 2)
        self.assert_similar(pictures, originals)
        self.assert_nothing_left()

    @runs("A video file")
    def test_any_file(self):
        self.play("whatever it is", self.make_video())

    @runs("From FFmpeg")
    def test_from_ffmpeg(self):
        self.play("no GStreamer", self.make_video())

    @runs("From Python")
    def test_from_python(self):
        drawn = self.shell(self.block("pixels that a program makes"))
        for _, _, samples in self.read("drawn"):
            self.assertEqual(samples, samples[:3] * (640 * 360))
            self.assertEqual(samples[:2], bytes([0, 128]))
        drawn.signal(signal.SIGTERM)


class OutOfAChannel(Cookbook):
    def record(self, name, path, keeps):
        camera = self.camera()
        recorder = self.shell(self.block(name))
        self.until("the file grows", lambda: (self.scratch / path).exists() and
                   (self.scratch / path).stat().st_size > keeps)
        self.interrupt(recorder)
        self.end(camera)
        pictures = decoded(self.scratch / path)
        self.assertGreater(len(pictures), 1)
        return pictures

    @runs("A lossless record")
    def test_lossless(self):
        for number, pixels in enumerate(self.record("FFV1 in Matroska", "record.mkv", 2000000)):
            self.assertTrue(pixels in sample_frames(), f"frame {number} has other pixels")

    @runs("A small record")
    def test_small(self):
        self.assert_similar(self.record("H.264 in MP4", "record.mp4", 100000), sample_frames())

    @runs("Another size, in a channel of its own")
    def test_other_size(self):
        camera, preview = self.camera(), self.shell(self.block("for a preview"))
        self.assert_moves(self.read("preview"), (320, 180))
        self.end(preview, camera)

    @runs("To other players and FFmpeg")
    def test_cat(self):
        camera, recorder = self.camera(), self.shell(self.block("no GStreamer"))
        self.assert_exits(self.shell(self.block("the newest frame as a picture")), 0)
        picture = decoded(self.scratch / "now.png")
        self.assertTrue(picture[0] in sample_frames())
        self.until("the file grows", lambda: (self.scratch / "record.mkv").exists() and
                   (self.scratch / "record.mkv").stat().st_size > 1000000)
        self.interrupt(camera)
        self.assert_exits(recorder, 0)
        self.assert_nothing_left()
        self.assert_similar(decoded(self.scratch / "record.mkv"), sample_frames())

    @runs("To a video device")
    def test_device(self):
        camera, device = self.camera(), self.shell(self.block("as a camera"))
        size = 2 * 640 * 360
        self.until("frames arrive", lambda: (self.scratch / "device").exists() and
                   (self.scratch / "device").stat().st_size > 10 * size)
        self.end(device, camera)
        self.assertEqual((self.scratch / "device").stat().st_size % size, 0)


@network.needs_network
class OverANetwork(Cookbook):
    def setUp(self):
        super().setUp()
        self.host = network.Host(self)
        self.host.ip("link", "set", "lo", "up")

    def on_host(self, name):
        return self.shell(self.block(name), host=self.host.words())

    @runs("Into OBS")
    def test_obs(self):
        """OBS's media source is FFmpeg."""
        camera, stream = self.camera(), self.on_host("the stream")
        self.until("the sender listens", lambda: self.host.listens(5002))
        player = self.start(*self.host.words(), "ffmpeg", "-loglevel", "fatal", "-f", "mpegts", "-i",
                            "srt://127.0.0.1:5002", "-frames:v", 20, self.scratch / "seen.mkv", "-c:v", "ffv1")
        self.assert_exits(player, 0)
        self.assert_similar(decoded(self.scratch / "seen.mkv"), sample_frames())
        self.end(stream, camera)

    @runs("To a browser")
    @harness.needs("chromium")
    def test_browser(self):
        originals = [pixels[:SEEN_BYTES] for pixels in sample_frames()]
        camera, stream = self.camera(), self.on_host("the stream")
        self.assert_exits(self.on_host("its page"), 0)
        server = self.on_host("the web server")
        self.until("the stream has three segments", (self.scratch / "00003.ts").exists)
        self.until("the web server listens", lambda: self.host.listens(8000))
        self.until("the browser plays", lambda: self.similarity(self.screenshot(), originals) > PSNR_DB)
        server.signal(signal.SIGTERM)
        self.end(stream, camera)

    def screenshot(self):
        """Returns what Chromium shows of the video above its controls. It may not play yet."""
        path = self.scratch / "seen.png"
        browser = self.start(*self.host.words(), "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                             f"--user-data-dir={self.scratch / 'profile'}", "--hide-scrollbars",
                             "--autoplay-policy=no-user-gesture-required", "--window-size=656,376", "--timeout=6000",
                             f"--screenshot={path}", "http://127.0.0.1:8000/")
        self.assert_exits(browser, 0)
        return frames.ffmpeg("-i", path, "-vf", "crop=640:240:8:8", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")


@needs_screen
class TheScreen(Cookbook, Screen):
    size = (700, 400)

    @runs("The screen")
    def test_screen(self):
        path = harness.FRAMES / "000.png"
        still = self.start_still(path)
        window = self.window_of(self.start_window())
        self.wait_for_picture(window, path)
        self.xdotool("mousemove", *self.size)  # the pointer would be in the picture
        capture = self.shell(self.block("of X11"))
        (width, height, seen), = self.read("screen", 1)
        self.assertEqual((width, height), self.size)
        left, top = map(int, re.search(r"Position: (\d+),(\d+)", self.xdotool("getwindowgeometry", window)).groups())
        rows = [seen[3 * (y * width + left):][:3 * 640] for y in range(top, top + 360)]
        self.assertTrue(b"".join(rows) == sample_frames()[0], "the window looks different in the channel")
        self.end(capture, still)


class Page(unittest.TestCase):
    def test_each_line_is_run(self):
        self.assertEqual(recipes.untested(IntoAChannel, OutOfAChannel, OverANetwork, TheScreen), set())


if __name__ == "__main__":
    unittest.main()
