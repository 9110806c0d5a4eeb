"""Lines of a haproxy configuration as rules of a table."""

from __future__ import annotations

from twipc.routes import pattern
from twipc.routes.table import OPEN, Answer, Outcome, Rule

from ..sections import Line
from .needs import Needs


def left_open(line: Line) -> Outcome:
    """The answer of a line that is not understood."""
    return (Answer(OPEN, f"`{' '.join(line.words[:2])}`, line {line.number}"),)


def rule_of(said: str, needs: Needs, outcome: Outcome, line: Line) -> Rule:
    """A line as a rule."""
    return Rule(
        said,
        needs.paths or (pattern.ALL,),
        (Answer(OPEN, f"`{needs.open}`, line {line.number}"),) if needs.open else outcome,
        needs.not_paths,
        needs.hosts,
        needs.not_hosts,
        needs.methods,
        needs.scheme,
        (line.number,),
    )
