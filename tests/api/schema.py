"""Holds values and HTTP answers against an OpenAPI 3.0 document: the subset of JSON Schema that ours uses.

An object schema with properties but without additionalProperties is open to a reader of the API; a test is stricter: here
it is closed, so that the daemon says nothing that the document does not name.
"""
import base64
import datetime
import json
import pathlib
import re
import urllib.parse
import uuid

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/openapi/wissel.openapi.json"
BASE = "/v1"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
KNOWN = {"type", "description", "properties", "required", "additionalProperties", "items", "enum", "pattern", "format",
         "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "maxProperties", "oneOf", "$ref",
         "default", "example"}


def _is_date_time(text):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text):
        return False
    try:
        datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def _is_date(text):
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_base64(text):
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


def _is_uuid(text):
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


FORMATS = {"date-time": _is_date_time, "date": _is_date, "byte": _is_base64, "uuid": _is_uuid,
           "uri": lambda text: bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", text)), "int64": lambda value: True}


class Contract:
    """The document, and what follows from it for one answer."""

    def __init__(self, document=None):
        self.document = document or json.loads(DOCUMENT.read_text(encoding="utf-8"))
        self.operations = {}
        for path, item in self.document["paths"].items():
            shape = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(BASE + path)) + "$")
            for method in METHODS:
                if method in item:
                    self.operations[method.upper(), path] = (shape, item[method])

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    # --- values ---

    def faults(self, value, schema, at=""):
        """What is wrong with a value, one text a fault; none when it fits."""
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        assert not unknown, f"the validator does not know {unknown}"
        if "oneOf" in schema:
            return self._one_of(value, schema["oneOf"], at)
        kind = schema.get("type")
        if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
            return [f"{at or '/'}: is no {kind}"]
        out = []
        if "enum" in schema and value not in schema["enum"]:
            out.append(f"{at or '/'}: {value!r} is none of {schema['enum']}")
        if isinstance(value, dict):
            out += self._object(value, schema, at)
        elif isinstance(value, list):
            out += self._array(value, schema, at)
        elif isinstance(value, str):
            out += self._string(value, schema, at)
        elif not isinstance(value, bool) and value is not None:
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                out.append(f"{at}: {value} is out of range")
        return out

    def _one_of(self, value, schemas, at):
        tried = [self.faults(value, schema, at) for schema in schemas]
        fitting = sum(not faults for faults in tried)
        if fitting == 1:
            return []
        if fitting > 1:
            return [f"{at or '/'}: fits {fitting} of oneOf"]
        return [f"{at or '/'}: fits none of oneOf: " + " | ".join(faults[0] for faults in tried)]

    def _object(self, value, schema, at):
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties", not properties)
        out = [f"{at}/{name}: is missing" for name in schema.get("required", []) if name not in value]
        if len(value) > schema.get("maxProperties", len(value)):
            out.append(f"{at or '/'}: too many members")
        for name, member in value.items():
            if name in properties:
                out += self.faults(member, properties[name], f"{at}/{name}")
            elif others is False:
                out.append(f"{at}/{name}: the document does not name it")
            elif isinstance(others, dict):
                out += self.faults(member, others, f"{at}/{name}")
        return out

    def _array(self, value, schema, at):
        out = [fault for i, item in enumerate(value) for fault in self.faults(item, schema["items"], f"{at}/{i}")]
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            out.append(f"{at or '/'}: has {len(value)} items")
        return out

    @staticmethod
    def _string(value, schema, at):
        out = []
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            out.append(f"{at}: has {len(value)} characters")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            out.append(f"{at}: {value!r} does not match {schema['pattern']}")
        if "format" in schema and not FORMATS[schema["format"]](value):
            out.append(f"{at}: {value!r} is no {schema['format']}")
        return out

    # --- answers ---

    def expected(self, method, target, status):
        """The declared response for this status; None when there is none."""
        path = urllib.parse.urlsplit(target).path
        method = "GET" if method == "HEAD" else method
        here = {m: operation for (m, _), (shape, operation) in self.operations.items() if shape.match(path)}
        # A path that is written out wins from one with a parameter, with all its methods and no others.
        exact = {m: operation for (m, name), (_, operation) in self.operations.items() if BASE + name == path}
        here = exact or here
        shared = self.document["components"]["responses"]
        if method in here:
            declared = here[method]["responses"].get(str(status))
            return declared and self.resolve(declared)
        # Who may not call at all is told so before whether there is anything to call.
        name = {401: "NietGeidentificeerd", 405 if here else 404: "MethodeNietToegestaan" if here else "NietGevonden",
                429: "Quotum", 503: "Onbeschikbaar"}.get(status)
        return name and shared[name]

    def answer_faults(self, method, target, status, headers, body):
        """What is wrong with an answer, one text a fault. `headers` has get() and items(), `body` is bytes."""
        declared = self.expected(method, target, status)
        if declared is None:
            return [f"status {status} is not declared"]
        declared_headers = dict(declared.get("headers", {}))
        if urllib.parse.urlsplit(target).path == BASE + "/openapi.json":
            declared_headers.pop("Wissel-Log-Index", None)  # nothing about the description is an access
        out = self._header_faults(declared_headers, headers)
        contents = declared.get("content", {})
        if method == "HEAD" or not contents:
            return out + (["has a body that is not declared"] if body else [])
        return out + self._content_faults(contents, headers, body)

    def response_faults(self, declared, headers, body):
        """The same against a declared response that has a body, whatever was asked."""
        return self._header_faults(declared["headers"], headers) + self._content_faults(declared["content"], headers, body)

    def _content_faults(self, contents, headers, body):
        media = (headers.get("Content-Type") or "").split(";")[0].strip()
        if media not in contents:
            return [f"Content-Type {media!r} is not declared"]
        return self._body_faults(contents[media]["schema"], media, body)

    def _header_faults(self, declared, headers):
        out = []
        for name, header in declared.items():
            header = self.resolve(header)
            value = headers.get(name)
            if value is None:
                out += [f"header {name} is missing"] if header.get("required") else []
            else:
                out += self.faults(value, header["schema"], f"header {name}")
        for name in ("Wissel-Log-Index", "Location", "Link", "Allow", "Retry-After"):
            if headers.get(name) is not None and name not in declared:
                out.append(f"header {name} is not declared")
        return out

    def _body_faults(self, schema, media, body):
        texts = body.decode().splitlines() if media == "application/x-ndjson" else [body.decode()]
        out = []
        for number, text in enumerate(texts, start=1):
            try:
                value = json.loads(text)
            except ValueError:
                return [f"line {number} is no JSON"]
            out += self.faults(value, schema, f"line {number}: " if len(texts) > 1 else "")
        return out
