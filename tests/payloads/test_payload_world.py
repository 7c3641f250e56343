from __future__ import annotations

import re

import pytest

from emulator.errors import UsageError
from emulator.payloads import World
from emulator.payloads.identifiers import id_prefix
from emulator.payloads.pools import FIRST_NAMES, LAST_NAMES, OTHER_SCRIPTS


@pytest.mark.parametrize("seed", [0, -1, 7, 2**200])
def test_the_first_person_of_every_seed_is_john_doe(seed):
    person = World(seed).person()

    assert (person.login, person.display_name) == ("john.doe@example.com", "John Doe")
    assert re.fullmatch(r"00u[0-9A-Za-z]{17}", person.id)


def test_no_two_people_share_a_login_or_id(world):
    people = [world.person(number) for number in range(8_000)]

    assert len({person.login for person in people}) == 8_000
    assert len({person.id for person in people}) == 8_000


def test_logins_are_plain_ascii_and_names_are_not_always(world):
    people = [world.person(number) for number in range(30)]

    assert all(re.fullmatch(r"[a-z0-9.-]+@example\.com", person.login) for person in people)
    assert any(not person.display_name.isascii() for person in people)


def test_asking_in_another_order_gives_the_same_people():
    forwards = [World(9).person(number) for number in range(50)]
    other = World(9)
    backwards = [other.person(number) for number in reversed(range(50))]

    assert forwards == backwards[::-1]


@pytest.mark.parametrize("names", [FIRST_NAMES, LAST_NAMES, [(f"{a} {b}", c) for a, b, c in OTHER_SCRIPTS]])
def test_the_tables_of_names_have_no_repetitions(names):
    """The promise of unique logins rests on it."""
    assert len({shown for shown, _ in names}) == len(names)
    assert len({login for _, login in names}) == len(names)
    assert not {login for _, login in names} & {"doe", "john.doe"}


def test_ids_of_one_org_end_alike_and_of_two_orgs_differ():
    """N1."""
    one = World(1)

    assert {thing.id[-3:] for thing in (one.person(4), one.group(2), one.app(3))} == {one.cell}
    assert World(1).person(4).id != World(2).person(4).id


def test_groups_and_apps_past_the_table_are_numbered(world):
    assert len({world.group(number).name for number in range(100)}) == 100
    assert len({world.app(number).label for number in range(100)}) == 100


def test_network_facts_agree_and_stay(world):
    network = world.network("someone")

    assert network == world.network("someone")
    assert -90 <= network.latitude <= 90
    assert 64496 <= network.as_number <= 65551


def test_some_networks_are_ipv6(world):
    assert {world.network(str(number)).ip_version for number in range(200)} == {"V4", "V6"}


def test_the_org_has_a_host_of_its_own_unless_one_is_given():
    assert World(1).org_host != World(2).org_host
    assert World(1, org_host="login.example.com").org_host == "login.example.com"
    assert "login.example.com" in repr(World(1, org_host="login.example.com"))


def test_a_locale_fills_the_names():
    world = World(1, locale="ja_JP")
    people = [world.person(number) for number in range(1, 40)]

    assert world.person().display_name == "John Doe"
    assert not any(person.display_name.isascii() for person in people)
    assert len({person.login for person in people}) == 39
    assert people == [World(1, locale="ja-jp").person(number) for number in range(1, 40)]
    assert "ja_JP" in repr(world)


def test_a_locale_with_many_names_gives_as_many_logins():
    people = [World(1, locale="en_GB").person(number) for number in range(2_000)]

    assert len({person.login for person in people}) == 2_000


def test_an_unknown_locale_is_a_usage_error():
    with pytest.raises(UsageError, match="unknown locale 'de_DD'") as caught:
        World(1, locale="de_DD")

    assert "de_DE" in caught.value.hint


@pytest.mark.parametrize(
    ("target_type", "prefix"), [("User", "00u"), ("UDDevice", "guo"), ("WorkloadPrincipal", "wrk"), ("é", "xxx")]
)
def test_every_target_type_has_a_prefix_of_three(target_type, prefix):
    """N2."""
    assert id_prefix(target_type) == prefix


def test_an_unknown_engine_is_a_usage_error():
    with pytest.raises(UsageError, match="unknown engine 'v1'"):
        World(1, engine="v1")

    assert "engine='classic'" in repr(World(1, engine="classic"))


def test_any_label_can_be_drawn_for():
    """An id typed on a command line may hold a lone surrogate."""
    draws = World(1).draws

    assert draws.raw("x", "\ud800") != draws.raw("x", "\ud801")
