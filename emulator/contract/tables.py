"""Cells of CSV and TSV files that hold JSON: its quotes are doubled there."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["cells"]

# A quoted cell begins after a delimiter or a line's end, ends before one, and holds quotes only in pairs.
_CELL: Final = re.compile(r'(?:\A|(?<=[,;|\t\n]))"((?:[^"]|"")*+)"(?=[,;|\t\r\n]|\Z)')


def cells(text: str) -> list[tuple[int, int, str]]:
    """Return each cell that can hold an object: from and to where, and its text; none if this is no table."""
    return [
        (*match.span(1), match[1].replace('""', '"'))
        for match in _CELL.finditer(text)
        if '""' in match[1] and "{" in match[1]
    ]
