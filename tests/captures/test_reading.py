"""Streams of lines: the same report as for a whole file, in constant memory, with any number of processes."""

from __future__ import annotations

import io
import json
import tracemalloc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from emulator.captures import reading
from emulator.captures.reading import Reading, read_report
from emulator.contract import tally
from emulator.contract.event_shapes import EventShape
from emulator.contract.inspection import Status, inspect_bytes
from emulator.contract.problems import Level

CASES = Path(__file__).parent.parent / "cases"
DELIVERY = json.loads((CASES / "D2" / "accepted" / "delivery.json").read_bytes())
LINE = json.dumps(DELIVERY, separators=(",", ":"))
BROKEN = LINE.replace('"0.1"', '"0.2"')


@pytest.fixture
def ndjson(tmp_path):
    """Write lines into a file."""

    def write(*lines: str, name: str = "many.ndjson", end: str = "\n") -> str:
        (tmp_path / name).write_bytes(end.join(lines).encode())
        return str(tmp_path / name)

    return write


def test_a_stream_is_reported_as_a_whole_file_would_be(ndjson):
    lines = [
        LINE,
        "",
        BROKEN,
        '{"uuid": ',
        LINE,
        " \t",
        "null",
        json.dumps(DELIVERY["data"]["events"][0]),
        "[]",
    ]
    path = ndjson(*lines)

    assert read_report(path) == inspect_bytes(Path(path).read_bytes(), name=path)


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (",", ":\t")])
def test_the_shape_of_an_event_is_told_however_its_line_is_spaced(ndjson, separators):
    preview = json.loads((CASES / "P5" / "accepted" / "preview-of-a-real-event.json").read_bytes())
    lines = [json.dumps(value, separators=separators) for value in (preview, DELIVERY, preview)]

    assert read_report(ndjson(*lines)).shapes == {EventShape.PREVIEW: 2, EventShape.DELIVERY: 1}


@pytest.mark.parametrize("block", [1, 7, 100, 5000])
def test_blocks_of_any_size_give_the_same_report(ndjson, monkeypatch, block):
    path = ndjson(*[LINE, BROKEN, "", "{", LINE] * 7, end="\r\n")
    whole = read_report(path)
    monkeypatch.setattr(reading, "BLOCK", block)
    monkeypatch.setattr(reading, "HEAD", 3000)

    assert read_report(path) == whole
    with ThreadPoolExecutor(1) as threads:
        assert read_report(path, Reading(workers=threads, jobs=1)) == whole
    assert [problem.line for problem in whole.problems][:4] == [2, 4, 7, 9]


def test_processes_and_threads_give_the_same_report(ndjson, monkeypatch):
    monkeypatch.setattr(reading, "BLOCK", 10_000)
    path = ndjson(*([LINE] * 30 + [BROKEN]) * 9)
    alone = read_report(path)

    with ThreadPoolExecutor(3) as threads:
        assert read_report(path, Reading(workers=threads, jobs=3)) == alone
    assert (alone.documents, alone.levels()[Level.MUST]) == (279, 9)


@pytest.mark.process
def test_lines_are_inspected_by_other_processes(ndjson, monkeypatch):
    monkeypatch.setattr(reading, "BLOCK", 20_000)
    path = ndjson(*[LINE, BROKEN] * 30)

    with ProcessPoolExecutor(2) as processes:
        assert read_report(path, Reading(workers=processes, jobs=2)) == read_report(path)


def test_what_is_not_shown_is_counted_and_still_fails(ndjson, monkeypatch):
    monkeypatch.setattr(tally, "MAX_PROBLEMS", 10)
    report = read_report(ndjson(*[BROKEN] * 12))

    assert (len(report.problems), report.left_out, report.levels()[Level.MUST]) == (10, {Level.MUST: 2}, 12)
    assert report.status() is Status.INVALID


def test_an_error_beyond_the_shown_ones_fails_the_file(ndjson, monkeypatch):
    monkeypatch.setattr(tally, "MAX_PROBLEMS", 10)
    masked = LINE.replace(DELIVERY["eventId"], "masked")
    report = read_report(ndjson(*[masked] * 11, BROKEN))

    assert report.status() is Status.INVALID


@pytest.mark.parametrize("name", ["capture.json", "capture.txt", "capture.ndjson"])
def test_a_document_over_several_lines_is_read_as_one(ndjson, name):
    report = read_report(ndjson(json.dumps(DELIVERY, indent=2), name=name))

    assert (report.status(), report.documents, report.problems) == (Status.VALID, 1, ())


def test_lines_are_recognised_whatever_the_file_is_called(ndjson, monkeypatch):
    monkeypatch.setattr(reading, "inspect_bytes", None)

    assert read_report(ndjson(LINE, LINE, name="capture.log")).documents == 2


def test_lines_longer_than_a_block_are_put_together(ndjson, monkeypatch):
    long = json.dumps({**DELIVERY, "data": {"events": DELIVERY["data"]["events"] * 200}})
    path = ndjson(LINE, long, LINE)
    monkeypatch.setattr(reading, "BLOCK", 1000)

    assert read_report(path).events == 202


def test_what_is_too_large_to_be_one_document_is_unreadable(ndjson, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST", 10_000)
    monkeypatch.setattr(reading, "HEAD", 2000)

    assert read_report(ndjson(json.dumps([DELIVERY] * 20), name="big.json")).status() is Status.UNREADABLE
    path = ndjson(LINE, json.dumps([DELIVERY] * 20))
    assert read_report(path).status() is Status.UNREADABLE
    assert "line 2 is longer than" in read_report(path).problems[0].message
    with ThreadPoolExecutor(1) as threads:
        assert read_report(path, Reading(workers=threads, jobs=1)) == read_report(path)


def test_memory_stays_the_same_however_long_the_stream(monkeypatch):
    class Endless(io.RawIOBase):
        """A stream of so many lines, made when they are read."""

        def __init__(self, lines: int) -> None:
            self.left = lines

        def read(self, size: int = -1) -> bytes:
            count = min(self.left, max(1, size // len(LINE)))
            self.left -= count
            return (LINE.encode() + b"\n") * count

    def peak(lines: int) -> int:
        monkeypatch.setattr(reading, "open_capture", lambda _: Endless(lines))
        tracemalloc.start()
        assert read_report("x").documents == lines
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    monkeypatch.setattr(reading, "BLOCK", 100_000)
    peak(200)
    assert peak(4000) < 1.5 * peak(1000)


def test_progress_is_told_of_every_byte(ndjson):
    path = ndjson(*[LINE] * 900)
    told: list[int] = []
    read_report(path, Reading(progress=told.append))

    assert sum(told) == Path(path).stat().st_size
    assert len(told) > 1
