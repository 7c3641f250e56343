"""The ledger of an org's deliveries: every attempt with request, reply and timing, and nothing secret."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from emulator.delivery.attempts import Attempt, Delivered, Delivery, GivenUp, Kind, Outcome, Retry, Step
from emulator.delivery.exchange import Exchange, Failure, Phase, Reply, Request
from emulator.secrets import Redactor, safe_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.contract.model import JsonObject
    from emulator.org.store import Store
    from emulator.secrets import Secret

__all__ = ["Ledger", "attempts_to_json", "record_of"]

_STEPS: Final = {"delivered": Delivered, "retry": Retry, "given_up": GivenUp}
_BODY_KEPT: Final = 4096  # bytes of a reply
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode  # json.dumps makes an encoder for every call
_COLUMNS: Final = "number, hook_id, event_id, record, body"


class Ledger:
    """The deliveries of one org, in the order in which they ended; read from the store each time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __iter__(self) -> Iterator[Delivery]:
        return iter(self.all())

    def __len__(self) -> int:
        return int(self._store.value("SELECT count(*) FROM deliveries WHERE ended IS NOT NULL"))

    def __getitem__(self, position: int) -> Delivery:
        way, skipped = ("DESC", -1 - position) if position < 0 else ("ASC", position)
        row = self._store.row(
            f"SELECT {_COLUMNS} FROM deliveries WHERE ended IS NOT NULL ORDER BY ended {way} LIMIT 1 OFFSET ?",  # noqa: S608 (our own text)
            (skipped,),
        )
        if row is None:
            raise IndexError(f"the ledger has {len(self)} deliveries")
        return _delivery(*row)

    def all(self, *, after: int = -1, hook_id: str | None = None, limit: int = -1) -> list[Delivery]:
        """
        Return the deliveries that have ended.

        Args:
            after: Leave out those whose place in the order of ending is up to this one.
            hook_id: Only those of one hook.
            limit: At most so many; -1 for all.
        """
        where, values = "ended > ?", [after]
        if hook_id is not None:
            where, values = f"{where} AND hook_id = ?", [*values, hook_id]  # type: ignore[list-item]  # SQL values
        rows = self._store.rows(
            f"SELECT {_COLUMNS} FROM deliveries WHERE {where} ORDER BY ended LIMIT ?",  # noqa: S608 (our own text)
            [*values, limit],
        )
        return [_delivery(*row) for row in rows]

    def newest(
        self, *, limit: int, skip: int = 0, hook_id: str | None = None, uuid: str | None = None
    ) -> list[Delivery]:
        """
        Return the deliveries that have ended, the newest first.

        Args:
            limit: At most so many.
            skip: Leave out so many of the newest.
            hook_id: Only those of one hook.
            uuid: Only those that carry one event.
        """
        clauses = [("hook_id = ?", hook_id), ("instr(record, ?)", uuid)]
        given = [(clause, value) for clause, value in clauses if value is not None]
        where = " AND ".join(["ended IS NOT NULL", *(clause for clause, _ in given)])
        rows = self._store.rows(
            f"SELECT {_COLUMNS} FROM deliveries WHERE {where} ORDER BY ended DESC LIMIT ? OFFSET ?",  # noqa: S608 (our own text)
            [*(value for _, value in given), limit, skip],
        )
        return [_delivery(*row) for row in rows]

    def get(self, number: int) -> Delivery | None:
        """Return the delivery of that number, or None if there is none or it is still under way."""
        row = self._store.row(
            f"SELECT {_COLUMNS} FROM deliveries WHERE number = ? AND ended IS NOT NULL",  # noqa: S608 (our own text)
            (number,),
        )
        return None if row is None else _delivery(*row)

    def under_way(self, number: int) -> Delivery | None:
        """Return the delivery of that number if its end is not known, else None."""
        row = self._store.row(
            f"SELECT {_COLUMNS} FROM deliveries WHERE number = ? AND ended IS NULL",  # noqa: S608 (our own text)
            (number,),
        )
        return None if row is None else _delivery(*row)

    def find(self, event_id: str) -> Delivery | None:
        """Return the newest delivery that has ended with this ``eventId``, or None."""
        row = self._store.row(
            f"SELECT {_COLUMNS} FROM deliveries WHERE event_id = ? AND ended IS NOT NULL ORDER BY ended DESC",  # noqa: S608 (our own text)
            (event_id,),
        )
        return None if row is None else _delivery(*row)

    def last_ended(self) -> int:
        """Return the place of the newest delivery in the order of ending, -1 if none has ended."""
        found = self._store.value("SELECT max(ended) FROM deliveries")
        return -1 if found is None else int(found)

    def built(self, number: int) -> datetime:
        """Return when the body of a delivery was built."""
        return datetime.fromisoformat(self._store.value("SELECT built FROM deliveries WHERE number = ?", (number,)))


