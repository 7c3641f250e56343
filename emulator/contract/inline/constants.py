"""Fixed facts of Okta's inline hook contract, each with its rule."""

from __future__ import annotations

from typing import Final

ANSWER_LIMIT: Final = 256 * 1024  # M9: bytes; an answer must stay below
CAREFUL_LIMIT: Final = 256_000  # the other reading of "256 KB"
USER_AGENT: Final = "Okta-Integrations"  # I10
NO_CACHE: Final = "no-cache"  # I10

MAX_HOOKS: Final = 100  # I12, M9: of all types together
DEFAULT_ERROR: Final = "The callback service returned an error"  # shown where error has no errorSummary
