from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from emulator.contract.catalogue import (
    FactOrigin,
    common_debug_keys,
    eligible_types,
    event_type,
    known_types,
    matching_types,
    snapshot,
)
from emulator.contract.families import default_message, default_outcome, default_targets, pick_legacy
from emulator.errors import UsageError

ROOT = Path(__file__).resolve().parent.parent.parent


def test_1274_types_are_known_and_314_are_eligible():
    """T1."""
    families = Counter(name.partition(".")[0] for name in eligible_types())

    assert (len(known_types()), len(eligible_types())) == (1274, 314)
    assert (snapshot().release, snapshot().date) == ("2026.08.1", "2026-08-21")
    assert families == {
        "user": 43, "app": 38, "system": 30, "resource_servers": 29, "application": 26, "resource": 26,
        "workload_principal": 25, "access": 22, "iam": 18, "policy": 18, "group": 10, "security": 10, "device": 8,
        "certification": 5, "entitlement": 3, "governance": 2, "inline_hook": 1,
    }  # fmt: skip
    assert sum(known.beta for known in eligible_types().values()) == 50
    assert sum(known.oie_only for known in eligible_types().values()) == 15
    assert not any(known.internal for known in eligible_types().values())


@pytest.mark.parametrize(
    "name",
    [
        "event_hook.verified", "event_hook.delivery", "user.lifecycle.delete.completed", "user.account.expire_password",
        "user.account.update_user_type", "user.account.update_primary_email", "user.account.unlock_token",
        "user.account.lock.limit", "system.operation.rate_limit.violation", "inline_hook.response.processed",
    ],
)  # fmt: skip
def test_what_stands_near_an_eligible_type_need_not_be_one(name):
    """U19."""
    assert not event_type(name).eligible
    assert name not in eligible_types()


def test_an_unknown_type_gets_the_nearest_names():
    with pytest.raises(UsageError) as caught:
        event_type("user.lifecycle.deactivated")

    assert caught.value.message == "unknown event type 'user.lifecycle.deactivated'"
    assert caught.value.hint.startswith("did you mean 'user.lifecycle.deactivate'")
    assert caught.value.hint.splitlines()[0].count("'user.lifecycle.") >= 2
    assert "known are the 1274 types of 2026.08.1" in caught.value.hint


@pytest.mark.parametrize("name", ["", "☃", "x" * 5000, "\ud800"])
def test_even_odd_names_are_usage_errors(name):
    with pytest.raises(UsageError):
        event_type(name)


def test_a_pattern_stands_for_the_eligible_types():
    names = [known.id for known in matching_types("user.lifecycle.*")]

    assert "user.lifecycle.deactivate" in names
    assert "user.lifecycle.delete.completed" not in names
    assert [known.id for known in matching_types("event_hook.verified")] == ["event_hook.verified"]


def test_a_pattern_that_matches_nothing_is_a_usage_error():
    with pytest.raises(UsageError, match="no event-hook-eligible type matches") as caught:
        matching_types("user.lifecycel.*")

    assert "user.lifecycle" in caught.value.hint


def test_each_fact_has_its_origin():
    deactivate = event_type("user.lifecycle.deactivate")
    unsuspend = event_type("user.lifecycle.unsuspend")
    risk = event_type("user.risk.detect")
    rule = event_type("policy.rule.delete")

    assert (deactivate.display_message.value, deactivate.display_message.origin) == (
        "Deactivate Okta User",
        FactOrigin.CAPTURED,
    )  # U2
    assert unsuspend.display_message.origin is FactOrigin.CATALOGUE
    assert event_type("group.lifecycle.create").display_message.origin is FactOrigin.INFERRED
    assert (risk.display_message.value, risk.display_message.origin) == ("User risk detect", FactOrigin.FAMILY)
    assert deactivate.severity.origin is FactOrigin.CAPTURED
    assert unsuspend.severity.origin is FactOrigin.FAMILY
    assert (rule.target_types.value, rule.target_types.origin) == (
        ("PolicyEntity", "PolicyRule"),
        FactOrigin.CATALOGUE,
    )  # T4
    assert unsuspend.legacy_for("SUCCESS").origin is FactOrigin.CATALOGUE
    assert risk.legacy_for("SUCCESS").origin is FactOrigin.FAMILY
    assert deactivate.actor_types.value == ("User", "SystemPrincipal")
    assert risk.actor_types.origin is FactOrigin.FAMILY
    assert event_type("workload_principal.update").change_schemas == ("WorkloadPrincipalChangeDetailsEntry",)


