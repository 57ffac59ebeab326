"""Requests to the running service over real HTTP, and the schemas of the standard to hold its answers against."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

PART_1 = "http://schemas.opengis.net/ogcapi/features/part1/1.0/openapi/schemas/"
PART_2 = "http://schemas.opengis.net/ogcapi/features/part2/1.0/openapi/schemas/"
FOLDERS = {PART_1: "core/openapi/schemas", PART_2: "extensions/crs/openapi/schemas"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()

    def links(self, rel: str) -> list[dict[str, str]]:
        return [link for link in self.json["links"] if link["rel"] == rel]


Get = Callable[..., Answer]


@pytest.fixture(scope="module")
def get(server_url: str) -> Get:
    """Ask for a path under the landing page, or for the address of a link; headers by name, e.g. content_crs=…"""

    def ask(target: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        parts = urlsplit(target if target.startswith("http") else server_url + target)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        query = f"?{parts.query}" if parts.query else ""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, quote(parts.path + query, safe="/?&=:,%+~()'"), body, named)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return Answer(answer.status, answer.headers, content)

    return ask


@pytest.fixture(scope="session")
def validate(shared_data: Path) -> Callable[[Any, str], None]:
    """Hold a document against a schema of Part 1, or by its whole address of another part."""
    specifications = shared_data / "ogc_api_features_specs"
    registry: Registry[Any] = Registry()
    for base, folder in FOLDERS.items():
        for path in (specifications / folder).glob("*.yaml"):
            schema = _as_json_schema(yaml.safe_load(path.read_text(encoding="utf-8")))
            registry = registry.with_resource(base + path.name, Resource.from_contents(schema, DRAFT202012))

    def hold(document: Any, schema: str) -> None:
        reference = {"$ref": schema if schema.startswith("http") else f"{PART_1}{schema}.yaml"}
        checker = Draft202012Validator.FORMAT_CHECKER
        Draft202012Validator(reference, registry=registry, format_checker=checker).validate(document)

    return hold


def _as_json_schema(part: Any) -> Any:
    """Give back a schema with the type `null` as a string: YAML reads `type: null` as nothing."""
    if isinstance(part, list):
        return [_as_json_schema(each) for each in part]
    if not isinstance(part, dict):
        return part
    types = part.get("type", "")
    if types is None:
        return {**part, "type": "null"}
    if isinstance(types, list):
        part = {**part, "type": [each or "null" for each in types]}
    return {name: value if name in ("type", "example") else _as_json_schema(value) for name, value in part.items()}
