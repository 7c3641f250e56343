"""The form of an inline hook and the API body it stands for (I2, I11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emulator.contract.constants import CHANNEL_VERSION
from emulator.delivery.oauth import AuthType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

    from emulator.contract.model import JsonObject
    from emulator.org.inline.records import InlineHook

__all__ = ["WAYS", "InlineHookForm", "inline_body_of"]

# How a call says who it comes from: what the form sends, and what people read.
WAYS: Final = {
    "header": "A header with a secret",
    AuthType.SECRET.value: "OAuth 2.0, client secret",
    AuthType.KEY.value: "OAuth 2.0, private key",
    "none": "Nothing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineHookForm:
    """What the form shows; secrets are never part of it."""

    name: str = ""
    type: str = ""
    uri: str = ""
    way: str = "header"
    auth_key: str = "Authorization"
    has_secret: bool = False
    client_id: str = ""
    has_client_secret: bool = False
    token_url: str = ""
    scope: str = ""
    hook_key: str = ""
    headers: Sequence[str] = field(default_factory=list)

    @staticmethod
    def of(hook: InlineHook) -> InlineHookForm:
        """Return the form of a hook."""
        auth, oauth = hook.channel.auth, hook.oauth
        way = "none" if auth is None else "header"
        if oauth is not None:
            way = oauth.auth_type.value
        return InlineHookForm(
            name=hook.name,
            type=hook.type,
            uri=hook.channel.uri,
            way=way,
            auth_key="Authorization" if auth is None else auth.key,
            has_secret=auth is not None,
            client_id="" if oauth is None else oauth.client_id,
            has_client_secret=oauth is not None and oauth.secret is not None,
            token_url="" if oauth is None else oauth.token_url,
            scope="" if oauth is None else oauth.scope or "",
            hook_key="" if oauth is None else oauth.hook_key_id,
            headers=[header.key for header in hook.channel.headers],
        )

    @staticmethod
    def sent(form: MultiDict[str, str], old: InlineHook | None) -> InlineHookForm:
        """Return the form as it was sent, to be shown again."""
        return InlineHookForm(
            name=form.get("name", ""),
            type=old.type if old is not None else form.get("type", ""),
            uri=form.get("uri", ""),
            way=form.get("way", "header"),
            auth_key=form.get("auth_key", ""),
            has_secret=old is not None and old.channel.auth is not None,
            client_id=form.get("client_id", ""),
            has_client_secret=old is not None and old.oauth is not None and old.oauth.secret is not None,
            token_url=form.get("token_url", ""),
            scope=form.get("scope", ""),
            hook_key=form.get("hook_key", ""),
            headers=[key for key in form.getlist("header_key") if key.strip()],
        )


def inline_body_of(form: MultiDict[str, str], old: InlineHook | None = None) -> JsonObject:
    """Return the API body that a form asks for; secrets that are left blank stay as they are in *old*."""
    known = {} if old is None else {header.key: header.value.reveal() for header in old.channel.headers}
    pairs = zip(form.getlist("header_key"), form.getlist("header_value"), strict=False)
    headers = [
        {"key": name.strip(), "value": text or known.get(name.strip(), "")} for name, text in pairs if name.strip()
    ]
    config: JsonObject = {"uri": form.get("uri", "").strip(), "headers": headers}
    way = form.get("way", "header")
    if way == "header":
        value = form.get("auth_value", "")
        key = form.get("auth_key", "").strip()
        config["authScheme"] = {"type": "HEADER", "key": key, **({"value": value} if value else {})}
    elif way != "none":
        config |= {
            "authType": way,
            "clientId": form.get("client_id", "").strip(),
            "tokenUrl": form.get("token_url", "").strip(),
            "scope": form.get("scope", "").strip() or None,
        }
        if way == AuthType.KEY:
            config["hookKeyId"] = form.get("hook_key", "")
        elif form.get("client_secret"):
            config["clientSecret"] = form["client_secret"]
    kind = "HTTP" if way in {"header", "none"} else "OAUTH"
    return {
        "name": form.get("name", "").strip(),
        "type": old.type if old is not None else form.get("type", ""),
        "version": CHANNEL_VERSION,
        "channel": {"type": kind, "version": CHANNEL_VERSION, "config": config},
    }
