"""
Let atheris, which follows the code's branches, look for inputs that break a parser of tests/fuzz.

What it finds is written to ``tests/fuzz/cases/<parser>/``, where the suite tries it from then on.  Each parser is fed in
a process of its own, since a finding ends it.  Without atheris installed there is nothing to do.

Run: python scripts/fuzz.py [--seconds N] [PARSER...]
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tests" / "fuzz" / "test_fuzz_parsers.py"


def table() -> Any:
    """Return the module with the table of parsers."""
    spec = importlib.util.spec_from_file_location("fuzz_table", TABLE)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # the file is there
    sys.modules["fuzz_table"] = module
    spec.loader.exec_module(module)  # type: ignore[union-attr]  # as above
    return module


def feed(name: str, corpus: Path, seconds: int) -> None:
    """Feed one parser, in this process, until the time is up or it breaks."""
    import atheris

    with atheris.instrument_imports(include=["emulator", "receiver"]):
        found = table()
    parser = found.PARSERS[name]
    for number, seed in enumerate(parser.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)

    def once(data: bytes) -> None:
        found.tried(name, data)

    options = [f"-max_total_time={seconds}", "-max_len=4000", "-timeout=10", f"-artifact_prefix={corpus}/found-"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], once)
    atheris.Fuzz()


def main() -> int:
    """Feed each parser in turn and keep what breaks it; return 1 if anything does."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("parsers", nargs="*", metavar="PARSER")
    asked.add_argument("--seconds", type=int, default=20, help="for each parser (default: %(default)s)")
    asked.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed: pip install atheris", file=sys.stderr)
        return 0
    if given.corpus is not None:
        feed(given.parsers[0], given.corpus, given.seconds)
        return 0
    broken = 0
    for name in given.parsers or table().PARSERS:
        with TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "--seconds", str(given.seconds), "--corpus", folder, name]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (ourselves)
            kept = [keep(name, path) for path in Path(folder).glob("found-*")]
            print(f"{name}: {', '.join(kept) or ('nothing found' if done.returncode == 0 else done.stderr[-500:])}")
            broken += bool(kept) or done.returncode != 0
    return int(broken > 0)


def keep(name: str, path: Path) -> str:
    """Copy an input that broke a parser to the cases of the suite."""
    data = path.read_bytes()
    target = ROOT / "tests" / "fuzz" / "cases" / name / hashlib.sha256(data).hexdigest()[:12]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return str(target.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
