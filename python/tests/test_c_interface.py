# SPDX-License-Identifier: MIT
"""All of shmflip.h has its form in Python, or docs/python.md says why not."""

import re
import unittest
from pathlib import Path

import shmflip

SOURCE = Path(__file__).resolve().parents[2]
HEADER = (SOURCE / "common/include/shmflip.h").read_text(encoding="utf-8")
CODE = re.sub(r"/\*.*?\*/", "", HEADER, flags=re.DOTALL)
DOCUMENT = (SOURCE / "docs/python.md").read_text(encoding="utf-8")
ERRORS = (SOURCE / "python/extension/errors.c").read_text(encoding="utf-8")

# Where the fields of a structure are attributes or arguments.
PARTS = {"colour": shmflip.Colour, "layout": shmflip.Layout, "format_info": shmflip.FormatInfo,
         "stream": shmflip.Stream, "frame": (shmflip.Frame, shmflip.Loan),
         "segment": shmflip.Segment, "producer_options": shmflip.Producer.__init__,
         "viewer_options": shmflip.Viewer.__init__, "channel": shmflip.Channel,
         "counts": shmflip.Counts, "status": shmflip.Status, "removed": shmflip.Removed}


def names_of(text):
    """The names in code spans of a text; those that begin with _ follow one in full."""
    names, full = set(), ""
    for name in re.findall(r"`([^`]*)`", text):
        name = re.sub(r"\W*\(.*", "", name.removeprefix("struct "))
        if re.match(r"_[A-Za-z]", name):
            name = full + name
        elif re.match(r"(shmflip|SHMFLIP)_[A-Za-z]+", name):
            full = re.match(r"(shmflip_(?:producer|viewer)|SHMFLIP_\w+(?=_)|\w+)", name)[0]
        names.add(name)
    return names


class CInterface(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.said = names_of(DOCUMENT.split("### From C to Python\n")[1])

    def assert_said(self, names):
        self.assertGreater(len(names), 0)
        self.assertEqual(sorted(set(names) - self.said), [])

    def test_functions(self):
        functions = re.findall(r"SHMFLIP_(?:API|CHECKED) [^(;]*?(shmflip_\w+)\(", CODE)
        self.assertGreater(len(functions), 35)
        self.assert_said(functions)

    def test_constants(self):
        constants = re.findall(r"^#define (SHMFLIP_\w+) +[-\w(]", CODE, re.MULTILINE)
        for enumeration in re.findall(r"enum \w+ \{(.*?)\}", CODE, re.DOTALL):
            constants += re.findall(r"(SHMFLIP_\w+) =", enumeration)
        types = {name for name in constants if hasattr(shmflip, name.removeprefix("SHMFLIP_"))}
        formats = set(re.findall(r"(SHMFLIP_\w+) = 0x\w+,", CODE))
        self.assertEqual(len(formats), len(shmflip.FORMATS))
        macros = {"SHMFLIP_API", "SHMFLIP_CHECKED"}
        self.assert_said(set(constants) - types - formats - macros)

    def test_fields(self):
        structures = re.findall(r"struct shmflip_(\w+) \{(.*?)\n\}", CODE, re.DOTALL)
        self.assertEqual(set(PARTS) - {name for name, _ in structures}, set())
        for structure, body in structures:
            with self.subTest(structure=structure):
                fields = set(re.findall(r"(\w+)(?:\[\w+\])?;", body))
                for part in PARTS[structure] if structure == "frame" else [PARTS.get(structure)]:
                    code = getattr(part, "__code__", None)
                    has = code.co_varnames if code else dir(part)
                    self.assertEqual(sorted(fields - set(has) - self.said), [])

    def test_errors(self):
        listed = HEADER.split("* Errors\n *   -EINVAL")[1].split("Others are")[0] + "-EINVAL "
        numbers = set(re.findall(r"-(E[A-Z]+)\b", listed))
        self.assertGreater(len(numbers), 20)
        classes = set(re.findall(r"\{ (E[A-Z]+),", ERRORS))
        exceptions = DOCUMENT.split("### Exceptions\n")[1].split("\n### ")[0]
        # Not a class of its own, and so Error itself.
        plain = set(re.findall(r"\bE[A-Z]+\b", exceptions)) | {"EINTR"}
        self.assertEqual(sorted(numbers - classes - plain), [])
        self.assertIn("-EINTR", self.said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
