#!/usr/bin/python3
"""scripts/check finds what it should, and only that."""
import importlib.machinery
import importlib.util
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True  # no cache beside a script
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check"
LOADER = importlib.machinery.SourceFileLoader("check", str(SCRIPT))
check = importlib.util.module_from_spec(importlib.util.spec_from_loader("check", LOADER))
LOADER.exec_module(check)

LAMBDAS = [
    ("capture by value", "co_await call([v] { return v; });", True),
    ("this", "co_await run(pool, [this] { f(); });", True),
    ("by reference, second line", "co_await run(\n  pool,\n  [&] { f(); });", True),
    ("no capture", "co_await call([] { return 1; });", False),
    ("named before", "auto f = [v] { return v; }; co_await call(std::move(f));", False),
    ("subscript", "co_await streams[i].close();", False),
    ("subscript of a call", "co_await call(streams[i]);", False),
    ("structured binding", "auto [error, n] = co_await read();", False),
    ("body of a condition", "if (co_await ready()) { auto f = [this] { g(); }; }", False),
    ("in a comment", "// co_await call([v] {});\nint x;", False),
    ("in a string", 'const char* s = "co_await call([v] {})";', False),
]
INCLUDES = [
    ("core/a.cpp", "#include <boost/asio/post.hpp>", True),
    ("core/a.cpp", "#include <boost/json.hpp>", False),
    ("core/a.hpp", "#include <openssl/evp.h>", True),
    ("core/a.cpp", "#include <openssl/evp.h>", False),
    ("core/a.cpp", '#include "transport/http.hpp"', True),
    ("transport/a.cpp", '#include "index/rocks.hpp"', True),
    ("transport/a.cpp", '#include "core/oin.hpp"', False),
    ("index/a.cpp", "#include <rocksdb/db.h>", False),
    ("daemon/a.cpp", "#include <rocksdb/db.h>", True),
]


class CheckTest(unittest.TestCase):
    def test_a_capturing_lambda_inside_co_await_is_found(self):
        for name, code, expected in LAMBDAS:
            with self.subTest(name):
                found = list(check.lambdas_in_co_await(check.without_comments(code)))
                self.assertEqual(bool(found), expected)

    def test_includes_point_at_core(self):
        for name, code, expected in INCLUDES:
            with self.subTest(f"{name}: {code}"):
                self.assertEqual(bool(list(check.wrong_includes(name, code))), expected)

    def test_sleep_and_detached_are_found_where_they_are_banned(self):
        sleep = "std::this_thread::" + "sleep_for(1s);"
        detached = "co_spawn(io, f(), asio::" + "detached);"
        self.assertTrue(list(check.bad_shapes("tests/unit/a_test.cpp", sleep)))
        self.assertTrue(list(check.bad_shapes("transport/a.cpp", detached)))
        self.assertFalse(list(check.bad_shapes("tests/unit/a_test.cpp", detached)))


if __name__ == "__main__":
    unittest.main()
