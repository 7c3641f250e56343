"""The story of tests/sdk, told with the 2.x line of Okta's Python SDK."""

from __future__ import annotations

import asyncio
import json
import os

from okta.client import Client
from okta.errors.okta_api_error import OktaAPIError

TYPES = ["user.lifecycle.create", "user.lifecycle.deactivate", "group.user_membership.add"]


async def main() -> None:
    client = Client({"orgUrl": os.environ["ORG_URL"], "token": os.environ["ORG_TOKEN"]})

    async def ask(name: str, *arguments: object) -> object:
        found, *_, error = await getattr(client, name)(*arguments)
        assert error is None, f"{name}: {error}"
        return found

    hook_body = {
        "name": "Leavers",
        "events": {"type": "EVENT_TYPE", "items": TYPES},
        "channel": {
            "type": "HTTP",
            "version": "1.0.0",
            "config": {
                "uri": os.environ["HOOK_URL"],
                "authScheme": {"type": "HEADER", "key": "Authorization", "value": os.environ["HOOK_SECRET"]},
            },
        },
    }
    hook = await ask("create_event_hook", hook_body)
    assert (hook.status, hook.verification_status) == ("ACTIVE", "UNVERIFIED")
    assert (await ask("verify_event_hook", hook.id)).verification_status == "VERIFIED"
    renamed = await ask("update_event_hook", hook.id, {**hook_body, "name": "Leavers and joiners"})
    assert (renamed.name, renamed.verification_status) == ("Leavers and joiners", "VERIFIED")
    assert [found.id for found in await ask("list_event_hooks")] == [hook.id]

    profile = {"login": "ann@example.com", "email": "ann@example.com", "firstName": "Ann", "lastName": "Two"}
    body = {"profile": profile, "credentials": {"password": {"value": "correct horse"}}}
    user = await ask("create_user", body, {"activate": "true"})
    assert (user.status, (await ask("get_user", "ann@example.com")).id) == ("ACTIVE", user.id)
    group = await ask("create_group", {"profile": {"name": "Sales", "description": "They sell"}})
    await add_and_remove(client, group.id, user.id)
    _, error = await client.suspend_user(user.id)
    assert error is None
    _, error = await client.deactivate_user(user.id)
    assert error is None
    assert (await ask("get_user", user.id)).status == "DEPROVISIONED"
    _, error = await client.deactivate_or_delete_user(user.id)
    assert error is None
    _, _, error = await client.get_user(user.id)
    assert isinstance(error, OktaAPIError)
    assert (error.error_code, error.status) == ("E0000007", 404)

    events, response, error = await client.get_logs(
        {"since": os.environ["SINCE"], "until": "2999-01-01T00:00:00.000Z", "limit": 3}
    )
    assert error is None
    seen = [event.event_type for event in events]
    while response.has_next():
        following, error = await response.next()
        assert error is None
        seen += [event["eventType"] if isinstance(event, dict) else event.event_type for event in following]
    assert seen.count("user.lifecycle.deactivate") == 1
    assert len(seen) > 6

    await inline_hooks(client)
    deactivated = await ask("deactivate_event_hook", hook.id)
    assert deactivated.status == "INACTIVE"
    _, error = await client.delete_event_hook(hook.id)
    assert error is None
    _, _, error = await client.get_event_hook(hook.id)
    assert error.error_code == "E0000007"
    print(json.dumps({"user": user.id, "hook": hook.id, "events": seen}))


async def inline_hooks(client: Client) -> None:
    """This SDK's ``update`` is a PUT, and it knows neither hook keys nor OAuth channels."""

    async def ask(name: str, *arguments: object) -> object:
        found, _, error = await getattr(client, name)(*arguments)
        assert error is None, f"{name}: {error}"
        return found

    kind = "com.okta.oauth2.tokens.transform"
    config = {"uri": os.environ["SERVICE_URL"], "headers": [{"key": "X-A", "value": "b"}], "method": "POST"}
    config["authScheme"] = {"type": "HEADER", "key": "Authorization", "value": os.environ["HOOK_SECRET"]}
    channel = {"type": "HTTP", "version": "1.0.0", "config": config}
    body = {"name": "Tokens", "type": kind, "version": "1.0.0", "channel": channel}
    hook = await ask("create_inline_hook", body)
    assert (hook.status, hook.type, hook.channel.config.auth_scheme.key) == ("ACTIVE", kind, "Authorization")
    assert (await ask("update_inline_hook", hook.id, {**body, "name": "Tokens 2"})).name == "Tokens 2"
    assert [found.id for found in await ask("list_inline_hooks", {"type": kind})] == [hook.id]
    assert await ask("list_inline_hooks", {"type": "com.okta.import.transform"}) == []
    answer = await ask("execute_inline_hook", hook.id, json.loads(os.environ["INLINE_REQUEST"]))
    assert answer.commands[0].type == "com.okta.access.patch"
    assert (await ask("deactivate_inline_hook", hook.id)).status == "INACTIVE"
    assert (await ask("activate_inline_hook", hook.id)).status == "ACTIVE"
    _, error = await client.delete_inline_hook(hook.id)
    assert error.error_code == "E0000001"
    await ask("deactivate_inline_hook", hook.id)
    _, error = await client.delete_inline_hook(hook.id)
    assert error is None
    _, _, error = await client.get_inline_hook(hook.id)
    assert (error.error_code, error.status) == ("E0000007", 404)


async def add_and_remove(client: Client, group_id: str, user_id: str) -> None:
    _, error = await client.add_user_to_group(group_id, user_id)
    assert error is None
    members, _, error = await client.list_group_users(group_id)
    assert error is None
    assert [member.id for member in members] == [user_id]
    _, error = await client.remove_user_from_group(group_id, user_id)
    assert error is None
    _, error = await client.delete_group(group_id)
    assert error is None


asyncio.run(main())
