"""Write the table of ``docs/checks.md`` from the checks themselves; a test compares the two."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from emulator.checks import registry

PAGE = Path(__file__).parents[1] / "docs" / "checks.md"
START, END = "<!-- checks: start -->", "<!-- checks: end -->"


def table() -> str:
    """Return the chapters with their checks as Markdown."""
    lines: list[str] = []
    for module, group in groupby(registry().values(), key=lambda check: check.decide.__module__):
        lines += ["", f"### {module.rpartition('.')[2].capitalize()}", ""]
        lines += ["| check | the receiver | how it is decided | level | rests on |", "|---|---|---|---|---|"]
        for check in group:
            cells = (f"`{check.id}`", check.title, check.how, check.level.value, f"{check.rule}, {check.evidence}")
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([*lines, ""])


def page(text: str) -> str:
    """Return the page's *text* with the table renewed."""
    before, _, rest = text.partition(START)
    return f"{before}{START}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
