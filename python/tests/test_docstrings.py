# SPDX-License-Identifier: MIT
"""help() says the first sentences of what __init__.pyi says, and knows the arguments."""

import ast
import inspect
import unittest
from pathlib import Path

import shmflip

STUB = Path(shmflip.__file__).with_name("__init__.pyi")
CALLABLES = (ast.FunctionDef, ast.AsyncFunctionDef)
# Attributes of descriptions come from one table of names, and have no help of their own.
CLASSES = ["Viewer", "Frame", "Producer", "Loan", "Timeout", "EndOfStream", "ProducerDied", "Busy"]


def words(text):
    return " ".join((text or "").split())


def is_method(node):
    return (isinstance(node, CALLABLES) and not node.name.startswith("__")
            and not node.decorator_list)


class Docstrings(unittest.TestCase):
    def setUp(self):
        nodes = ast.parse(STUB.read_text(encoding="utf-8")).body
        self.stubs = {node.name: node for node in nodes
                      if isinstance(node, (ast.ClassDef, *CALLABLES))}

    def check(self, name, thing, node):
        described, said = words(ast.get_docstring(node)), words(inspect.getdoc(thing))
        if described:
            self.assertTrue(said and described.startswith(said),
                            f"{name}: {said!r}, not {described!r}")

    def test_functions(self):
        for name, node in self.stubs.items():
            if isinstance(node, CALLABLES):
                self.check(name, getattr(shmflip, name), node)
                self.assertTrue(inspect.signature(getattr(shmflip, name)))

    def test_classes_and_methods(self):
        for name in CLASSES:
            self.check(name, getattr(shmflip, name), self.stubs[name])
            for node in self.stubs[name].body:
                if is_method(node):
                    method = getattr(getattr(shmflip, name), node.name)
                    self.check(f"{name}.{node.name}", method, node)

    def test_arguments(self):
        for method, arguments in (
                (shmflip.Viewer.acquire, "(self, /, timeout=None)"),
                (shmflip.Producer.wait_viewers, "(self, /, count=1, timeout=None)"),
                (shmflip.Loan.write, "(self, data, /)")):
            self.assertEqual(str(inspect.signature(method)), arguments)


if __name__ == "__main__":
    unittest.main()
