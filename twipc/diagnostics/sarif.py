"""Findings as SARIF 2.1.0, the form that code scanning services take."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from .code import Code
from .merge import Merged
from .render import message, said
from .span import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_NOWHERE = "specs/"
"""Where a finding on no file is placed: GitHub refuses a result without a location."""


def as_sarif(findings: Iterable[Merged], rules: Sequence[tuple[Code, str]], version: str) -> str:
    """All findings in one log; `rules` are all codes, each with its page."""
    index = {code.id: number for number, (code, _) in enumerate(rules)}
    seen: Counter[str] = Counter()
    run = {
        "tool": {"driver": {"name": "twipc", "version": version, "rules": [_rule(*rule) for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, index, seen) for each in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: Code, page: str) -> dict[str, Any]:
    return {
        "id": code.id,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.why},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": code.severity.value},
    }


def _result(merged: Merged, index: dict[str, int], seen: Counter[str]) -> dict[str, Any]:
    finding = merged.finding
    mark = _fingerprint(merged)
    seen[mark] += 1
    result = {
        "ruleId": finding.code.id,
        "ruleIndex": index[finding.code.id],
        "level": finding.severity.value,
        "message": {"text": message(merged)},
        "locations": [{"physicalLocation": _location(finding.span)}],
        "partialFingerprints": {"twipc/v1": f"{mark}:{seen[mark]}"},
    }
    if merged.related:
        result["relatedLocations"] = [
            {"physicalLocation": _location(one.span), "message": {"text": said(one.message)}} for one in merged.related
        ]
    return result


def _location(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {"artifactLocation": {"uri": _NOWHERE}}
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"artifactLocation": {"uri": quote(span.file.encode("utf-8", "surrogateescape"))}, "region": region}


def _fingerprint(merged: Merged) -> str:
    """The same for a finding wherever its line moves to; those that are alike are counted."""
    finding = merged.finding
    told = (finding.code.id, finding.span.file if finding.span else "", finding.at, finding.message)
    return hashlib.sha256("\0".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]
