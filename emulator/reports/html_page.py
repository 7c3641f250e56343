"""A page that needs nothing else: its style and script are inside, and its policy allows nothing but them."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

__all__ = ["rendered"]


def rendered(
    template: str,
    view: Mapping[str, Any],
    *,
    style: Sequence[str],
    script: Sequence[str] = (),
    when: datetime | None = None,
) -> str:
    """
    Return the page that a template of ours makes of *view*, whose texts are all escaped.

    Args:
        template: The template's file name.
        view: What it shows.
        style: The files of its style.
        script: The files of its script.
        when: When the results were made; left out if None.
    """
    import jinja2

    from emulator.version import VERSION

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("emulator.reports", "page"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    styles, scripts = _asset(environment, style), _asset(environment, script)
    return environment.get_template(template).render(
        **view,
        when="" if when is None else f"{when:%Y-%m-%d %H:%M} UTC",
        version=VERSION,
        style=styles,
        script=scripts,
        style_hash=_hash(styles),
        script_hash=_hash(scripts),
    )


def _asset(environment: Any, names: Sequence[str]) -> Any:
    """Return files of ours, which are the only text that is not escaped."""
    from markupsafe import Markup

    sources = [environment.loader.get_source(environment, name)[0] for name in names]
    return Markup("\n".join(sources))  # noqa: S704 (it is part of this package)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
