"""``okta-hooks scenario new``: a starter that runs, for any event type."""

import pytest

from emulator.contract.catalogue import known_types
from emulator.runner.scenario import load
from emulator.runner.starter import starter


@pytest.mark.parametrize("part", range(4))
def test_the_starter_of_every_type_is_well_formed(part):
    for known in list(known_types().values())[part::12]:
        load(starter(known).encode(), known.id)


@pytest.mark.wire
@pytest.mark.parametrize(
    "arguments", [["user.lifecycle.deactivate"], ["acme.badge.revoked", "--like", "group.user_membership.add"]]
)
def test_a_written_starter_runs(okta_hooks, tmp_path, arguments):
    path = tmp_path / "new.yaml"

    assert okta_hooks("scenario", "new", *arguments, "--out", str(path)).code == 0
    done = okta_hooks("run", str(path), "--reference")

    assert (done.code, "7 passed" in done.out or "1 passed" in done.out) == (0, True)


def test_the_starter_says_what_is_known_of_the_type(okta_hooks):
    done = okta_hooks("scenario", "new", "user.account.lock")

    assert done.code == 0
    assert "'Max sign in attempts exceeded'" in done.out
    assert "debugContext.debugData.risk" in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["new", "user.lifecycle.deactivat"], "did you mean 'user.lifecycle.deactivate'"),
        (["new", "acme.x.y", "--like", "user.lifecycle.deactivat"], "unknown event type 'user.lifecycle.deactivat'"),
        (["new", "acme", "--like", "user.lifecycle.create"], "wanted a name with dots"),
        (
            ["new", "user.lifecycle.create", "--out", "/no/such/folder/x.yaml"],
            "can't be written: no such file or directory",
        ),
        (["nwe"], "nwe"),
    ],
)
def test_what_cannot_be_written_is_told(okta_hooks, arguments, message):
    done = okta_hooks("scenario", *arguments)

    assert done.code == 2
    assert message in done.err


def test_a_file_that_is_there_is_kept(okta_hooks, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("mine")

    assert okta_hooks("scenario", "new", "user.lifecycle.create", "--out", str(path)).code == 2
    assert path.read_text() == "mine"
    assert okta_hooks("scenario", "new", "user.lifecycle.create", "--out", str(path), "--force").code == 0
    assert path.read_text() != "mine"
