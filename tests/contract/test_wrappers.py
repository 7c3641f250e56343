"""What people really have: bodies inside gateway events, recordings, exports, queue messages, transcripts and logs."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json

import pytest

from emulator.contract.inspection import Status, inspect_bytes
from emulator.contract.jsonscan import string_offsets
from emulator.payloads import World, build_envelope, build_event, in_shape

WORLD = World(seed=5)
HOOK = "whoa1b2c3d4e5f6g75d7"
EVENT = in_shape(build_event("user.lifecycle.deactivate", world=WORLD, hook_ids=[HOOK]), "delivery")
BODY = build_envelope([EVENT], world=WORLD, hook_id=HOOK)
TEXT = json.dumps(BODY, ensure_ascii=False)
HEADERS = {"content-type": "application/json", "user-agent": f"Okta Hook Service v1.0.0 - {HOOK}"}
GET = {"X-Okta-Verification-Challenge": "q7Vt0cYk3zJ-5bXhD2mNwP8rLsA_uGf1eRoIiTQK", "Accept": "application/json"}
ANSWER = '{"verification":"q7Vt0cYk3zJ-5bXhD2mNwP8rLsA_uGf1eRoIiTQK"}'


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def table(*rows: list[str], delimiter: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([["id", "created_at", "content"], *rows])
    return written.getvalue()


def http(body: str, line: str = "POST /okta/hooks HTTP/1.1") -> str:
    return f"{line}\r\nHost: hooks.example.com\r\nContent-Type: application/json\r\n\r\n{body}"


WRAPPED = {
    "API Gateway 1.0": (
        {"resource": "/okta", "httpMethod": "POST", "headers": HEADERS, "requestContext": {"stage": "prod"}, "body": TEXT, "isBase64Encoded": False},
        "an API Gateway event (payload 1.0)", "envelope", 1,
    ),
    "API Gateway 1.0, base64": (
        {"httpMethod": "POST", "requestContext": {}, "body": b64(TEXT), "isBase64Encoded": True},
        "an API Gateway event (payload 1.0)", "envelope", 1,
    ),
    "API Gateway 2.0": (
        {"version": "2.0", "rawPath": "/okta", "headers": HEADERS, "requestContext": {"http": {"method": "POST"}}, "body": TEXT},
        "an API Gateway or function URL event (payload 2.0)", "envelope", 1,
    ),
    "API Gateway 1.0, verification": (
        {"httpMethod": "GET", "requestContext": {}, "headers": GET, "body": None}, "", "verification-request", 0,
    ),
    "ALB": (
        {"requestContext": {"elb": {"targetGroupArn": "arn"}}, "httpMethod": "POST", "headers": HEADERS, "body": b64(TEXT), "isBase64Encoded": True},
        "an ALB event", "envelope", 1,
    ),
    "SQS, two records": (
        {"Records": [{"eventSource": "aws:sqs", "body": TEXT}, {"eventSource": "aws:sqs", "body": TEXT.replace(BODY["eventId"], "7be2f0a4-0c1d-4e7a-8a55-3c2f6d1b9e01")}]},
        "an SQS event", "envelope", 2,
    ),
    "SNS in SQS": (
        {"Records": [{"eventSource": "aws:sqs", "body": json.dumps({"Type": "Notification", "Message": TEXT})}]},
        "an SQS event", "envelope", 1,
    ),
    "Kinesis": ({"Records": [{"kinesis": {"data": b64(TEXT)}}]}, "a Kinesis event", "envelope", 1),
    "EventBridge": ({"detail-type": "SystemLog", "source": "aws.partner/okta", "detail": EVENT}, "an EventBridge event", "log-event", 1),
    "CloudWatch": (
        {"events": [{"logStreamName": "x", "timestamp": 1, "message": f"START\n2024 INFO got {TEXT}\n"}], "searchedLogStreams": []},
        "a CloudWatch log export", "envelope", 1,
    ),
    "HAR": (
        {"log": {"version": "1.2", "entries": [
            {"request": {"method": "GET", "url": "https://x", "headers": [{"name": k, "value": v} for k, v in GET.items()]},
             "response": {"status": 200, "content": {"mimeType": "application/json", "text": ANSWER}}},
            {"request": {"method": "POST", "url": "https://x", "headers": [], "postData": {"mimeType": "application/json", "text": TEXT}},
             "response": {"status": 204, "content": {}}}]}},
        "a HAR recording", "mixed", 1,
    ),
    "ngrok": (
        {"requests": [{"tunnel_name": "command_line", "request": {"method": "POST", "raw": b64(http(TEXT))}}]},
        "an ngrok recording", "envelope", 1,
    ),
    "webhook.site": (
        {"data": [{"uuid": "7be2f0a4-0c1d-4e7a-8a55-3c2f6d1b9e01", "token_id": "x", "method": "POST", "content": TEXT, "headers": {"host": ["x"]}}], "total": 1},
        "a webhook.site export", "envelope", 1,
    ),
    "Hookdeck": (
        {"models": [{"id": "evt_1", "webhook_id": "web_1", "data": {"headers": HEADERS, "body": BODY, "path": "/"}}], "count": 1},
        "a Hookdeck export", "envelope", 1,
    ),
    "RequestBin": (
        {"id": "1", "event": {"method": "POST", "path": "/", "headers": HEADERS, "body": BODY, "bodyRaw": TEXT}}, "a RequestBin event", "envelope", 1,
    ),
    "Pub/Sub": ({"message": {"data": b64(TEXT), "messageId": "1"}, "subscription": "s"}, "a Pub/Sub message", "envelope", 1),
    "a recorded request": ({"method": "POST", "url": "/okta", "headers": HEADERS, "body": BODY}, "a recorded request", "envelope", 1),
    "Splunk": ({"sourcetype": "okta", "event": EVENT}, "a Splunk event", "log-event", 1),
    "docker logs": ({"log": f"INFO received {TEXT}\n", "stream": "stdout", "time": "2024-07-05T09:12:30Z"}, "a container's log", "envelope", 1),
    "Lambda's answer": ({"statusCode": 200, "headers": HEADERS, "body": ANSWER}, "a Lambda's answer", "verification", 0),
    "API Gateway, gzip in base64": (
        {"httpMethod": "POST", "requestContext": {}, "isBase64Encoded": True, "body": packed(TEXT)},
        "an API Gateway event (payload 1.0)", "envelope", 1,
    ),
    "CloudWatch Logs subscription": (
        {"awslogs": {"data": packed(json.dumps({"logGroup": "x", "logEvents": [{"id": "1", "message": f"INFO {TEXT}"}]}))}},
        "a CloudWatch Logs subscription", "envelope", 1,
    ),
    "CloudWatch, JSON in JSON in JSON": (
        {"logEvents": [{"message": json.dumps({"level": "info", "event": json.dumps({"body": TEXT})})}]},
        "a CloudWatch log export", "envelope", 1,
    ),
    "Kafka": ({"eventSource": "aws:kafka", "records": {"x-0": [{"topic": "x", "value": b64(TEXT)}]}}, "a Kafka event", "envelope", 1),
    "Azure Functions": ({"Data": {"req": {"Method": "POST", "Body": TEXT}}, "Metadata": {}}, "an Azure Functions request", "envelope", 1),
    "Event Grid": (
        {"id": "1", "subject": "x", "eventType": "okta", "eventTime": "2024-07-05T09:12:30Z", "dataVersion": "1", "data": BODY},
        "an Event Grid event", "envelope", 1,
    ),
    "CloudEvent": ({"specversion": "1.0", "id": "1", "source": "x", "type": "y", "data": BODY}, "a CloudEvent", "envelope", 1),
    "Logic Apps": ({"body": {"$content-type": "application/json", "$content": b64(TEXT)}}, "a Logic Apps request", "envelope", 1),
    "Pub/Sub, pulled": ({"receivedMessages": [{"ackId": "1", "message": {"data": b64(TEXT)}}]}, "Pub/Sub messages", "envelope", 1),
    "Cloud Logging": ({"insertId": "1", "jsonPayload": {"body": BODY}}, "a Cloud Logging entry", "envelope", 1),
    "Splunk search": ({"preview": False, "result": {"_raw": json.dumps(EVENT)}}, "a Splunk result", "log-event", 1),
    "Datadog": ({"data": [{"type": "log", "attributes": {"message": TEXT}}]}, "a Datadog export", "envelope", 1),
    "Elasticsearch": ({"hits": {"hits": [{"_source": {"event": {"original": json.dumps(EVENT)}}}]}}, "an Elasticsearch answer", "log-event", 1),
    "Loki": ({"data": {"resultType": "streams", "result": [{"values": [["1", f"got {TEXT}"]]}]}}, "a Loki answer", "envelope", 1),
    "Postman": (
        {"info": {"name": "x"}, "item": [{"request": {"method": "POST", "body": {"mode": "raw", "raw": json.dumps(BODY, indent=2)}}}]},
        "a Postman collection", "envelope", 1,
    ),
    "Insomnia": ({"__export_format": 4, "resources": [{"_type": "request", "body": {"text": TEXT}}]}, "an Insomnia export", "envelope", 1),
    "Svix": ({"data": [{"id": "msg_1", "eventType": "okta", "payload": BODY}], "done": True}, "a Svix export", "envelope", 1),
    "WireMock": (
        {"requests": [{"request": {"method": "POST", "body": TEXT, "bodyAsBase64": b64(TEXT)}}]}, "a WireMock journal", "envelope", 1,
    ),
    "journald": ({"__REALTIME_TIMESTAMP": "1", "MESSAGE": f"got {TEXT}"}, "a journal entry", "envelope", 1),
    "an array of gateway events": (
        [{"httpMethod": "POST", "requestContext": {}, "body": TEXT}, {"httpMethod": "POST", "requestContext": {}, "body": TEXT}],
        "an API Gateway event (payload 1.0)", "envelope", 2,
    ),
}  # fmt: skip

TRANSCRIPTS = {
    "an HTTP message": (http(TEXT), "an HTTP message", "envelope", 1),
    "an HTTP message, indented": (http(json.dumps(BODY, indent=2)), "an HTTP message", "envelope", 1),
    "an HTTP verification": (
        "GET /okta HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in GET.items()) + "\r\n", "an HTTP message", "verification-request", 0,
    ),
    "curl -v": (
        ("* Connected to localhost\n> GET /okta HTTP/1.1\n> Host: localhost\n> X-Okta-Verification-Challenge: "
        f"{GET['X-Okta-Verification-Challenge']}\n> \n< HTTP/1.1 200 OK\n< Content-Type: application/json\n< \n"
        f"{{ [60 bytes data]\n{ANSWER}* Connection #0 to host localhost left intact\n"),
        "what curl -v prints", "mixed", 0,
    ),
    "log lines": (
        f"2024-07-05 09:12:30 INFO starting\n2024-07-05 09:12:31 INFO {{id}} body={TEXT} took=3ms\n[09:12:32] done\n", "log lines", "envelope", 1,
    ),
    "log lines in brackets": (f"[2024-07-05T09:12:30Z] [info] {TEXT}\n[2024-07-05T09:12:31Z] [info] {TEXT}\n", "log lines", "envelope", 2),
    "CSV": (table(["1", "2024-07-05", TEXT], ["2", "2024-07-05", TEXT]), "a table", "envelope", 2),
    "CSV with cells of many lines": (table(["1", "x", json.dumps(BODY, indent=2)]), "a table", "envelope", 1),
    "TSV": (table(["1", "x", TEXT], delimiter="\t"), "a table", "envelope", 1),
    "CSV with semicolons": (table(["1", "x", json.dumps(EVENT)], delimiter=";"), "a table", "log-event", 1),
    "CSV with base64": (table(["1", "x", b64(TEXT)]), "base64", "envelope", 1),
    "Markdown": (f"# Bug\n\nWe got {{this}}:\n\n```json\n{json.dumps(BODY, indent=2)}\n```\n", "a Markdown text", "envelope", 1),
    "base64": (b64(TEXT), "base64", "envelope", 1),
    "base64 in lines": ("\n".join(b64(TEXT)[at : at + 76] for at in range(0, len(b64(TEXT)), 76)), "base64", "envelope", 1),
    "gzip in base64, in a log": (f"INFO got {packed(TEXT)} from Okta\n", "base64", "envelope", 1),
    "server-sent events": (f"event: hook\ndata: {TEXT}\n\ndata: {TEXT}\n\n", "log lines", "envelope", 2),
    "logfmt": (f'level=info msg="got it" body={json.dumps(TEXT)}\n', "log lines", "envelope", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", WRAPPED)
def test_a_body_is_found_in(name):
    value, wrapper, kind, events = WRAPPED[name]
    for text in (json.dumps(value), json.dumps(value, indent=2, ensure_ascii=False)):
        report = inspect_bytes(text.encode(), name="x.json")

        assert [problem.message for problem in report.problems] == []
        assert (report.kind, report.events, report.wrapped_in) == (kind, events, (wrapper,) if wrapper else ())


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_a_body_is_found_in_text_that_is_no_json(name):
    text, wrapper, kind, events = TRANSCRIPTS[name]
    report = inspect_bytes(text.encode(), name="x.log")

    assert [problem.message for problem in report.problems] == []
    assert (report.kind, report.events, report.wrapped_in) == (kind, events, (wrapper,))


def test_a_problem_in_a_string_is_shown_where_it_stands_in_the_file():
    body = TEXT.replace('"0.1"', '"0.2"').replace(EVENT["target"][0]["displayName"], "Zoë 👩 Doe")
    body = body.replace('"severity": "INFO"', '"severity": "info"')
    for ascii_only in (True, False):
        text = json.dumps({"httpMethod": "POST", "requestContext": {}, "body": body}, indent=2, ensure_ascii=ascii_only)
        report = inspect_bytes(text.encode(), name="x.json")
        line = text.splitlines()[3]

        assert [problem.pointer for problem in report.problems] == [
            "/body/cloudEventsVersion", "/body/data/events/0/severity",
        ]  # fmt: skip
        assert {problem.line for problem in report.problems} == {4}
        for problem, got in zip(report.problems, ('\\"0.2\\"', '\\"info\\"'), strict=True):
            assert line[problem.column - 1 :].startswith(got)


def test_a_problem_in_base64_is_shown_at_the_string():
    value = {
        "isBase64Encoded": True,
        "requestContext": {},
        "httpMethod": "POST",
        "body": b64(TEXT.replace('"0.1"', "0.1")),
    }
    text = json.dumps(value, indent=1)
    report = inspect_bytes(text.encode(), name="x.json")

    assert [(problem.pointer, problem.line, problem.column) for problem in report.problems] == [
        ("/body/cloudEventsVersion", 5, 10)
    ]


def test_a_problem_in_a_log_line_is_shown_in_its_line():
    broken = TEXT.replace('"0.1"', '"0.3"')
    text = f"one\ntwo {broken}\n"
    report = inspect_bytes(text.encode(), name="x.log")

    assert [(problem.line, problem.rule) for problem in report.problems] == [(2, "D3")]


def test_a_problem_in_a_cell_is_shown_at_the_cell():
    broken = TEXT.replace('"0.1"', '"0.3"')
    report = inspect_bytes(table(["1", "x", TEXT], ["2", "x", broken]).encode(), name="x.csv")

    assert [(problem.line, problem.column, problem.pointer) for problem in report.problems] == [
        (3, 6, "/cloudEventsVersion")
    ]


def test_a_gzip_file_is_read_and_its_places_are_those_of_the_text_inside():
    broken = json.dumps(BODY, indent=1).replace('"0.1"', '"0.3"')
    for text, problems in ((TEXT, []), (broken, [4])):
        report = inspect_bytes(gzip.compress(text.encode()), name="x.json.gz")

        assert (report.name, report.kind, report.wrapped_in) == ("x.json.gz", "envelope", ("gzip data",))
        assert [problem.line for problem in report.problems] == problems


@pytest.mark.parametrize(
    "data",
    [gzip.compress(TEXT.encode())[:-9], gzip.compress(gzip.compress(TEXT.encode())), b"\x1f\x8b\x08" + TEXT.encode()],
)
def test_gzip_that_is_cut_short_broken_or_doubled_is_told(data):
    report = inspect_bytes(data, name="x.json.gz")

    assert [problem.message for problem in report.problems] == ["gzip data, not JSON"]


def test_a_small_file_cannot_hold_terabytes():
    bomb = gzip.compress(bytes(70 << 20))

    assert inspect_bytes(bomb, name="x.gz").problems[0].message == "gzip data, not JSON"
    value = {"isBase64Encoded": True, "body": base64.b64encode(bomb).decode()}
    assert inspect_bytes(json.dumps(value).encode(), name="x.json").problems[0].rule == "D1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("timestamp,actor.id,outcome\n1,2,3\n", "a table, not JSON"),
        (
            "* Connected\n> POST /okta HTTP/1.1\n> Host: x\n> \n< HTTP/1.1 204 No Content\n< \n",
            "what curl -v prints, not JSON",
        ),
    ],
)
def test_text_without_any_document_says_what_it_is(text, message):
    report = inspect_bytes(text.encode(), name="x.txt")

    assert report.problems[0].message == message
    assert report.problems[0].hint


@pytest.mark.parametrize("text", [f"INFO {TEXT[:300]}\nINFO {TEXT}\n", f"[x] {TEXT[:-1]}\n"])
def test_a_body_that_breaks_off_in_a_log_is_told(text):
    report = inspect_bytes(text.encode(), name="x.log")

    assert report.status() is Status.INVALID
    assert report.problems[0].message.startswith("the JSON breaks off here")


@pytest.mark.parametrize("text", [TEXT[:-30], TEXT[:-1], json.dumps(BODY, indent=2)[:-200], "{" + TEXT])
def test_a_broken_envelope_is_not_taken_for_what_is_inside_it(text):
    report = inspect_bytes(text.encode(), name="x.json")

    assert (report.status(), report.wrapped_in, report.events) == (Status.INVALID, (), 0)


@pytest.mark.parametrize(
    "value", [{"hello": {"world": 1}}, {"body": "eyJhIjoxfQ=="}, {"log": {"entries": []}}, {"a": [{"b": "{}"}] * 50}]
)
def test_a_document_without_any_of_ours_is_unknown(value):
    report = inspect_bytes(json.dumps(value).encode(), name="x.json")

    assert [problem.rule for problem in report.problems] == ["D1"]


def test_characters_of_a_string_are_found_in_its_literal():
    text = r'x "a\n\u00e9\ud83d\udc69\"\\z"'
    value = json.loads(text[2:])

    assert len(string_offsets(text, 2)) == len(value) + 1
    assert [text[offset] for offset in string_offsets(text, 2)] == ["a", "\\", "\\", "\\", "\\", "\\", "z", '"']


def test_nested_junk_ends():
    value: object = "x"
    for _ in range(30):
        value = {"a": [value, json.dumps(value)[:1000]]}

    assert inspect_bytes(json.dumps(value).encode(), name="x.json").status() is Status.INVALID


@pytest.mark.parametrize("form", ["array", "lines"])
def test_entries_without_a_body_are_other_entries_if_some_have_one(form):
    entries = [{"log": "INFO starting", "stream": "stdout"}, {"log": f"INFO got {TEXT}", "stream": "stdout"}] * 2
    text = json.dumps(entries) if form == "array" else "\n".join(json.dumps(entry) for entry in entries)
    report = inspect_bytes(text.encode(), name="x.json")

    assert (report.status(), report.kind, report.documents, report.problems) == (Status.VALID, "envelope", 2, ())


def test_entries_are_unknown_documents_if_none_has_a_body():
    report = inspect_bytes(json.dumps([{"log": "INFO starting"}] * 3).encode(), name="x.json")

    assert [(problem.rule, problem.pointer) for problem in report.problems] == [
        ("D1", "/0"),
        ("D1", "/1"),
        ("D1", "/2"),
    ]


def test_an_unknown_document_between_envelopes_is_a_problem():
    report = inspect_bytes(json.dumps([BODY, {"hello": 1}]).encode(), name="x.json")

    assert [(problem.rule, problem.pointer) for problem in report.problems] == [("D1", "/1")]
