"""
Faker's providers by name, as texts name them: ``name``, ``numerify(##-##)``, ``random_int(min=1, max=6)``.

The same seed, label and version of Faker give the same value; Faker's own random state is never the global one.
"""

from __future__ import annotations

import json
import re
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from emulator.errors import UsageError
from emulator.names import did_you_mean

if TYPE_CHECKING:
    from faker import Faker

    from emulator.payloads.draws import Draws

__all__ = ["fake", "fake_providers"]

_CALL = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*(?:\((?P<arguments>.*)\))?", re.DOTALL)
_KEYWORD = re.compile(r"(?P<key>[a-z_]+)\s*=(?P<value>.*)", re.DOTALL)
# Providers that take their choices as one argument, which a text lists one by one.
_CHOOSING: Final = frozenset({"random_choices", "random_element", "random_elements", "random_sample"})
# They make files, classes or functions, or change the generator itself.
_NOT_VALUES: Final = frozenset({
    "add_provider", "binary", "del_arguments", "dsv", "enum", "factories", "get_arguments", "get_formatter", "get_providers",
    "image", "items", "json_bytes", "locales", "optional", "parse", "provider", "providers", "psv", "random", "seed",
    "seed_instance", "seed_locale", "set_arguments", "set_formatter", "tar", "tsv", "unique", "weights", "xml", "zip",
})  # fmt: skip
_LONGEST = 200  # characters of a call
_LARGEST = 65_536  # characters of a value


@cache
def _idle(locale: str | None) -> list[Faker]:
    """Return the generators of a locale that nobody is using; a list, as its pop and append are safe between threads."""
    del locale
    return []


def _faker(locale: str | None) -> Faker:
    from faker import Faker

    try:
        return Faker(locale, use_weighting=False)
    except AttributeError:
        raise UsageError(
            f"Faker has no locale {locale!r}", where="--locale", hint="such as en_US, de_DE or ja_JP"
        ) from None


def _take(idle: list[Faker], locale: str | None) -> Faker:
    try:
        return idle.pop()
    except IndexError:
        return _faker(locale)


@cache
def fake_providers(locale: str | None = None) -> frozenset[str]:
    """Return the names of all providers that give values."""
    faker = _faker(locale)
    _idle(locale).append(faker)
    names = (name for name in dir(faker) if not name.startswith("_") and name not in _NOT_VALUES)
    return frozenset(name for name in names if callable(getattr(faker, name, None)))


def fake(call: str, *, draws: Draws, label: tuple[int | str, ...], locale: str | None = None) -> Any:
    """
    Return the JSON value that a provider gives.

    Args:
        call: The provider's name, with its arguments in parentheses if it needs any.
        draws: The seed's values.
        label: What tells this value apart from the seed's others.
        locale: The locale of the names and places.

    Raises:
        UsageError: there is no such provider, its arguments don't suit it, or it gives no JSON value.
    """
    read = _CALL.fullmatch(call.strip()) if len(call) <= _LONGEST else None
    if read is None:
        raise UsageError(f"{call[:60]!r} is no provider", hint="write name, or name(argument, key=argument)")
    name = read["name"]
    if name not in fake_providers(locale):
        hint = did_you_mean(name, fake_providers(locale)) or "see Faker's list of providers"
        raise UsageError(f"Faker has no provider {name!r}", hint=hint)
    positional, keywords = _arguments(name, read["arguments"])
    idle = _idle(locale)
    faker = _take(idle, locale)
    faker.seed_instance(int.from_bytes(draws.raw("fake", call, *label)[:8]))
    try:
        value = getattr(faker, name)(*positional, **keywords)
    except Exception as error:  # noqa: BLE001 (providers raise whatever their arguments lead to)
        raise UsageError(f"Faker's {name} can't be called like that: {error}", hint=f"you wrote {call}") from None
    finally:
        idle.append(faker)
    return _as_json(value, call)


def _arguments(name: str, text: str | None) -> tuple[list[Any], dict[str, Any]]:
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for part in text.split(",") if text and text.strip() else ():
        keyword = _KEYWORD.fullmatch(part.strip())
        if keyword is not None:
            keywords[keyword["key"]] = _value(keyword["value"].strip())
        else:
            positional.append(_value(part.strip()))
    return ([positional] if name in _CHOOSING else positional), keywords


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {"True": True, "False": False, "None": None}.get(text, text)


def _as_json(value: Any, call: str) -> Any:
    try:
        text = json.dumps(value, allow_nan=False, default=_plain)
    except (TypeError, ValueError):
        raise UsageError(f"${{fake:{call}}} gives no JSON value but a {type(value).__name__}") from None
    if len(text) > _LARGEST:
        raise UsageError(f"${{fake:{call}}} gives {len(text)} characters, more than {_LARGEST}")
    return json.loads(text)


def _plain(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    raise TypeError(type(value).__name__)
