"""Makes a ZaakStatus with a mark in every field of its schema, so that a test sees each field that it should not."""
import datetime
import itertools
import json

_numbers = itertools.count(1)
# In the schema a plain text; the rules want the number of an organisation.
NUMBERS = {"zaak.bronorganisatie": None, "verzoek.bronorganisatie": "002220647"}


def covered(path, fields):
    """Whether an agreement with these `velden` covers a field."""
    return any(path == field or path.startswith(field + ".") for field in fields)


def leaves(value, at=""):
    """(path, value) of all that is no object or list; elements of a list have its path."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for element in value:
            yield from leaves(element, at)
    else:
        yield at, value


class Planter:
    """`schemas`: those of an OpenAPI document."""

    def __init__(self, schemas):
        self.schemas = schemas

    def status(self, oin, level="openbaar"):
        """A ZaakStatus of a zaak of `oin` with every field of the schema, and its marks: {path: text}. A field that
        cannot hold one (an enumeration, a boolean) has none."""
        marks = {}
        status = self._value(self.schemas["ZaakStatus"], "", marks)
        status["zaak"]["bronorganisatie"] = oin
        status["vertrouwelijkheidaanduiding"] = level
        return status, marks

    def _value(self, schema, path, marks):
        schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
        if schema["type"] == "object":
            out = {name: self._value(member, f"{path}.{name}" if path else name, marks)
                   for name, member in schema["properties"].items()}
            if schema.get("additionalProperties") is True:
                out["titel"] = {"nl": self._text({}, f"{path}.titel.nl", marks)}
            return out
        if schema["type"] == "array":
            return [self._value(schema["items"], path, marks) for _ in range(2)]
        if schema["type"] == "boolean":
            return False
        if schema["type"] == "integer":
            number = 1_712_340_000 + next(_numbers)
            self._mark(path, str(number), marks)
            return number
        if "enum" in schema:
            return schema["enum"][1]
        return self._text(schema, path, marks)

    def _text(self, schema, path, marks):
        number = next(_numbers)
        if path in NUMBERS:
            text = NUMBERS[path]
        elif schema.get("format") == "date":
            text = str(datetime.date(1931, 1, 1) + datetime.timedelta(days=number))
        elif schema.get("format") == "date-time":
            text = f"{datetime.date(1931, 1, 1) + datetime.timedelta(days=number)}T03:17:41Z"
        elif schema.get("format") == "uri":
            text = f"https://merk-{number}.example.nl/x"
        elif schema.get("pattern", "").startswith("^P"):
            text = f"P{70_000 + number}D"
        else:
            text = f"MERK-{number}-{path.rsplit('.', 1)[-1][:12]}"
        if text:
            self._mark(path, text, marks)
        return text

    @staticmethod
    def _mark(path, text, marks):
        marks.setdefault(path, []).append(text)


class Watch:
    """Keeps what leaves the gateway for one organisation, and finds marks in it."""

    def __init__(self):
        self.seen = []  # (where, text)

    def add(self, where, text):
        self.seen.append((where, text if isinstance(text, str) else text.decode(errors="replace")))

    def found(self, marks):
        """(where, path, mark) of each mark that is in what was seen."""
        return [(where, path, mark) for path, texts in marks.items() for mark in texts for where, text in self.seen
                if mark in text]

    def contents(self):
        """(where, ZaakStatus) of every status in a pull part or message that was seen."""
        for where, text in self.seen:
            for line in text.splitlines():
                try:
                    value = json.loads(line)
                except ValueError:
                    continue
                yield from ((where, status) for status in statuses(value))


def statuses(value):
    """Every ZaakStatus in an answer: members of `zaken` and the `data` of a message."""
    if isinstance(value, list):
        for element in value:
            yield from statuses(element)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name == "zaken" and isinstance(member, list):
                yield from member
            elif name == "data" and isinstance(member, dict):
                yield member
            else:
                yield from statuses(member)
