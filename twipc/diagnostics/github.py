"""Findings as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from .code import Severity
from .merge import Merged
from .render import message, visible
from .span import Span

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def as_github(findings: Iterable[Merged]) -> str:
    """One `::error file=…::message` for each finding."""
    return "".join(f"{_command(each)}\n" for each in findings)


def _command(merged: Merged) -> str:
    finding = merged.finding
    properties = {**(_place(finding.span) if finding.span else {}), "title": finding.code.id}
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {told}::{_data(message(merged))}"


def _place(span: Span) -> dict[str, str | int]:
    """Columns stand only where one line is meant: GitHub refuses them otherwise."""
    lines: dict[str, str | int] = {"file": visible(span.file), "line": span.line, "endLine": span.end_line}
    return lines | ({"col": span.column, "endColumn": span.end_column} if span.line == span.end_line else {})


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
