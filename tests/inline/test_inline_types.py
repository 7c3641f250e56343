"""The table of inline hook types: names, and what the contract says of each (I1, I6, I8, I12, I13)."""

from __future__ import annotations

import pytest

from emulator.contract.inline.answers import answer_document_problems
from emulator.contract.inline.types import INLINE_HOOK_TYPES, inline_hook_type
from emulator.errors import UsageError
from emulator.payloads import World
from emulator.payloads.inline import inline_request

KINDS = list(INLINE_HOOK_TYPES.values())


def test_there_are_six_types():
    assert list(INLINE_HOOK_TYPES) == [
        "com.okta.user.credential.password.import",
        "com.okta.user.pre-registration",
        "com.okta.oauth2.tokens.transform",
        "com.okta.saml.tokens.transform",
        "com.okta.telephony.provider",
        "com.okta.import.transform",
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.short)
def test_a_type_is_found_by_its_full_and_its_short_name(kind):
    assert inline_hook_type(kind.name) is inline_hook_type(kind.short) is kind


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("telefony", "telephony"), ("tokens", "token"), ("com.okta.telephony", "com.okta.telephony.provider")],
)
def test_an_unknown_type_gets_the_nearest_names_and_the_list(typed, meant):
    with pytest.raises(UsageError, match="unknown inline hook type") as caught:
        inline_hook_type(typed)

    assert caught.value.hint.startswith("did you mean")
    assert meant in caught.value.hint.splitlines()[0]
    assert "the types: password-import, registration, token" in caught.value.hint


def test_only_token_and_telephony_are_never_called_again():
    assert [kind.short for kind in KINDS if not kind.retries] == ["token", "telephony"]


def test_only_telephony_takes_no_empty_answer():
    assert [kind.short for kind in KINDS if not kind.may_be_empty] == ["telephony"]


def test_four_types_have_a_preview():
    assert [kind.short for kind in KINDS if kind.has_preview] == ["registration", "token", "saml", "telephony"]


@pytest.mark.parametrize(
    ("kind", "command"),
    [(kind, command) for kind in KINDS for command in kind.commands],
    ids=lambda part: getattr(part, "short", getattr(part, "name", None)),
)
def test_the_example_of_each_command_is_in_order(kind, command):
    variant = "progressive-profile" if ".progressive." in command.name else ""
    answer = {"commands": [{"type": command.name, "value": command.example}]}
    if command.name == "com.okta.user.update":
        answer["commands"].append({"type": "com.okta.action.update", "value": {"result": "LINK_USER"}})

    assert answer_document_problems(kind, inline_request(kind, world=World(1), variant=variant), answer) == []
