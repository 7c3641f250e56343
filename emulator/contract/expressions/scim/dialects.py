"""What each list of Okta's API takes in a filter: attributes, operators, and the error it gives otherwise (L6, L7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emulator.contract.expressions.faults import ExpressionError
from emulator.contract.expressions.scim.evaluation import matches
from emulator.contract.expressions.scim.nodes import And, Node, Not, Or, Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "GROUP_FILTER",
    "GROUP_SEARCH",
    "SYSTEM_LOG",
    "USER_FILTER",
    "USER_SEARCH",
    "Dialect",
    "ScimError",
    "ScimFilter",
]

_LISTED: Final = "eq,co,sw,pr,gt,ge,lt,le"  # L7: ne and ew work in the System Log, but its error doesn't list them
_BASIC: Final = frozenset(_LISTED.split(","))
_ALL: Final = _BASIC | {"ne", "ew"}
_DATES: Final = frozenset({"gt", "ge", "lt", "le"})


class ScimError(ExpressionError):
    """A filter that the list refuses; ``code`` and ``summary`` are those of Okta's answer."""

    def __init__(self, message: str, *, code: str, summary: str, text: str, position: int, hint: str = "") -> None:
        super().__init__(message, text=text, position=position, hint=hint)
        self.code = code
        self.summary = summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """
    The filters of one list.

    ``attributes`` are its paths, each with the operators it takes; a path that ends in ``.*`` stands for all below it.
    ``refuse`` lists the combinations with an error of their own.
    """

    name: str
    attributes: Mapping[str, frozenset[str]]
    negation: bool = True
    ignore_case: bool = False
    unsupported: Mapping[str, frozenset[str]] = field(default_factory=dict)
    syntax_code: str = "E0000031"
    field_code: str = "E0000031"

    def parse(self, text: str) -> ScimFilter:
        """
        Read a filter of this list.

        Raises:
            ScimError: the list doesn't take it; the error has the API's code and text.
        """
        # Only who filters pays for the parser.
        from emulator.contract.expressions.scim.grammar import read

        try:
            node = read(text)
        except ExpressionError as error:
            raise self._syntax(error.message, text, error.position, error.advice) from None
        for part in _parts(node):
            if isinstance(part, Term):
                self._check(part, text)
            elif isinstance(part, Not) and not self.negation:
                raise self._syntax("this list doesn't take not", text, part.start, "write the opposite operator")
        return ScimFilter(text=text, node=node, dialect=self)

    def _check(self, term: Term, text: str) -> None:
        taken = self._operators(term.path)
        if term.operator not in _ALL:
            detail = f"Unrecognized attribute operator '{term.operator}' at position {term.operator_at}"
            raise ScimError(
                f"{term.operator!r} is no operator",
                code=self.syntax_code,
                summary=self._summary(f"Invalid filter '{text}': {detail}. Expected: {_LISTED}"),
                text=text,
                position=term.operator_at,
                hint=f"operators: {', '.join(sorted(_ALL))}",
            )
        if taken is None:
            raise ScimError(
                f"{term.path!r} can't be filtered by",
                code=self.field_code,
                summary=self._summary(f"field is not valid: {term.path}"),
                hint=f"attributes: {', '.join(self.attributes)}",
                text=text,
                position=term.start,
            )
        if term.operator in self.unsupported.get(term.path, ()) or term.operator not in taken:
            raise ScimError(
                f"{term.path} doesn't take {term.operator}",
                code="E0000031",
                summary="The supplied combination of operator and field is not currently supported. "
                f"Operator: {term.operator}, Field: {term.path}",
                hint=f"it takes {', '.join(sorted(taken))}",
                text=text,
                position=term.start,
            )

    def _operators(self, path: str) -> frozenset[str] | None:
        if path in self.attributes:
            return self.attributes[path]
        steps = path.split(".")
        for length in range(len(steps) - 1, 0, -1):
            found = self.attributes.get(".".join([*steps[:length], "*"]))
            if found is not None:
                return found if all(steps) else None
        return None

    def _syntax(self, message: str, text: str, position: int, hint: str) -> ScimError:
        # UNDOCUMENTED: the text for a filter that can't be read; only that for an unknown operator is known (L7).
        return ScimError(
            message,
            code=self.syntax_code,
            summary=self._summary(f"Invalid filter '{text}': {message} at position {position}"),
            text=text,
            position=position,
            hint=hint,
        )

    def _summary(self, summary: str) -> str:
        return summary if self.syntax_code == "E0000053" else "Invalid search criteria."


