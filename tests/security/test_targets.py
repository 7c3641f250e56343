"""Where deliveries may go is judged by the address that is connected to, however the URL spells it."""

from __future__ import annotations

import ast
import errno
import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import emulator
from emulator import Org
from emulator.apis.targets import GuardedSender, guarded_sender
from emulator.delivery.addresses import kind_of, loopback_and_private
from emulator.delivery.exchange import Exchange, Request
from emulator.delivery.transport import Transport, transport
from emulator.org.errors import OktaApiError
from emulator.org.inline.making import OAuth
from receiver import Receiver

NEAR = [
    "127.0.0.1", "127.8.8.8", "127.255.255.255", "10.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "::1", "fd00::1", "fc00::", "::ffff:127.0.0.1", "::ffff:10.0.0.7", "::1%lo",
]  # fmt: skip
# Each address that is not to be reached, and what it is called.
FAR = {
    "8.8.8.8": "public",
    "9.255.255.255": "public",
    "11.0.0.0": "public",
    "172.15.255.255": "public",
    "172.32.0.0": "public",
    "192.167.255.255": "public",
    "192.169.0.0": "public",
    "100.64.0.1": "public",
    "100.100.100.200": "public",
    "192.0.0.192": "public",
    "198.18.0.1": "public",
    "203.0.113.7": "public",
    "168.63.129.16": "public",
    "2001:4860:4860::8888": "public",
    "2001:db8::1": "public",
    "100::1": "public",
    "fec0::1": "public",
    "::ffff:8.8.8.8": "public",
    "::ffff:808:808": "public",
    "::ffff:169.254.169.254": "metadata",
    "169.254.169.254": "metadata",
    "fd00:ec2::254": "metadata",
    "fd20:ce::254": "metadata",
    "169.254.1.1": "link-local",
    "fe80::1": "link-local",
    "fe80::1%lo": "link-local",
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "::": "unspecified",
    "::ffff:0.0.0.0": "unspecified",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "255.255.255.255": "broadcast",
    "240.0.0.1": "public",
    "64:ff9b::808:808": "NAT64",
    "64:ff9b::7f00:1": "NAT64",
    "64:ff9b:1::a00:1": "NAT64",
    "2002:808:808::1": "6to4",
    "2002:7f00:1::1": "6to4",
    "2001:0:808:808::1": "Teredo",
    "::8.8.8.8": "outdated",
    "::127.0.0.1": "outdated",
    "not an address": "no address",
}

# How a URL may spell an address: what the system makes of it decides.
SPELLINGS = {
    "2130706433": "127.0.0.1",
    "0x7f000001": "127.0.0.1",
    "0x7f.0.0.0x1": "127.0.0.1",
    "0177.0.0.1": "127.0.0.1",
    "127.1": "127.0.0.1",
    "\uff11\uff12\uff17.0.0.1": "127.0.0.1",
    "127\u30020\u30020\u30021": "127.0.0.1",
    "[::ffff:127.0.0.1]": "127.0.0.1",
    "[::ffff:7f00:1]": "127.0.0.1",
    "LOCALHOST": "127.0.0.1",
    "134744072": "8.8.8.8",
    "0x08080808": "8.8.8.8",
    "010.8.8.8": "8.8.8.8",
    "8.526344": "8.8.8.8",
    "\uff18.\uff18.\uff18.\uff18": "8.8.8.8",
    "[::ffff:8.8.8.8]": "8.8.8.8",
    "2852039166": "169.254.169.254",
    "0251.0376.0251.0376": "169.254.169.254",
    "0": "0.0.0.0",
    "[::]": "::",
}


def posted(host: str, sender: Transport | GuardedSender, port: int = 9) -> Exchange:
    request = Request(method="POST", url=f"http://{host}:{port}/okta/hooks", headers=(), body=b"{}")
    return sender.send(request, time_limit=2)


def port_of(receiver: Receiver) -> int:
    return urlsplit(receiver.url).port


