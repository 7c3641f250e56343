"""What a page knows of the request: the org, who is signed in, the form; and the ways to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from emulator.console.rendering import render
from emulator.console.routing import PREFIX
from emulator.payloads import Origin

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict
    from werkzeug.wrappers import Request

    from emulator.console.app import Console
    from emulator.console.sessions import Session
    from emulator.contract.model import JsonObject
    from emulator.org.call import Call
    from emulator.org.org import Org

__all__ = ["PAGE_SIZE", "Visit", "path_of"]

PAGE_SIZE: Final = 50
_LARGEST_PAGE: Final = 100_000


def path_of(path: str, **query: Any) -> str:
    """Return the address of a page; members of the query that are empty are left out."""
    given = {name: value for name, value in query.items() if value not in {None, "", 0}}
    return f"{PREFIX}{path}{'?' if given else ''}{urlencode(given)}"


@dataclass(slots=True, kw_only=True)
class Visit:
    """One request to the console; ``session`` is None on pages that are open to all."""

    console: Console
    request: Request
    session: Session | None

    @property
    def org(self) -> Org:
        """The org."""
        return self.console.org

    @property
    def form(self) -> MultiDict[str, str]:
        """What the form brought."""
        return self.request.form

    def text(self, name: str) -> str:
        """Return a parameter of the query, without white space around it."""
        return self.request.args.get(name, "").strip()

    def field(self, name: str) -> str:
        """Return a field of the form, without white space around it."""
        return self.form.get(name, "").strip()

    @property
    def page_number(self) -> int:
        """Which page of a list is asked for, from 0."""
        text = self.text("page")
        return min(int(text), _LARGEST_PAGE) if text.isascii() and text.isdigit() and len(text) < 9 else 0

    def call(self) -> Call:
        """Return the call that changes the org: an admin's in a browser (L28)."""
        return self.org.call(origin=Origin.CONSOLE, user_agent=self.request.headers.get("User-Agent", "")[:1000])

    def tell(self, text: str, *, good: bool = True, lines: list[str] | None = None, events: Any = None) -> None:
        """Let the next page say something: *lines* below it, and links to *events* that were raised."""
        if self.session is not None:
            told = {"text": text, "good": good, "lines": lines or [], "events": events or []}
            self.session.told.append(told)

    def events_since(self, number: int) -> list[JsonObject]:
        """Return the events written after the one of that *number*, as links need them."""
        return [
            {"uuid": event["uuid"], "published": event["published"], "type": event["eventType"]}
            for _, event in self.org.log.after(number, limit=20)
        ]

    def render(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page."""
        session = self.session
        known = {
            "csrf": "" if session is None else session.csrf,
            "signed_in": session is not None,
            "told": [] if session is None or template.startswith("_") else session.take_told(),
            "here": self.request.path,
            "org": self.org,
        }
        html = render(template, **known, **values)
        return Response(html, status=status, content_type="text/html; charset=utf-8")

    def live(self, whole: str, part: str, *, mark: object, **values: Any) -> Response:
        """Return a page, or just its changing part if the script asks for that; 204 if *mark* is as it was."""
        if "mark" not in self.request.args:
            return self.render(whole, mark=mark, **values)
        if self.text("mark") == str(mark):
            return Response(status=204)
        answer = self.render(part, mark=mark, **values)
        answer.headers["X-Mark"] = str(mark)
        return answer

    def go(self, path: str, **query: Any) -> Response:
        """Send the browser to another page, with GET."""
        return Response(status=303, headers={"Location": path_of(path, **query)})
