#!/usr/bin/python3
"""The page of problem codes and the codes in the OpenAPI document are those of core/problem.cpp."""
import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs/openapi"))
import problems  # noqa: E402  (found through the line above)


class ProblemsTest(unittest.TestCase):
    def setUp(self):
        self.source = problems.SOURCE.read_text(encoding="utf-8")
        self.rows = problems.rows(self.source)

    def test_reads_every_row(self):
        self.assertEqual(len(self.rows), self.source.count("{ProblemCode::k"))
        self.assertIn(("veld-onbekend", 400, "Onbekend veld", "Laat het veld weg of herstel de naam."), self.rows)

    def test_joins_adjacent_literals(self):
        self.assertEqual(problems.rows('{ProblemCode::kX, "een-code", 404, "Oor" "zaak",\n "Reme"\n  "die"},'),
                         [("een-code", 404, "Oorzaak", "Remedie")])

    def test_the_page_is_in_step(self):
        self.assertEqual(problems.PAGE.read_text(encoding="utf-8"), problems.page(self.source),
                         "run docs/openapi/problems.py")

    def test_the_document_names_the_same_codes(self):
        document = json.loads((ROOT / "docs/openapi/wissel.openapi.json").read_text(encoding="utf-8"))
        self.assertEqual(document["components"]["schemas"]["Probleemcode"]["enum"], [row[0] for row in self.rows])


if __name__ == "__main__":
    unittest.main()
