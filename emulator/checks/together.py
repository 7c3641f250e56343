"""Run functions side by side in threads that never keep the process alive."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["together"]

_R = TypeVar("_R")


def together(functions: Sequence[Callable[[], _R]]) -> list[_R]:
    """
    Call all *functions* at the same time and return their results in order.

    Raises:
        BaseException: whatever the first of them that failed has raised.
    """
    results: dict[int, _R] = {}
    errors: list[BaseException] = []

    def call(number: int, function: Callable[[], _R]) -> None:
        try:
            results[number] = function()
        except BaseException as error:  # noqa: BLE001 (raised again below, in the thread that asked)
            errors.append(error)

    threads = [
        threading.Thread(target=call, args=item, daemon=True, name=f"check-{item[0]}") for item in enumerate(functions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(functions))]