def test_sample_data_has_the_text_with_its_dot():
    """P6."""
    assert event_type("user.behavior.profile.reset").preview_message.origin is FactOrigin.CAPTURED
    assert event_type("user.lifecycle.suspend").preview_message.value == "Suspend Okta user."
    assert event_type("user.risk.detect").preview_message.value == "User risk detect."


def test_legacy_ids_follow_the_outcome():
    """T6."""
    start = event_type("user.session.start")

    assert start.legacy_for("SUCCESS").value == "core.user_auth.login_success"
    assert start.legacy_for("FAILURE").value == "core.user_auth.login_failed"
    assert "core.user_auth.login_denied" in start.legacy_ids
    assert event_type("device.enrollment.create").legacy_for("SUCCESS").value is None


@pytest.mark.parametrize(
    ("candidates", "outcome", "picked"),
    [
        (["a.success", "a.failure"], "SUCCESS", "a.success"),
        (["a.success", "a.failure"], "FAILURE", "a.failure"),
        (["a.only"], "FAILURE", "a.only"),
        (["a.one", "a.other"], "SUCCESS", None),
        ([None], "SUCCESS", None),
        ([], "SUCCESS", None),
    ],
)
def test_the_mapping_that_fits_is_picked(candidates, outcome, picked):
    """T6."""
    assert pick_legacy(candidates, outcome) == picked


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("user.lifecycle.create", ("INFO", "SUCCESS")),
        ("policy.auth_reevaluate.fail", ("WARN", "FAILURE")),
        ("app.access_request.deny", ("WARN", "DENY")),
        ("security.threat.detected", ("WARN", "DENY")),
    ],
)
def test_the_id_suggests_the_outcome(name, outcome):
    """T7."""
    assert default_outcome(name) == outcome


@pytest.mark.parametrize(
    ("name", "schemas", "targets"),
    [
        ("user.mfa.factor.suspend", [], ("User",)),
        ("user.mfa.factor.deactivate", ["AuthenticatorEnrollmentResourceDetails"], ("User", "AuthenticatorEnrollment")),
        ("group.user_membership.add", [], ("User", "UserGroup")),
        ("group.application_assignment.add", [], ("AppInstance", "UserGroup")),
        ("group.lifecycle.create", [], ("UserGroup",)),
        ("application.user_membership.add", [], ("AppUser", "AppInstance", "User")),
        ("application.lifecycle.create", ["ResourceDetails"], ("AppInstance",)),
        ("app.oauth2.trusted_server.add", ["AuthorizationServerResourceDetails"], ("AuthorizationServerEntity",)),
        ("policy.rule.add", ["PolicyResourceDetails"], ("PolicyEntity", "PolicyRule")),
        ("device.user.add", [], ("UDDevice", "User")),
        ("security.trusted_origin.create", ["TrustedOriginResourceDetails"], ("TrustedOrigin",)),
        ("system.log_stream.lifecycle.create", ["ResourceDetails"], ("LogStream",)),
        ("single", [], ("Single",)),
    ],
)
def test_targets_follow_family_and_schema(name, schemas, targets):
    """T4, T5."""
    assert default_targets(name, schemas)[0] == targets


def test_ids_become_words():
    assert default_message("user.account.update_profile") == "User account update profile"


def test_debug_keys_beside_the_requests_own():
    """T10."""
    assert len(common_debug_keys()) == 25
    for known in eligible_types().values():
        assert not set(known.debug_keys.value) & set(common_debug_keys())
    assert event_type("group.profile.update").debug_keys.value["changedAttributes"] == "csv"


