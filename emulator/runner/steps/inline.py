"""Calls of inline hooks: what is asked, what is answered, and what Okta does then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.constants import TIME_LIMIT
from emulator.contract.inline.types import INLINE_HOOK_TYPES, inline_hook_type
from emulator.contract.problems import Level
from emulator.delivery.channels import read_url
from emulator.delivery.inline import call_inline_hook
from emulator.payloads import encode
from emulator.payloads.edits import remove as without
from emulator.payloads.edits import set_value
from emulator.payloads.inline import inline_request, request_id_of, secrets_of_request
from emulator.runner.expectations import EXPECT, MATCH, MATCHER, Seen, differences, fill_in, mismatch, said
from emulator.runner.faults import INLINE_FAULTS, make_faults, under
from emulator.runner.kinds import ANY, FLAG, Choice, Either, Many, MapOf, Option, Record, Text, Whole
from emulator.runner.session import AUTHS
from emulator.runner.steps.advice import REFUSED
from emulator.runner.verbs import Done, verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emulator.contract.inline.types import InlineHookType
    from emulator.delivery.exchange import Exchange, Request
    from emulator.delivery.inline import InlineCall
    from emulator.delivery.transport import Sender
    from emulator.runner.faults import Fault
    from emulator.runner.session import Session

_TYPES: Final = (*(kind.short for kind in INLINE_HOOK_TYPES.values()), *INLINE_HOOK_TYPES)
_OF_THE_ANSWER: Final = ("status", "attempts", "within", "error", "headers", "body")
_VALUE: Final = Either((dict, MATCHER), ((str, int, float, bool, list, type(None)), ANY))
_EXPECT: Final = Record(
    "expect-inline",
    {
        **{name: EXPECT.options[name] for name in _OF_THE_ANSWER},
        "used": Option(FLAG, "Whether Okta can use the answer."),
        "commands": Option(Many(Text("a command"), at_least=0), "The types of the answer's commands, in their order."),
        "proceeds": Option(FLAG, "Whether the sign-in, registration, import or issuing of tokens goes on."),
        "effect": Option(
            MapOf(_VALUE, what="a mapping of paths to values"), "What becomes of what was pending, by paths into it."
        ),
        "shown": Option(MATCH, "What people read, if anything."),
        "problem": Option(Text("a part of its words"), "What is said to be wrong with the answer."),
    },
    doc="What has to come of a call.",
)


@verb(
    "inline",
    Choice("type of inline hook", _TYPES),
    rule="I8",
    to=Option(
        Text("a URL or path"), "Where it is called: a URL, or a path at the hook's host; by default the hook URL."
    ),
    variant=Option(Text("a variant such as voice"), "Which kind of request; by default the usual one of the type."),
    set=Option(MapOf(ANY, what="a mapping of paths to values"), "Members of the request to change, by their path."),
    remove=Option(Many(Text("a path such as data.context.session")), "Members of the request to leave out."),
    person=Option(Whole(0, 100_000), "Whom it is about: 0 is John Doe, each other number somebody else."),
    auth=Option(Choice("auth", AUTHS), "What becomes of the auth header; by default it is right."),
    faults=Option(INLINE_FAULTS, "What goes wrong on the way."),
    expect=Option(_EXPECT, "What has to come of it; by default: used, or 401 or 403 if auth is wrong or missing."),
)
def inline(
    session: Session,
    name: str,
    *,
    to: str = "",
    variant: str = "",
    set: dict[str, Any] | None = None,  # noqa: A002 (the option's name)
    remove: tuple[str, ...] = (),
    person: int = 0,
    auth: str = "right",
    faults: dict[str, Any] | None = None,
    expect: dict[str, Any] | None = None,
) -> Done:
    """Call an inline hook as Okta does, and look at the answer and at what Okta does then."""
    kind = inline_hook_type(name)
    request = inline_request(
        kind,
        world=session.world,
        number=session.next_event(),
        at=session.moment(),
        variant=variant,
        person=session.world.person(person),
    )
    for path, value in (set or {}).items():
        request = set_value(request, path, value)
    for path in remove:
        request = without(request, path)
    for secret in secrets_of_request(request):
        session.scope.redact.add(secret)
    wrong = make_faults(faults)
    spoilt = "wrong" if auth == "right" and any(fault.spoils_auth for fault in wrong) else auth
    call = call_inline_hook(
        kind,
        replace(session.channel_with(spoilt), uri=_where(session, kind, to)),
        encode(request),
        request_id=request_id_of(request) or session.tokens.request_id(),
        sender=_Altering(under(session.sender, wrong, session.clock), wrong),
        clock=session.clock,
        profile=session.profile,
    )
    usual: dict[str, Any] = {"used": True} if spoilt == "right" else {"status": REFUSED, "attempts": 1}
    wanted = _filled_in(expect, usual)
    seen = Seen(exchanges=tuple(attempt.exchange for attempt in call.attempts))
    of_the_answer = {key: value for key, value in wanted.items() if key in _OF_THE_ANSWER}
    found = (
        *differences(of_the_answer, seen),
        *(line for key in _LOOKS if key in wanted for line in _LOOKS[key](wanted[key], call)),
    )
    return Done(
        differences=found,
        exchanges=seen.exchanges,
        saved=_saved(call),
        remedy=_advice(call, auth=spoilt) if found else "",
        rule="I11" if spoilt != "right" else "",
    )


class _Altering:
    """Sends requests as faults leave them."""

    def __init__(self, sender: Sender, faults: Sequence[Fault]) -> None:
        self._sender, self._faults = sender, faults

    def send(self, request: Request, *, time_limit: float = TIME_LIMIT) -> Exchange:
        """Make one attempt and say how it went."""
        for fault in self._faults:
            request = fault.request(request)
        return self._sender.send(request, time_limit=time_limit)


def _where(session: Session, kind: InlineHookType, to: str) -> str:
    from urllib.parse import urlsplit, urlunsplit

    uri = session.channel.uri
    if to.startswith("/"):
        parts = urlsplit(uri)
        return urlunsplit((parts.scheme, parts.netloc, *to.partition("?")[::2], ""))
    if to:
        return read_url(to, where="to")
    return uri if session.receiver is None else session.receiver.inline_url(kind.short)


def _filled_in(expect: Mapping[str, Any] | None, usual: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(expect or {})
    if {"used", "problem"} & set(given):
        return given
    return fill_in(given, **usual)


# What only inline hooks have --------------------------------------------------------------------------------------


def _used(wanted: bool, call: InlineCall) -> Iterator[str]:  # noqa: FBT001 (the signature of all looks)
    if call.judgement.accepted is not wanted:
        got = "used" if call.judgement.accepted else f"not used ({call.judgement.reason})"
        yield said("answer", got, "one that Okta uses" if wanted else "one that Okta can't use")


def _commands(wanted: Sequence[str], call: InlineCall) -> Iterator[str]:
    got = _types(call)
    if got != list(wanted):
        yield said("commands", ", ".join(got) or "none", ", ".join(wanted) or "none")


def _proceeds(wanted: bool, call: InlineCall) -> Iterator[str]:  # noqa: FBT001 (as above)
    if call.effect.proceeds is not wanted:
        yield said("effect", call.effect.summary, "going on" if wanted else "no going on")


def _effect(wanted: Mapping[str, Any], call: InlineCall) -> Iterator[str]:
    for path, match in wanted.items():
        conditions = dict(match) if isinstance(match, dict) else {"equals": match}
        yield from mismatch("effect", {**conditions, "json": path}, call.effect.after)


def _shown(wanted: Any, call: InlineCall) -> Iterator[str]:
    yield from mismatch("shown to people", wanted, call.effect.shown)


def _problem(wanted: str, call: InlineCall) -> Iterator[str]:
    told = [f"{problem.pointer} {problem.message}".strip() for problem in call.judgement.problems]
    if not any(wanted.lower() in line.lower() for line in told):
        yield said("problems", "; ".join(told) or "none", f"one with {wanted!r}")


_LOOKS: Final[Mapping[str, Any]] = {
    "used": _used,
    "commands": _commands,
    "proceeds": _proceeds,
    "effect": _effect,
    "shown": _shown,
    "problem": _problem,
}


def _types(call: InlineCall) -> list[str]:
    given = (call.judgement.answer or {}).get("commands")
    commands = given if isinstance(given, list) else []
    return [str(command.get("type")) for command in commands if isinstance(command, dict)]


def _saved(call: InlineCall) -> dict[str, Any]:
    reply = call.exchange.reply
    return {
        "event_id": call.request.get("eventId"),
        "status": call.exchange.status,
        "attempts": len(call.attempts),
        "answer": call.judgement.answer,
        "commands": _types(call),
        "used": call.judgement.accepted,
        "effect": call.effect.after,
        "summary": call.effect.summary,
        "headers": {} if reply is None else {name.lower(): value for name, value in reply.headers},
        "body": call.answer_body.decode("utf-8", errors="replace"),
    }


def _advice(call: InlineCall, *, auth: str) -> str:
    if auth != "right":
        return f"compare the auth header with the secret before anything else, and answer 401 when it is {auth}"
    worst = next((problem for problem in call.judgement.problems if problem.level is Level.MUST), None)
    return worst.hint if worst is not None and worst.hint else "see the exchange, and what Okta does then"
