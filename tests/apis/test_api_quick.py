"""Calls that wait for nothing are answered by the thread that reads them; no other call may hold that thread up."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulator.apis.faults import Fault
from emulator.apis.routing import routes
from emulator.apis.serving import Serving, listen

pytestmark = pytest.mark.wire

SSWS = {"Authorization": "SSWS 00-test-token"}
USER = "/api/v1/users/00u1"


class Names:
    """An application whose answer is the name of the thread that gives it; a path with ``slow`` waits."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def is_quick(self, method: str, path: str) -> bool:
        return method == "GET" and "quick" in path

    def __call__(self, environ, start_response) -> Iterator[bytes]:
        if "slow" in environ["PATH_INFO"]:
            assert self.go.wait(10)
        body = f"{environ['PATH_INFO']} {threading.current_thread().name}\n".encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        yield body


@pytest.fixture
def named() -> Iterator[tuple[Names, Serving]]:
    app = Names()
    serving = Serving(app, listen("127.0.0.1", 0), host="127.0.0.1")
    yield app, serving
    app.go.set()
    serving.stop()


def get(serving: Serving, path: str) -> str:
    connection = http.client.HTTPConnection(serving.netloc, timeout=5)
    connection.request("GET", path)
    found = connection.getresponse().read().decode()
    connection.close()
    return found


def test_a_quick_call_is_answered_where_it_is_read_while_slow_ones_wait(named) -> None:
    app, serving = named
    waiting = [threading.Thread(target=get, args=(serving, "/slow")) for _ in range(3)]
    for thread in waiting:
        thread.start()

    assert get(serving, "/quick") == "/quick api-server\n"
    assert "waitress" in get(serving, "/other")
    assert all(thread.is_alive() for thread in waiting)
    app.go.set()
    for thread in waiting:
        thread.join(5)


def test_requests_sent_at_once_are_answered_in_their_order(named) -> None:
    app, serving = named
    paths = ["/quick/1", "/slow/2", "/quick/3", "/other/4", "/quick/5"]
    with socket.create_connection(("127.0.0.1", int(serving.netloc.rpartition(":")[2])), timeout=5) as sock:
        sock.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for path in paths))
        app.go.set()
        answer = b""
        while answer.count(b"\n/") + answer.count(b"HTTP/1.1 200") < 2 * len(paths):
            answer += sock.recv(65536)

    said = [line.split()[0].decode() for line in answer.splitlines() if line.startswith(b"/")]
    assert said == paths


@pytest.mark.parametrize(
    ("method", "path", "quick"),
    [
        ("POST", "/api/v1/users", True),
        ("POST", "/api/v1/users/", True),
        ("GET", USER, True),
        ("POST", f"{USER}/lifecycle/deactivate", True),
        ("PUT", "/api/v1/groups/00g1/users/00u1", True),
        ("GET", "/api/v1/users", False),  # may look at all of them
        ("GET", "/api/v1/logs", False),
        ("POST", "/api/v1/eventHooks/who1/lifecycle/verify", False),  # waits for the receiver
        ("POST", "/_emulator/drain", False),
        ("GET", "/console/", False),
        ("DELETE", f"{USER}/lifecycle/deactivate", False),
        ("BREW", USER, False),
    ],
)
def test_only_calls_that_wait_for_nothing_are_quick(app, method: str, path: str, *, quick: bool) -> None:
    assert app.is_quick(method, path) is quick


def test_nothing_is_quick_that_waits_for_a_disk_or_a_fault(app, make_app: Callable, tmp_path: Path) -> None:
    assert not make_app(db=tmp_path / "org.db").is_quick("GET", USER)
    app.faults.add(Fault(delay=3.0))

    assert not app.is_quick("GET", USER)
    app.faults.clear()
    assert app.is_quick("GET", USER)


def test_no_call_to_a_hook_is_quick() -> None:
    assert {found.path.split("/")[3] for found in routes().values() if found.quick} == {"users", "groups"}
