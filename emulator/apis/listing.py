"""Lists of users, groups and apps: searched, sorted, and given out page by page (CORE pagination)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from emulator.apis.answers import Answer, link_header, next_url
from emulator.contract.expressions.scim import ScimError, values_at
from emulator.org.errors import OktaApiError, api_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.apis.asking import Ask
    from emulator.contract.expressions.scim import Dialect
    from emulator.contract.model import JsonObject

__all__ = ["page", "searched", "syntax_error"]


def syntax_error(error: ScimError) -> OktaApiError:
    """Return the API's error for a filter that a list refuses; the explanation goes to people only."""
    return api_error(error.code, subject=error.summary, hint=str(error))


def searched(ask: Ask, documents: Sequence[JsonObject], *, search: Dialect, filtering: Dialect) -> list[JsonObject]:
    """
    Return the documents that pass ``search`` and ``filter``, sorted as ``sortBy`` asks if there is a search.

    Raises:
        OktaApiError: one of them can't be read.
    """
    found = list(documents)
    for name, dialect in (("search", search), ("filter", filtering)):
        text = ask.text(name)
        if not text:
            continue
        try:
            wanted = dialect.parse(text)
        except ScimError as error:
            raise syntax_error(error) from None
        found = [document for document in found if wanted.matches(document)]
    key = ask.text("sortBy")
    if key and ask.text("search"):
        found.sort(key=lambda document: document["id"])
        found.sort(key=lambda document: _sorted_by(document, key), reverse=ask.text("sortOrder").lower() == "desc")
    return found


def _sorted_by(document: JsonObject, key: str) -> tuple[bool, str]:
    value = next(values_at(document, key), None)
    return value is None, str(value or "").casefold()


def page(ask: Ask, documents: Sequence[JsonObject], *, default: int, most: int, paged: bool = True) -> Answer:
    """
    Return a page of *documents*; ``after`` names the one it begins with, so that those already seen may be deleted.

    Raises:
        OktaApiError: ``limit`` is no number, or ``after`` is none of our cursors.
    """
    limit = ask.number("limit", default=default, most=most)
    start = _start(documents, ask.text("after")) if paged else 0
    shown = list(documents[start : start + limit])
    given: dict[str, str] = dict(ask.request.args.items())
    following = None
    if paged and shown and start + limit < len(documents):
        cursor = _cursor(documents[start + limit])
        following = next_url(ask.url, {**given, "after": cursor, "limit": str(limit)})
    return Answer(body=shown, headers=(link_header(next_url(ask.url, given), following),))


def _cursor(document: JsonObject) -> str:
    return f"{document['id']}_{re.sub('[^0-9]', '', document['created'])}"


def _start(documents: Sequence[JsonObject], cursor: str) -> int:
    if not cursor:
        return 0
    wanted, mark, created = cursor.partition("_")
    if not mark or not created.isdigit():
        raise api_error("E0000029", hint="take the cursor from the next link of the page before")
    for position, document in enumerate(documents):
        if document["id"] == wanted:
            return position
    # It is gone.  In order of creation, what comes after it begins with what is no older.
    later = (at for at, document in enumerate(documents) if _cursor(document).partition("_")[2] >= created)
    return next(later, len(documents))
