"""What there is: every door and every ask with whom it allows, as a page of text and as OpenAPI and AsyncAPI."""

from __future__ import annotations

import re
from typing import Any

import orjson
from pydantic import BaseModel

from realtime.door import ASKS
from realtime.wire import asyncapi
from server.door import ANYONE, DOORS, Door, Raw, get

JSON = "application/json"
# In OpenAPI an address has one door a method; what stands at the bare domain is told apart by this.
BARE = "#bare-domain"


def routes() -> str:
    """One line a door or ask: method, address, allowed kinds, name."""
    doors = [
        f"{door.method:<5} {path + BARE if door.bare else path:<52} {', '.join(sorted(door.allow)):<40} {door.name}"
        for door in sorted(DOORS, key=lambda one: (one.path, one.method))
        for path in door.paths
    ]
    asks = [f"ask   {name:<52} {', '.join(sorted(one.allow))}" for name, one in sorted(ASKS.items())]
    return "\n".join([*doors, "", *asks])


@get("/api/openapi.json", allow=ANYONE, practice=False)
async def openapi_document() -> Raw:
    return Raw(orjson.dumps(openapi()), JSON)


@get("/api/asyncapi.json", allow=ANYONE, practice=False)
async def asyncapi_document() -> Raw:
    return Raw(orjson.dumps(asyncapi()), JSON)


def openapi() -> dict[str, Any]:
    """OpenAPI 3.1 from the doors themselves: complete because there is no other way to add a route."""
    paths: dict[str, Any] = {}
    for door in DOORS:
        for path in door.paths:
            address, parameters = _address(path + BARE if door.bare else path)
            paths.setdefault(address, {})[door.method.lower()] = _operation(door, parameters)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Portico", "version": "1", "description": "The doors of a practice's portal."},
        "paths": paths,
        "components": {"schemas": {"Problem": PROBLEM}, "securitySchemes": {"session": SESSION}},
    }


SESSION = {"type": "apiKey", "in": "cookie", "name": "portico_session"}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
}


def _operation(door: Door, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{door.name}.{len(parameters)}",
        "summary": (door.handler.__doc__ or door.handler.__name__.replace("_", " ")).strip().split("\n")[0],
        "tags": [door.area],
        "x-allow": sorted(door.allow),
        "responses": {
            "default": {
                "description": "A refusal",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
            "200": {"description": "Done"},
        },
    }
    if door.allow != ANYONE:
        operation["security"] = [{"session": []}]
    if parameters or door.query:
        operation["parameters"] = parameters + _query(door)
    if door.body is not None:
        schema = _schema(door.body)
        operation["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {"schema": schema},
                "application/x-www-form-urlencoded": {"schema": schema},
            },
        }
    return operation


def _address(path: str) -> tuple[str, list[dict[str, Any]]]:
    kinds = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer"}}
    parameters = []
    for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", path):
        parameters.append({"name": name, "in": "path", "required": True, "schema": kinds.get(kind, {"type": "string"})})
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path), parameters


def _query(door: Door) -> list[dict[str, Any]]:
    if door.query is None:
        return []
    schema = _schema(door.query)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": one}
        for name, one in schema.get("properties", {}).items()
    ]


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """Inlined: definitions of its own would clash between doors."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def inline(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return inline(definitions[node["$ref"].rsplit("/", 1)[-1]])
            return {name: inline(value) for name, value in node.items()}
        return [inline(one) for one in node] if isinstance(node, list) else node

    return dict(inline(schema))
