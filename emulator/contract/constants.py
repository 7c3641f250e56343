"""Fixed facts of Okta's event hook contract, each with its rule."""

from __future__ import annotations

from typing import Final

CHALLENGE_HEADER: Final = "X-Okta-Verification-Challenge"  # V3
REQUEST_ID_HEADER: Final = "X-Okta-Request-Id"  # V7, H5
VERIFICATION_KEY: Final = "verification"  # V5
CHALLENGE_LENGTH: Final = 40  # V4: seen, not promised

TIME_LIMIT: Final = 3.0  # R1, V9: seconds, for one whole attempt
MAX_ATTEMPTS: Final = 2  # R2, V9
REPLY_LIMIT: Final = 64 * 1024  # D26: bytes of a reply that are read

ENVELOPE_TYPE: Final = "com.okta.event_hook"  # D3
ENVELOPE_TYPE_VERSION: Final = "1.0"  # D3
CLOUD_EVENTS_VERSION: Final = "0.1"  # D3
CONTENT_TYPE: Final = "application/json"  # D3, H1
CHANNEL_VERSION: Final = "1.0.0"  # A6

USER_AGENT_VERIFY: Final = "Okta-Integrations"  # V7
USER_AGENT_DELIVER: Final = "Okta Hook Service v1.0.0 - {hook_id}"  # H2, H4

MAX_NAME: Final = 255  # A7, M7
MAX_URI: Final = 1024  # A8, M7
MAX_ACTIVE_HOOKS: Final = 25  # A27, M1
MAX_EVENT_TYPES: Final = 300  # A9, M2
DAILY_EVENTS: Final = 400_000  # M3: applicable events of an org in 24 hours
DAILY_WARNING: Final = 280_000  # M4
MAX_CUSTOM_HEADERS: Final = 50  # M8: our choice, unknown at Okta
MAX_HEADER_VALUE: Final = 4096  # M8: likewise

RESERVED_HEADERS: Final = frozenset(  # H9: Accept is documented, the rest is inferred
    {
        "accept",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
        "x-okta-request-id",
        "x-okta-verification-challenge",
    }
)
