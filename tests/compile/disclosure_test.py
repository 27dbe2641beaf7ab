#!/usr/bin/python3
"""A route that shows what a partner disclosed without the filter does not compile; with the filter it does.

disclosure_test.py COMPILER [FLAG...]: each case of disclosure_cases.cpp on its own; its comment begins with the word
that the compiler's error must name, so that a case does not fail for another reason.
"""
import pathlib
import re
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent / "disclosure_cases.cpp"
COMMAND = []


def compile_case(number):
    done = subprocess.run([*COMMAND, "-fsyntax-only", f"-DWISSEL_CASE={number}", SOURCE], capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stderr


class Compiles(unittest.TestCase):
    def test_with_the_filter(self):
        code, errors = compile_case(0)
        self.assertEqual(code, 0, errors)

    def test_nothing_without_it(self):
        cases = re.findall(r"WISSEL_CASE == (\d+)  // (\w+):", SOURCE.read_text())
        self.assertEqual([int(number) for number, _ in cases], list(range(1, len(cases) + 1)))
        self.assertGreaterEqual(len(cases), 7)
        for number, name in cases:
            with self.subTest(case=number):
                code, errors = compile_case(number)
                self.assertNotEqual(code, 0)
                # g++ names the type in the error itself, clang in the notes that belong to it.
                self.assertRegex(errors, r"\berror:")
                self.assertRegex(errors, rf"\b{name}\b")


if __name__ == "__main__":
    COMMAND = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
