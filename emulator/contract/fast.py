"""
The quick way to say that a value is in order: the schemas compiled by jsonschema-rs, if the extra ``fast`` is there.

What passes here has no problem of any level, so nothing needs to be explained; what doesn't pass goes through
``jsonschema``, which finds the words. The compiled schema may be stricter than the real one, never laxer.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["REFUSED", "compiled", "is_installed", "validator"]

REFUSED: Final = (ValueError, TypeError, OverflowError, RecursionError)

_DATE: Final = (
    "(?:[12][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8])))"
)  # the 29th of February takes the slow way
# What our formats mean, in keywords that need no call back into Python.
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "utc-time": {"pattern": f"^{_DATE}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{{1,9}})?Z$"},
    "existing-date": {},  # the pattern above knows the days of each month
    "uuid": {"format": "uuid"},
    "ip-address": {"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]},
}


@cache
def is_installed() -> bool:
    """Whether jsonschema-rs is there."""
    try:
        import jsonschema_rs  # noqa: F401  # an extra
    except ImportError:
        return False
    return True


def validator(schema: Mapping[str, Any]) -> Callable[[Any], bool] | None:
    """
    Return a function that is true only for values without any problem, or None without jsonschema-rs.

    It raises one of ``REFUSED`` for values that it can't take, such as half a surrogate pair: those have a problem.
    """
    if not is_installed():
        return None
    import jsonschema_rs  # an extra

    is_valid: Callable[[Any], bool] = jsonschema_rs.Draft202012Validator(_bare(schema), validate_formats=True).is_valid
    return is_valid


def compiled(schema: Mapping[str, Any]) -> Callable[[Any], bool] | None:
    """Return ``validator`` in a form that never raises."""
    is_valid = validator(schema)
    if is_valid is None:
        return None

    def clean(value: Any) -> bool:
        try:
            return is_valid(value)
        except REFUSED:
            return False  # the slow way says why

    return clean


def _bare(node: Any, *, names: bool = False) -> Any:
    """Leave out annotations; write our formats and our own keyword in terms of the standard's."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    if names:
        return {name: _bare(inner) for name, inner in node.items()}
    bare = {
        key: _bare(value, names=key == "properties")
        for key, value in node.items()
        if not key.startswith(("x-", "$comment", "title", "description"))
    }
    if "x-unknown-members" in node:
        bare["additionalProperties"] = False
    wanted = _FORMATS[bare.pop("format")] if "format" in bare else {}
    if wanted:
        bare.setdefault("allOf", []).append(_only_for_strings(wanted))
    return _merged(bare)


def _merged(bare: dict[str, Any]) -> dict[str, Any]:
    """Draw what stands in ``allOf`` into the schema itself where that says the same: fewer steps to take."""
    left = []
    for part in bare.pop("allOf", []):
        if part == {"not": {"const": ""}}:
            bare["minLength"] = 1
        elif part == {"not": {"type": "null"}} and isinstance(bare.get("type"), list):
            bare["type"] = [kind for kind in bare["type"] if kind != "null"]
        elif not part.keys() & bare.keys():
            bare.update(part)
        else:
            left.append(part)
    return {**bare, "allOf": left} if left else bare


def _only_for_strings(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"not": {"type": "string"}}, schema]} if "anyOf" in schema else schema
