"""Pages of the System Log: polling by order of writing, bounded queries by time, both through indexes (L1-L15)."""

from __future__ import annotations

import heapq
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.expressions.keywords import occur
from emulator.contract.expressions.scim import allowed_values, contained_texts
from emulator.org.errors import api_error
from emulator.payloads import as_system_log
from emulator.payloads.moments import as_text, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.contract.expressions.scim import ScimFilter
    from emulator.contract.model import JsonObject
    from emulator.org.core import Core

__all__ = ["LogPage", "LogQuery", "LogSearch"]

_DEFAULT_SPAN: Final = timedelta(days=7)  # L2
_RETENTION: Final = timedelta(days=90)
_FARTHEST: Final = timedelta(days=180)
_CHUNKS: Final = (100, 1000)  # rows read at once: first few, since a page may need no more
_FEW_TYPES: Final = 20
_CURSOR: Final = re.compile(r"[0-9]{1,15}_([0-9]{1,15})")
_PLAIN: Final = re.compile(r"[ !#-\[\]-~]+")  # what JSON writes as it is
_TICK: Final = timedelta(milliseconds=1)
_END_OF_TIME: Final = "~"  # sorts after every instant

_Row = tuple[str, int, str]  # published, number, document


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """
    What is asked for; instants are aware, ``keywords`` folded.

    UNDOCUMENTED: whether the System Log finds an event of the very instant ``until``; here it doesn't, so that windows
    don't overlap.
    """

    since: datetime | None = None
    until: datetime | None = None
    after: str | None = None
    filter: ScimFilter | None = None
    keywords: tuple[str, ...] = ()
    limit: int = 100
    descending: bool = False

    @property
    def polls(self) -> bool:
        """Whether the query has no end, since new events go on coming (L3)."""
        return self.until is None and not self.descending


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """A page of events in the shape of the API; ``cursor`` is where the next one begins, None if nothing follows."""

    events: list[JsonObject]
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Range:
    """Rows in index order: after ``edge``, which has a value for each of ``columns``, and fit for ``clauses``."""

    columns: tuple[str, ...]
    edge: tuple[Any, ...]
    clauses: tuple[tuple[str, Any], ...]
    descending: bool = False

    def sql(self) -> str:
        marks = ", ".join("?" * len(self.columns))
        beyond = f"({', '.join(self.columns)}) {'<' if self.descending else '>'} ({marks})"
        order = ", ".join(f"{column} {'DESC' if self.descending else 'ASC'}" for column in self.columns)
        where = " AND ".join([beyond, *(clause for clause, _ in self.clauses)])
        return f"SELECT published, number, document FROM log WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608 (our own text)

    def key(self, row: _Row) -> tuple[Any, ...]:
        return row[1:2] if len(self.columns) == 1 else row[:2]


