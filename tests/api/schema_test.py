#!/usr/bin/python3
"""The validator that the API suites lean on: it takes what fits and names what does not."""
import sys
import unittest

sys.dont_write_bytecode = True
import schema  # noqa: E402

HEADERS = {"API-Version": "1.0.0", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "Cache-Control": "no-store",
           "Content-Security-Policy": "frame-ancestors 'none'", "Strict-Transport-Security": "max-age=31536000",
           "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Wissel-Log-Index": "0",
           "Content-Type": "application/json"}


class Values(unittest.TestCase):
    def setUp(self):
        self.contract = schema.Contract()

    def fits(self, value, of):
        return not self.contract.faults(value, of)

    def test_every_schema_is_understood_and_fits_its_example(self):
        for name, of in self.contract.document["components"]["schemas"].items():
            with self.subTest(name):
                faults = self.contract.faults(of.get("example", {}), of)
                if "example" in of:
                    self.assertEqual(faults, [])

    def test_types(self):
        for kind, good, bad in (("integer", 1, True), ("integer", 0, 1.5), ("string", "", 1), ("boolean", True, 1),
                                ("number", 1.5, "1"), ("array", [], {}), ("object", {}, [])):
            of = {"type": kind, "items": {}} if kind == "array" else {"type": kind}
            self.assertTrue(self.fits(good, of), kind)
            self.assertFalse(self.fits(bad, of), kind)

    def test_bounds(self):
        for good, bad, of in ((1, 0, {"minimum": 1}), (1, 2, {"maximum": 1}), ("a", "", {"minLength": 1}),
                              ("a", "ab", {"maxLength": 1}), ([1], [], {"items": {}, "minItems": 1}),
                              ([], [1], {"items": {}, "maxItems": 0}), ("a", "b", {"enum": ["a"]}),
                              ("ab", "b", {"pattern": "^a"}), ({}, {"a": 1}, {"maxProperties": 0})):
            self.assertTrue(self.fits(good, of), of)
            self.assertFalse(self.fits(bad, of), of)

    def test_formats(self):
        for form, good, bad in (("date-time", "2026-03-02T09:15:00.5Z", "2026-03-02 09:15:00"),
                                ("date-time", "2026-03-02T09:15:00+01:00", "2026-02-30T09:15:00Z"),
                                ("date", "2026-03-02", "2026-3-2"), ("byte", "AAEC", "AAE"), ("byte", "", "A-=="),
                                ("uuid", "0192f3a4-7c11-7b3e-9a55-3f0f6c1d2e77", "0192f3a4"), ("uri", "urn:a", "a b")):
            self.assertTrue(self.fits(good, {"format": form}), good)
            self.assertFalse(self.fits(bad, {"format": form}), bad)

    def test_objects_are_closed_unless_they_say_otherwise(self):
        of = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
        self.assertTrue(self.fits({"a": "x"}, of))
        self.assertEqual(self.contract.faults({"a": "x", "b": 1}, of), ["/b: the document does not name it"])
        self.assertEqual(self.contract.faults({}, of), ["/a: is missing"])
        self.assertTrue(self.fits({"a": "x", "b": 1}, {**of, "additionalProperties": True}))
        self.assertFalse(self.fits({"a": "x", "b": 1}, {**of, "additionalProperties": {"type": "string"}}))
        self.assertTrue(self.fits({"b": 1}, {"type": "object"}))

    def test_exactly_one_of(self):
        of = {"oneOf": [{"type": "string"}, {"enum": ["a", 1]}]}
        self.assertTrue(self.fits("b", of))
        self.assertTrue(self.fits(1, of))
        self.assertFalse(self.fits("a", of))
        self.assertFalse(self.fits(2, of))

    def test_an_unknown_keyword_is_an_error_of_ours(self):
        self.assertRaises(AssertionError, self.contract.faults, 1, {"multipleOf": 2})


