"""The OpenAPI description of what is emulated, made from the table of endpoints and the schemas."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from emulator.apis.routing import API, routes
from emulator.contract.catalogue import eligible_types
from emulator.resources import folder

if TYPE_CHECKING:
    from emulator.apis.routing import Query, Route
    from emulator.contract.model import JsonObject

__all__ = ["api_schemas", "describe_api"]

_LOG_EVENT: Final = "LogEvent"
_COMPONENT: Final = "#/components/schemas/"


def describe_api(base_url: str) -> JsonObject:
    """Return the description as OpenAPI 3.1; *base_url* is where the API is served."""
    paths: dict[str, JsonObject] = {}
    for found in routes().values():
        if found.template.startswith(API):
            paths.setdefault(found.template, {})[found.method.lower()] = _operation(found)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Okta API as emulated by okta-hook-emulator",
            "description": "Only what is listed here is emulated.",
            "version": "1.0.0",
        },
        "servers": [{"url": base_url}],
        "security": [{"apiToken": []}],
        "paths": paths,
        "components": {
            "schemas": api_schemas(),
            "securitySchemes": {
                "apiToken": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "SSWS and an API token",
                }
            },
        },
    }


@cache
def api_schemas() -> JsonObject:
    """Return the schemas of all objects by name, their references within a description's components."""
    objects = _schema("api-objects")["$defs"]
    events = objects["EventHookBody"]["properties"]["events"]["properties"]
    events["items"]["items"] = {"enum": list(eligible_types())}  # A9
    event = {name: value for name, value in _schema("log-event").items() if not name.startswith("$") or name == "$defs"}
    return {
        **_referring(objects, "#/$defs/", _COMPONENT),
        _LOG_EVENT: _referring(event, "#/$defs/", f"{_COMPONENT}{_LOG_EVENT}/$defs/"),
    }


def _schema(name: str) -> JsonObject:
    found: JsonObject = json.loads((folder("schemas") / f"{name}.schema.json").read_text("utf-8"))
    return found


def _referring(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {
            name: inner.replace(old, new, 1) if name == "$ref" else _referring(inner, old, new)
            for name, inner in value.items()
        }
    return [_referring(inner, old, new) for inner in value] if isinstance(value, list) else value


def _operation(found: Route) -> JsonObject:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", found.template)
    ]
    parameters += [{"name": each.name, "in": "query", "schema": _query(each)} for each in found.query]
    operation: JsonObject = {
        "operationId": found.operation,
        "summary": found.summary,
        "description": f"OAuth scope: {found.scope}",
        "parameters": parameters,
        "responses": _responses(found),
    }
    if found.takes:
        content = {"application/json": {"schema": {"$ref": f"{_COMPONENT}{found.takes}"}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _responses(found: Route) -> JsonObject:
    error = {"description": "An error", "content": _content({"$ref": f"{_COMPONENT}Error"})}
    if not found.gives:
        return {str(found.status): {"description": "Done"}, "4XX": error}
    name = found.gives.strip("[]")
    shown: JsonObject = {"$ref": f"{_COMPONENT}{name}"}
    if found.gives.startswith("["):
        shown = {"type": "array", "items": shown}
    return {str(found.status): {"description": found.summary, "content": _content(shown)}, "4XX": error}


def _content(schema: JsonObject) -> JsonObject:
    return {"application/json": {"schema": schema}}


def _query(each: Query) -> JsonObject:
    schema: JsonObject = {"type": each.kind}
    if each.choices:
        schema["enum"] = list(each.choices)
    if each.least is not None:
        schema["minimum"] = each.least
    if each.most is not None:
        schema["maximum"] = each.most
    return schema
