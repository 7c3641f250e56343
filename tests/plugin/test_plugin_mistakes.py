"""What the plugin shows of a mistake: its words, and none of our inner workings, whose arguments may be secrets."""

from __future__ import annotations

import pytest

SECRET = "s3cr3t-value-of-a-hook"


def test_a_mistake_in_the_configuration_is_told_without_a_traceback(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(okta_hook): pass")
    header = f"--okta-hook-header=Authorization: {SECRET}"
    result = pytester.runpytest_inprocess("--okta-hook-url", "localhost:8000", header)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*write the uri like https://hooks.example.com/okta*"])
    result.stdout.no_fnmatch_line(f"*{SECRET}*")
    result.stdout.no_fnmatch_line("*event_hooks.py*")
