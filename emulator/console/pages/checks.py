"""Contract check: run the suite against a hook, watch it, read its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from emulator.console.routing import page
from emulator.errors import HarnessError, UsageError

if TYPE_CHECKING:
    from emulator.console.checking import CheckRun
    from emulator.console.visit import Visit

__all__: list[str] = []

# The report has its own policy, which allows its own style and script and nothing else; the sandbox keeps it from
# being a part of the console.
_REPORT_POLICY = "sandbox allow-scripts; frame-ancestors 'none'"


@page("GET", "/checks")
def list_checks(visit: Visit) -> Response:
    """Show the hooks that can be checked, and the runs so far."""
    return visit.render("checks", hooks=visit.org.event_hooks.all(), runs=visit.console.checks.all())


@page("POST", "/checks")
def start_check(visit: Visit) -> Response:
    """Start a run."""
    hook = visit.org.event_hooks.get(visit.field("hook"))
    try:
        run = visit.console.checks.start(hook, visit.org.profile, select=visit.field("select"))
    except HarnessError as error:
        visit.tell(error.message, good=False, lines=error.hint.splitlines())
        return visit.go("/checks")
    return visit.go(f"/checks/{run.number}")


@page("GET", "/checks/<int:number>")
def show_check(visit: Visit, number: int) -> Response:
    """Show how far a run is, and what it has found."""
    run = _run(visit, number)
    return visit.live("check", "_check", mark=run.mark, run=run, results=list(reversed(run.results)))


@page("POST", "/checks/<int:number>/stop")
def stop_check(visit: Visit, number: int) -> Response:
    """End a run early; what it has found is kept."""
    _run(visit, number).stopping.set()
    return visit.go(f"/checks/{number}")


@page("GET", "/checks/<int:number>/report")
def show_report(visit: Visit, number: int) -> Response:
    """Show the report of a run that has ended."""
    html = _run(visit, number).html
    if not html:
        raise UsageError("the check has not ended", hint="wait for its report")
    answer = Response(html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = _REPORT_POLICY
    return answer


def _run(visit: Visit, number: int) -> CheckRun:
    found = visit.console.checks.get(number)
    if found is None:
        raise UsageError(f"there is no check {number}", hint="the last ten are kept until the server stops")
    return found