class LogSearch:
    """Searches the System Log of one org."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._store = core.store

    def page(self, query: LogQuery) -> LogPage:
        """
        Return a page.

        Raises:
            OktaApiError: ``since`` is too long ago, or ``after`` is no cursor of ours.
        """
        now = self._core.now()
        if query.since is not None and query.since < now - _FARTHEST:
            raise api_error(
                "E0000053",
                subject="Invalid parameter: The since parameter is over 180 days prior to the current day.",
            )
        found = self._matching(query, self._range(query, now))
        # One more than asked for tells whether anything follows.
        events = list(islice(found, query.limit + 1)) if query.limit else []
        shown = events[: query.limit]
        more = bool(shown) and (query.polls or len(events) > len(shown))
        return LogPage(events=[event for _, event in shown], cursor=_cursor(shown[-1][0]) if more else None)

    def _range(self, query: LogQuery, now: datetime) -> _Range:
        position = None if query.after is None else _position(query.after)
        since = _text(max(query.since or (query.until or now) - _DEFAULT_SPAN, now - _RETENTION))
        if query.polls:
            # While the clock only goes forward, all that was written later is also younger.
            clauses = (("published >= ?", since),) if self._is_disordered() else ()
            start = self._number_before(since) if position is None else position
            return _Range(columns=("number",), edge=(start,), clauses=clauses)
        until = _END_OF_TIME if query.until is None else _text(query.until)
        edge = (until if query.descending else since, -1) if position is None else (self._published(position), position)
        return _Range(
            columns=("published", "number"),
            edge=edge,
            clauses=(("published >= ?", since) if query.descending else ("published < ?", until),),
            descending=query.descending,
        )

    def _matching(self, query: LogQuery, wanted: _Range) -> Iterator[tuple[_Row, JsonObject]]:
        for row in self._rows(query, wanted):
            event = as_system_log(json.loads(row[2]))
            if query.filter is not None and not query.filter.matches(event):
                continue
            if query.keywords and not occur(query.keywords, event):
                continue
            yield row, event

    def _rows(self, query: LogQuery, wanted: _Range) -> Iterator[_Row]:
        """Read one index range for each event type and merge them, so that every row read is in its place already."""
        node = None if query.filter is None else query.filter.node
        types = None if node is None else allowed_values(node, "eventType")
        parts = () if node is None else tuple(("instr(document, ?)", part) for part in contained_texts(node))
        parts = (*parts, *_containing(query.keywords))
        if types is None or len(types) > _FEW_TYPES:
            return self._scan(wanted, parts)
        scans = [self._scan(wanted, (("event_type = ?", name), *parts)) for name in sorted(types)]
        return heapq.merge(*scans, key=wanted.key, reverse=wanted.descending)

    def _scan(self, wanted: _Range, more: Sequence[tuple[str, str]]) -> Iterator[_Row]:
        whole = _Range(
            columns=wanted.columns,
            edge=wanted.edge,
            clauses=(*wanted.clauses, *more),
            descending=wanted.descending,
        )
        text, edge = whole.sql(), whole.edge
        values = [value for _, value in whole.clauses]
        size, following = _CHUNKS
        while True:
            # In chunks, so that the org's lock is free in between.
            rows: list[_Row] = self._store.rows(text, [*edge, *values, size])
            yield from rows
            if len(rows) < size:
                return
            edge, size = whole.key(rows[-1]), following

    def _number_before(self, since: str) -> int:
        if self._is_disordered():
            return 0
        first = self._store.value("SELECT number FROM log WHERE published >= ? ORDER BY published LIMIT 1", (since,))
        return int(first) - 1 if first is not None else int(self._store.value("SELECT max(number) FROM log") or 0)

    def _published(self, number: int) -> str:
        found: str | None = self._store.value("SELECT published FROM log WHERE number = ?", (number,))
        if found is None:
            raise api_error("E0000029", hint="the cursor names no event of this org")
        return found

    def _is_disordered(self) -> bool:
        return self._store.get("log disordered") is not None


def _containing(keywords: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield what SQLite can say of keywords beforehand: no row is left out in which they all occur."""
    for word in keywords:
        if _PLAIN.fullmatch(word):
            # LIKE folds ASCII alone; what else may fold to ASCII is written as an escape.
            escaped = re.sub(r"[%_!]", r"!\g<0>", word)
            yield "(document LIKE ? ESCAPE '!' OR instr(document, '\\u'))", f"%{escaped}%"


def _text(moment: datetime) -> str:
    """Return the text of an instant as the log has it; a finer one is rounded up, so that comparisons stay true."""
    return as_text(moment if moment.microsecond % 1000 == 0 else moment + _TICK)


def _cursor(row: _Row) -> str:
    moment = parse(row[0])  # an event that was edited may have any text there
    return f"{0 if moment is None else round(moment.timestamp() * 1000)}_{row[1]}"


def _position(cursor: str) -> int:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise api_error("E0000029", hint="take the cursor from the next link of the page before")
    return int(found[1])
