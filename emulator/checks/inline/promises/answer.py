"""The answer: there is one, in time, and Okta can read it (I1, I6, I8, M9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.checks.check import Broken, Stage, Unseen
from emulator.checks.inline.check import inline_check
from emulator.checks.inline.findings import Place, of_answers
from emulator.delivery.exchange import Failure
from emulator.runner.results import Level

if TYPE_CHECKING:
    from emulator.checks.inline.bench import InlineBench
    from emulator.checks.inline.call import Call


def _plain(bench: InlineBench) -> Call:
    plain = bench.target.plain
    if plain is None:
        raise Unseen("no call was made")
    bench.keep([plain.exchange])
    bench.shown_by = plain.variant
    return plain


@inline_check(
    "answer-in-time",
    title="answers a plain call within 3 seconds",
    rule="I8",
    level=Level.MUST,
    remedy="give everything you ask of others a time limit of its own, two seconds in all, and answer with what you have "
    "then; write the whole answer at once, with its Content-Length",
    needs=(),
)
def in_time(bench: InlineBench) -> None:
    """Looks at the first plain call, made again if it timed out; fails if there was no whole answer in time."""
    plain = _plain(bench)
    if plain.exchange.failure is Failure.TIMEOUT:
        raise Broken(plain.seen)


@inline_check(
    "answer-redirect",
    title="answers itself, without a redirect",
    rule="I8",
    level=Level.MUST,
    remedy="give the hook the final URL; look at a missing or superfluous slash at its end, at http for https and at a "
    "sign-in page in front",
    needs=(),
    after=("answer-in-time",),
)
def redirect(bench: InlineBench) -> None:
    """Looks at the first plain call; fails if it was answered with a 3xx."""
    plain = _plain(bench)
    if plain.exchange.status is not None and plain.exchange.status // 100 == 3:
        raise Broken(plain.seen)


@inline_check(
    "answer-given",
    title="answers a plain call with success",
    rule="I8",
    level=Level.MUST,
    remedy="take a POST with a JSON body at the hook's URL and answer 200 with commands; a refusal of the data is a 200 "
    "with error too, for Okta doesn't read what stands in a 4xx or 5xx",
    needs=(),
    after=("answer-in-time", "answer-redirect"),
)
def given(bench: InlineBench) -> None:
    """Looks at the first plain call; fails if it was not answered with a 2xx."""
    plain = _plain(bench)
    if not plain.answered:
        unknown = plain.exchange.status in {401, 403} and bench.target.channel.auth is None
        raise Broken(plain.seen + ("; if the hook has an auth header, name it with --header" if unknown else ""))


@inline_check(
    "answer-status",
    title="answers with 200, or 204 where there is nothing to say",
    rule="I6",
    level=Level.SHOULD,
    remedy="answer 200 or 204; other successes are not among the answers that Okta describes",
    stage=Stage.REVIEW,
)
def status(bench: InlineBench) -> None:
    """Looks at the status of every answer of the run; fails at another 2xx."""
    odd = [call for call in bench.calls if call.answered and call.exchange.status not in {200, 204}]
    if odd:
        bench.keep([odd[0].exchange])
        bench.shown_by = odd[0].variant
        raise Broken(f"{odd[0].name}: answered {odd[0].exchange.summary()}")


@inline_check(
    "answer-empty",
    title="is silent only where the type allows it, and then with a bare 204",
    rule="I6",
    level=Level.MUST,
    remedy="answer 200 with the JSON object; for nothing to change answer 204 without a body, which every type but "
    "telephony allows",
    stage=Stage.REVIEW,
)
def empty(bench: InlineBench) -> None:
    """Looks at every answer of the run; fails at one without a body that has to have one, and at a 204 with one."""
    of_answers(bench, Place.EMPTY)


@inline_check(
    "answer-size",
    title="stays below 256 KB",
    rule="M9",
    level=Level.MUST,
    remedy="send back only what a command needs, not whole records or the request; look at what grows with a person's "
    "groups",
    stage=Stage.REVIEW,
)
def size(bench: InlineBench) -> None:
    """Looks at the size of every answer of the run, that to a large request too."""
    of_answers(bench, Place.SIZE)


@inline_check(
    "answer-content-type",
    title="calls its JSON application/json",
    rule="I1",
    level=Level.SHOULD,
    guessed=True,
    remedy="answer with Content-Type: application/json; most frameworks do if you let them write the JSON",
    stage=Stage.REVIEW,
)
def content_type(bench: InlineBench) -> None:
    """Looks at the Content-Type of every answer with a body; how strict Okta is there is not known."""
    of_answers(bench, Place.CONTENT_TYPE)


@inline_check(
    "answer-encoding",
    title="doesn't compress what nobody asked it to",
    rule="I10",
    level=Level.MUST,
    remedy="switch compression off for this path, or let it depend on Accept-Encoding, which Okta doesn't send",
    stage=Stage.REVIEW,
)
def encoding(bench: InlineBench) -> None:
    """Looks at the Content-Encoding of every answer of the run."""
    of_answers(bench, Place.ENCODING)


@inline_check(
    "answer-json",
    title="answers JSON that can be read",
    rule="I1",
    level=Level.MUST,
    remedy="let a library write the JSON, in UTF-8; an HTML page means that something in front of your handler, or your "
    "framework's error page, has answered",
    stage=Stage.REVIEW,
    after=("answer-encoding", "answer-size"),
)
def json(bench: InlineBench) -> None:
    """Reads every answer of the run; fails at one that is no JSON text."""
    of_answers(bench, Place.JSON)


@inline_check(
    "answer-strict-json",
    title="answers JSON that every reader reads alike",
    rule="I1",
    level=Level.SHOULD,
    guessed=True,
    remedy="write no byte order mark and no key twice: readers take the first, the last, or nothing",
    stage=Stage.REVIEW,
)
def strict_json(bench: InlineBench) -> None:
    """Reads every answer of the run; fails at a byte order mark, a key twice and the like."""
    of_answers(bench, Place.LOOSE_JSON)


@inline_check(
    "answer-shape",
    title="answers an object with commands, error and debugContext",
    rule="I6",
    level=Level.MUST,
    remedy='answer {"commands": [{"type": ..., "value": ...}]}: commands is an array even of one, and stands at the top',
    stage=Stage.REVIEW,
)
def shape(bench: InlineBench) -> None:
    """Looks at the outer members of every answer of the run."""
    of_answers(bench, Place.SHAPE)


@inline_check(
    "answer-error",
    title="reports an error as one object with errorSummary and errorCauses",
    rule="I6",
    level=Level.MUST,
    remedy='answer {"error": {"errorSummary": "...", "errorCauses": [{"errorSummary": "..."}]}}: error is one object, '
    "although a sample of Okta's shows an array",
    stage=Stage.REVIEW,
)
def error(bench: InlineBench) -> None:
    """Looks at the member error of every answer that has one."""
    of_answers(bench, Place.ERROR)


@inline_check(
    "answer-debug-context",
    title="writes an object to debugContext",
    rule="I6",
    level=Level.MUST,
    remedy="make debugContext an object of names and texts, or leave it out; Okta copies it to its System Log",
    stage=Stage.REVIEW,
)
def debug_context(bench: InlineBench) -> None:
    """Looks at the member debugContext of every answer that has one."""
    of_answers(bench, Place.DEBUG)


@inline_check(
    "answer-doubts",
    title="answers nothing that is in doubt",
    rule="I6",
    level=Level.SHOULD,
    guessed=True,
    remedy="do as the line above says; Okta was never seen to take this, or to refuse it",
    stage=Stage.REVIEW,
)
def doubts(bench: InlineBench) -> None:
    """Looks at every answer of the run for what is likely a slip but not known to be refused."""
    of_answers(bench, Place.DOUBT)
