"""Write the table of ``docs/checks.md`` from the checks themselves; a test compares the two."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.checks import Check, registry
from emulator.checks.inline import InlineCheck, inline_registry

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = Path(__file__).parents[1] / "docs" / "checks.md"
START, END = "<!-- checks: start -->", "<!-- checks: end -->"
INLINE_START, INLINE_END = "<!-- inline checks: start -->", "<!-- inline checks: end -->"


def chapters(checks: Iterable[Check | InlineCheck], who: str) -> str:
    """Return the chapters with their checks as Markdown."""
    lines: list[str] = []
    for module, group in groupby(checks, key=lambda check: check.decide.__module__):
        lines += ["", f"### {module.rpartition('.')[2].capitalize()}", ""]
        lines += [f"| check | {who} | how it is decided | level | rests on |", "|---|---|---|---|---|"]
        for check in group:
            kinds = ", ".join(getattr(check, "kinds", ()))
            title = f"{check.title} ({kinds})" if kinds else check.title
            cells = (f"`{check.id}`", title, check.how, check.level.value, f"{check.rule}, {check.evidence}")
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([*lines, ""])


def page(text: str) -> str:
    """Return the page's *text* with the tables renewed."""
    tables = (
        (START, END, chapters(registry().values(), "the receiver")),
        (INLINE_START, INLINE_END, chapters(inline_registry().values(), "the service")),
    )
    for start, end, table in tables:
        before, _, rest = text.partition(start)
        text = f"{before}{start}\n{table}\n{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
