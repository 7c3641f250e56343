"""
Copies of captures without personal data: the same person gets the same pseudonym everywhere, and ids keep their shape.

What is replaced: names, logins and addresses of people, ids, IP addresses, places, sessions and fingerprints, names of
groups, apps and devices, networks, the org's host, secrets in headers. What stays: types, outcomes, times, event uuids,
user agents. A copy of what is valid is valid. Pseudonyms come from a key: without it nobody can try names out.
"""

from __future__ import annotations

import base64
import json
import re
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.packed import decoded, encoded, packed_texts
from emulator.contract.tables import cells
from emulator.contract.transcripts import passages

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Redaction"]

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PREFIXES: Final = (
    "00u|00g|0oa|0ua|who|cal|cbl|spr|00T|00o|00p|rst|0pr|rul|oty|osc|guo|lae|pfd|aus|nzo|oag|prm|bnd|mbl|reg"
)
_ID: Final = re.compile(rf"(?<![A-Za-z0-9])({_PREFIXES})([A-Za-z0-9]{{14}})([A-Za-z0-9]{{3}})(?![A-Za-z0-9])")
_EMAIL: Final = re.compile(r"(?<![\w.%+-])[\w.%+-]++@[\w-]++(?:\.[\w-]++)+")
_PSEUDONYM: Final = re.compile(r"user-[0-9a-f]{8}@example[.]com")
_HOST: Final = re.compile(r"(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:okta|oktapreview|okta-emea|okta-gov)\.com(?![\w-])")
_IPV4: Final = re.compile(r"(?<![\w.])(?<![A-Za-z]/)(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.])")
_IPV6: Final = re.compile(r"(?<![\w:.])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?![\w:.])")
_PHONE: Final = re.compile(r"\+[0-9][0-9 ().-]{6,16}[0-9]")
_SECRET_LINE: Final = re.compile(
    r"(?im)^((?:[<>] )?(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key)\s*:).*$"
)
_SECRET_NAMES: Final = frozenset(
    {"authorization", "proxy-authorization", "cookie", "cookies", "set-cookie", "x-api-key"}
)
_REDACTED: Final = "REDACTED"
_KEPT: Final = frozenset(
    {"", "unknown", "null", "system@okta.com", "Okta System", "Okta Dashboard", "Okta Admin Console"}
)
_SHORTEST_NAME: Final = 4  # shorter ones occur inside other words

_GIVEN: Final = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gwen", "Hugo", "Ines", "Jon", "Kim", "Leo", "Mia", "Noah",
                 "Olga", "Paul", "Quinn", "Rosa", "Sam", "Tess", "Uma", "Vic", "Wes", "Xenia", "Yann", "Zoe")  # fmt: skip
_FAMILY: Final = ("Adler", "Berg", "Castro", "Dahl", "Egger", "Falk", "Green", "Holt", "Iwata", "Jensen", "Keller",
                  "Lang", "Moreau", "Novak", "Olsen", "Price", "Quist", "Rossi", "Stone", "Tanaka", "Ueda", "Voss",
                  "Wolf", "Xu", "Young", "Zeman")  # fmt: skip