@pytest.fixture
def resolving(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let a name stand for other addresses at each look-up, and note which addresses are connected to."""
    connected: list[str] = []
    connect = socket.socket.connect_ex

    def note(self: socket.socket, address: tuple) -> int:
        connected.append(address[0])
        return connect(self, address)

    def answer_with(*answers: list[str]) -> list[str]:
        left = list(answers)

        def look_up(host: str, port: int, **_: object) -> list[tuple]:
            assert left, "the name was looked up once more than needed"
            return [
                (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
                for address in left.pop(0)
            ]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(socket.socket, "connect_ex", note)
        return connected

    return answer_with


@pytest.mark.parametrize("address", NEAR)
def test_loopback_and_private_addresses_are_near(address: str) -> None:
    assert loopback_and_private(address)
    assert guarded_sender()._allows(address)


@pytest.mark.parametrize(("address", "kind"), FAR.items())
def test_everything_else_is_not_and_has_a_name(address: str, kind: str) -> None:
    assert not loopback_and_private(address)
    assert kind in kind_of(address)


def test_every_private_block_of_the_standards_is_near_from_its_first_to_its_last_address() -> None:
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"):
        network = ipaddress.ip_network(text)
        assert loopback_and_private(str(network[0]))
        assert loopback_and_private(str(network[-1]))
        assert not loopback_and_private(str(network[0] - 1))
        assert not loopback_and_private(str(network[-1] + 1))


@pytest.mark.wire
@pytest.mark.parametrize(("host", "address"), SPELLINGS.items())
def test_a_url_can_not_hide_its_address_by_its_spelling(host: str, address: str) -> None:
    """What the system's own look-up makes of it: decimal, octal, hexadecimal, short, full-width."""
    with Receiver() as receiver:
        exchange = posted(host, guarded_sender(), port_of(receiver))

    if address == "127.0.0.1":
        assert exchange.failure is None, exchange.detail
    else:
        assert exchange.failure == "target_not_allowed"
        assert address in exchange.detail


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1@8.8.8.8/", "http://8.8.8.8#@127.0.0.1/", "http://8.8.8.8?@10.0.0.1/"]
)
def test_user_information_does_not_pass_for_the_host(url: str) -> None:
    exchange = guarded_sender().send(Request(method="GET", url=url, headers=()), time_limit=2)

    assert exchange.failure == "target_not_allowed"
    assert exchange.detail.startswith("8.8.8.8 is a public address")


@pytest.mark.parametrize(("address", "kind"), [(far, kind) for far, kind in FAR.items() if " " not in far])
def test_a_name_for_an_address_that_is_not_near_is_not_connected_to(resolving, address: str, kind: str) -> None:
    connected = resolving([address])
    exchange = posted("looks-local.test", guarded_sender())

    assert exchange.failure == "target_not_allowed"
    assert exchange.detail.startswith(f"looks-local.test is {address}, ")
    assert kind in exchange.detail
    assert connected == []


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(resolving) -> None:
    """DNS rebinding: near at the first look-up, elsewhere at the second, which is never made."""
    with Receiver() as receiver:
        connected = resolving(["127.0.0.1"], ["8.8.8.8"])
        exchange = posted("rebinds.test", guarded_sender(), port_of(receiver))

    assert exchange.failure is None, exchange.detail
    assert connected == ["127.0.0.1"]
    assert exchange.peer == "127.0.0.1"


def test_each_attempt_checks_anew(resolving) -> None:
    sender = guarded_sender()
    with Receiver() as receiver:
        connected = resolving(["127.0.0.1"], ["8.8.8.8"])
        first, second = (posted("rebinds.test", sender, port_of(receiver)) for _ in range(2))

    assert first.failure is None
    assert second.failure == "target_not_allowed"
    assert connected == ["127.0.0.1"]


def test_of_several_addresses_only_the_near_ones_are_tried(resolving) -> None:
    with Receiver() as receiver:
        connected = resolving(["8.8.8.8", "169.254.169.254", "127.0.0.1"])
        exchange = posted("mixed.test", guarded_sender(), port_of(receiver))

    assert exchange.failure is None
    assert connected == ["127.0.0.1"]


