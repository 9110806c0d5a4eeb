"""Findings as text for people, as lines for tools, and as JSON; SARIF and GitHub have modules of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from unicodedata import combining, east_asian_width

from twipc.regex import late_regex

from .alike import name_in
from .code import Severity
from .finding import Finding
from .merge import Merged
from .span import Span

_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36;1"}
_CONTROLS = late_regex("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_WIDEST = 200
_NARROW = 80
"""How wide the places of what is alike are printed where no terminal says it."""
_LONGEST = 600
"""What a line shows of a value that somebody made very long."""


def visible(text: str) -> str:
    """`text` with what a terminal obeys, or does not show, spelled out: a spec cannot command a terminal."""
    return text if text.isprintable() else _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_text(findings: Iterable[Merged], sources: Mapping[str, str], *, colour: bool, width: int = 0) -> str:
    """Each finding with its line of the spec, a help, and the others like it; `width` is the terminal's, 0 if there is none."""
    lines = {file: text.splitlines() for file, text in sources.items()}
    blocks = ["\n".join([*_block(each, lines, colour), *_also(each, width or _NARROW)]) for each in findings]
    return "\n\n".join(blocks) + ("\n" if blocks else "")


def as_concise(findings: Iterable[Merged]) -> str:
    """One line for each finding."""
    return "".join(
        f"{' '.join([_head(each), *(['; '.join(below)] if (below := _below(each)) else [])])}\n" for each in findings
    )


def as_json(findings: Iterable[Merged], more: Mapping[str, object]) -> str:
    """All findings in one document, beside what a verb has `more` to say; `format_version` changes when its form does.

    `target` is the one target that a finding concerns, `targets` are all for which it is said.
    """
    rows = [
        {
            "code": each.finding.code.id,
            "severity": each.finding.severity.value,
            "message": each.finding.message,
            "help": "\n".join(each.helps) or None,
            "at": each.finding.at or None,
            "target": each.targets[0] if len(each.targets) == 1 else None,
            "targets": each.targets,
            "environments": each.environments,
            "span": _json_span(each.finding.span),
            "related": [{"message": one.message, "span": _json_span(one.span)} for one in each.related],
        }
        for each in findings
    ]
    return json.dumps({"format_version": 1, **more, "findings": rows}, indent=2) + "\n"


def message(merged: Merged) -> str:
    """What a finding says, whose it is, and its helps, a line each."""
    return "\n".join([_whole(merged), *_below(merged), *(f"help: {said(help)}" for help in merged.helps)])


def summary(findings: Iterable[Merged]) -> str:
    """How many of each weight there are: `2 errors, 1 warning`; empty if there are none."""
    findings = list(findings)
    counts = [(severity, sum(1 for each in findings if each.finding.severity is severity)) for severity in reversed(Severity)]
    return ", ".join(f"{count} {severity.value}{'s' if count > 1 else ''}" for severity, count in counts if count)


def _json_span(span: Span | None) -> dict[str, object] | None:
    if span is None:
        return None
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def said(text: str) -> str:
    """`text` as it is printed: visible, and not longer than anyone reads."""
    text = visible(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _whole(merged: Merged) -> str:
    """What stands in one line: all of it, or what is before a long list."""
    whose = merged.whose()
    listed = _below(merged)
    told = _before(merged.finding) if listed else said(merged.finding.message)
    return told + (said(f" [{whose}]") if whose else "") + (":" if listed else "")


def _below(merged: Merged) -> list[str]:
    """What a message lists, a line each, where one line does not hold it."""
    finding = merged.finding
    if len(finding.message) <= _WIDEST or not finding.message.endswith(": " + "; ".join(finding.listed)):
        return []
    return [said(one) for one in finding.listed]


def _before(finding: Finding) -> str:
    return said(finding.message[: -len("; ".join(finding.listed)) - len(": ")])


def _head(merged: Merged, paint: Callable[[str], str] = str) -> str:
    finding = merged.finding
    where = f"{visible(str(finding.span))}: " if finding.span else ""
    return f"{where}{paint(f'{finding.severity.value}[{finding.code.id}]')}: {_whole(merged)}"


def _block(merged: Merged, lines: Mapping[str, list[str]], colour: bool) -> list[str]:
    finding = merged.finding

    def paint(text: str) -> str:
        return f"\x1b[{_COLOURS[finding.severity]}m{text}\x1b[0m" if colour else text

    block = [_head(merged, paint), *(f"  - {one}" for one in _below(merged))]
    if finding.span:
        block += _excerpt(finding.span, lines, paint)
    for one in merged.related:
        block.append(f"  {visible(str(one.span))}: {said(one.message)}")
        block += _excerpt(one.span, lines, paint)
    return [*block, *(f"  help: {said(help)}" for help in merged.helps)]


def _also(merged: Merged, width: int) -> list[str]:
    """The others that say the same: whose they are, if the message names anyone, and where; the first place with its file."""
    others = []
    file = f"{visible(merged.finding.span.file)}:" if merged.finding.span else ""
    for one in merged.also:
        name, span = name_in(one), one.finding.span
        if span and span != merged.finding.span:
            others.append(f"{f'{said(name)} at ' if name else ''}{file}{span.line}:{span.column}")
            file = ""
        else:
            others.append(said(name))
    return _wrapped(f"  and {len(others)} more:", others, width) if others else []


def _wrapped(line: str, words: Sequence[str], width: int) -> list[str]:
    """A line that goes on with words, and after a comma in further lines where it gets too long."""
    lines = []
    for word in (*(f" {word}," for word in words[:-1]), f" {words[-1]}"):
        if _width(line + word) > width:
            lines.append(line)
            line = "   "
        line += word
    return [*lines, line]


def _excerpt(span: Span, lines: Mapping[str, list[str]], paint: Callable[[str], str]) -> list[str]:
    """The line of a span with the span marked; of a very long line, what stands around it."""
    texts = lines.get(span.file, [])
    if not 0 < span.line <= len(texts):
        return []
    text = texts[span.line - 1].rstrip()
    start = max(0, span.column - 1 - _WIDEST // 2) if len(text) > _WIDEST else 0
    end = min(span.end_column - 1 if span.end_line == span.line else len(text), start + _WIDEST)
    before, marked, after = text[start : span.column - 1], text[span.column - 1 : end], text[max(end, span.column - 1) :]
    after = after[: max(0, start + _WIDEST - end)]
    shown = [visible(part.replace("\t", " ")) for part in (before, marked, after)]
    indent = max(_width(shown[0]), span.column - 1 - start if span.column > len(text) else 0)
    mark = paint("━" * max(1, _width(shown[1])))
    return [f"{span.line:>5} │ {''.join(shown)}", f"      │ {' ' * indent}{mark}"]


def _width(text: str) -> int:
    """How many columns a terminal gives it."""
    return len(text) if text.isascii() else sum(0 if combining(one) else 1 + (east_asian_width(one) in "WF") for one in text)
