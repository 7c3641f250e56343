"""Whatever a service answers, and whatever it was asked: a judgement and an effect, never a traceback."""

from __future__ import annotations

import json
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.contract.inline.answers import judge_answer
from emulator.contract.inline.documents import validate_inline_answer
from emulator.contract.inline.effects import apply_answer
from emulator.contract.inline.types import INLINE_HOOK_TYPES, inline_hook_type
from emulator.payloads import World
from emulator.payloads.inline import inline_request, redacted_request

KINDS = list(INLINE_HOOK_TYPES.values())
COMMANDS = [command.name for kind in KINDS for command in kind.commands]
JSON = (("Content-Type", "application/json"),)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["VERIFIED", "DENY", "LINK_USER", "SUCCESSFUL", "add", "remove", "replace", "~", "", "/"])
    | st.sampled_from(["/claims/x", "/claims/name", "claims.x", "/token/lifetime/expiration", "/claims/groups/0"])
)
names = st.sampled_from(
    [
        "op",
        "path",
        "value",
        "type",
        "status",
        "credential",
        "registration",
        "result",
        "id",
        "errorSummary",
        "errorCauses",
        "location",
        "password",
    ]
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=8
)
operations = st.fixed_dictionaries({"op": anything, "path": anything}, optional={"value": anything})
commands = st.fixed_dictionaries(
    {"type": st.sampled_from(COMMANDS) | anything, "value": st.lists(operations, max_size=3) | anything}
)
answers = anything | st.fixed_dictionaries(
    {}, optional={"commands": st.lists(commands, max_size=3) | anything, "error": anything, "debugContext": anything}
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(KINDS), st.integers(0, 3), answers, st.none() | anything)
def test_any_answer_to_any_request_is_judged_and_applied(kind, which, answer, odd):
    request = inline_request(kind, world=World(1), variant=kind.variants[which % len(kind.variants)])
    if odd is not None:
        request["data"][list(request["data"])[which % len(request["data"])]] = odd

    judgement = judge_answer(kind, request, status=200, headers=JSON, body=json.dumps(answer).encode())

    assert apply_answer(kind, request, judgement).summary
    assert judgement.accepted or judgement.reason
    assert all(problem.hint or "wanted" in problem.message for problem in judgement.problems)
    json.dumps(redacted_request(request))
    validate_inline_answer(answer)


def test_an_answer_full_of_operations_takes_no_long_time():
    operations = [{"op": "add", "path": f"/claims/c{number}", "value": number} for number in range(4000)]
    body = json.dumps({"commands": [{"type": "com.okta.identity.patch", "value": operations}]}).encode()
    kind = inline_hook_type("token")
    request = inline_request(kind, world=World(1))
    start = time.process_time()

    judgement = judge_answer(kind, request, status=200, headers=JSON, body=body)
    effect = apply_answer(kind, request, judgement)

    assert len(effect.changes) == 4000
    assert time.process_time() - start < 5
