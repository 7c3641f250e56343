"""The samples in ``docs/receiver.md`` work as they stand."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from receiver.store import Store

PAGE = Path(__file__).parents[2] / "docs" / "receiver.md"

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="the manual is only in the checkout")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_handlers_and_the_app_of_the_manual_do_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_envelope: Callable, make_event: Callable, capsys: Any
) -> None:
    handlers, _, wsgi, _ = blocks("python")
    (tmp_path / "my_handlers.py").write_text(handlers, encoding="utf-8")
    (tmp_path / "wsgi.py").write_text(wsgi, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    import wsgi  # type: ignore[import-not-found]

    events = [make_event(), make_event(eventType="group.user_membership.add", target=[{"type": "UserGroup"}])]
    answer = Client(wsgi.app).post("/okta/hooks", json=make_envelope(*events), headers={"Authorization": "s3cret"})
    while wsgi.app.store.counts()["done"] < 2:
        pass
    wsgi.app.close()
    del sys.modules["wsgi"], sys.modules["my_handlers"]

    assert answer.status_code == 204
    assert capsys.readouterr().out == "closing the account of john.doe@example.com\n1 groups have changed\n"


def test_the_inline_handlers_of_the_manual_answer(make_hook: Callable, secret: str) -> None:
    made: dict[str, Any] = {}
    exec(compile(blocks("python")[1], str(PAGE), "exec"), made)
    client = make_hook(inline=made["inline"]).client
    message = {"phoneNumber": "15551234567", "msgTemplate": "Your code is 481516"}

    def answer(kind: str, event_type: str, data: dict[str, Any]) -> Any:
        body = {"eventType": event_type, "data": data}
        return client.post(f"/okta/inline/{kind}", json=body, headers={"Authorization": secret})

    token = answer("token", "com.okta.oauth2.tokens.transform", {"context": {"user": {"id": "00u1"}}})
    sent = answer("telephony", "com.okta.telephony.provider", {"messageProfile": message})
    refused = answer(
        "telephony", "com.okta.telephony.provider", {"messageProfile": message | {"phoneNumber": "19001234567"}}
    )

    assert token.json["commands"][0]["value"] == [{"op": "add", "path": "/claims/department", "value": "Sales"}]
    assert sent.json["commands"][0]["value"][0]["provider"] == "ACME"
    assert refused.json["error"]["errorCauses"] == [{"errorSummary": "premium numbers are not texted"}]


@pytest.mark.wire
def test_the_test_of_the_manual_passes() -> None:
    exec(compile(blocks("python")[-1], str(PAGE), "exec"), {})


def test_the_statements_of_the_manual_fit_the_database(tmp_path: Path) -> None:
    Store(tmp_path / "events.db").close()
    db = sqlite3.connect(tmp_path / "events.db")
    db.execute(
        "INSERT INTO events (key, published, received, state, raw) "
        "VALUES ('old', '', '2020-01-01T10:00:00.000000Z', 'done', '{}'), ('new', '', datetime('now'), 'done', '{}')"
    )
    for statement in blocks("sql")[0].splitlines():
        db.execute(statement)

    assert db.execute("SELECT key FROM events").fetchall() == [("new",)]
    db.close()
