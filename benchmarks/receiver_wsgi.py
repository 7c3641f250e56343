"""The app of ``benchmarks/receiving.py`` for servers that import it."""

from __future__ import annotations

import os

from receiving import make

app = make(os.environ["BENCHMARK_DB"])
