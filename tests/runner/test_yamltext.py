"""YAML as scenarios use it: 1.2 scalars with places, and refusals that say where."""

import pytest

from emulator.errors import ScenarioError
from emulator.runner.source import plain
from emulator.runner.yamltext import LARGEST, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("off", "off"),
        ("yes", "yes"),
        ("N", "N"),
        ("12:30:00", "12:30:00"),
        ("2026-01-01", "2026-01-01"),
        ("1_000", "1_000"),
        ("012", 12),
        ("0o17", 15),
        ("0xff", 255),
        ("-7", -7),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("~", None),
        ("Null", None),
        ("True", True),
        ("FALSE", False),
        ("'true'", "true"),
        ('"12"', "12"),
        ("!!str 12", "12"),
        ('!!int "12"', 12),
        ("9" * 5000, "9" * 5000),
        ("1e999", "1e999"),
        ("|\n  a\n  b", "a\nb"),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says(text, value):
    found = plain(parse(f"key: {text}".encode(), "a.yaml"))["key"]

    assert (found, type(found)) == (value, type(value))


def test_every_value_and_key_knows_its_place():
    root = parse(b"\xef\xbb\xbfa:\n  - b: 1\n    c: x\n", "a.yaml")
    step = root.value["a"].value[0]

    assert str(step.keys["c"]) == "a.yaml:3:5"
    assert str(step.value["c"].place) == "a.yaml:3:8"


def test_anchors_aliases_and_merge_keys_work():
    text = b"base: &base {x: 1, y: 2}\nsame: *base\nmore: {<<: *base, y: 3}\nboth: {<<: [{x: 0}, *base]}\n"
    found = plain(parse(text, "a.yaml"))

    assert found["same"] == {"x": 1, "y": 2}
    assert found["more"] == {"x": 1, "y": 3}
    assert found["both"] == {"x": 0, "y": 2}


def laughs(levels: int) -> bytes:
    lines = ["l0: &l0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]" for level in range(1, levels)]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"a: 1\nb: 2\na: 3\n", "3:1", "the key 'a' is given twice"),
        (b"a: {x: 1,\n    x: 2}", "2:5", "the key 'x' is given twice"),
        (laughs(9), "5:10", "more than 20000 values"),
        (b"a: &a [*a]", "1:8", "the alias *a lies inside what it stands for"),
        (b"a: *b", "1:4", "no anchor &b before this alias"),
        (b"- " * 60 + b"x", "1:103", "nested more than 50 levels deep"),
        (b"[" * 100_000, "1:", "nest"),
        (b"a: !!python/object:os.system x", "1:4", "the tag !!python/object:os.system is not known here"),
        (b"a: !env HOME", "1:4", "the tag !env is not known here"),
        (b"a: .nan", "1:4", "JSON has no .nan"),
        (b"a: [1, 2", "", "this is not YAML"),
        (b"a: b: c", "1:5", "a ':' too much"),
        (b"a:\n\tb: c", "2:1", "a tab can't indent"),
        (b"? [a]\n: 1\n", "1:3", "a key has to be text"),
        (b"a: {<<: 1}", "1:9", "<< merges mappings"),
        (b"", "1:1", "the file is empty"),
        (b"# nothing but a remark\n", "1:1", "the file is empty"),
        (b"a: 1\n---\nb: 2\n", "2:1", "a second document begins here"),
        (b"a: 1\nb: \xff\n", "2:1", "the file is not UTF-8 text"),
        (b"a: \x00", "1:1", "a character that isn't allowed"),
        (b"x" * (LARGEST + 1), "1:1", "larger than 1024 KiB"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_read_is_refused_with_its_place(data, place, message):
    with pytest.raises(ScenarioError) as caught:
        parse(data, "a.yaml")

    assert caught.value.where.startswith(f"a.yaml:{place}")
    assert message in str(caught.value)


def test_the_offending_line_is_shown_with_a_caret_even_if_it_is_long():
    with pytest.raises(ScenarioError) as caught:
        parse(b"a: [" + b"x, " * 100 + b"!bad y]", "a.yaml")

    line, caret = str(caught.value).splitlines()[1:3]
    assert line[caret.index("^") :].startswith("!bad y]")
    assert len(line) < 120
