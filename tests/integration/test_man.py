# SPDX-License-Identifier: MIT
"""The manual pages as man(1) shows them: an example can be copied line by line. Those of the library say what
its header says."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness

SOURCES = sorted((harness.SOURCE / "docs" / "man").glob("*.scd"))
BUILT = Path(os.environ["SHMFLIP_PAGES"])
HEADER = (harness.SOURCE / "common" / "include" / "shmflip.h").read_text(encoding="utf-8")
ERROR = re.compile(r"-E[A-Z0-9]+")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
# Only for the compiler, or for the header itself.
INTERNAL = {"SHMFLIP_API", "SHMFLIP_CHECKED", "SHMFLIP_H"}
# What an example needs besides the library.
MODULES = {"glib-unix.h": "glib-2.0", "uv.h": "libuv"}


def text_of(source):
    return source.read_text(encoding="utf-8")


def section_of(source, title):
    """Returns what is under a heading, up to the next one of the same level."""
    found = re.search(rf"^# {title}\n(.*?)(?=^# |\Z)", text_of(source), re.M | re.S)
    return found.group(1) if found else ""


def literals_of(text):
    """Returns the literal blocks of a text, as man(1) shows them."""
    return [block.replace("\\\\", "\\") for block in re.findall(r"^```\n(.*?)^```$", text, re.M | re.S)]


def example_lines(source):
    """Returns what is indented or in a literal block in the examples, but for the indentation."""
    lines, literal = [], False
    for line in section_of(source, "EXAMPLES").splitlines():
        if line == "```":
            literal = not literal
        elif line and (literal or line.startswith("\t")):
            lines.append(line.strip().replace("\\\\", "\\"))
    return lines


def render(page, *arguments):
    """Returns the lines that man(1) shows of a page."""
    man = subprocess.run(["man", "--warnings", *arguments, page], capture_output=True, check=True,
                         env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8"))
    if man.stderr:
        raise AssertionError(man.stderr.decode())
    return man.stdout.decode().splitlines()


@unittest.skipUnless((BUILT / "shmflip.3").exists(), "scdoc was not installed")
@harness.needs("man")
class Man(unittest.TestCase):
    def test_there_are_pages(self):
        self.assertEqual(len(SOURCES), 13)

    def test_examples_keep_their_lines(self):
        for source in SOURCES:
            with self.subTest(page=source.stem):
                lines = render(BUILT / source.stem, "-l")
                section = lines[lines.index("EXAMPLES") + 1:lines.index("SEE ALSO")]
                shown = [line.strip() for line in section if line.startswith(" " * 11)]
                self.assertEqual(shown, example_lines(source))
                self.assertTrue(shown)

    def test_lines_fit_a_terminal(self):
        for source in SOURCES:
            with self.subTest(page=source.stem):
                self.assertLessEqual(max(map(len, render(BUILT / source.stem, "-l"))), 80)

    def test_no_name_is_hyphenated(self):
        for source in SOURCES:
            with self.subTest(page=source.stem):
                self.assertEqual([line for line in render(BUILT / source.stem, "-l") if line.endswith("\u2010")], [])

    def test_each_function_has_a_page(self):
        with tempfile.TemporaryDirectory() as manpath:
            shutil.copytree(BUILT, Path(manpath) / "man3",
                            ignore=lambda _, names: [name for name in names if not name.endswith(".3")])
            for name in ["shmflip_init", *FUNCTIONS]:
                with self.subTest(function=name):
                    lines = render(name, "-M", manpath, "3")
                    title = " ".join(lines[lines.index("NAME") + 1:lines.index("SYNOPSIS")])
                    self.assertIn(name, re.split(r"[,\s]+", title))


# ---- The library's pages and its header -------------------------------------------------------------------------

PAGES = [source for source in SOURCES if source.name.endswith(".3.scd")]


def functions_of_header():
    """Returns the comment that each function has, by the function's name."""
    functions = {}
    pattern = re.compile(r"(?:(/\*(?:(?!\*/).)*\*/)\n)?SHMFLIP_(?:API|CHECKED) [^;{]*?(shmflip_\w+)\(", re.S)
    for comment, name in pattern.findall(HEADER):
        functions[name] = comment
    return functions


FUNCTIONS = functions_of_header()


def description_of(function):
    """Returns what the pages say under the heading of a function."""
    for page in PAGES:
        for part in re.split(r"^(?=##? )", text_of(page), flags=re.M):
            if part.startswith("## ") and f"{function}()" in part.split("\n", 1)[0]:
                return part
    return ""