def attempts_to_json(delivery: Delivery) -> list[JsonObject]:
    """Return the attempts for the store and for reports: redacted, and replies cut off."""
    return [_attempt_json(attempt) for attempt in delivery.attempts]


def record_of(delivery: Delivery) -> str:
    """Return what the store keeps of a delivery beside its columns."""
    return _encode(
        {
            "kind": delivery.kind,
            "uuids": delivery.uuids,
            "eventTypes": delivery.event_types,
            "outcome": delivery.outcome,
            "reason": delivery.reason,
            "attempts": attempts_to_json(delivery),
        }
    )


def _delivery(number: int, hook_id: str, event_id: str, record: str, body: bytes) -> Delivery:
    kept = json.loads(record)
    return Delivery(
        number=number,
        kind=Kind(kept["kind"]),
        event_id=event_id,
        hook_id=hook_id,
        uuids=tuple(kept["uuids"]),
        event_types=tuple(kept["eventTypes"]),
        attempts=tuple(_attempt(each, body) for each in kept["attempts"]),
        outcome=Outcome(kept["outcome"]),
        reason=kept["reason"],
        body=body,
    )


def _attempt_json(attempt: Attempt) -> JsonObject:
    exchange = attempt.exchange
    redact = _redactor(tuple(exchange.request.secrets()))
    reply = exchange.reply or exchange.partial
    step = next(name for name, kind in _STEPS.items() if isinstance(attempt.step, kind))
    return {
        "n": attempt.number,
        "method": exchange.request.method,
        "url": safe_url(exchange.request.url),
        "headers": [[name, str(value)] for name, value in exchange.request.headers],
        "status": exchange.status,
        "error": exchange.failure,
        "detail": redact(exchange.detail),
        "elapsed_ms": round(exchange.elapsed * 1000, 3),
        "phase": exchange.phase,
        "timings_ms": {phase.value: round(seconds * 1000, 3) for phase, seconds in exchange.timings.items()},
        "received": exchange.bytes_received,
        "peer": exchange.peer,
        "reply": None if reply is None else _reply_json(reply, redact),
        "step": step,
        "why": redact(attempt.step.reason),
        "delay": getattr(attempt.step, "delay", 0.0),
    }


@lru_cache(maxsize=64)
def _redactor(secrets: tuple[Secret, ...]) -> Redactor:
    return Redactor(secrets)


def _reply_json(reply: Reply, redact: Redactor) -> JsonObject:
    body = redact(reply.body.decode("utf-8", errors="replace"))
    return {
        "status": reply.status,
        "reason": redact(reply.reason),
        "headers": [[name, redact(value)] for name, value in reply.headers],
        "body": body[:_BODY_KEPT],
        "truncated": reply.truncated or len(body) > _BODY_KEPT,
    }


def _attempt(kept: JsonObject, body: bytes) -> Attempt:
    reply = kept["reply"] and Reply(
        status=kept["reply"]["status"],
        reason=kept["reply"]["reason"],
        headers=tuple((name, value) for name, value in kept["reply"]["headers"]),
        body=kept["reply"]["body"].encode("utf-8", "replace"),
        truncated=kept["reply"]["truncated"],
    )
    whole = kept["error"] is None
    exchange = Exchange(
        request=Request(
            method=kept["method"],
            url=kept["url"],
            headers=tuple((name, value) for name, value in kept["headers"]),
            body=body,
        ),
        reply=reply if whole else None,
        partial=None if whole else reply,
        failure=None if whole else Failure(kept["error"]),
        detail=kept["detail"],
        phase=Phase(kept["phase"]),
        elapsed=kept["elapsed_ms"] / 1000,
        timings={Phase(name): value / 1000 for name, value in kept["timings_ms"].items()},
        bytes_received=kept["received"],
        peer=kept["peer"],
    )
    return Attempt(number=kept["n"], exchange=exchange, step=_step(kept))


def _step(kept: JsonObject) -> Step:
    more: dict[str, Any] = {"delay": kept["delay"]} if kept["step"] == "retry" else {}
    step: Step = _STEPS[kept["step"]](reason=kept["why"], **more)
    return step
