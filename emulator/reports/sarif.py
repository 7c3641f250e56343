"""Findings as SARIF 2.1.0, the form that code scanning and editors read."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from emulator.contract.rules import RULES
from emulator.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.reports.findings import Finding

__all__ = ["sarif_json"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"must": "error", "should": "warning"}
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def sarif_json(findings: Iterable[Finding], *, command: str) -> str:
    """
    Return the *findings* as a SARIF log of one run.

    Each result names its rule, and the run describes the rules that are named; *must* is an error, *should* a warning.

    Args:
        findings: In the order they are shown.
        command: What was run, such as ``okta-hooks validate``: the same automation id makes runs comparable.
    """
    findings = list(findings)
    ids = list(dict.fromkeys(finding.rule for finding in findings))
    run = {
        "tool": {"driver": {"name": "okta-hooks", "version": VERSION, "rules": [_rule(rule_id) for rule_id in ids]}},
        "automationDetails": {"id": f"{command.replace(' ', '-')}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, ids.index(finding.rule)) for finding in findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule_id: str) -> dict[str, Any]:
    if rule_id not in RULES:
        return {"id": rule_id}
    rule = RULES[rule_id]
    return {
        "id": rule_id,
        "shortDescription": {"text": rule.statement},
        "properties": {"confidence": rule.confidence.value},
    }


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    text = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    same = f"{finding.rule}\n{finding.location}\n{finding.name}\n{finding.message}"
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS.get(finding.level, "note"),
        "message": {"text": text},
        "locations": [_location(finding)],
        # Without line and column: the same finding stays the same when the text around it moves.
        "partialFingerprints": {"oktaHooks/v1": hashlib.sha256(same.encode(errors="replace")).hexdigest()[:32]},
    }


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if finding.location:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.location)}}
        if finding.line is not None:
            physical["region"] = {"startLine": finding.line, "startColumn": finding.column or 1}
        location["physicalLocation"] = physical
    if finding.name or not finding.location:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.name or "input"}]
    return location


def _uri(location: str) -> str:
    if _URL.match(location):
        return location
    if Path(location).is_absolute():
        return Path(location).as_uri()
    # A colon in the first segment would make it a scheme.
    return quote(Path(location).as_posix().encode(errors="surrogateescape"), safe="/-._~")
