"""The table of endpoints: each is a function below its ``@route``, in a file of ``resources/`` or ``control/``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from werkzeug.routing import Map, Rule

from emulator.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.apis.answers import Answer

__all__ = [
    "API",
    "CONTROL",
    "PUBLIC",
    "Query",
    "Route",
    "Scope",
    "control",
    "is_quick",
    "public",
    "route",
    "routes",
    "url_map",
]

API: Final = "/api/v1"
CONTROL: Final = "/_emulator"
PUBLIC: Final = ("/oauth2/", "/.well-known/")  # what OAuth clients ask for, without an API token


class Scope:
    """The OAuth scope of an endpoint: ``Scope("users")`` gives ``okta.users.read`` or ``okta.users.manage`` (A2)."""

    def __init__(self, family: str) -> None:
        self.family = family

    def of(self, method: str) -> str:
        """Return the scope that a call with *method* needs."""
        return f"okta.{self.family}.{'read' if method == 'GET' else 'manage'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query parameter of an endpoint: its JSON Schema, for the description of the API."""

    name: str
    kind: str = "string"
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    One endpoint.

    ``gives`` names the schema of the answer (``[User]`` for a list, empty for none), ``takes`` that of the body.
    ``open_to_all`` says that it asks for no token, ``quick`` that it waits for nothing and looks at few objects.
    """

    method: str
    path: str
    handler: Callable[..., Answer] = field(repr=False)
    operation: str
    scope: str = ""
    gives: str = ""
    takes: str = ""
    status: int = 200
    query: tuple[Query, ...] = ()
    open_to_all: bool = False
    quick: bool = False

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return (self.handler.__doc__ or "").strip().splitlines()[0].rstrip(".")

    @property
    def template(self) -> str:
        """The path as Okta's documents write it: ``/api/v1/users/{id}``."""
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.path)


_TABLE: Final[dict[tuple[str, str], Route]] = {}


def route(
    method: str,
    path: str,
    *,
    operation: str,
    scope: Scope,
    gives: str = "",
    takes: str = "",
    status: int = 200,
    query: tuple[Query, ...] = (),
    quick: bool = False,
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Make a function an endpoint of Okta's API; ``operation`` is Okta's own name for it."""

    def register(handler: Callable[..., Answer]) -> Callable[..., Answer]:
        _add(
            Route(
                method=method,
                path=path,
                handler=handler,
                operation=operation,
                scope=scope.of(method),
                gives=gives,
                takes=takes,
                status=status,
                query=query,
                quick=quick,
            )
        )
        return handler

    return register


def control(
    method: str, path: str, *, open_to_all: bool = False
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Make a function an endpoint of the control plane; one that is *open_to_all* asks for no token."""

    def register(handler: Callable[..., Answer]) -> Callable[..., Answer]:
        _add(
            Route(
                method=method,
                path=f"{CONTROL}{path}",
                handler=handler,
                operation=handler.__name__,
                open_to_all=open_to_all,
            )
        )
        return handler

    return register


def public(method: str, path: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Make a function an endpoint of the org's authorization servers, which ask for no API token."""

    def register(handler: Callable[..., Answer]) -> Callable[..., Answer]:
        _add(Route(method=method, path=path, handler=handler, operation=handler.__name__, open_to_all=True))
        return handler

    return register


def _add(new: Route) -> None:
    key = new.method, new.template
    if key in _TABLE:
        raise HarnessError(
            f"{new.method} {new.template} is registered twice",
            hint=f"by {_TABLE[key].handler.__module__} and {new.handler.__module__}",
        )
    _TABLE[key] = new


@cache
def routes() -> Mapping[tuple[str, str], Route]:
    """Return every endpoint by method and path, sorted by path."""
    here = Path(__file__).parent
    for folder in ("resources", "control"):
        for file in sorted((here / folder).glob("[a-z]*.py")):
            import_module(f"emulator.apis.{folder}.{file.stem}")
    return dict(sorted(_TABLE.items(), key=lambda item: (item[0][1], item[0][0])))


@cache
def url_map() -> Map:
    """Return the endpoints as werkzeug matches them; a slash at the end makes no difference."""
    rules = [Rule(found.path, methods=[found.method], endpoint=found) for found in routes().values()]
    return Map(rules, strict_slashes=False, merge_slashes=False, redirect_defaults=False)


def is_quick(method: str, path: str) -> bool:
    """Say whether a call goes to an endpoint that is marked as quick."""
    known = _quick_paths().get(method)
    return known is not None and known.fullmatch(path) is not None


@cache
def _quick_paths() -> Mapping[str, re.Pattern[str]]:
    by_method: dict[str, list[str]] = {}
    for found in routes().values():
        if found.quick:
            by_method.setdefault(found.method, []).append(re.sub(r"<\w+>", "[^/]+", found.path))
    return {method: re.compile(f"(?:{'|'.join(paths)})/?") for method, paths in by_method.items()}
