# SPDX-License-Identifier: MIT
"""The viewer's keys on keyboards of many layouts. Keys are pressed by their X keycodes, which name places: 24
is where a US keyboard has the q."""

import re
import subprocess
import unittest

import harness
import screen

US = {"q": 24, "f": 41, "h": 43, "i": 31, "s": 39, "+": "shift+21", "-": 20, ".": 60, "1": 10, "0": 19}

# Where keys are that are not where US keyboards have them. other: a key that must do nothing.
LAYOUTS = {
    "us": {"other": "shift+59"},
    "us -variant dvorak": {"q": 53, "f": 29, "h": 44, "i": 42, "s": 47, "+": "shift+35", "-": 48, ".": 26,
                           "other": 24},
    "de": {"+": 35, "-": 61, "other": 20},
    "fr": {"q": 38, "-": 15, ".": "shift+59", "1": "shift+10", "0": "shift+19", "other": 60},
    "ch": {"+": "shift+10", "-": 61, "other": 20},
    "cz": {"+": 10, "-": 61, "1": "shift+10", "0": "shift+19", "other": 34},
    "tr": {"+": "shift+13", "-": 21, ".": 61, "i": 48, "other": 31},
    "ru": {".": 61, "other": 60},
    "gr": {"other": 61},
    "il": {".": 61, "other": 25},
    "ara": {".": "shift+60", "other": 61},
    "ir": {"other": 59},
    "th": {"+": "shift+10", "-": 12, ".": None, "other": 60},
}


@screen.needs_screen
@harness.needs("setxkbmap")
class Keyboards(screen.Screen):
    def setUp(self):
        super().setUp()
        suppressions = harness.SOURCE / "tests" / "integration" / "sdl.supp"
        self.env["ASAN_OPTIONS"] = (self.env.get("ASAN_OPTIONS", "") +
                                    f":suppressions={suppressions}")
        self.map = self.scratch / "map.png"
        screen.write_png(self.map, 400, 300, bytes(400 * 300 * 3))
        self.shown = self.start_still(self.map)

    def set_layout(self, words):
        subprocess.run(["setxkbmap", *words.split()], env=self.env, check=True, capture_output=True)

    def view(self):
        viewer = self.start("env", "-C", self.scratch, harness.VIEWER, "--present", "surface")
        window = self.window_of(viewer)
        self.wait_for_title(window, "400x300 — ")
        return viewer, window

    def wait_for_title(self, window, word):
        self.until(f"{word} in the title", lambda: word in self.title_of(window))

    def toggles_panel(self, window, key):
        def has_panel():
            return any(self.content_of(window)[2])
        for wanted in (True, False):
            self.press(window, key)
            self.until(f"panel: {wanted}", lambda: has_panel() == wanted)  # pylint: disable=W0640

    def zooms(self, window, keys):
        self.press(window, keys["other"])
        self.press(window, keys["+"])
        self.wait_for_title(window, "at 150 %")
        self.assertNotIn("paused", self.title_of(window))
        self.press(window, keys["+"])
        self.wait_for_title(window, "at 200 %")
        self.press(window, keys["-"])
        self.wait_for_title(window, "at 150 %")
        for key in "10":
            self.press(window, keys[key])
            self.wait_for_title(window, "400x300 — ")
            self.press(window, keys["+"])
            self.wait_for_title(window, "at 150 %")

    def every_key(self, keys):
        viewer, window = self.view()
        for key in "hi":
            self.toggles_panel(window, keys[key])
        self.zooms(window, keys)
        self.press(window, keys["s"])
        self.until("it is saved", lambda: "saved as" in viewer.err)
        if keys["."]:
            self.press(window, keys["."])
            self.wait_for_title(window, "paused")
        self.press(window, keys["q"])
        self.assert_exits(viewer, 0)

    def test_every_layout(self):
        for layout, keys in LAYOUTS.items():
            with self.subTest(layout=layout):
                self.set_layout(layout)
                self.every_key(US | keys)
        self.end(self.shown)

    def test_layout_that_changes_meanwhile(self):
        viewer, window = self.view()
        for layout, key in (("fr", 43), ("ru", 43), ("us -variant dvorak", 44), ("gr", 43)):
            self.set_layout(layout)
            self.toggles_panel(window, key)
        self.press(window, US["q"])
        self.assert_exits(viewer, 0)
        self.end(self.shown)

    def test_second_layout(self):
        self.set_layout("us,ru -option grp:shifts_toggle")
        viewer, window = self.view()
        for _ in range(3):
            self.toggles_panel(window, US["h"])
            self.xdotool("keydown", 50, "key", 62, "keyup", 50)
        self.press(window, US["q"])
        self.assert_exits(viewer, 0)
        self.end(self.shown)

    def test_keypad(self):
        """Whatever its keys type: on a German keyboard the one with the dot types a comma."""
        self.set_layout("de")
        viewer, window = self.view()
        self.press(window, "86")
        self.wait_for_title(window, "at 150 %")
        self.press(window, "82")
        self.wait_for_title(window, "400x300 — ")
        self.press(window, "91")
        self.wait_for_title(window, "paused")
        self.end(viewer, self.shown)


class Documented(harness.Case):
    """The help panel, --help, and the man page name the same keys."""

    def panel(self):
        source = (harness.SOURCE / "viewer" / "info.c").read_text(encoding="utf-8")
        text = re.search(r"info_help_keys\[\] = (.*?);", source, re.DOTALL)[1]
        words = re.split(r"[\s,]+", "".join(re.findall(r'"(.*?)"', text)).replace("\\n", " "))
        return {{"period": ".", "comma": ","}.get(word, word) for word in words}

    def man_page(self):
        page = (harness.SOURCE / "docs" / "man" / "shmflip-viewer.1.scd").read_text(encoding="utf-8")
        section = page[page.index("# KEYS"):page.index("# WINDOW")]
        headings = " ".join(re.findall(r"\n\n(\S.*)\n\t", section)).replace("mouse wheel", "wheel")
        bold = r"\*(.+?)\*"
        return set(re.findall(bold, headings) + re.findall("[a-z]+", re.sub(bold, "", headings)))

    def help(self):
        shown = self.start(harness.VIEWER, "--help")
        self.assert_exits(shown, 0)
        return set(shown.out[shown.out.index("Keys:"):].split())

    def test_same_keys(self):
        self.assertEqual(self.panel(), self.man_page())
        self.assertEqual(self.panel() - self.help(), set())


if __name__ == "__main__":
    unittest.main(verbosity=2)
