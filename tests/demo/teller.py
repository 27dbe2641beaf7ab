"""How the story looks on a terminal or in a file, and how it holds what it tells: each check is made while it is told."""
import os
import re
import shutil
import textwrap

WIDTH_MAX = 96
INDENT = "  "
BOLD, DIM, GREEN, CYAN = "1", "2", "32", "36"
STRESSED = re.compile("`([^`]+)`")


class Broken(Exception):
    """What the story says did not happen."""


def colour_wanted(out):
    """Colour only on a terminal that can show it; NO_COLOR (no-color.org) turns it off."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def masked(number):
    """As Wissel prints a BSN: its last two digits."""
    return "*" * (len(number) - 2) + number[-2:]


class Teller:
    """Words between `stars` are stressed: the Dutch words of the field."""

    def __init__(self, out):
        self._out = out
        self._colour = colour_wanted(out)
        self._width = min(WIDTH_MAX, shutil.get_terminal_size((WIDTH_MAX, 24)).columns)
        self._last = None  # the kind of piece that was told last
        self.checks = 0

    def _painted(self, text, *codes):
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self._colour else text

    def _line(self, text=""):
        print(text, file=self._out, flush=True)

    def _wrapped(self, text, first=INDENT, following=INDENT):
        # Backquotes take no place on the line, so that lines with them come out a little short: good enough.
        return textwrap.fill(" ".join(text.split()), self._width, initial_indent=first, subsequent_indent=following,
                             break_long_words=False, break_on_hyphens=False)

    def _stress(self, text):
        return STRESSED.sub(lambda found: self._painted(found.group(1), CYAN), text)

    def _begin(self, kind, *joined):
        """An empty line between pieces of different kinds; none after the kinds in `joined`."""
        if self._last not in (kind, "heading", *joined) or kind in ("heading", "say", "table"):
            self._line()
        self._last = kind

    def heading(self, text):
        self._begin("heading")
        self._line(self._painted(text, BOLD))
        self._line(self._painted("─" * min(self._width, len(text)), DIM))

    def say(self, text):
        self._begin("say")
        self._line(self._stress(self._wrapped(text)))

    def call(self, who, request, answer):
        self._begin("call")
        self._line(f"{INDENT}{self._painted(who, BOLD)} {self._painted('→', DIM)} {request}")
        self._line(f"{INDENT}{self._painted('←', DIM)} {answer}")

    def show(self, members):
        """The members of a small JSON object, one a line."""
        self._begin("show", "call", "check")
        width = max(map(len, members))
        for name, value in members.items():
            self._line(f"{INDENT * 2}  {self._painted(name.ljust(width), DIM)}  {value}")

    def command(self, text):
        self._begin("command")
        self._line(f"{INDENT}$ {text}")

    def quote(self, text):
        """What a program said, line by line."""
        self._begin("quote", "command")
        for line in text.splitlines():
            for piece in textwrap.wrap(line, self._width - 4, break_on_hyphens=False, drop_whitespace=True):
                self._line(self._painted(f"{INDENT}│ ", DIM) + piece)

    def table(self, headings, rows):
        """Columns as wide as their widest cell; numbers to the right."""
        self._begin("table")
        cells = [[str(cell) for cell in row] for row in rows]
        widths = [max(len(cell) for cell in column) for column in zip(headings, *cells)]
        right = [all(isinstance(row[i], (int, float)) for row in rows) for i in range(len(headings))]

        def line(row):
            padded = (cell.rjust(width) if at_right else cell.ljust(width)
                      for cell, width, at_right in zip(row, widths, right))
            return INDENT + "  ".join(padded).rstrip()

        if any(headings):
            self._line(self._painted(line(headings), DIM))
        for row in cells:
            self._line(line(row))

    def check(self, holds, text, found=""):
        """Says `text`, which must hold; otherwise raises Broken with `found`."""
        if not holds:
            raise Broken(f"this does not hold: {text.replace('`', '')}{f' (found: {found})' if found != '' else ''}")
        self.checks += 1
        self._begin("check")
        self._line(self._painted(f"{INDENT}✓ ", GREEN) + self._stress(self._wrapped(text, "", INDENT * 2)))


class Silent(Teller):
    """Holds the checks of what has to happen before a chapter, and says nothing."""

    def _line(self, text=""):
        pass
