"""
From a file to its report: small files as a whole, lines one by one, or in blocks and several at once if asked for.

However large the stream, memory holds a line or a few blocks, and the first problems.
"""

from __future__ import annotations

import gc
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import chain
from typing import IO, TYPE_CHECKING, Final

from emulator.captures.files import STDIN, open_capture, reason
from emulator.contract.inspection import LINES, FileReport, inspect_bytes, report_of, unreadable
from emulator.contract.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

__all__ = ["HEAD", "LARGEST", "Reading", "are_lines", "read_report"]

BLOCK: Final = 1 << 20  # bytes that are sent to another process at once: the way there counts
LARGEST: Final = 64 << 20  # bytes of a document that is no stream of lines, or of one line
HEAD: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    How files are read.

    Args:
        kind: As for ``inspect_bytes``.
        workers: Where blocks of lines are inspected; without, in this process.
        jobs: How many workers there are.
        progress: Told how many bytes have been dealt with, again and again; None if nobody wants to know.
        alone: There is one file only.
    """

    kind: str = "auto"
    workers: Executor | None = None
    jobs: int = 1
    progress: Callable[[int], object] | None = None
    alone: bool = False


def read_report(path: str, how: Reading = Reading()) -> FileReport:  # frozen
    """Read one file, or standard input for ``-``, and say what is in it."""
    name = "<stdin>" if path == STDIN else path
    try:
        stream = open_capture(path)
        try:
            return _read(stream, name, how)
        finally:
            if path != STDIN:
                stream.close()
    except OSError as error:
        return unreadable(name, *reason(error))
    except ValueError:
        return unreadable(name, "this is no file name", "it holds a NUL character")


def _read(stream: IO[bytes], name: str, how: Reading) -> FileReport:
    head = stream.read(HEAD)
    if not are_lines(head, name):
        data = head + stream.read(LARGEST + 1 - len(head))
        if how.progress:
            how.progress(len(data))
        if len(data) > LARGEST:
            return unreadable(name, f"larger than {LARGEST >> 20} MiB", "write one document per line, as .ndjson")
        return inspect_bytes(data, name=name, kind=how.kind, alone=how.alone)
    from emulator.contract.lines import inspect_lines  # not needed for a single document

    with _without_collector():
        if how.workers is None:
            total = inspect_lines(_lines(head, stream, how.progress), kind=how.kind, longest=LARGEST)
        else:
            total = Tally()
            for tally in _tallies(_blocks(head, stream, how.progress), how, how.workers):
                total.add(tally)
    return report_of(total, name=name, lines=total.documents > 1)


def are_lines(head: bytes, name: str) -> bool:
    """Say whether a file that begins with *head* is a document per line."""
    first, newline, rest = head.lstrip(b" \t\r\n").partition(b"\n")
    if not first.startswith((b"{", b"[")) or b"\r" in first.rstrip(b"\r"):
        return False
    if not newline:
        # A line longer than the head, or the only one: only the name tells.
        return len(head) >= HEAD and name.lower().endswith(LINES)
    from json import loads

    try:
        loads(first)
    except (ValueError, RecursionError):
        return False
    following = rest.lstrip(b" \t\r\n")[:1]
    return following in {b"{", b"["} or (not following and len(head) >= HEAD)


def _lines(head: bytes, stream: IO[bytes], progress: Callable[[int], object] | None) -> Iterable[bytes]:
    """Return the lines of a stream whose *head* has been read; none of them is read further than is allowed."""
    begun = BytesIO(head).readlines()  # splitlines would end them at carriage returns too
    read = partial(stream.readline, LARGEST + 1)
    if begun and not begun[-1].endswith(b"\n"):
        begun[-1] += read()
    lines = chain(begun, iter(read, b""))
    return lines if progress is None else _told(lines, progress)


def _told(lines: Iterable[bytes], progress: Callable[[int], object]) -> Iterator[bytes]:
    seen = 0
    for line in lines:
        seen += len(line)
        if seen > BLOCK:
            progress(seen)
            seen = 0
        yield line
    progress(seen)


def _blocks(head: bytes, stream: IO[bytes], progress: Callable[[int], object] | None) -> Iterator[tuple[int, bytes]]:
    """Yield the number of the first line and the bytes of blocks that end with a line, but for the last one."""
    line, rest = 1, b""
    for piece in chain([head], iter(lambda: stream.read(BLOCK), b"")):
        if progress:
            progress(len(piece))
        cut = piece.rfind(b"\n")
        if cut < 0:
            rest += piece
            if len(rest) > LARGEST:
                raise OSError(0, f"line {line} is longer than {LARGEST >> 20} MiB")
            continue
        block = rest + piece[:cut] if rest else piece[:cut]
        yield line, block
        line += block.count(b"\n") + 1
        rest = piece[cut + 1 :]
    if rest:
        yield line, rest


def _tallies(blocks: Iterable[tuple[int, bytes]], how: Reading, workers: Executor) -> Iterator[Tally]:
    from emulator.contract.lines import inspect_block  # as above

    pending: deque[Future[Tally]] = deque()
    for line, block in blocks:
        pending.append(workers.submit(inspect_block, block, first_line=line, kind=how.kind))
        # Enough to keep everyone busy, and no more in memory than that.
        if len(pending) > 2 * how.jobs:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()


@contextmanager
def _without_collector() -> Iterator[None]:
    # Parsed JSON holds no cycles, and looking for them takes a fifth of the time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
