"""``--report``: which file gets which format, told before the work begins, and written whole."""

from __future__ import annotations

import os

import pytest

from emulator.errors import UsageError
from emulator.reports.files import read_report_option, write_report

FORMATS = ("junit", "sarif", "json")


def test_formats_and_files_come_in_pairs(tmp_path):
    text = f"junit={tmp_path / 'a,b.xml'},sarif={tmp_path / 'x=y.sarif'}"

    assert read_report_option([text, f"json={tmp_path / 'z'}"], FORMATS) == {
        "junit": tmp_path / "a,b.xml",
        "sarif": tmp_path / "x=y.sarif",
        "json": tmp_path / "z",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("junit", "'junit' names no file"),
        ("junit=", "'junit=' names no file"),
        ("junti=out.xml", "unknown report format 'junti'"),
        ("junit=a.xml,junit=b.xml", "the format 'junit' is named twice"),
        ("junit=no/such/folder/a.xml", "there is no folder 'no/such/folder'"),
        ("junit=.", "'.' is a folder"),
        ("junit=a\0b", "that is no file name"),
    ],
)
def test_a_wrong_option_is_told_before_anything_runs(text, message):
    with pytest.raises(UsageError) as caught:
        read_report_option([text], FORMATS)

    assert caught.value.message == message
    assert caught.value.hint


def test_the_command_that_makes_a_missing_folder_is_told_whole(tmp_path):
    with pytest.raises(UsageError) as caught:
        read_report_option([f"junit={tmp_path}/no such/a.xml"], FORMATS)

    assert caught.value.hint == f"create it first: mkdir -p '{tmp_path}/no such'"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(UsageError, match="no permission to write"):
        read_report_option([f"json={tmp_path / 'a'}"], FORMATS)


def test_a_report_replaces_the_old_one_and_leaves_nothing_else(tmp_path):
    (tmp_path / "out.json").write_text("old")
    write_report(tmp_path / "out.json", "néw")

    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
    assert (tmp_path / "out.json").read_text("utf-8") == "néw"


def test_a_report_that_cannot_be_written_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="can't be written"):
        write_report(tmp_path / "gone" / "out.json", "x")
