"""Plaid's published OpenAPI document as JSON schemas that also refuse keys the document does not name."""

import gzip
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

FILE = Path(__file__).parents[3] / "shared" / "data" / "plaid-openapi-2020-09-14.yml.gz"
REFERENCE = "#/components/schemas/"

needs_document = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE.name} is not beside the repository")


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(gzip.decompress(FILE.read_bytes()), Loader=yaml.CSafeLoader)
    return loaded


def problems(name: str, value: object) -> list[str]:
    """What is wrong with a value by the schema of that name; empty when nothing is."""
    return [f"{error.json_path}: {error.message[:200]}" for error in _validator(name).iter_errors(value)]


def check_answer(path: str, value: object) -> None:
    content = document()["paths"][path]["post"]["responses"]["200"]["content"]
    assert problems(_name(content), value) == []


def check_request(path: str, value: object) -> None:
    content = document()["paths"][path]["post"]["requestBody"]["content"]
    assert problems(_name(content), value) == []


def _name(content: dict[str, Any]) -> str:
    reference: str = content["application/json"]["schema"]["$ref"]
    return reference.removeprefix(REFERENCE)


@cache
def _validator(name: str) -> Draft202012Validator:
    found: dict[str, Any] = {}
    _collect(name, found)
    schema = {"$ref": f"#/$defs/{name}", "$defs": found}
    return Draft202012Validator(schema, format_checker=FormatChecker(formats=["date"]))


def _collect(name: str, found: dict[str, Any]) -> None:
    """The converted schema and all that it refers to."""
    if name in found:
        return
    found[name] = {}
    needed: set[str] = set()
    found[name] = _convert(_merge(document()["components"]["schemas"][name]), needed)
    for other in needed:
        _collect(other, found)


def _merge(schema: dict[str, Any]) -> dict[str, Any]:
    """allOf made one object, so that its keys are known together. The outer `nullable` alone counts."""
    if "allOf" not in schema:
        return schema
    merged: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        resolved = part
        if "$ref" in part:
            resolved = document()["components"]["schemas"][part["$ref"].removeprefix(REFERENCE)]
        for key, value in _merge(resolved).items():
            if key == "properties":
                merged["properties"] = {**value, **merged.get("properties", {})}
            elif key == "required":
                merged["required"] = sorted({*value, *merged.get("required", [])})
            else:
                merged.setdefault(key, value)
    return merged


def _convert(schema: dict[str, Any], needed: set[str]) -> dict[str, Any]:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REFERENCE)
        needed.add(name)
        return {"$ref": f"#/$defs/{name}"}
    kept = ("type", "enum", "format", "required", "minimum", "maximum", "minLength", "maxLength", "minItems", "pattern")
    converted: dict[str, Any] = {key: schema[key] for key in kept if key in schema}
    if "items" in schema:
        converted["items"] = _convert(_merge(schema["items"]), needed)
    if "properties" in schema:
        converted["properties"] = {key: _convert(_merge(value), needed) for key, value in schema["properties"].items()}
        converted["additionalProperties"] = False
    if "oneOf" in schema:
        converted["anyOf"] = [_convert(_merge(one), needed) for one in schema["oneOf"]]
    return _nullable(converted) if schema.get("nullable") else converted


def _nullable(converted: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [converted, {"type": "null"}]}