def normal(code):
    """Returns code without comments, what is only for compilers, and differences of white space."""
    code = re.sub(r"\bSHMFLIP_(?:API|CHECKED)\b", "", COMMENT.sub("", code))
    return re.sub(r" ?(\W) ?", r"\1", " ".join(code.split()))


def declarations_of(page):
    """Returns each declaration and each #define of a synopsis."""
    code = COMMENT.sub("", literals_of(section_of(page, "SYNOPSIS"))[0])
    code = code.replace("#include <shmflip.h>", "")
    defines = re.findall(r"^#define .*", code, re.M)
    code = re.sub(r"^#define .*", "", code, flags=re.M)
    return defines + re.findall(r"(?:struct \w+ \{.*?\}|[^;{}]+);", code, re.S)


class Library(unittest.TestCase):
    def test_the_header_was_understood(self):
        self.assertGreater(len(FUNCTIONS), 30)
        self.assertIn("-ENOBUFS", FUNCTIONS["shmflip_producer_loan"])

    def test_each_function_is_described(self):
        for name in ["shmflip_init", *FUNCTIONS]:
            with self.subTest(function=name):
                self.assertTrue(re.search("thread", description_of(name)))

    def test_each_error_of_a_function_is_named(self):
        for name, comment in FUNCTIONS.items():
            with self.subTest(function=name):
                missing = set(ERROR.findall(comment)) - set(ERROR.findall(description_of(name)))
                self.assertEqual(missing, set())

    def test_each_error_has_a_meaning(self):
        errors = re.search(r"^ \* Errors\n(.*?)\*/", HEADER, re.M | re.S).group(1)
        described = section_of(harness.SOURCE / "docs" / "man" / "shmflip.3.scd", "ERRORS")
        self.assertEqual(set(ERROR.findall(errors)), set(re.findall(r"\*(-E[A-Z0-9]+)\*", described)))

    def test_synopses_are_those_of_the_header(self):
        header = normal(HEADER)
        defines = {normal(line) for line in re.findall(r"^#define .*", COMMENT.sub("", HEADER), re.M)}
        for page in PAGES:
            if page.name == "shmflip.3.scd":
                continue
            declarations = [text for text in declarations_of(page) if "shmflip_init(" not in text]
            self.assertTrue(declarations)
            for text in declarations:
                with self.subTest(page=page.stem, declaration=text.strip()):
                    self.assertTrue(normal(text) in (defines if text.startswith("#") else header))

    def test_each_declaration_is_in_a_synopsis(self):
        shown = "".join(normal(text) for page in PAGES[1:] for text in declarations_of(page))
        for name in re.findall(r"^struct (\w+) \{", HEADER, re.M):
            self.assertTrue(f"struct {name}{{" in shown, name)
        for name in FUNCTIONS:
            self.assertTrue(f"{name}(" in shown, name)

    def test_each_field_is_explained(self):
        for page in PAGES:
            prose = text_of(page).replace(section_of(page, "SYNOPSIS"), "").replace(section_of(page, "EXAMPLES"), "")
            for name, body in re.findall(r"^struct (\w+) \{(.*?)\}", section_of(page, "SYNOPSIS"), re.M | re.S):
                for field in re.findall(r"(\w+)(?:\[\w+\])?;", body):
                    with self.subTest(structure=name, field=field):
                        self.assertTrue(re.search(rf"[_>.]{field}_", prose))

    def test_each_constant_is_named(self):
        named = set(re.findall(r"\bSHMFLIP_[A-Z0-9_]+\b", "".join(map(text_of, PAGES))))
        defined = set(re.findall(r"\bSHMFLIP_[A-Z0-9_]+\b", COMMENT.sub("", HEADER)))
        self.assertEqual(defined - named - INTERNAL, set())

    def compile(self, code):
        command = ["c++", "-std=c++17", "-xc++"] if "#include <memory>" in code else ["cc", "-xc"]
        modules = [module for include, module in MODULES.items() if f"#include <{include}>" in code]
        if modules:
            flags = subprocess.run(["pkg-config", "--cflags", *modules], capture_output=True, text=True, check=False)
            if flags.returncode:
                self.skipTest(f"{modules[0]} is not installed")
            command += flags.stdout.split()
        include = harness.SOURCE / "common" / "include"
        return subprocess.run(command + ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{include}", "-"],
                              input=code, capture_output=True, text=True, check=False)

    def test_examples_compile(self):
        for page in PAGES:
            examples = literals_of(section_of(page, "EXAMPLES"))
            self.assertTrue(examples)
            for code in examples:
                with self.subTest(page=page.stem, code=code):
                    result = self.compile(code)
                    self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
