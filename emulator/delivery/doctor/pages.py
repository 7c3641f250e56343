"""Answers that are known by their words: of tunnels, sign-in pages, bot checks and platforms in front of the receiver."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emulator.delivery.doctor.diagnosis import Case, Diagnosis

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

__all__ = ["interstitial", "is_html"]

_ANY: Final = range(100, 1000)
_GATEWAY: Final = frozenset({502, 503, 504})
_CLOUDFLARE_ORIGIN: Final = frozenset({*range(520, 528), 530})


@dataclass(frozen=True, slots=True)
class _Mark:
    """
    What tells that *owner* answered: *head* found in the header lines, or else *body* in the body.

    Header lines read ``name: value`` with the name in lower case.
    """

    code: str
    owner: str
    head: str = ""
    body: str = ""
    statuses: Container[int] = _ANY

    def found(self, status: int, heads: str, body: str) -> str:
        """Return the words that gave the owner away, or an empty string."""
        if status not in self.statuses:
            return ""
        for pattern, text in ((self.head, heads), (self.body, body)):
            match = re.search(pattern, text, re.IGNORECASE | re.MULTILINE) if pattern else None
            if match:
                return match.group(0)
        return ""


# The first mark that is found names the answer; more telling ones stand first.
_MARKS: Final = (
    _Mark("tls-spoken", "the receiver", body="plain HTTP request was sent to HTTPS|HTTP request to an HTTPS server|"
          "requires? TLS|use https", statuses={400, 426}),
    _Mark("tunnel-offline", "ngrok", r"ERR_NGROK_(3200|8012|727|3004|8013)", r"ERR_NGROK_(3200|8012|727|3004|8013)"),
    _Mark("tunnel-interstitial", "ngrok", r"^ngrok-error-code: \S+", r"ERR_NGROK_\d+|cdn\.ngrok\.com"),
    _Mark("tunnel-offline", "localtunnel", r"^x-localtunnel-status: .*", "no tunnel|Tunnel Unavailable", {404, *_GATEWAY}),
    _Mark("tunnel-interstitial", "localtunnel", "bypass-tunnel-reminder", r"bypass-tunnel-reminder|localtunnel|\bloca\.lt\b"),
    _Mark("tunnel-offline", "Cloudflare", r"^server: cloudflare|^cf-ray: ", "cf-error-details", _CLOUDFLARE_ORIGIN),
    _Mark("login-page", "Cloudflare Access", r"cloudflareaccess\.com", r"cloudflareaccess\.com"),
    _Mark("bot-check", "Cloudflare", "^cf-mitigated: ", r"cf_chl_|Attention Required! \| Cloudflare|cf-error-details"),
    _Mark("login-page", "a dev tunnel", r"^www-authenticate: tunnel", r"tunnels\.api\.visualstudio|devtunnels\.ms/auth"),
    _Mark("tunnel-interstitial", "a dev tunnel", "^x-tunnel-", r"devtunnels\.ms"),
    _Mark("tunnel-interstitial", "Pinggy", r"^x-pinggy", r"<title>[^<]*pinggy|pinggy\.io/"),
    _Mark("tunnel-interstitial", "serveo", r"^x-serveo", r"serveo-skip-browser-warning|serveo\.net/"),
    _Mark("tunnel-offline", "Tailscale Funnel", r"^tailscale-", "tailscale", _GATEWAY),
    _Mark("bot-check", "AWS WAF", "^x-amzn-waf-action: "),
    _Mark("bot-check", "Imperva", "", "_Incapsula_Resource|Incapsula incident"),
    _Mark("bot-check", "Akamai", "", r"<H1>Access Denied</H1>[\s\S]*Reference(&#32;| )?(&#35;|#)", {403}),
    _Mark("bot-check", "DataDome", "^x-datadome: ", r"captcha-delivery\.com", {403}),
    _Mark("no-route", "API Gateway", "MissingAuthenticationTokenException", "Missing Authentication Token", {403}),
    _Mark("not-deployed", "Vercel", "^x-vercel-error: DEPLOYMENT_", "DEPLOYMENT_NOT_FOUND"),
    _Mark("not-deployed", "Heroku", "", r"herokucdn\.com/error-pages/no-such-app"),
    _Mark("not-running", "Heroku", "", r"herokucdn\.com/error-pages/"),
    _Mark("not-deployed", "Railway", "^x-railway-fallback: true"),
    _Mark("not-running", "Render", "^x-render-routing: (no-server|suspend\\S*)"),
    _Mark("not-deployed", "Netlify", "", "Not Found - Request ID: ", {404}),
    _Mark("not-running", "Azure", "", "web app is stopped|Error 403 - Site Disabled", {403}),
    _Mark("not-deployed", "Azure", "", "Error 404 - Web app not found", {404}),
    _Mark("login-page", "Google's identity-aware proxy", "^x-goog-iap-generated-response: "),
    _Mark("login-page", "Google Cloud's access control", "",
          "Your client does not have permission to get URL|<h1>Error: Forbidden</h1>", {401, 403}),
    _Mark("host-refused", "the receiver", "", r"Blocked hosts?:|Blocked request\. This host|Invalid Host header|"
          r"DisallowedHost|Invalid HTTP_HOST|Host header .{0,80}not allowed", {200, 400, 403, 421}),
    _Mark("csrf", "the receiver", "", r"CSRF (verification failed|token (mismatch|missing|invalid))|"
          r"InvalidAuthenticityToken|invalid csrf token|EBADCSRFTOKEN", {400, 403, 419, 422}),
    _Mark("csrf", "the receiver", "", r"Page Expired", {419}),
    _Mark("login-page", "the site", r"^location: .*\b(log|sign)[-_]?(in|on)\b|^location: .*(/sso|/oauth2?/|/saml|"
          r"/authorize|/auth\b|accounts\.|login\.)", "", range(300, 400)),
)  # fmt: skip

_SIGN_IN: Final = re.compile(
    r"""type=["']?password|SAMLRequest|<title>[^<]*\b(sign|log)[ -]?in\b|/(login|signin|sso|sso-api|oauth2?/authorize)\b""",
    re.IGNORECASE,
)

