"""Event types that a user describes: dressed over what Okta's would be, other values each time, the same for a seed."""

import pytest

from emulator.contract.problems import Level
from emulator.contract.schemas import validate_log_event
from emulator.errors import UsageError
from emulator.payloads import World, as_delivery, build_event, preview_sample
from emulator.payloads.custom import CustomType
from emulator.payloads.draws import Draws
from emulator.payloads.fakes import fake, fake_providers
from emulator.payloads.scene import Origin

BADGE = CustomType(
    id="acme.badge.revoked",
    like="user.lifecycle.deactivate",
    message="The badge of ${person.name} was revoked by ${actor.login}",
    severity="WARN",
    targets=(
        "User",
        {"type": "Badge", "displayName": "${fake:color_name} badge", "detailEntry": {"n": "${event.number}"}},
    ),
    members={
        "debugData": {"number": "${fake:numerify(###-##)}", "doors": ["${fake:word}", {"of": "${fake:company}"}]},
        "outcome": {"reason": "$${literally} ${app.label}"},
        "client": {"zone": "Dublin"},
    },
)


def problems(event):
    """An own type may be richer than Okta's: nested debugData, say."""
    return [each for each in validate_log_event(as_delivery(event)) if each.level is Level.MUST]


def build(custom=BADGE, seed=7, **more):
    return build_event(custom.id, world=World(seed, custom={custom.id: custom}), **more)


def test_what_is_described_replaces_what_the_type_it_is_like_has():
    event = build()
    like = build_event("user.lifecycle.deactivate", world=World(7))

    assert event["eventType"] == "acme.badge.revoked"
    assert event["displayMessage"] == "The badge of John Doe was revoked by admin@example.com"
    assert (event["severity"], event["outcome"]["result"]) == ("WARN", "SUCCESS")
    assert event["outcome"]["reason"] == f"${{literally}} {World(7).app().label}"
    assert event["client"] == {**like["client"], "zone": "Dublin"}
    assert list(event) == list(like)
    assert problems(event) == []


def test_targets_are_oktas_or_made_of_their_members():
    user, badge = build(number=3)["target"]

    assert user["alternateId"] == "john.doe@example.com"
    assert (badge["type"], badge["alternateId"], badge["detailEntry"]) == ("Badge", "unknown", {"n": 3})
    assert badge["id"].startswith("bdg")
    assert badge["displayName"].endswith(" badge")


def test_debug_data_is_added_nested_and_typed():
    data = build()["debugContext"]["debugData"]

    assert data["requestId"]
    assert len(data["number"]) == 6
    assert isinstance(data["doors"][1]["of"], str)


def test_the_same_seed_gives_the_same_event_and_each_event_has_its_own_values():
    assert build(number=1) == build(number=1)
    names = {build(number=number)["target"][1]["id"] for number in range(5)}
    numbers = {build(number=number)["debugContext"]["debugData"]["number"] for number in range(5)}

    assert (len(names), len(numbers)) == (5, 5)
    assert build()["uuid"] != build_event("user.lifecycle.deactivate", world=World(7))["uuid"]


def test_a_type_like_no_other_is_still_a_whole_event():
    event = build(CustomType(id="acme.x", message="X", members={}, origin=Origin.JOB))

    assert event["transaction"]["type"] == "JOB"
    assert problems(event) == []


def test_a_type_of_ones_own_has_sample_data_too():
    sample = preview_sample("acme.x", world=World(0, custom={"acme.x": CustomType(id="acme.x", message="X")}))

    assert (sample["eventType"], sample["displayMessage"], sample["target"]) == ("acme.x", "X.", None)


@pytest.mark.parametrize(
    "text", ["${persn.name}", "${person.nam}", "${fake:nmae}", "${fake:random_int(a=1)}", "${fake:}"]
)
def test_a_reference_that_leads_nowhere_is_told(text):
    with pytest.raises(UsageError):
        build(CustomType(id="acme.x", message=text))


@pytest.mark.parametrize(
    "call",
    ["name", "numerify(##-##)", "random_int(1, 6)", "random_int(min=1, max=6)", "random_element(red, green)", "boolean",
     "date_of_birth", "pydecimal", "uuid4", "words", "latlng", "simple_profile"],
)  # fmt: skip
def test_a_provider_gives_the_same_json_value_for_the_same_seed_and_label(call):
    first = fake(call, draws=Draws(1), label=(1,))

    assert fake(call, draws=Draws(1), label=(1,)) == first
    assert any(fake(call, draws=Draws(1), label=(number,)) != first for number in range(2, 30))


def test_the_arguments_of_a_provider_count():
    assert fake("random_int(min=3, max=3)", draws=Draws(1), label=()) == 3
    assert fake("random_element(red)", draws=Draws(1), label=()) == "red"
    assert fake("pystr(min_chars=5, max_chars=5)", draws=Draws(1), label=()).isalpha()


@pytest.mark.parametrize(
    "call", ["seed", "zip", "tar", "add_provider", "binary", "optional", "_x", "name)(", "x" * 300]
)
def test_what_gives_no_value_is_no_provider(call):
    with pytest.raises(UsageError):
        fake(call, draws=Draws(1), label=())


def test_a_mistyped_provider_gets_the_nearest_names():
    with pytest.raises(UsageError, match=r"did you mean .*'company'"):
        fake("compny", draws=Draws(1), label=())


def test_every_provider_gives_a_value_or_says_in_words_why_not():
    for name in sorted(fake_providers()):
        try:
            fake(name, draws=Draws(1), label=())
        except UsageError as error:
            assert name in error.message  # noqa: PT017 (some need arguments)


def test_faker_leaves_the_global_random_state_alone():
    import random

    random.seed(1)
    expected = random.random()
    random.seed(1)
    fake("name", draws=Draws(1), label=())

    assert random.random() == expected
