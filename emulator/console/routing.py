"""The table of the console's pages: each is a function below its ``@page``, in a file of ``pages/``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from werkzeug.routing import Map, Rule

from emulator.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

__all__ = ["PREFIX", "Page", "page", "url_map"]

PREFIX: Final = "/console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page or action; ``open_to_all`` says that it asks for no session."""

    method: str
    path: str
    handler: Callable[..., Response]
    open_to_all: bool


_TABLE: Final[dict[tuple[str, str], Page]] = {}


def page(
    method: str, path: str, *, open_to_all: bool = False
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Make a function a page of the console, at *path* below ``/console``."""

    def register(handler: Callable[..., Response]) -> Callable[..., Response]:
        key = method, path
        if key in _TABLE:
            raise HarnessError(f"{method} {path} is a page twice", hint=f"also in {_TABLE[key].handler.__module__}")
        _TABLE[key] = Page(method=method, path=f"{PREFIX}{path}", handler=handler, open_to_all=open_to_all)
        return handler

    return register


@cache
def url_map() -> Map:
    """Return all pages as werkzeug matches them."""
    for file in sorted((Path(__file__).parent / "pages").glob("[a-z]*.py")):
        import_module(f"emulator.console.pages.{file.stem}")
    rules = [Rule(found.path, methods=[found.method], endpoint=found) for found in _TABLE.values()]
    return Map(rules, strict_slashes=False, merge_slashes=False, redirect_defaults=False)
