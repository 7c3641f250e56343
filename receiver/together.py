"""A costly act, such as a commit to disk, that those who come while it is under way share the next time."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Together", "TookTooLongError"]

Item = TypeVar("Item")
Result = TypeVar("Result")


class TookTooLongError(Exception):
    """It was not done in time; perhaps it is done later."""


class _Place(Generic[Item, Result]):
    """Somebody's place in the queue."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.result: Result | None = None
        self.error: Exception | None = None
        self.leads = False
        self.called = threading.Lock()  # held until it is done, or this one is to do it
        self.called.acquire()


class Together(Generic[Item, Result]):
    """
    Does something for many callers at once: the first does it for all who have come, the others wait for the result.

    There is no thread of its own; each group has one of its callers do the work.

    Args:
        act: Does it for several items, and returns their results; if it raises, nothing has been done.
        common: Errors that would strike each of the items; after any other they are tried one by one.
        patience: Seconds that a caller waits.
    """

    def __init__(
        self,
        act: Callable[[Sequence[Item]], Sequence[Result]],
        *,
        common: type[Exception],
        patience: float,
    ) -> None:
        self._act = act
        self._common = common
        self._patience = patience
        self._lock = threading.Lock()
        self._queue: deque[_Place[Item, Result]] = deque()
        self._busy = False

    def __call__(self, item: Item) -> Result:
        """
        Have it done for *item*, and return its result.

        Raises:
            TookTooLongError: the one who does it is held up.
            Exception: what it raised for this item.
        """
        place = _Place[Item, Result](item)
        with self._lock:
            self._queue.append(place)
            place.leads, self._busy = not self._busy, True
        if not place.leads and not place.called.acquire(timeout=self._patience):
            self._leave(place)
        if place.leads:
            self._lead()
        if place.error is not None:
            raise place.error
        return place.result  # type: ignore[return-value]  # set, since there is no error

    def _leave(self, place: _Place[Item, Result]) -> None:
        with self._lock:
            if place.leads or place.result is not None or place.error is not None:
                return  # called at the last moment
            if place in self._queue:
                self._queue.remove(place)
        raise TookTooLongError

    def _lead(self) -> None:
        with self._lock:
            group = list(self._queue)
            self._queue.clear()
        try:
            self._do(group)
        finally:
            with self._lock:
                following = self._queue[0] if self._queue else None
                self._busy = following is not None
                if following is not None:
                    following.leads = True
            for place in (*group, *([] if following is None else [following])):
                place.called.release()

    def _do(self, group: Sequence[_Place[Item, Result]]) -> None:
        try:
            results = self._act([place.item for place in group])
        except self._common as error:
            for place in group:
                place.error = error
        except Exception as error:  # noqa: BLE001 (raised again to whom it belongs)
            if len(group) == 1:
                group[0].error = error
                return
            for place in group:
                self._do([place])
        else:
            for place, result in zip(group, results, strict=True):
                place.result = result
