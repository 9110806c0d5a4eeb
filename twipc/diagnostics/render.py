"""Findings as text for people, as lines for tools, and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping

from .code import Severity
from .finding import Finding
from .span import Span

_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36;1"}
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_WIDEST = 200
Place = Callable[[str], str]
"""Gives a file's name as the reader of the findings would write it."""


def visible(text: str) -> str:
    """`text` with control characters spelled out: a spec can not command a terminal."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_text(findings: Iterable[Finding], sources: Mapping[str, str], place: Place, *, colour: bool) -> str:
    """Each finding with its line of the spec and a help, then what they come to."""
    findings = list(findings)
    blocks = ["\n".join(_block(finding, sources, place, colour)) for finding in findings]
    return "\n\n".join(blocks) + ("\n" if blocks else "")


def as_concise(findings: Iterable[Finding], place: Place) -> str:
    """One line for each finding."""
    return "".join(f"{_head(finding, place)}\n" for finding in findings)


def as_json(findings: Iterable[Finding], place: Place) -> str:
    """All findings in one document; `format_version` changes when its form does."""
    rows = [
        {
            "code": finding.code.id,
            "severity": finding.severity.value,
            "message": finding.message,
            "help": finding.help,
            "at": finding.at or None,
            "target": finding.target or None,
            "span": _json_span(finding.span, place),
            "related": [{"message": one.message, "span": _json_span(one.span, place)} for one in finding.related],
        }
        for finding in findings
    ]
    return json.dumps({"format_version": 1, "findings": rows}, indent=2) + "\n"


def summary(findings: Iterable[Finding]) -> str:
    """How many of each weight there are: `2 errors, 1 warning`; empty if there are none."""
    findings = list(findings)
    counts = [(severity, sum(1 for finding in findings if finding.severity is severity)) for severity in reversed(Severity)]
    return ", ".join(f"{count} {severity.value}{'s' if count > 1 else ''}" for severity, count in counts if count)


def _json_span(span: Span | None, place: Place) -> dict[str, object] | None:
    if span is None:
        return None
    return {
        "file": place(span.file),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _head(finding: Finding, place: Place, paint: Callable[[str], str] = str) -> str:
    where = f"{place(finding.span.file)}:{finding.span.line}:{finding.span.column}: " if finding.span else ""
    return f"{where}{paint(f'{finding.severity.value}[{finding.code.id}]')}: {visible(finding.message)}"


def _block(finding: Finding, sources: Mapping[str, str], place: Place, colour: bool) -> list[str]:
    def paint(text: str) -> str:
        return f"\x1b[{_COLOURS[finding.severity]}m{text}\x1b[0m" if colour else text

    lines = [_head(finding, place, paint)]
    if finding.span:
        lines += _excerpt(finding.span, sources, "", paint)
    for one in finding.related:
        lines.append(f"  {place(one.span.file)}:{one.span.line}: {visible(one.message)}")
        lines += _excerpt(one.span, sources, "", paint)
    if finding.help:
        lines.append(f"  help: {visible(finding.help)}")
    return lines


def _excerpt(span: Span, sources: Mapping[str, str], note: str, paint: Callable[[str], str]) -> list[str]:
    texts = sources.get(span.file, "").splitlines()
    if not 0 < span.line <= len(texts):
        return []
    text = texts[span.line - 1].rstrip()
    end = span.end_column if span.end_line == span.line else len(text) + 1
    start = max(0, span.column - 1 - _WIDEST // 2) if len(text) > _WIDEST else 0
    shown = visible(text[start : start + _WIDEST].replace("\t", " "))
    width = max(1, min(end - span.column, _WIDEST - (span.column - 1 - start)))
    number = f"{span.line:>5}"
    mark = paint("━" * width)
    return [f"{number} │ {shown}", f"      │ {' ' * (span.column - 1 - start)}{mark}{note}"]