@dataclass(frozen=True, slots=True, kw_only=True)
class ScimFilter:
    """A filter that was read for a list."""

    text: str
    node: Node
    dialect: Dialect

    def matches(self, document: Mapping[str, Any]) -> bool:
        """Say whether *document*, an object as the API shows it, passes."""
        return matches(self.node, document, ignore_case=self.dialect.ignore_case)


def _parts(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        match part:
            case And(parts=parts) | Or(parts=parts):
                waiting.extend(reversed(parts))
            case Not(of=of):
                waiting.append(of)


def _paths(operators: frozenset[str], *names: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(names, operators)


_PLACE: Final = ("city", "state", "country", "postalCode", "geolocation.lat", "geolocation.lon")
# published may not be filtered by (L6), changeDetails can't be (L10).
_LOG_ATTRIBUTES: Final = (
    "uuid", "version", "eventType", "displayMessage", "severity", "legacyEventType",
    "actor.id", "actor.type", "actor.alternateId", "actor.displayName", "actor.detailEntry.*",
    "client.id", "client.zone", "client.device", "client.ipAddress", "client.userAgent.rawUserAgent",
    "client.userAgent.os", "client.userAgent.browser", *(f"client.geographicalContext.{name}" for name in _PLACE),
    "device.*", "outcome.result", "outcome.reason",
    "target.id", "target.type", "target.alternateId", "target.displayName", "target.detailEntry.*",
    "transaction.id", "transaction.type", "transaction.detail.*", "debugContext.debugData.*",
    "authenticationContext.authenticationProvider", "authenticationContext.credentialProvider",
    "authenticationContext.credentialType", "authenticationContext.issuer.id", "authenticationContext.issuer.type",
    "authenticationContext.interface", "authenticationContext.authenticationStep",
    "authenticationContext.externalSessionId", "authenticationContext.rootSessionId",
    "securityContext.asNumber", "securityContext.asOrg", "securityContext.isp", "securityContext.domain",
    "securityContext.isProxy", "securityContext.risk.*",
    "request.ipChain.ip", "request.ipChain.version", "request.ipChain.source",
    *(f"request.ipChain.geographicalContext.{name}" for name in _PLACE),
)  # fmt: skip

SYSTEM_LOG: Final = Dialect(
    name="the System Log",
    attributes=_paths(_ALL, *_LOG_ATTRIBUTES),
    unsupported=_paths(frozenset({"co"}), "debugContext.debugData.url", "debugContext.debugData.requestUri"),
    syntax_code="E0000053",
    field_code="E0000053",
)
USER_FILTER: Final = Dialect(
    name="filter of users",
    attributes={
        **_paths(frozenset({"eq"}), "id", "status", "profile.login", "profile.email"),
        **_paths(frozenset({"eq"}), "profile.firstName", "profile.lastName"),
        "lastUpdated": _DATES | {"eq"},
    },
    negation=False,
)
USER_SEARCH: Final = Dialect(
    name="search of users",
    attributes={
        **_paths(_BASIC, "id", "status", "created", "activated", "statusChanged", "lastUpdated", "type.id"),
        "profile.*": _ALL,
    },
    ignore_case=True,
)
GROUP_FILTER: Final = Dialect(
    name="filter of groups",
    attributes={
        **_paths(frozenset({"eq"}), "id", "type"),
        **_paths(_DATES | {"eq"}, "lastUpdated", "lastMembershipUpdated"),
    },
)
GROUP_SEARCH: Final = Dialect(
    name="search of groups",
    attributes={
        **_paths(frozenset({"eq", "sw", "pr"}), "id", "type"),
        **_paths(_DATES | {"eq", "sw", "pr"}, "created", "lastUpdated", "lastMembershipUpdated"),
        **_paths(_BASIC, "profile.name", "profile.description"),
        "profile.*": frozenset({"eq", "sw", "pr"}),
    },
    ignore_case=True,
)