class Answers(unittest.TestCase):
    def setUp(self):
        self.contract = schema.Contract()

    def faults(self, method, path, status, body=b"", **headers):
        changed = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.contract.answer_faults(method, path, status, {n: v for n, v in changed.items() if v}, body)

    def test_a_good_answer(self):
        self.assertEqual(self.faults("GET", "/v1/postbus?wacht=0", 200, b'{"berichten": []}'), [])
        self.assertEqual(self.faults("DELETE", "/v1/abonnementen/x", 204), [])

    def test_each_kind_of_fault(self):
        body = b'{"berichten": []}'
        for faults, expected in (
                (self.faults("GET", "/v1/postbus", 418, body), "status 418 is not declared"),
                (self.faults("GET", "/v1/postbus", 200, body, traceparent=None), "header traceparent is missing"),
                (self.faults("GET", "/v1/postbus", 200, body, Wissel_Log_Index=None), "header Wissel-Log-Index is missing"),
                (self.faults("GET", "/v1/postbus", 200, body, API_Version="1"), "header API-Version"),
                (self.faults("GET", "/v1/postbus", 200, body, Link="<x>; rel=\"next\""), "header Link is not declared"),
                (self.faults("GET", "/v1/postbus", 200, body, Content_Type="text/html"), "Content-Type 'text/html'"),
                (self.faults("GET", "/v1/postbus", 200, b"{"), "line 1 is no JSON"),
                (self.faults("GET", "/v1/postbus", 200, b'{"x": 1}'), "/berichten: is missing"),
                (self.faults("DELETE", "/v1/abonnementen/x", 204, b"x"), "has a body")):
            self.assertTrue(faults and faults[0].startswith(expected), (faults, expected))

    def test_a_stranger_gets_no_log_index(self):
        problem = (b'{"type": "urn:wissel:probleem:geen-certificaat", "title": "x", "status": 401, "detail": "x",'
                   b' "code": "geen-certificaat"}')
        media = "application/problem+json"
        self.assertEqual(self.faults("GET", "/v1/postbus", 401, problem, Content_Type=media, Wissel_Log_Index=None), [])
        self.assertEqual(self.faults("GET", "/v1/postbus", 401, problem, Content_Type=media),
                         ["header Wissel-Log-Index is not declared"])
        self.assertEqual(self.faults("GET", "/v1/niets", 401, problem, Content_Type=media, Wissel_Log_Index=None), [])

    def test_paths_written_out_win(self):
        self.assertIn("Consistentiebewijs", str(self.contract.expected("GET", "/v1/verwerkingen/consistentie", 200)))
        self.assertIn("Verwerking'", str(self.contract.expected("GET", "/v1/verwerkingen/7", 200)))

    def test_unknown_paths_and_methods(self):
        self.assertIsNone(self.contract.expected("GET", "/v1/niets", 200))
        self.assertIn("niet-gevonden", self.contract.expected("GET", "/v1/niets", 404)["description"])
        self.assertIn("Allow", self.contract.expected("PATCH", "/v1/postbus", 405)["headers"])
        self.assertIsNone(self.contract.expected("PATCH", "/v1/postbus", 404))

    def test_lines(self):
        summary = b'{"samenvatting": {"regels": 1, "gezet": 0, "ongewijzigd": 0, "ingetrokken": 0, "geweigerd": 1}}\n'
        refused = (b'{"regel": 1, "probleem": {"type": "urn:wissel:probleem:elfproef", "title": "x", "status": 400,'
                   b' "detail": "x", "code": "elfproef"}}\n')
        media = "application/x-ndjson"
        self.assertEqual(self.faults("POST", "/v1/verwijzingen/bulk", 200, refused + summary, Content_Type=media), [])
        self.assertTrue(self.faults("POST", "/v1/verwijzingen/bulk", 200, b"{}\n" + summary, Content_Type=media))


if __name__ == "__main__":
    unittest.main()
