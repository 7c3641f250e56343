"""Templates to HTML: everything is escaped, control and direction characters are spelt out."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.catalogue import known_types
from emulator.secrets import safe_url
from emulator.visible import visible

if TYPE_CHECKING:
    import jinja2

__all__ = ["label_of", "render", "static_file"]


# P2, P4: what Okta's form calls these; the others are called by their text in the catalogue.
_LABELS: Final = {
    "user.lifecycle.create": "User created",
    "user.lifecycle.deactivate": "User deactivated",
    "group.user_membership.add": "User added to group",
    "application.user_membership.add": "User assigned to app",
}


def render(template: str, **values: Any) -> str:
    """Return *template*, a name without its ending, filled with *values*."""
    return _environment().get_template(f"{template}.html.jinja").render(**values)


def label_of(event_type: str) -> str:
    """Return what people call an event type, such as ``User deactivated``."""
    known = known_types().get(event_type)
    if known is None or event_type in _LABELS:
        return _LABELS.get(event_type, event_type)
    words = known.published.get("message") or known.display_message.value
    return str(words).rstrip(".")


def static_file(name: str) -> bytes | None:
    """Return a style sheet or script of ours, or None if there is none of that name."""
    from importlib.resources import files

    if name not in {"console.css", "console.js", "theme.js"}:
        return None
    return (files("emulator.console") / "static" / name).read_bytes()


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("emulator.console", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": visible, "label": label_of, "pretty": _pretty, "address": safe_url, "time": _time}
    return environment


def _pretty(value: Any) -> str:
    return visible(json.dumps(value, indent=2, ensure_ascii=False))


def _time(text: str) -> str:
    """Return an instant of the System Log in a shorter form."""
    return text[:19].replace("T", " ") if len(text) >= 19 else text
