#!/usr/bin/python3
"""Brings wissel.openapi.json to its house form: what fits a line stands on one line. Edit it by hand or by program,
then run this, so that changes show as small differences.

    docs/openapi/format.py
"""
import json
import pathlib

DOCUMENT = pathlib.Path(__file__).resolve().parent / "wissel.openapi.json"
WIDTH = 128


def text_of(value, indent, used):
    """JSON of a value that begins at column `used` of a line indented by `indent`."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or used + len(line) + 1 <= WIDTH:
        return line
    inner = indent + 2
    if isinstance(value, dict):
        opened, closed = "{", "}"
        names = [json.dumps(name, ensure_ascii=False) + ": " for name in value]
        rows = [name + text_of(member, inner, inner + len(name)) for name, member in zip(names, value.values())]
    else:
        opened, closed = "[", "]"
        rows = [text_of(element, inner, inner) for element in value]
    return f"{opened}\n" + ",\n".join(" " * inner + row for row in rows) + f"\n{' ' * indent}{closed}"


if __name__ == "__main__":
    DOCUMENT.write_text(text_of(json.loads(DOCUMENT.read_text()), 0, 0) + "\n")
