"""Many threads share one costly act: who comes while it is under way is served by the next one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from receiver.together import Together, TookTooLongError


class Full(Exception):  # noqa: N818 (what it stands for)
    """An error that would strike each of the items."""


class Disk:
    """Writes numbers down; the first write waits until it is let go."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun = threading.Event()
        self.go = threading.Event()
        self.full = False

    def write(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        self.begun.set()
        assert self.go.wait(5)
        if self.full:
            raise Full
        if 13 in numbers:
            raise ValueError("unlucky")
        return [-number for number in numbers]


def started(disk: Disk, act: Together, numbers: Sequence[int]) -> tuple[ThreadPoolExecutor, list]:
    """Have the first number written, and let the others wait for it."""
    pool = ThreadPoolExecutor(len(numbers))
    first = pool.submit(act, numbers[0])
    assert disk.begun.wait(5)
    others = [pool.submit(act, number) for number in numbers[1:]]
    while len(act._queue) < len(others):
        time.sleep(0.001)
    return pool, [first, *others]


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def make(disk: Disk) -> Callable[..., Together]:
    return lambda patience=5.0: Together(disk.write, common=Full, patience=patience)


def test_those_who_come_meanwhile_are_written_together(disk: Disk, make: Callable) -> None:
    pool, futures = started(disk, make(), range(8))
    with pool:
        disk.go.set()

        assert [future.result(5) for future in futures] == [-number for number in range(8)]

    assert [len(group) for group in disk.groups] == [1, 7]


def test_one_that_can_not_be_written_spoils_no_other(disk: Disk, make: Callable) -> None:
    pool, futures = started(disk, make(), [1, 2, 13, 4])
    with pool:
        disk.go.set()

        assert [futures[place].result(5) for place in (0, 1, 3)] == [-1, -2, -4]
        with pytest.raises(ValueError, match="unlucky"):
            futures[2].result(5)


def test_what_strikes_all_is_tried_once_for_all(disk: Disk, make: Callable) -> None:
    disk.full = True
    pool, futures = started(disk, make(), [1, 2, 3])
    with pool:
        disk.go.set()

        for future in futures:
            with pytest.raises(Full):
                future.result(5)

    assert [len(group) for group in disk.groups] == [1, 2]


def test_nobody_waits_for_ever_and_who_gives_up_is_not_written(disk: Disk, make: Callable) -> None:
    act = make(patience=0.05)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(act, 1)
        assert disk.begun.wait(5)

        with pytest.raises(TookTooLongError):
            act(2)

        disk.go.set()
        assert first.result(5) == -1
    assert act(3) == -3
    assert disk.groups == [[1], [3]]
