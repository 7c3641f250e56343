"""Diagnoses for pages that somebody put in front of the receiver: tunnels, sign-in pages, bot checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from emulator.delivery.doctor.diagnosis import Case, Diagnosis

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["interstitial", "is_html"]

# Whose page it is, what it is known by (searched in headers and body), and how to get past it.
_TUNNELS: Final = (
    ("ngrok", re.compile(r"ngrok-error-code|ERR_NGROK_|ngrok-skip-browser-warning|cdn\.ngrok\.com", re.IGNORECASE)),
    ("localtunnel", re.compile(r"bypass-tunnel-reminder|localtunnel|loca\.lt", re.IGNORECASE)),
    ("a VS Code dev tunnel", re.compile(r"x-tunnel-|devtunnels\.ms|tunnels\.api\.visualstudio", re.IGNORECASE)),
    ("Cloudflare", re.compile(r"cf-mitigated|cf_chl_|cloudflareaccess\.com|cf-error-details", re.IGNORECASE)),
    ("Pinggy", re.compile(r"pinggy", re.IGNORECASE)),
    ("serveo", re.compile(r"serveo", re.IGNORECASE)),
    ("Tailscale Funnel", re.compile(r"tailscale", re.IGNORECASE)),
)
_NGROK_CODE: Final = re.compile(r"ERR_NGROK_\d+")
_NGROK_OFFLINE: Final = frozenset({"ERR_NGROK_3200", "ERR_NGROK_8012", "ERR_NGROK_727", "ERR_NGROK_3004"})

_SIGN_IN: Final = re.compile(
    r"""type=["']?password|SAMLRequest|<title>[^<]*\b(sign|log)[ -]?in\b|/(login|signin|sso|oauth2?/authorize)\b""",
    re.IGNORECASE,
)
_SIGN_IN_LOCATION: Final = re.compile(r"log-?in|sign-?in|/sso|/oauth2?/|/saml|/authorize|accounts\.", re.IGNORECASE)


def is_html(case: Case) -> bool:
    """Say whether the reply is a web page."""
    if case.reply is None:
        return False
    start = case.text.lstrip()[:200].lower()
    return start.startswith(("<!doctype html", "<html", "<head", "<body")) or (
        case.reply.media_type == "text/html" and start.startswith("<")
    )


def interstitial(case: Case) -> Iterator[Diagnosis]:
    """Yield a diagnosis when the reply is not the receiver's own, but of something in front of it."""
    if case.reply is None:
        return
    heads = "\n".join(f"{name}: {value}" for name, value in case.reply.headers)
    page = is_html(case)
    everything = f"{heads}\n{case.text if page or case.reply.status >= 400 else ''}"
    for owner, mark in _TUNNELS:
        found = mark.search(everything)
        if found and (page or mark.search(heads)):
            yield _tunnel(case, owner, everything, found.group(0))
            return
    location = case.reply.header("Location")
    if location and _SIGN_IN_LOCATION.search(location):
        yield _sign_in(f"it redirects to {case.quote(location.partition('?')[0])}")
    elif page and (found := _SIGN_IN.search(case.text)):
        yield _sign_in(f"the page holds {case.quote(found.group(0))}")


def _tunnel(case: Case, owner: str, everything: str, mark: str) -> Diagnosis:
    status = 0 if case.reply is None else case.reply.status
    code = _NGROK_CODE.search(everything)
    if (code and code.group(0) in _NGROK_OFFLINE) or status in {502, 503, 504}:
        return Diagnosis(
            code="tunnel-offline",
            message=f"{owner} answered, but the receiver behind it is not running or the tunnel is down",
            evidence=f"status {status}{f', {code.group(0)}' if code else ''}",
            remedy="start the receiver on the port that the tunnel forwards to, start the tunnel, use its new address",
            rule="V5",
        )
    return Diagnosis(
        code="tunnel-interstitial",
        message=f"{owner} put its own page in front of the receiver",
        evidence=f"status {status}, marked {case.quote(mark)}",
        remedy="Okta can't click through it: turn the warning or bot check off for this path (a paid or signed-in plan "
        "usually has none), or use a tunnel without one",
        rule="V5",
    )


def _sign_in(evidence: str) -> Diagnosis:
    return Diagnosis(
        code="login-page",
        message="a sign-in page answers instead of the receiver",
        evidence=evidence,
        remedy="exempt the hook's path from the web sign-in and authenticate Okta by the header you configure for the "
        "hook; Okta sends no cookies and follows no redirects",
        rule="V8",
    )
