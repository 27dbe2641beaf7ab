#!/usr/bin/python3
"""Writes problemen.md, the page of problem codes, from the table in core/problem.cpp.

    docs/openapi/problems.py           writes the page
    docs/openapi/problems.py --check   ends with 1 when the page is not in step
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1] / "core/problem.cpp"
PAGE = HERE / "problemen.md"
STRINGS = r'((?:"(?:\\.|[^"\\])*"\s*)+)'
ROW = re.compile(r"\{ProblemCode::k(\w+),\s*" + STRINGS + r",\s*(\d{3}),\s*" + STRINGS + r",\s*" + STRINGS + r"\}")
HEAD = """\
# Probleemcodes

Gemaakt door `docs/openapi/problems.py` uit `core/problem.cpp`; niet met de hand wijzigen.

Een fout komt als `application/problem+json` (RFC 9457). Programmeer op `code`: codes komen erbij, maar veranderen niet.
Staat er `invalidParams` bij, dan noemt elke regel daarvan een plaats in het verzoek (JSON-pointer), een code en een reden;
zijn die codes verschillend, dan is de code van het geheel `invoer-ongeldig`. `instance` noemt de verwerkingsregel.

| code | status | oorzaak | remedie |
|---|---|---|---|
"""


def text_of(literals):
    """What adjacent C++ string literals say."""
    return "".join(re.findall(r'"((?:\\.|[^"\\])*)"', literals)).replace('\\"', '"')


def rows(source):
    """(code, status, cause, remedy) of each row, in the order of the source."""
    return [(text_of(code), int(status), text_of(title), text_of(remedy))
            for _, code, status, title, remedy in ROW.findall(source)]


def page(source):
    return HEAD + "".join(f"| `{code}` | {status} | {cause} | {remedy} |\n" for code, status, cause, remedy in rows(source))


def main():
    wanted = page(SOURCE.read_text(encoding="utf-8"))
    if sys.argv[1:] == ["--check"]:
        if PAGE.read_text(encoding="utf-8") == wanted:
            return 0
        print("docs/openapi/problemen.md is not in step: run docs/openapi/problems.py", file=sys.stderr)
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
