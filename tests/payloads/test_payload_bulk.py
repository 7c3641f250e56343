"""Events made in bulk have the very bytes of events made one by one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import cycle

import pytest

from emulator.contract.catalogue import eligible_types, known_types
from emulator.delivery.plan import Recipe, plan
from emulator.payloads import Origin, World, build_event, encode, in_shape, parse_set
from emulator.payloads.marks import Occasion
from emulator.payloads.moments import default_published
from emulator.payloads.recipes.recipe import RECIPES
from emulator.payloads.recipes.recipe import Recipe as EventRecipe
from emulator.payloads.stencil import Stencil, Surroundings

UNCHANGED = (parse_set('version="0"'),)  # an edit that changes nothing, but wants each event as an object


def both(name, *, world, number, **how):
    shape = how.pop("shape")
    moment = default_published(world.draws, number, name)
    occasion = Occasion(
        number, moment, world.person(number), world.group(number), world.app(number), world.admins[number % 5]
    )
    event = build_event(
        name, world=world, number=number, hook_ids=["whoA", "whoB"], person=occasion.person, group=occasion.group,
        app=occasion.app, admin=occasion.admin, **how,
    )  # fmt: skip
    stencil = Stencil(name, Surroundings(world, shape=shape), hook_ids=["whoA", "whoB"], **how)
    return stencil.fill(occasion), (event["uuid"], encode(in_shape(event, shape)).decode())


@pytest.mark.parametrize("origin", [None, *Origin])
def test_every_type_has_the_same_bytes_from_every_origin(origin):
    worlds = cycle([World(3), World(3, engine="classic"), World(4, org_host="100%.example.com")])
    shapes = cycle(["delivery", "preview", "system-log", "delivery"])
    for number, (name, world, shape) in enumerate(zip(eligible_types(), worlds, shapes, strict=False)):
        filled, built = both(name, world=world, number=7 * number + 1, origin=origin, shape=shape)

        assert filled == built, name


@pytest.mark.parametrize("result", ["FAILURE", "DENY", "CHALLENGE"])
def test_other_outcomes_have_the_same_bytes_too(result):
    for number, name in enumerate(RECIPES):
        filled, built = both(name, world=World(5), number=number, result=result, reason="100 %", shape="delivery")

        assert filled == built, name


def test_types_that_no_hook_may_carry_have_the_same_bytes_too():
    for number, name in enumerate(sorted(set(known_types()) - set(eligible_types()))[::7]):
        filled, built = both(name, world=World(6), number=number, shape="system-log")

        assert filled == built, name


@pytest.mark.parametrize(
    "recipe",
    [
        {"count": 40, "batch": 7},
        {"count": 5, "at": datetime(2026, 8, 21, 12, 0, 0, 123_456, tzinfo=UTC), "order": "shuffled"},
        {"count": 3, "duplicate": "event", "batch": 2, "order": "reversed"},
        {"count": 2, "duplicate": "envelope", "shape": "preview"},
        {"count": 2, "nulls": "explicit", "origin": Origin.API, "result": "FAILURE"},
        {"count": 2, "reason": 'a "quoted" 100 % reason\ud800'},
        {"count": 2, "reason": "\ue0000\ue001"},
    ],
)
def test_requests_have_the_same_bytes_with_and_without_an_edit(recipe):
    types = ("user.lifecycle.deactivate", "user.session.start", "device.user.add", "iam.role.update")
    world = World(11, locale="ja_JP") if "at" in recipe else World(11)
    in_bulk = plan(Recipe(event_types=types, **recipe), world=world, hook_id="whoA")
    one_by_one = plan(Recipe(event_types=types, edits=UNCHANGED, **recipe), world=world, hook_id="whoA")

    assert list(in_bulk) == list(one_by_one)


def test_many_events_are_all_different():
    world = World(2)
    requests = plan(Recipe(event_types=("user.session.start",), count=5_000, batch=50), world=world, hook_id="whoA")
    events = [event for request in requests for event in json.loads(request.body)["data"]["events"]]

    assert len({event["uuid"] for event in events}) == 5_000
    assert len({event["transaction"]["id"] for event in events}) == 5_000
    assert len({event["actor"]["alternateId"] for event in events}) == 2_500
    assert len({event["client"]["ipAddress"] for event in events}) > 400
    assert {"device" in event for event in events} == {True, False}


def test_a_recipe_that_calculates_with_the_number_is_caught(monkeypatch):
    """What a stencil can't know must not silently become the same for all events."""
    wrong = EventRecipe(extras=lambda scene: {"key": str(scene.number + 1)})
    monkeypatch.setitem(RECIPES, "user.lifecycle.suspend", ("here", wrong))
    from emulator.payloads.recipes import recipe_for

    recipe_for.cache_clear()
    with pytest.raises(TypeError, match="calculates with an event's number"):
        Stencil("user.lifecycle.suspend", Surroundings(World(1)))
    recipe_for.cache_clear()


def test_bytes_that_depend_on_the_occasion_are_refused(monkeypatch):
    wrong = EventRecipe(extras=lambda scene: {"key": scene.world.draws.raw("label", scene.number).hex()})
    monkeypatch.setitem(RECIPES, "user.lifecycle.suspend", ("here", wrong))
    from emulator.payloads.recipes import recipe_for

    recipe_for.cache_clear()
    with pytest.raises(TypeError, match="'label' depend on the occasion"):
        Stencil("user.lifecycle.suspend", Surroundings(World(1)))
    recipe_for.cache_clear()


def test_what_is_remembered_of_people_has_a_bound(monkeypatch):
    """A company may be larger than memory; forgetting changes no byte."""
    monkeypatch.setattr("emulator.payloads.marks.REMEMBERED", 2)
    monkeypatch.setattr("emulator.payloads.stencil.REMEMBERED", 2)
    types = ("user.session.start",)
    in_bulk = plan(Recipe(event_types=types, count=20), world=World(1), hook_id="whoA")
    one_by_one = plan(Recipe(event_types=types, count=20, edits=UNCHANGED), world=World(1), hook_id="whoA")

    assert list(in_bulk) == list(one_by_one)
