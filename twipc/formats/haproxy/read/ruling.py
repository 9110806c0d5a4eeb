"""Lines of a haproxy configuration as rules of a table."""

from __future__ import annotations

from collections.abc import Sequence

from twipc.routes import pattern
from twipc.routes.table import OPEN, Answer, Outcome, Rule

from ..sections import Line
from .asking import Needs
from .ending import ENDS
from .proxies import Proxy

MAY_END = ("use-service",)


def is_of_host(action: str, rest: Sequence[str]) -> bool:
    """Whether it changes the host that later tests ask for."""
    changes = action in ("set-header", "add-header", "del-header", "replace-header", "replace-value")
    return changes and rest[:1] != () and rest[0].lower() == "host"


def asks_after(proxy: Proxy, line: Line) -> bool:
    """Whether a backend asks for something of a request after a line of `http-request`, which changes the request."""
    later = proxy.lines[proxy.lines.index(line) + 1 :]
    return any(one.words[0] in ("redirect", "stats", "use-server") for one in proxy.lines) or any(
        one.words[0] == "http-request" and one.words[1] in (*ENDS, "allow", *MAY_END) for one in later
    )


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