def test_a_system_that_connects_elsewhere_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address at the far end is looked at once more, before a byte is sent."""
    with Receiver() as receiver:
        monkeypatch.setattr(socket.socket, "getpeername", lambda _: ("8.8.8.8", 80))
        exchange = posted("127.0.0.1", guarded_sender(), port_of(receiver))
        monkeypatch.undo()

        assert exchange.failure == "target_not_allowed"
        assert receiver.deliveries == ()


@pytest.mark.parametrize(
    ("allowed", "host", "address", "passes"),
    [
        (["Hooks.Example.com"], "hooks.example.COM", "93.184.216.34", True),
        (["b\u00fccher.example"], "xn--bcher-kva.example", "93.184.216.34", True),
        (["xn--bcher-kva.example"], "B\u00dcCHER.example", "93.184.216.34", True),
        (["hooks.example.com"], "hooks.example.com.evil.test", "93.184.216.34", False),
        (["hooks.example.com"], "evil.hooks.example.com", "93.184.216.34", False),
        (["hooks.example.com"], "hooks.example.com.", "93.184.216.34", False),
        (["hooks.example.com"], "hooks.example.com", "169.254.169.254", False),
        (["hooks.example.com"], "hooks.example.com", "fe80::1", False),
        (["hooks.example.com"], "hooks.example.com", "0.0.0.0", False),
        (["hooks.example.com"], "hooks.example.com", "64:ff9b::808:808", False),
        (["hooks.example.com", "169.254.0.0/16"], "hooks.example.com", "169.254.169.254", True),
        (["93.184.216.0/24"], "any.test", "93.184.216.34", True),
        (["93.184.216.0/24"], "any.test", "::ffff:93.184.216.34", True),
        (["93.184.216.0/24"], "any.test", "93.184.217.34", False),
        (["2606:2800::/32"], "any.test", "2606:2800:220:1::", True),
    ],
)
def test_what_is_allowed_beside_is_what_was_named(
    resolving: Callable, monkeypatch: pytest.MonkeyPatch, *, allowed: list[str], host: str, address: str, passes: bool
) -> None:
    resolving([address])
    tried = []
    monkeypatch.setattr(socket.socket, "connect_ex", lambda _, to: tried.append(to[0]) or errno.ECONNREFUSED)
    exchange = posted(host, guarded_sender(allowed))

    assert (exchange.failure != "target_not_allowed") is passes
    assert tried == ([address] if passes else [])


def test_a_refusal_says_which_address_and_how_to_allow_it(resolving) -> None:
    resolving(["8.8.8.8"], ["169.254.169.254"])

    assert posted("hooks.test", guarded_sender()).detail == (
        "hooks.test is 8.8.8.8, a public address; deliveries go to loopback and private ones only, "
        "unless allowed: --allow-target hooks.test"
    )
    assert posted("hooks.test", guarded_sender(["hooks.test"])).detail.endswith("--allow-target 169.254.169.254")
    assert posted("8.8.8.8", guarded_sender()).detail.startswith("8.8.8.8 is a public address;")


def test_an_org_neither_verifies_nor_delivers_nor_previews_beyond(resolving) -> None:
    with Org(seed=1) as org:
        hook = org.create_event_hook(uri="https://hooks.test/okta", events=["user.lifecycle.create"])
        connected = resolving(*[["8.8.8.8"]] * 2)
        with pytest.raises(OktaApiError) as refused:
            org.verify(hook)
        preview = org.preview(hook, "user.lifecycle.create")

    assert "--allow-target" in refused.value.hint
    assert preview.attempts[0].exchange.failure == "target_not_allowed"
    assert len(preview.attempts) == 1
    assert connected == []


def test_neither_a_token_endpoint_nor_an_inline_hook_is_asked_beyond(resolving) -> None:
    connected = resolving(*[["169.254.169.254"]] * 4)
    with Org(seed=1) as org:
        oauth = OAuth(client_id="me", token_url="https://tokens.test/token", secret="s3cret")
        hook = org.create_inline_hook(type="registration", uri="https://hooks.test/", auth=oauth, name="one")
        run = org.execute_inline_hook(hook.id)

    assert connected == []
    assert "169.254.169.254" in repr(run)


def test_a_guarded_sender_can_do_what_every_sender_can() -> None:
    """The console hands it to the contract suite, which holds connections open, too."""
    wanted = {name for name in vars(Transport) if not name.startswith("_")}

    assert wanted <= set(vars(GuardedSender))


def test_a_guarded_connection_can_be_held(resolving) -> None:
    resolving(["8.8.8.8"])
    request = Request(method="GET", url="http://hooks.test/", headers=())
    with guarded_sender().held(request) as exchange:
        assert exchange.failure == "target_not_allowed"


def test_commands_whose_user_names_the_url_go_anywhere(resolving, monkeypatch: pytest.MonkeyPatch) -> None:
    connected = resolving(["8.8.8.8"])
    monkeypatch.setattr(socket.socket, "connect_ex", lambda _, to: connected.append(to[0]) or errno.ECONNREFUSED)

    assert posted("hooks.test", transport()).failure == "connection_refused"
    assert connected == ["8.8.8.8"]


CLIENTS = {"requests", "urllib3", "http.client", "urllib.request", "ftplib", "smtplib"}
CALLS = {"create_connection", "connect", "connect_ex", "open_connection"}
SERVED = ("delivery", "org", "apis", "console")


def _opens_connections(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and CLIENTS & {alias.name for alias in node.names}:
            return True
        if isinstance(node, ast.ImportFrom) and node.module in CLIENTS:
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr in CALLS and owner != "sqlite3":
                return True
    return False


def test_what_a_served_org_is_made_of_has_one_way_out() -> None:
    """A second one would be a way around the check."""
    root = Path(emulator.__file__).parent
    files = [path for part in SERVED for path in sorted((root / part).rglob("*.py"))]

    found = [path for path in files if _opens_connections(ast.parse(path.read_text("utf-8")))]
    assert found == [root / "delivery" / "wire.py"]
