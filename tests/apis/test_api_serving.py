"""The application on real sockets: keep-alive, TLS, streams, and a stop that finishes what has been begun."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulator.apis.certificates import server_tls
from emulator.apis.serving import Serving, listen
from emulator.apis.targets import guarded_sender
from emulator.delivery.exchange import Request
from emulator.errors import UsageError
from receiver import Receiver

pytestmark = pytest.mark.wire

SSWS = {"Authorization": "SSWS 00-test-token"}


@pytest.fixture
def serve() -> Iterator[Callable[..., Serving]]:
    started: list[Serving] = []

    def start(app, **more) -> Serving:
        started.append(Serving(app, listen("127.0.0.1", 0), host="127.0.0.1", **more))
        return started[-1]

    yield start

    for serving in started:
        serving.stop()


def get(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, bytes]:
    connection.request("GET", path, headers={**SSWS, **headers})
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_one_connection_serves_many_requests(app, serve) -> None:
    connection = http.client.HTTPConnection(serve(app).netloc, timeout=5)
    for _ in range(3):
        status, body = get(connection, "/api/v1/users/me")
        assert status == 200
        assert json.loads(body)["_links"]["self"]["href"].startswith(f"http://{connection.host}:{connection.port}/")
    connection.close()


def test_a_path_is_percent_decoded(app, org, serve) -> None:
    org.create_user(login="jane.roe@example.com", activate=False)
    connection = http.client.HTTPConnection(serve(app).netloc, timeout=5)

    assert get(connection, "/api/v1/users/jane.roe%40example.com")[0] == 200
    assert get(connection, "/api/v1/users/?limit=1")[0] == 200
    connection.close()


def test_a_204_keeps_the_connection(app, org, serve) -> None:
    serving = serve(app)
    group = org.create_group("Sales")
    user = org.create_user(login="jane.roe@example.com", activate=False)
    connection = http.client.HTTPConnection(serving.netloc, timeout=5)
    connection.request("PUT", f"/api/v1/groups/{group.id}/users/{user.id}", body=b"", headers=SSWS)
    answer = connection.getresponse()
    assert (answer.status, answer.read(), answer.headers["Connection"]) == (204, b"", None)
    before = connection.sock

    assert get(connection, "/api/v1/users/me")[0] == 200
    assert connection.sock is before
    connection.close()


@pytest.mark.parametrize(
    "request_", [b"nonsense\r\n\r\n", b"POST /api/v1/groups HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"]
)
def test_what_is_no_request_is_answered_in_json_too(app, serve, request_: bytes) -> None:
    serving = serve(app)
    with socket.create_connection(("127.0.0.1", int(serving.netloc.rpartition(":")[2])), timeout=5) as connection:
        connection.sendall(request_)
        answer = connection.makefile("rb").read()

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] in {b"400", b"413"}
    assert json.loads(body)["errorCode"] == "E0000003"


def test_a_hundred_users_from_four_clients_are_delivered_exactly_once(make_app, serve) -> None:
    """D11, D12: create and deactivate through the API, counted by uuid."""
    app = make_app(sender=guarded_sender(), clock=None)
    serving = serve(app)

    def work(numbers: range) -> None:
        connection = http.client.HTTPConnection(serving.netloc, timeout=30)
        for number in numbers:
            login = f"user{number}@example.com"
            profile = {"login": login, "email": login, "firstName": "User", "lastName": str(number)}
            connection.request("POST", "/api/v1/users", json.dumps({"profile": profile}), SSWS)
            user = json.loads(connection.getresponse().read())["id"]
            connection.request("POST", f"/api/v1/users/{user}/lifecycle/deactivate", b"", SSWS)
            assert connection.getresponse().read() == b"{}"
        connection.close()

    types = ["user.lifecycle.create", "user.lifecycle.deactivate"]
    with Receiver() as receiver, ThreadPoolExecutor(4) as pool:
        app.org.verify(app.org.create_event_hook(uri=receiver.url, events=types))
        list(pool.map(work, (range(n, 100, 4) for n in range(4))))
        app.org.drain()
        delivered = [event.uuid for event in receiver.wait_for(200)]

    assert len(delivered) == len(set(delivered)) == 200
    assert set(delivered) == {event["uuid"] for kind in types for event in app.org.system_log(kind)}


def test_tls_is_served_with_an_authority_that_clients_can_trust(app, serve, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    serving = serve(app, tls=server_tls("127.0.0.1", ca_file))
    assert serving.url.startswith("https://127.0.0.1:")
    stalled = socket.create_connection(("127.0.0.1", int(serving.netloc.rpartition(":")[2])))
    trusting = ssl.create_default_context(cafile=str(ca_file))
    connection = http.client.HTTPSConnection(serving.netloc, context=trusting, timeout=5)

    status, body = get(connection, "/api/v1/users/me")
    assert status == 200
    assert json.loads(body)["_links"]["self"]["href"].startswith("https://")
    strict = http.client.HTTPSConnection(serving.netloc, context=ssl.create_default_context(), timeout=5)
    with pytest.raises(ssl.SSLCertVerificationError):
        get(strict, "/")
    assert get(connection, "/api/v1/users/me")[0] == 200
    for each in (connection, strict, stalled):
        each.close()


def test_stopping_finishes_the_request_in_flight(serve) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(_, start_response):
        entered.set()
        leave.wait(5)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"done"]

    serving = serve(slow)
    answers: list[tuple[int, bytes]] = []
    connection = http.client.HTTPConnection(serving.netloc, timeout=5)
    asking = threading.Thread(target=lambda: answers.append(get(connection, "/")))
    asking.start()
    assert entered.wait(5)
    threading.Timer(0.1, leave.set).start()
    serving.stop()
    asking.join(5)

    assert answers == [(200, b"done")]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", connection.port or 0), timeout=1)
    connection.close()


def test_a_stream_reaches_its_reader_at_once_and_ends_with_the_server(app, org, serve) -> None:
    serving = serve(app)
    connection = http.client.HTTPConnection(serving.netloc, timeout=5)
    connection.request("GET", "/_emulator/stream", headers={"Authorization": "Bearer control-token"})
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert answer.readline() == b": connected\n"
    org.create_user(login="ann@example.com", activate=False)
    lines = [answer.readline() for _ in range(3)]
    app.closing.set()

    assert lines[1:2] == [b"event: log\n"]
    assert b"user.lifecycle.create" in lines[2]
    assert answer.read().strip() == b""
    connection.close()


def test_a_hook_made_through_the_api_delivers_to_a_receiver(make_app, serve) -> None:
    """The whole way on real sockets: create, verify, change, deliver."""
    app = make_app(sender=guarded_sender(), clock=None)
    connection = http.client.HTTPConnection(serve(app).netloc, timeout=5)

    def post(path: str, body: object = None) -> dict:
        data = b"" if body is None else json.dumps(body).encode()
        connection.request("POST", f"/api/v1{path}", body=data, headers={**SSWS, "Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())

    with Receiver(auth="s3cret") as receiver:
        auth = {"type": "HEADER", "key": "Authorization", "value": "s3cret"}
        channel = {"type": "HTTP", "version": "1.0.0", "config": {"uri": receiver.url, "authScheme": auth}}
        events = {"type": "EVENT_TYPE", "items": ["user.lifecycle.deactivate"]}
        hook = post("/eventHooks", {"name": "Leavers", "events": events, "channel": channel})
        assert post(f"/eventHooks/{hook['id']}/lifecycle/verify")["verificationStatus"] == "VERIFIED"
        profile = {
            "login": "john.doe@example.com",
            "email": "john.doe@example.com",
            "firstName": "John",
            "lastName": "D",
        }
        user = post("/users", {"profile": profile})
        post(f"/users/{user['id']}/lifecycle/deactivate")
        received = receiver.wait_for(1)

    assert [event.event_type for event in received] == ["user.lifecycle.deactivate"]
    connection.close()


@pytest.mark.parametrize(
    ("allowed", "address", "wanted"),
    [
        ((), "93.184.216.34", False),
        (("8.8.8.0/24",), "93.184.216.34", False),
        (("93.184.216.0/24",), "93.184.216.34", True),
        (("93.184.216.34",), "93.184.216.34", True),
        (("2606:2800::/32",), "2606:2800:220:1::", True),
        ((), "169.254.169.254", False),
        ((), "127.0.0.1", True),
        ((), "10.0.0.7", True),
    ],
)
def test_deliveries_leave_the_machine_only_where_allowed(allowed, address: str, *, wanted: bool) -> None:
    sender = guarded_sender(allowed)

    assert sender._allows(address) is wanted
    if not wanted:
        request = Request(method="POST", url=f"http://{address}/hook", headers=(), body=b"{}")
        assert sender.send(request, time_limit=1).failure == "target_not_allowed"


@pytest.mark.parametrize("text", ["http://x", "x:80", "1.2.3.4/99", "", "."])
def test_a_target_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="neither a host nor a network"):
        guarded_sender([text])


def test_a_port_in_use_is_told() -> None:
    taken = listen("127.0.0.1", 0)
    with pytest.raises(UsageError, match="can't listen at") as caught:
        listen("127.0.0.1", taken.getsockname()[1])
    taken.close()

    assert "--port 0" in caught.value.hint


def test_an_unknown_host_is_told() -> None:
    with pytest.raises(UsageError, match="is unknown"):
        listen("no-such-host.invalid", 0)


def test_a_ca_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't write"):
        server_tls("127.0.0.1", tmp_path / "no" / "such" / "folder.pem")