class Redaction:
    """Replaces personal data; the same *key* gives the same pseudonyms."""

    def __init__(self, key: bytes) -> None:
        self._key = key[:64]

    def value(self, document: Any) -> Any:
        """Return a copy of a JSON value without personal data."""
        people, places = _names(document)
        known = {**{name: self._place(name) for name in places}, **{name: self._person(name) for name in people}}
        # The longest first: a name may be part of another.
        return self._copy(document, (), {name: known[name] for name in sorted(known, key=len, reverse=True)})

    def text(self, text: str) -> str:
        """Return a copy of JSON text, indented or not as it was; of other text, with the JSON in it copied."""
        try:
            return self._written(self.value(json.loads(text)), text)
        except (ValueError, RecursionError):
            pass
        copies = [(start, stop, self.text(cell).replace('"', '""')) for start, stop, cell in cells(text)] or [
            (start, stop, encoded(self.text(inner), like=text[start:stop])) for start, stop, inner in packed_texts(text)
        ]
        parts, end = [], 0
        for start, stop, copy in copies:
            parts += [self._around(text[end:start]), copy]
            end = stop
        return "".join([*parts, self._around(text[end:])])

    def _around(self, text: str) -> str:
        """Return a copy of text that has JSON in it, as such or in a string literal."""
        parts, end = [], 0
        for begin, value in passages(text)[1]:
            if begin < end or value is None:
                continue
            is_quoted = text[begin - 1 : begin] == '"'
            start = begin - is_quoted
            try:
                found, stop = json.JSONDecoder().raw_decode(text, start)
            except (ValueError, RecursionError):
                continue
            copy = (
                json.dumps(self.text(found))
                if isinstance(found, str)
                else self._written(self.value(found), text[start:stop])
            )
            parts += [self._plain(text[end:start]), copy]
            end = stop
        return "".join([*parts, self._plain(text[end:])])

    def _written(self, value: Any, like: str) -> str:
        indented = "\n" in like.strip()
        written = json.dumps(value, ensure_ascii=False, indent=2 if indented else None,
                             separators=None if indented else (",", ":"))  # fmt: skip
        return written + like[len(like.rstrip()) :]

    def _plain(self, text: str) -> str:
        return self._inside(_SECRET_LINE.sub(rf"\1 {_REDACTED}", text), {})

    def _copy(self, value: Any, path: tuple[str, ...], names: dict[str, str]) -> Any:
        if isinstance(value, dict):
            return self._object(value, path, names)
        if isinstance(value, list):
            return [self._copy(item, path, names) for item in value]
        if isinstance(value, str):
            return self._string(value, path, names)
        if isinstance(value, float | int) and not isinstance(value, bool):
            return self._number(value, path)
        return value

    def _object(self, value: dict[str, Any], path: tuple[str, ...], names: dict[str, str]) -> dict[str, Any]:
        secret = str(value.get("name", value.get("key", ""))).lower() in _SECRET_NAMES and "value" in value
        kind = value.get("type")
        copied = {}
        for name, member in value.items():
            if name.lower() in _SECRET_NAMES or (secret and name == "value"):
                copied[name] = _REDACTED if isinstance(member, str) else [_REDACTED]
            elif name == "displayName" and isinstance(member, str) and isinstance(kind, str) and member not in names:
                copied[name] = member if member in _KEPT else f"{kind} {self._hex(kind, member, 6)}"
            else:
                copied[name] = self._copy(member, (*path, name), names)
        return copied

    def _number(self, value: float, path: tuple[str, ...]) -> float:
        match path[-1:]:
            case ("lat" | "lon",):
                return float(round(value))
            case ("asNumber",):
                return 64496 + self._digest("as", str(value))[0] % 16  # the numbers kept for documentation
        return value

    def _string(self, value: str, path: tuple[str, ...], names: dict[str, str]) -> str:
        if value in _KEPT:
            return value
        if value in names:
            return names[value]
        named = _BY_NAME.get(path[-1] if path else "")
        if named:
            return named(self, value)
        inner = self._inner(value)
        return inner if inner is not None else self._inside(value, names)

    def _inner(self, value: str) -> str | None:
        """Return a copy of the JSON inside a string, in base64 or not, if that is what it is."""
        bare = value.strip()
        if bare[:1] in {"{", "["}:
            try:
                return self._written(self.value(json.loads(bare)), bare)
            except (ValueError, RecursionError):
                return None
        unpacked = decoded(bare)
        return encoded(self.text(unpacked), like=bare) if unpacked is not None and "{" in unpacked else None

    def _inside(self, text: str, names: dict[str, str]) -> str:
        for name, pseudonym in names.items():
            if len(name) >= _SHORTEST_NAME:
                text = text.replace(name, pseudonym)
        text = _EMAIL.sub(lambda found: self._login(found[0]), text)
        text = _HOST.sub(lambda found: self._host(found[0]), text)
        text = _ID.sub(self._id, text)
        text = _IPV4.sub(lambda found: self._address(found[0]), text)
        text = _IPV6.sub(lambda found: self._address(found[0]), text)
        return _PHONE.sub(lambda found: self._phone(found[0]), text)

    def _digest(self, kind: str, value: str) -> bytes:
        return blake2b(value.encode(errors="replace"), key=self._key, person=kind.encode()[:16]).digest()

    def _hex(self, kind: str, value: str, length: int) -> str:
        return (self._digest(kind, value).hex() * (length // 128 + 1))[:length]

    def _person(self, name: str) -> str:
        if "@" in name:
            return self._login(name)
        if " " not in name:
            return f"user-{self._hex('login', name.lower(), 8)}"
        digest = self._digest("person", name)
        return f"{_GIVEN[digest[0] % len(_GIVEN)]} {_FAMILY[digest[1] % len(_FAMILY)]} {digest[2:4].hex()}"

    def _login(self, name: str) -> str:
        if name in _KEPT or _PSEUDONYM.fullmatch(name):
            return name
        return f"user-{self._hex('login', name.lower(), 8)}@example.com"

    def _host(self, name: str) -> str:
        return f"dev-{int(self._hex('host', name.lower(), 7), 16) % 100_000_000:08}.okta.com"

    def _id(self, found: re.Match[str]) -> str:
        digest = self._digest("id", found[0])
        return found[1] + "".join(_ALPHABET[byte % 62] for byte in digest[:14]) + found[3]

    def _address(self, text: str) -> str:
        try:
            address = ip_address(text)
        except ValueError:
            return text
        number = int.from_bytes(self._digest("ip", text)[:8])
        if address.version == 4:  # the protocol's
            return str(IPv4Address(0xC6120000 | number % (1 << 17)))  # 198.18.0.0/15, kept for tests
        return str(IPv6Address((0x20010DB8 << 96) | number))  # 2001:db8::/32, kept for documentation

    def _phone(self, text: str) -> str:
        return f"+1555010{self._digest('phone', text)[0] % 100:02}"

    def _place(self, text: str) -> str:
        return f"Place {self._hex('place', text, 4)}"

    def _network(self, text: str) -> str:
        return f"network {self._hex('network', text, 4)}"

    def _session(self, text: str) -> str:
        encoded = base64.urlsafe_b64encode(self._digest("session", text)).decode()
        return text[:3] + encoded[: max(0, len(text) - 3)]

    def _hash(self, text: str) -> str:
        return self._hex("hash", text, len(text))

    def _device(self, text: str) -> str:
        return f"device {self._hex('device', text, 6)}"


# What a member's name alone says about its text.
_BY_NAME: Final[dict[str, Callable[[Redaction, str], str]]] = {
    "city": Redaction._place,  # noqa: SLF001  # of the class above
    "state": Redaction._place,  # noqa: SLF001
    "postalCode": lambda _, text: re.sub(r"[0-9]", "0", re.sub(r"[A-Z]", "A", text)),
    "asOrg": Redaction._network,  # noqa: SLF001
    "isp": Redaction._network,  # noqa: SLF001
    "domain": lambda self, text: f"{self._hex('domain', text, 6)}.example.net",
    "suspiciousActivityEventLatitude": lambda _, text: re.sub(r"[.][0-9]+", "", text),
    "suspiciousActivityEventLongitude": lambda _, text: re.sub(r"[.][0-9]+", "", text),
    "externalSessionId": Redaction._session,  # noqa: SLF001
    "rootSessionId": Redaction._session,  # noqa: SLF001
    "deviceFingerprint": Redaction._hash,  # noqa: SLF001
    "phoneNumber": Redaction._phone,  # noqa: SLF001
    "osDeviceName": Redaction._device,  # noqa: SLF001
}
_PEOPLE: Final = frozenset({"User", "AppUser", "NewUser"})


def _names(value: Any) -> tuple[set[str], set[str]]:
    """Return the names and logins of the people in a document, and the places in it: they occur in other texts too."""
    people: set[str] = set()
    places: set[str] = set()
    pending = [value]
    for item in pending:
        if isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, dict):
            if item.get("type") in _PEOPLE:
                people.update(_texts(item, "displayName", "alternateId"))
            places.update(_texts(item, "city"))
            pending.extend(item.values())
    return people, places


def _texts(item: dict[str, Any], *names: str) -> list[str]:
    return [text for name in names if isinstance(text := item.get(name), str) and text not in _KEPT]
