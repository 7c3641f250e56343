"""What is said of endpoints that don't exist: an error in Okta's form that names what is emulated (E2, E8)."""

from __future__ import annotations

from typing import Final

from emulator.apis.routing import API, routes
from emulator.names import nearest
from emulator.org.errors import OktaApiError, api_error

__all__ = ["not_emulated"]

# First steps of paths that Okta's Management API has and the emulator hasn't; any other path is nobody's.
_OKTAS: Final = frozenset(
    "agentPools apiTokens apps api-tokens attack-protection authenticators authorizationServers behaviors brands "  # noqa: SIM905 (reads better)
    "captchas device-assurances devices device-integrations device-posture-checks directories domains email-domains "
    "email-servers eventHooks features first-party-app-settings groups hook-keys iam idps inlineHooks "
    "integrations internal linkedObjects logStreams logs mappings meta oauth2 orgs org policies principal-rate-limits "
    "privileged-access push-providers realm-assignments realms resource-selectors risk roles security-events-providers "
    "sessions templates threats trustedOrigins users zones authn factors privacy oktaPersonalSettings".split()
)


def not_emulated(method: str, path: str) -> OktaApiError:
    """
    Return the error for a path that no endpoint has: 501 if Okta has such, else 404.

    UNDOCUMENTED: Okta has no word for what an emulator lacks; ours names what is here in the causes.
    """
    first = path.removeprefix(f"{API}/").partition("/")[0] if path.startswith(f"{API}/") else ""
    templates = sorted({found.template for found in routes().values() if found.template.startswith(API)})
    if first in _OKTAS:
        similar = [template for template in templates if template.startswith(f"{API}/{first}")]
        families = sorted({f"{API}/{template.removeprefix(f'{API}/').partition('/')[0]}" for template in templates})
        listed = ", ".join(similar[:12] or families)
        return api_error("E0000060", f"{method} {path} is not emulated; emulated here: {listed}")
    near = nearest(path, templates)
    hint = f"nearest: {', '.join(near)}" if near else f"every path starts with {API}"
    return api_error("E0000008", hint)
