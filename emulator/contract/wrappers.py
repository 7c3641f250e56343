"""
What people really have: the body of a request inside the event of a gateway, a recording, an export, a queue's message.

A known document is looked for in every member, also in JSON, HTTP messages and log lines inside strings, base64 or not.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.packed import decoded
from emulator.contract.transcripts import body_of, tails

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.contract.problems import Path

__all__ = ["Inner", "json_in", "unwrap", "wrapper_name"]

_DEEPEST: Final = 12
_MOST_NODES: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """
    A document inside another one.

    Args:
        path: Where it stands in the outer document, or the string that holds it.
        inside: Where it stands within that string's text.
        value: The document itself.
        text: The JSON text in that string; None if there is no string, empty if the JSON is in there in some other way.
    """

    path: Path
    inside: Path = ()
    value: Any
    text: str | None = None


def unwrap(value: dict[str, Any], is_document: Callable[[dict[str, Any]], bool]) -> list[Inner]:
    """Return every known document within *value*, in order; what is inside a document is part of it."""
    found: list[Inner] = []
    queue: deque[tuple[Inner, int]] = deque([(Inner(path=(), value=value), 0)])
    for _ in range(_MOST_NODES):
        if not queue:
            break
        node, depth = queue.popleft()
        if isinstance(node.value, dict) and depth and is_document(node.value):
            if all(node.value != other.value for other in found):  # such as body and rawBody
                found.append(node)
        elif depth < _DEEPEST:
            queue.extend((child, depth + 1) for child in _children(node))
    return sorted(found, key=lambda inner: [(type(step).__name__, step) for step in inner.path[:1]])


def _children(node: Inner) -> Iterator[Inner]:
    value = node.value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    in_text = node.text is not None
    for step, child in pairs:
        path, inside = (node.path, (*node.inside, step)) if in_text else ((*node.path, step), ())
        if isinstance(child, dict | list):
            yield Inner(path=path, inside=inside, value=child, text=node.text)
        elif isinstance(child, str):
            text, exact = _json_in(child)
            if text is not None:
                # Of a string inside a string, only the outer one has a place.
                yield Inner(path=path, inside=inside, value=text, text=child if exact and not in_text else "")


def _json_in(text: str) -> tuple[Any, bool]:
    """Return what a string holds, if it is JSON in any dress, and whether it is that and nothing else."""
    bare = text.strip()
    if bare[:1] in {"{", "["}:
        return _loaded(bare), True
    body = body_of(bare)
    if body:
        return _loaded(body), False
    if "{" in bare and '"' in bare:
        return next((value for _, value in tails(bare) if value is not None), None), False
    unpacked = decoded(bare)
    return (None if unpacked is None else json_in(unpacked)), False


def json_in(text: str) -> Any:
    """Return the object or array that a text is, or that the HTTP message in it has as its body; else None."""
    return _loaded(body_of(text) or text)


def _loaded(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _context(value: dict[str, Any]) -> dict[str, Any]:
    return _inside(value, "requestContext")


def _inside(value: dict[str, Any], name: str) -> dict[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _first(value: Any) -> dict[str, Any]:
    first = value[0] if isinstance(value, list) and value else {}
    return first if isinstance(first, dict) else {}


# The first that fits; what fits none is "another document".
_NAMES: Final[tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...]] = (
    ("an ALB event", lambda v: "elb" in _context(v)),
    ("an API Gateway event (payload 1.0)", lambda v: "httpMethod" in v and "requestContext" in v),
    ("an API Gateway or function URL event (payload 2.0)", lambda v: "rawPath" in v and "http" in _context(v)),
    ("a Lambda's answer", lambda v: "statusCode" in v and "body" in v),
    ("an SQS event", lambda v: _first(v.get("Records")).get("eventSource") == "aws:sqs"),
    ("an SNS event", lambda v: "Sns" in _first(v.get("Records")) or v.get("Type") == "Notification"),
    ("a Kafka event", lambda v: v.get("eventSource") in {"aws:kafka", "SelfManagedKafka"} or {"topic", "partition"} <= v.keys()),
    ("a Kinesis event", lambda v: "kinesis" in _first(v.get("Records"))),
    ("a CloudFront event", lambda v: "cf" in _first(v.get("Records"))),
    ("an EventBridge event", lambda v: "detail-type" in v),
    ("a CloudWatch Logs subscription", lambda v: "awslogs" in v),
    ("a CloudWatch log export", lambda v: "logEvents" in v or "logStreamName" in _first(v.get("events"))),
    ("a HAR recording", lambda v: isinstance(v.get("log"), dict) and "entries" in v["log"]),
    ("an ngrok recording", lambda v: "tunnel_name" in v or "tunnel_name" in _first(v.get("requests"))),
    ("a webhook.site export", lambda v: "token_id" in v or "token_id" in _first(v.get("data"))),
    ("a Hookdeck export", lambda v: bool({"webhook_id", "event_data_id", "source_id"} & {*v, *_first(v.get("models"))})),
    ("a Pub/Sub message", lambda v: isinstance(v.get("message"), dict) and "data" in v["message"]),
    ("an Azure Functions request", lambda v: isinstance(v.get("Data"), dict) and "Metadata" in v),
    ("an Event Grid event", lambda v: "dataVersion" in v),
    ("a CloudEvent", lambda v: "specversion" in v),
    ("a Logic Apps request", lambda v: isinstance(v.get("body"), dict) and "$content" in v["body"]),
    ("Pub/Sub messages", lambda v: "receivedMessages" in v),
    ("a Cloud Logging entry", lambda v: "insertId" in v or {"logName", "receiveTimestamp"} <= v.keys()),
    ("a Splunk result", lambda v: "_raw" in v or (isinstance(v.get("result"), dict) and "_raw" in v["result"])),
    ("a Splunk event", lambda v: "sourcetype" in v),
    ("a Datadog export", lambda v: isinstance(v.get("attributes"), dict) or isinstance(_first(v.get("data")).get("attributes"), dict)),
    ("an Elasticsearch answer", lambda v: isinstance(v.get("hits"), dict) or "_source" in v),
    ("a Loki answer", lambda v: isinstance(v.get("data"), dict) and "resultType" in v["data"]),
    ("a Postman collection", lambda v: isinstance(v.get("info"), dict) and "item" in v),
    ("an Insomnia export", lambda v: "__export_format" in v),
    ("a Svix export", lambda v: any(str(_first(v.get("data")).get("id", "")).startswith(p) for p in ("msg_", "atmpt_"))),
    ("a WireMock journal", lambda v: "bodyAsBase64" in _inside(_first(v.get("requests")), "request")),
    ("a container's log", lambda v: {"log", "stream"} <= v.keys()),
    ("a journal entry", lambda v: "__REALTIME_TIMESTAMP" in v),
    ("a RequestBin event", lambda v: isinstance(v.get("event"), dict) and "method" in v["event"]),
    ("a recorded request", lambda v: bool({"method", "headers", "body", "request", "httpMethod"} & v.keys())),
)  # fmt: skip


def wrapper_name(value: dict[str, Any]) -> str:
    """Say in words what a document is that has others inside."""
    return next((name for name, fits in _NAMES if fits(value)), "another document")
