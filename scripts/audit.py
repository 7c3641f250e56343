"""
Ask the advisory service whether what is installed here has known vulnerabilities.

Exits with 1 if one is known.  Where the service can't be reached, in a closed network say, it says that nothing was
looked at, and the rest of ``tox -e security`` goes on; ``--required`` makes that a failure too.
"""

from __future__ import annotations

import json
import subprocess
import sys

_COMMAND = [
    sys.executable,
    "-m",
    "pip_audit",
    "--local",
    "--skip-editable",
    "--format",
    "json",
    "--progress-spinner=off",
]


def main(arguments: list[str]) -> int:
    """Run pip-audit, say what it found, and return the exit code."""
    done = subprocess.run(_COMMAND, capture_output=True, text=True, check=False)  # noqa: S603 (our own command)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        packages = []
    asked = [package for package in packages if "vulns" in package]
    for package in asked:
        for found in package["vulns"]:
            fixed = ", ".join(found["fix_versions"]) or "nothing yet"
            print(f"{package['name']} {package['version']}: {found['id']}, mended in {fixed}")
    # An index of one's own may know nothing of advisories: then every package is skipped.
    if not asked:
        print("the advisory service can't be reached from here: nothing was looked at", file=sys.stderr)
        return int("--required" in arguments)
    vulnerable = sum(bool(package["vulns"]) for package in asked)
    print(
        f"{len(asked)} packages looked at, {vulnerable} with known vulnerabilities, {len(packages) - len(asked)} unknown"
    )
    return int(vulnerable > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
