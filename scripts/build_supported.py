"""
Write SUPPORTED.md: what is emulated, made from the code that does it.

Run it after adding an endpoint, a profile value or an undocumented choice; a test compares the file with what it
would write.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.apis.routing import API, CONTROL, PUBLIC, routes
from emulator.contract.catalogue import snapshot
from emulator.contract.profile import DEFAULT_PROFILE, Profile
from emulator.contract.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "SUPPORTED.md"
_MARK = "UNDOCUMENTED:"


def render() -> str:
    """Return the text of SUPPORTED.md."""
    parts = [
        "# What is emulated",
        "",
        "<!-- Made by scripts/build_supported.py; edit the code it names instead. -->",
        "",
        (
            f"Event types: all {snapshot().types} of Okta's catalogue {snapshot().release},"
            f" {snapshot().eligible} of which an event hook may carry (`okta-hooks events list`)."
        ),
        "Every other path of Okta's API answers 501 or 404 with an error that names what is here.",
        "",
        "## Okta's API",
        "",
        *_table(("Method", "Path", "Scope", "What it does"), _endpoints(API)),
        "",
        "## Authorization servers",
        "",
        "For inline hooks with an OAuth channel; none asks for an API token.",
        "",
        *_table(("Method", "Path", "What it does"), _endpoints(PUBLIC)),
        "",
        "## Control plane",
        "",
        "For tests only; loopback, with a token of its own.",
        "",
        *_table(("Method", "Path", "What it does"), _endpoints(CONTROL)),
        "",
        "## Profile values",
        "",
        "What Okta leaves in doubt, and what is done about it unless `--profile` says otherwise.",
        "",
        *_table(("Value", "Default", "Others", "Rule"), _profile()),
        "",
        "## Choices where nothing is documented",
        "",
        *(f"- {choice} (`{place}`)" for place, choice in _choices()),
        "",
    ]
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        cells = (cell.replace("|", "\\|") for cell in row)
        yield f"| {' | '.join(cells)} |"


def _endpoints(prefix: str | tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for found in routes().values():
        if found.template.startswith(prefix):
            scope = (f"`{found.scope}`",) if prefix == API else ()
            yield found.method, f"`{found.template}`", *scope, found.summary.replace("``", "`")


def _profile() -> Iterator[tuple[str, ...]]:
    for each in fields(Profile):
        if each.metadata:
            rule, choices = each.metadata["rule"], each.metadata["choices"]
            others = [f"`{choice}`" for choice in choices if choice != each.default] or _kind(each.default)
            statement = f"{rule}: {RULES[rule].statement}" if rule in RULES else rule
            yield (
                f"`{each.metadata['key']}`",
                f"`{_shown(getattr(DEFAULT_PROFILE, each.name))}`",
                ", ".join(others),
                statement,
            )


def _shown(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _kind(default: object) -> list[str]:
    return ["`off`" if default else "`on`"] if isinstance(default, bool) else ["any number"]


def _choices() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "emulator").rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if _MARK in line:
                words = " ".join(_paragraph(lines[number:])).partition(_MARK)[2].strip().rstrip(".")
                yield path.relative_to(ROOT).as_posix(), (words[:1].upper() + words[1:]).replace("``", "`")


def _paragraph(lines: list[str]) -> Iterator[str]:
    """Yield the rest of a paragraph of a comment or docstring."""
    comment = lines[0].lstrip().startswith("#")
    for line in lines:
        text = line.strip()
        ended = not text.startswith("#") if comment else not text or text.endswith(":") or text == '"""'
        if ended:
            return
        yield text.removeprefix("#").removesuffix('"""').strip()
        if not comment and text.endswith('"""'):
            return


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
    print(f"wrote {FILE.relative_to(ROOT)}")