def test_the_table_holds_short_facts_only():
    table = json.loads((ROOT / "schemas" / "event-types.json").read_text("utf-8"))

    assert {key for line in table["types"] for key in line} == {
        "id", "category", "release", "flags", "tags", "message", "legacy", "schema", "captured", "inferred",
    }  # fmt: skip
    assert max(len(line.get("message", "")) for line in table["types"]) < 160


def test_the_table_has_one_type_per_line():
    lines = (ROOT / "schemas" / "event-types.json").read_text("utf-8").splitlines()

    assert sum(line.startswith('{"id":') for line in lines) == 1274


def test_the_lines_are_read_as_the_table_says():
    table = json.loads((ROOT / "schemas" / "event-types.json").read_text("utf-8"))

    assert list(known_types()) == [line["id"] for line in table["types"]]
    assert list(eligible_types()) == [line["id"] for line in table["types"] if "eligible" in line["flags"]]
    assert [known.tags for known in known_types().values()] == [tuple(line["tags"]) for line in table["types"]]


@pytest.mark.process
def test_importing_reads_no_file_and_loading_is_quick():
    """A CPU measure of one fresh process, with a wide margin."""
    script = (
        "import time, emulator.contract.catalogue as c; assert not c._table.cache_info().currsize;"
        "start = time.process_time(); assert len(c.eligible_types()) == 314; print(time.process_time() - start)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)

    assert float(run.stdout) < 0.1


@pytest.fixture
def build_catalogue():
    spec = importlib.util.spec_from_file_location("build_catalogue", ROOT / "scripts" / "build_catalogue.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def catalogue_file(tmp_path):
    def write(*types):
        path = tmp_path / "catalogue.json"
        path.write_text(
            json.dumps(
                {
                    "snapshot": {"catalogueRelease": "2030.01", "legacyMappingRelease": None, "source": "somewhere"},
                    "commonDebugData": {"url": {"type": "String", "format": "url"}},
                    "schemas": {"D": {"includesCommonDebugData": True, "keys": {"n": {"type": "Integer"}}}},
                    "types": list(types),
                }
            ),
            "utf-8",
        )
        return path

    return write


def test_the_table_can_be_rebuilt_and_says_what_changed(build_catalogue, catalogue_file, tmp_path, capsys):
    output = tmp_path / "table.json"
    kept = {"id": "a.kept", "eventHookEligible": True, "tags": ["event-hook-eligible", "x"], "description": "prose"}
    gone = {"id": "a.gone"}
    build_catalogue.main([str(catalogue_file(kept, gone)), "--output", str(output), "--date", "2030-01-02"])
    capsys.readouterr()

    new = {"id": "a.new", "eventHookEligible": True, "beta": True}
    arguments = [str(catalogue_file({**kept, "displayMessage": "Kept"}, new)), "--output", str(output)]

    assert build_catalogue.main([*arguments, "--check"]) == 1
    assert json.loads(output.read_text("utf-8"))["types"][0]["id"] == "a.gone"
    assert build_catalogue.main(arguments) == 0
    said = capsys.readouterr().out
    assert "+ a.new (eligible, beta)" in said
    assert "- a.gone" in said
    assert '~ a.kept message: null -> "Kept"' in said
    table = json.loads(output.read_text("utf-8"))
    assert table["snapshot"]["date"] == "2030-01-02"
    assert table["types"][0] == {
        "id": "a.kept", "category": "", "release": "", "flags": ["eligible"], "tags": ["x"], "message": "Kept",
    }  # fmt: skip
    assert build_catalogue.main([*arguments, "--check"]) == 0
    assert "no changes" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"types":[{}],"snapshot":{}}'])
def test_a_file_that_is_no_catalogue_is_refused(build_catalogue, tmp_path, capsys, text):
    path = tmp_path / "catalogue.json"
    path.write_text(text)

    assert build_catalogue.main([str(path), "--output", str(tmp_path / "table.json")]) == 2
    assert "not a readable catalogue file" in capsys.readouterr().err
