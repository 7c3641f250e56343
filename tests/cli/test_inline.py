"""``okta-hooks inline``: the types, a request on real sockets, the words for its answer, and the exit codes."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest

from emulator.contract.inline.types import INLINE_HOOK_TYPES
from emulator.contract.schemas import resolved_inline_schema

ACTION = "com.okta.action.update"
VERIFIED = {"commands": [{"type": ACTION, "value": {"credential": "VERIFIED"}}]}
SECRET = "Basic am9objpzM2NyM3QtdmFsdWU="
PASSWORD = "Tr1-"


class Service:
    """Answers each POST with *answer*, and keeps what came."""

    def __init__(self, raw_server, read_request, answer, *, status=200, echo=False):
        self.requests = []
        body = b"" if answer is None else json.dumps(answer).encode()

        def behave(connection):
            request = read_request(connection)
            self.requests.append(request)
            said = request.partition(b"\r\n\r\n")[2] if echo else body
            head = (
                f"HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\nContent-Length: {len(said)}\r\n\r\n"
            )
            connection.sendall(head.encode() + said)

        self.url = raw_server(behave).url.replace("/okta/hooks", "/okta/inline")

    @property
    def bodies(self):
        return [json.loads(request.partition(b"\r\n\r\n")[2]) for request in self.requests]


@pytest.fixture
def service(raw_server: Callable, read_request: Callable) -> Callable[..., Service]:
    return lambda answer, **how: Service(raw_server, read_request, answer, **how)


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_the_types_are_listed(okta_hooks):
    done = okta_hooks("inline", "types")

    assert done.code == 0
    assert [line.split()[1] for line in done.out.splitlines()] == list(INLINE_HOOK_TYPES)
    assert "6 types" in done.err


def test_the_types_are_listed_for_programs(okta_hooks):
    types = json.loads(okta_hooks("inline", "types", "--json").out)["types"]

    assert [kind["short"] for kind in types if not kind["may_be_empty"]] == ["telephony"]
    assert types[0]["commands"][0] == {
        "type": ACTION,
        "does": "say whether the password is right",
        "example": {"credential": "VERIFIED"},
    }


@pytest.mark.parametrize("kind", INLINE_HOOK_TYPES.values(), ids=lambda kind: kind.short)
def test_a_type_is_shown_with_the_rules_that_say_so(okta_hooks, kind):
    done = okta_hooks("inline", "show", kind.short)

    assert done.code == 0
    assert f"{kind.name} (I1)" in done.out
    assert all(rule in done.out for rule in ("(I6)", "(I7)", "(I8)", "(I9)", "(I13)", "(M9)"))
    assert ("auth scheme (I12)" in done.out) == kind.needs_auth
    assert all(command.name in done.out for command in kind.commands)


def test_a_sample_hides_the_password_unless_it_is_wanted(okta_hooks):
    hidden, shown = (
        json.loads(okta_hooks("inline", "show", "password-import", *more).out)["data"]["context"]["credential"]
        for more in (["--sample"], ["--reveal"])
    )

    assert hidden["password"] == "[secret]"
    assert shown["password"].startswith(PASSWORD)


@pytest.mark.parametrize("part", ["request", "answer"])
@pytest.mark.parametrize("kind", INLINE_HOOK_TYPES.values(), ids=lambda kind: kind.short)
def test_a_schema_is_whole_and_any_validator_takes_it(okta_hooks, kind, part):
    from jsonschema import Draft202012Validator

    schema = json.loads(okta_hooks("inline", "show", kind.short, "--schema", part).out)
    told = json.loads(
        okta_hooks("inline", "show", kind.short, "--variant", kind.variants[-1], "--reveal", "--json").out
    )

    Draft202012Validator.check_schema(schema)
    assert schema == resolved_inline_schema(f"{kind.schema}-{part}")
    assert '"$ref"' not in json.dumps(schema)
    if part == "request":
        assert Draft202012Validator(schema).is_valid(told["sample"])
    for command in told["commands"] if part == "answer" else ():
        answer = {"commands": [{"type": command["type"], "value": command["example"]}]}
        assert Draft202012Validator(schema).is_valid(answer)
        assert not Draft202012Validator(schema).is_valid({"commands": {**answer}})


def test_an_unknown_type_or_variant_gets_the_nearest(okta_hooks):
    type_, variant = okta_hooks("inline", "show", "tokn"), okta_hooks("inline", "show", "saml", "--variant", "sp")

    assert (type_.code, variant.code) == (2, 2)
    assert "did you mean 'token'" in type_.err
    assert "its variants: identity-provider, service-provider" in variant.err


def test_an_unknown_command_gets_the_nearest(okta_hooks):
    done = okta_hooks("inline", "triger")

    assert done.code == 2
    assert "did you mean 'trigger'?" in done.err


@pytest.mark.wire
def test_a_request_arrives_as_okta_sends_it(okta_hooks, service):
    there = service(VERIFIED)

    done = okta_hooks("inline", "trigger", "password-import", "--to", there.url, "--header", f"Authorization: {SECRET}",
                      "--seed", "7")  # fmt: skip

    assert done.code == 0
    (request,) = there.bodies
    assert request["data"]["context"]["credential"]["username"] == "john.doe@example.com"
    head = there.requests[0].partition(b"\r\n\r\n")[0].decode()
    assert f"X-Okta-Request-Id: {request['data']['context']['request']['id']}\r\n" in head
    assert f"Authorization: {SECRET}\r\n" in head
    assert "User-Agent: Okta-Integrations\r\n" in head
    assert "USED  Okta stores the password, signs the user in" in done.out
    assert '/credential: "UNVERIFIED" -> "VERIFIED"' in done.out


@pytest.mark.wire
def test_what_is_wrong_is_told_with_its_place_and_the_consequence(okta_hooks, service):
    there = service({"commands": [{"type": "com.action.update", "value": {"registration": "ALLOW"}}]})

    done = okta_hooks("inline", "trigger", "registration", "--to", there.url, "--seed", "7")

    assert done.code == 1
    assert "1:24: must I7 /commands/0/type: com.action.update is none of Okta's commands" in done.out
    assert 'did you mean "com.okta.action.update"?' in done.out
    assert "NOT USED  Okta denies the registration" in done.out
    assert "people read: There was an error creating your account" in done.out


@pytest.mark.wire
def test_the_json_has_request_answer_problems_and_effect(okta_hooks, service):
    patch = [{"op": "add", "path": "/claims/department", "value": "Sales"}, {"op": "remove", "path": "/claims/name"}]
    answer = {"commands": [{"type": "com.okta.identity.patch", "value": patch}], "debugContext": {"took": "3 ms"}}
    there = service(answer)

    done = okta_hooks("inline", "trigger", "token", "--to", there.url, "--seed", "7", "--json")

    told = json.loads(done.out)
    (call,) = told["calls"]
    assert (told["type"], told["variant"], told["seed"], told["verdict"]) == (
        "com.okta.oauth2.tokens.transform", "authorization-code", 7, "pass",
    )  # fmt: skip
    assert call["request"] == there.bodies[0]
    assert call["answer"] == answer
    assert (call["use"], call["accepted"], call["problems"]) == ("commands", True, [])
    assert call["attempts"][0]["status"] == 200
    assert call["effect"]["changes"] == [
        {"pointer": "/identity/claims/name", "change": "removed", "before": "John Doe"},
        {"pointer": "/identity/claims/department", "change": "added", "after": "Sales"},
    ]
    assert call["effect"]["debug_context"] == {"took": "3 ms"}
    assert call["effect"]["after"]["identity"]["claims"]["department"] == "Sales"
    assert "name" in call["effect"]["before"]["identity"]["claims"]


@pytest.mark.wire
@pytest.mark.parametrize(
    ("auth", "status", "ends"),
    [
        ("wrong", 401, (0, "REFUSED  as it should be: the secret was wrong")),
        ("missing", 403, (0, "REFUSED  as it should be: the secret was missing")),
        ("missing", 200, (1, "NOT REFUSED  the secret was missing")),
        ("right", 401, (1, "another auth header")),
    ],
)
def test_spoilt_credentials_must_be_refused(okta_hooks, service, auth, status, ends):
    code, says = ends
    there = service({} if status == 200 else None, status=status)

    done = okta_hooks("inline", "trigger", "saml", "--to", there.url, "--header", f"Authorization: {SECRET}",
                      "--auth", auth)  # fmt: skip

    assert done.code == code
    assert says in done.out
    assert (SECRET.encode() in there.requests[0]) == (auth == "right")


@pytest.mark.wire
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_no_secret_is_shown_that_the_service_repeats(okta_hooks, service, more):
    there = service(None, echo=True)

    done = okta_hooks("inline", "trigger", "password-import", "--to", there.url, "--seed", "7", *more)

    assert done.code == 1
    password = there.bodies[0]["data"]["context"]["credential"]["password"]
    assert password.startswith(PASSWORD)
    assert password not in done.out + done.err


@pytest.mark.wire
def test_each_of_several_calls_is_about_somebody_else(okta_hooks, service):
    there = service(VERIFIED)

    done = okta_hooks("inline", "trigger", "password-import", "--to", there.url, "--count", "3", "--seed", "7")

    assert done.code == 0
    assert len({body["data"]["context"]["credential"]["username"] for body in there.bodies}) == 3
    assert "3 calls: 3 used" in done.out


def test_a_service_that_is_not_there_is_asked_once(okta_hooks, closed_port):
    done = okta_hooks("inline", "trigger", "token", "--to", f"http://127.0.0.1:{closed_port}/x", "--count", "9")

    assert done.code == 3
    assert done.out.count("attempt 1") == 1
    assert "Okta issues the original tokens" in done.out


def test_a_seed_gives_the_same_bytes(okta_hooks):
    first, second = (
        okta_hooks("inline", "trigger", "telephony", "--dry-run", "--print", "--reveal", "--seed", "3").out
        for _ in range(2)
    )

    assert first == second
    assert json.loads(first)["data"]["messageProfile"]["otpCode"].isdigit()


def test_an_org_on_classic_engine_asks_in_its_own_way(okta_hooks):
    done = okta_hooks("inline", "trigger", "registration", "--engine", "classic", "--dry-run", "--print")

    assert "/register" in json.loads(done.out)["data"]["context"]["request"]["url"]["value"]


def test_printed_requests_hide_the_passcode(okta_hooks):
    profile = json.loads(okta_hooks("inline", "trigger", "telephony", "--dry-run", "--print", "--seed", "3").out)[
        "data"
    ]["messageProfile"]

    assert profile["otpCode"] == "[secret]"
    assert profile["msgTemplate"] == "Your code is [secret]"


@pytest.mark.wire
def test_edits_are_made_and_told(okta_hooks, service):
    there = service({})

    done = okta_hooks(
        "inline", "trigger", "registration", "--to", there.url, "--set", "data.userProfile.email=x@example.org",
        "--set", "/data/action=MAYBE", "--remove", "data.userProfile.lastName",
    )  # fmt: skip

    assert done.code == 0
    assert there.bodies[0]["data"]["userProfile"]["email"] == "x@example.org"
    assert "lastName" not in there.bodies[0]["data"]["userProfile"]
    assert 'note: /data/action: got the string "MAYBE", wanted ALLOW (I15); sent as asked' in done.err


@pytest.mark.wire
def test_the_bytes_of_a_file_are_sent_as_they_are(okta_hooks, service, tmp_path):
    there, body = service({}), b'{"eventType": "com.okta.import.transform" }'
    (tmp_path / "request.json").write_bytes(body)

    done = okta_hooks("inline", "trigger", "user-import", "--to", there.url, "--raw", str(tmp_path / "request.json"))

    assert done.code == 0
    assert there.requests[0].endswith(body)
    assert 'the member "data" is missing' in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["token"], "--to: where to?"),
        (["token", "--dry-run", "--set", "x"], "'x' has no '='"),
        (["token", "--to", "http://127.0.0.1:1/", "--remove", "data.y"], "there is no 'y' in data"),
        (["token", "--dry-run", "--remove", "data.x"], "there is no 'x' in data"),
        (["token", "--dry-run", "--raw", "nowhere.json"], "can't be read"),
        (["token", "--dry-run", "--raw", "x", "--seed", "1"], "--seed is about requests that are built"),
        (["token", "--dry-run", "--at", "yesterday"], "no instant"),
        (["token", "--to", "http://localhost/x", "--auth", "wrong"], "no auth header to be wrong"),
    ],
)
def test_a_slip_is_told_and_nothing_is_sent(okta_hooks, words, says):
    done = okta_hooks("inline", "trigger", *words)

    assert done.code == 2
    assert says in done.err
    assert done.out == ""


def test_a_telephony_hook_without_credentials_is_remarked_on(okta_hooks, closed_port):
    done = okta_hooks("inline", "trigger", "telephony", "--to", f"http://127.0.0.1:{closed_port}/x")

    assert "must have an auth scheme (I12)" in done.err


def test_nobody_at_the_address_is_advised_to_start_the_service(okta_hooks, closed_port):
    done = okta_hooks("inline", "trigger", "token", "--to", f"http://127.0.0.1:{closed_port}/x")

    assert done.code == 3
    assert "start the service first" in done.out
    assert "answer within 3 s" not in done.out


def test_settings_reach_the_commands_of_a_group(okta_hooks, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "okta-hooks.toml").write_text("[inline]\nseed = 5\n", "utf-8")
    monkeypatch.setenv("OKTA_HOOKS_INLINE_VARIANT", "voice")

    done = okta_hooks("inline", "trigger", "telephony", "--dry-run", "--json")

    assert json.loads(done.out)["seed"] == 5
    assert json.loads(done.out)["variant"] == "voice"


def test_a_group_by_itself_says_what_it_has(okta_hooks):
    done = okta_hooks("inline")

    assert (done.out + done.err).startswith("Usage: okta-hooks inline ")
    assert "trigger" in done.out + done.err


def test_a_key_that_no_command_of_a_group_has_is_refused(okta_hooks, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "okta-hooks.toml").write_text("[inline]\nsede = 5\n", "utf-8")

    done = okta_hooks("inline", "types")

    assert done.code == 2
    assert "'inline' has no option 'sede'" in done.err


@pytest.fixture
def recorded(tmp_path, okta_hooks):
    """The bytes of a request, as a load balancer hands them to a function."""
    body = okta_hooks("inline", "trigger", "token", "--dry-run", "--print", "--reveal", "--seed", "7").out
    path = tmp_path / "request.json"
    path.write_text(json.dumps({"httpMethod": "POST", "requestContext": {"elb": {}}, "body": body}), "utf-8")
    return path


def answered(folder, *operations):
    path = folder / "answer.json"
    path.write_text(json.dumps({"commands": [{"type": "com.okta.identity.patch", "value": operations}]}), "utf-8")
    return str(path)


def test_a_recorded_answer_is_judged_by_its_recorded_request(okta_hooks, recorded, tmp_path):
    good = answered(tmp_path, {"op": "replace", "path": "/claims/name", "value": "J. Doe"})

    done = okta_hooks("inline", "judge", good, "--to", str(recorded))

    assert done.code == 0
    assert '/identity/claims/name: "John Doe" -> "J. Doe"' in done.out


def test_what_is_wrong_with_a_recorded_answer_is_told(okta_hooks, recorded, tmp_path):
    bad = answered(tmp_path, {"op": "replace", "path": "/claims/nmae", "value": "J. Doe"})

    done = okta_hooks("inline", "judge", bad, "--to", str(recorded), "--json")

    told = json.loads(done.out)
    assert done.code == 1
    assert (told["status"], told["use"], told["problems"][0]["rule"]) == ("invalid", "unusable", "I7")
    assert told["effect"]["changes"] == []


def test_an_answer_can_be_judged_by_a_sample(okta_hooks, tmp_path):
    path = answered(tmp_path, {"op": "add", "path": "/claims/a", "value": 1})

    ends = {
        variant: okta_hooks("inline", "judge", path, "--type", "token", "--variant", variant).code
        for variant in ("implicit", "client-credentials")
    }

    assert ends == {"implicit": 0, "client-credentials": 1}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "either --to or --type"),
        (["--type", "token", "--to", "x"], "either --to or --type"),
        (["--to", "answer.json"], "no request of an inline hook"),
        (["--type", "tokn"], "did you mean 'token'"),
        (["--to", "nowhere.json"], "can't be read"),
    ],
)
def test_a_slip_in_judging_is_told(okta_hooks, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    answered(tmp_path)

    done = okta_hooks("inline", "judge", "answer.json", *words)

    assert done.code == 2
    assert says in done.err


def test_validate_knows_requests_and_answers(okta_hooks, recorded, tmp_path):
    answer = answered(tmp_path, {"op": "add", "path": "claims/a", "value": 1})

    done = okta_hooks("validate", str(recorded), answer)

    assert done.code == 1
    assert "request.json: ok inline hook request in an ALB event" in done.out
    assert 'must I7 /commands/0/value/0/path: the path "claims/a" does not begin' in done.out
