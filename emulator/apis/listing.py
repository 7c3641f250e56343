"""Lists of users, groups and apps: searched, sorted, and given out page by page (CORE pagination)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from emulator.apis.answers import Answer, link_header, next_url
from emulator.contract.expressions.scim import ScimError, values_at
from emulator.org.errors import OktaApiError, api_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from emulator.apis.asking import Ask
    from emulator.contract.expressions.scim import Dialect
    from emulator.contract.model import JsonObject

__all__ = ["Listed", "page", "searched", "syntax_error", "whole_page"]

_DIGITS: Final = 12


class Listed(Protocol):
    """What lists hold: a record with an id, in order of creation."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def created(self) -> datetime:
        """When it was made."""


R = TypeVar("R", bound=Listed)


def syntax_error(error: ScimError) -> OktaApiError:
    """Return the API's error for a filter that a list refuses; the explanation goes to people only."""
    return api_error(error.code, subject=error.summary, hint=str(error))


def searched(
    ask: Ask, records: Sequence[R], show: Callable[[R], JsonObject], *, search: Dialect, filtering: Dialect
) -> list[R]:
    """
    Return the records that pass ``search`` and ``filter``, sorted as ``sortBy`` asks if there is a search.

    Args:
        ask: The request.
        records: All there are, in order of creation.
        show: Makes a record the document that is searched.
        search: What ``search`` may say.
        filtering: What ``filter`` may say.

    Raises:
        OktaApiError: one of them can't be read.
    """
    found = list(records)
    for name, dialect in (("search", search), ("filter", filtering)):
        text = ask.text(name)
        if not text:
            continue
        try:
            wanted = dialect.parse(text)
        except ScimError as error:
            raise syntax_error(error) from None
        found = [record for record in found if wanted.matches(show(record))]
    key = ask.text("sortBy")
    if key and ask.text("search"):
        found.sort(key=lambda record: record.id)
        found.sort(key=lambda record: _sorted_by(show(record), key), reverse=ask.text("sortOrder").lower() == "desc")
    return found


def _sorted_by(document: JsonObject, key: str) -> tuple[bool, str]:
    value = next(values_at(document, key), None)
    return value is None, str(value or "").casefold()


def page(
    ask: Ask,
    records: Sequence[R],
    show: Callable[[R], JsonObject],
    *,
    default: int,
    most: int,
    paged: bool = True,
) -> Answer:
    """
    Return a page of *records*; ``after`` names the one it begins with, so that those already seen may be deleted.

    Raises:
        OktaApiError: ``limit`` is no number, or ``after`` is none of our cursors.
    """
    limit = ask.number("limit", default=default, most=most)
    start = _start(records, ask.text("after")) if paged else 0
    return _answer(ask, records[start : start + limit + 1], show, limit=limit, paged=paged)


def whole_page(
    ask: Ask, find: Callable[[str, int], Sequence[R] | None], show: Callable[[R], JsonObject], *, most: int
) -> Answer | None:
    """
    Return a page of all there are, of which no more is read than is shown; None if its first one is gone.

    Args:
        ask: The request, which neither searches nor filters.
        find: Returns so many records, in order of creation, from the one with an id on (all if that is empty); None
            if there is none with that id.
        show: Makes a record the document that is shown.
        most: Records of the longest page.
    """
    limit = ask.number("limit", default=most, most=most)
    found = find(_read(ask.text("after"))[0], limit + 1)
    return None if found is None else _answer(ask, found, show, limit=limit, paged=True)


def _answer(ask: Ask, records: Sequence[R], show: Callable[[R], JsonObject], *, limit: int, paged: bool) -> Answer:
    """Return a page of *records*, the last of which only tells that there are more if it is one too many."""
    given: dict[str, str] = dict(ask.request.args.items())
    following = None
    if paged and limit and len(records) > limit:
        following = next_url(ask.url, {**given, "after": _cursor(records[limit]), "limit": str(limit)})
    shown = [show(record) for record in records[:limit]]
    return Answer(body=shown, headers=(link_header(next_url(ask.url, given), following),))


def _cursor(record: Listed) -> str:
    return f"{record.id}_{record.created.timestamp():.0f}"


def _start(records: Sequence[Listed], cursor: str) -> int:
    if not cursor:
        return 0
    wanted, created = _read(cursor)
    for position, record in enumerate(records):
        if record.id == wanted:
            return position
    # It is gone.  In order of creation, what comes after it begins with what is no older.
    later = (at for at, record in enumerate(records) if record.created.timestamp() >= created)
    return next(later, len(records))


def _read(cursor: str) -> tuple[str, int]:
    if not cursor:
        return "", 0
    wanted, mark, created = cursor.partition("_")
    if not wanted or not mark or not created.isdecimal() or len(created) > _DIGITS:
        raise api_error("E0000029", hint="take the cursor from the next link of the page before")
    return wanted, int(created)