# What each of the names above means, and what to do.
_MEANINGS: Final = {
    "tunnel-offline": (
        "{owner} answered, but the receiver behind it is not running or the tunnel is down",
        "start the receiver on the port that the tunnel forwards to, start the tunnel, and use its present address",
        "V5",
    ),
    "tunnel-interstitial": (
        "{owner} put its own page in front of the receiver",
        (
            "Okta can't click through it: turn the warning off for this path (a paid or signed-in plan usually has none), "
            "or use a tunnel without one"
        ),
        "V5",
    ),
    "bot-check": (
        "{owner} checks for browsers in front of the receiver",
        "Okta runs no JavaScript and solves no puzzle: add a rule that lets the hook's path through unchecked",
        "V5",
    ),
    "login-page": (
        "{owner} asks for a sign-in before the receiver is reached",
        (
            "exempt the hook's path from the sign-in and authenticate Okta by the header you configure for the hook; Okta "
            "sends no cookies and follows no redirects"
        ),
        "V8",
    ),
    "not-deployed": (
        "{owner} knows no application at this address",
        "check the host name, deploy the receiver, and use the address that the deployment shows",
        "V1",
    ),
    "not-running": (
        "{owner} answered because the application is stopped, asleep or crashed",
        "look at the application's log, start it, and keep it from going to sleep: there are 3 seconds, not a cold start",
        "R3",
    ),
    "no-route": (
        "{owner} has no GET at this path; its talk of a missing token means just that",
        "add a GET method for this path to the API and deploy the stage again; mind the stage's name in the path",
        "V1",
    ),
    "host-refused": (
        "{owner} refuses the host name it was called by",
        "add the hook's host name to the framework's list of allowed hosts",
        "V5",
    ),
    "csrf": (
        "{owner} wants a CSRF token, which only browsers have",
        "exempt the hook's path from CSRF protection; the auth header does its job",
        "V8",
    ),
    "tls-spoken": (
        "this port speaks TLS, and it was asked in plain HTTP",
        "use the https:// URL as the hook's URL",
        "D28",
    ),
}


def is_html(case: Case) -> bool:
    """Say whether the reply is a web page."""
    if case.reply is None:
        return False
    start = case.text.lstrip()[:200].lower()
    return start.startswith(("<!doctype html", "<html", "<head", "<body")) or (
        case.reply.media_type == "text/html" and start.startswith("<")
    )


def interstitial(case: Case) -> Iterator[Diagnosis]:
    """Yield a diagnosis when the reply is not the receiver's own, or its framework's before the receiver is asked."""
    reply = case.reply
    if reply is None:
        return
    heads = "\n".join(
        f"{name.lower()}: {value}"
        for name, value in reply.headers
        if name.lower() != "location" or not case.is_here(value)
    )
    # A success that is no page is the receiver's own; it may well talk about tunnels.
    body = "" if _is_json(case) and reply.status < 400 else case.text
    for mark in _MARKS:
        words = mark.found(reply.status, heads, body)
        if words:
            yield _known(case, mark.code, mark.owner, words)
            return
    if is_html(case) and (found := _SIGN_IN.search(case.text)):
        yield _known(case, "login-page", "the site", found.group(0))


def _is_json(case: Case) -> bool:
    return case.text.lstrip()[:1] in {"{", "["}


def _known(case: Case, code: str, owner: str, words: str) -> Diagnosis:
    message, remedy, rule = _MEANINGS[code]
    status = 0 if case.reply is None else case.reply.status
    where = words.partition("?")[0] if words.startswith("location:") else words
    return Diagnosis(
        code=code,
        message=message.format(owner=owner),
        evidence=f"status {status}, known by {case.quote(where)}",
        remedy=remedy,
        rule=rule,
    )
