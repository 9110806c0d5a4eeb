"""Which lines of a haproxy configuration change a request before it is asked about, or an answer that others gave.

Source: the configuration manual of haproxy 3.2, 4.3 (actions, by the rulesets that have them) and 4.4 (`del-header`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from twipc.regex import late_regex

from ..sections import Line
from .ending import condition_of
from .proxy import Proxy

_STEERS = (
    *("set-path", "set-pathq", "replace-path", "replace-pathq", "set-uri", "replace-uri", "normalize-uri", "set-query"),
    *("set-method", "use-service", "set-dst", "set-dst-port"),
)
_PLAIN = late_regex(r"(\^?)([a-z0-9_-]*)(\$?)")
_KINDS = r"header|value|map|acl|var|var-fmt|nice|log-level|timeout|tos|mark|fc-tos|fc-mark|bc-tos|bc-mark|src|src-port|gpt|gpt0"
_KEEPS = late_regex(
    rf"(?:(?:set|add|del|unset|replace)-(?:{_KINDS}|bandwidth-limit)|track-sc[0-9]*|sc-(?:inc|add|set)-[a-z0-9]+|allow|accept"
    r"|cache-store|capture|do-log|do-resolve|pause|send-spoe-group|strict-mode|wait-for-body|expect-proxy|expect-netscaler-cip)"
    r"(?:\(.*)?"
)
"""Actions by which everyone is answered as before, and by whom."""


def steers(action: str, rest: Sequence[str]) -> bool:
    """Whether an action of `http-request` changes what later tests ask for, or what a member gets."""
    return action in _STEERS or action.startswith("lua.") or changes_header("host", action, rest)


def changes_header(name: str, action: str, rest: Sequence[str]) -> bool:
    """Whether it changes a header, which it may name by a part or an expression."""
    if action.endswith("-headers-bin"):
        return True
    if action not in ("set-header", "add-header", "del-header", "replace-header", "replace-value") or not rest:
        return False
    how = rest[2] if action == "del-header" and list(rest[1:2]) == ["-m"] and len(rest) > 2 else "str"
    asked = rest[0].lower()
    match how:
        case "str":
            return asked == name
        case "beg":
            return name.startswith(asked)
        case "end":
            return name.endswith(asked)
        case "sub":
            return asked in name
    plain = _PLAIN.fullmatch(asked)
    return plain is None or re.search(asked, name) is not None


def keeps(action: str, rest: Sequence[str]) -> bool:
    """Whether everyone is answered as before, and by whom, and later tests ask for the same."""
    return (_KEEPS.fullmatch(action) is not None or action == "disable-l7-retry") and not steers(action, rest)


def makers(proxy: Proxy, variable: str) -> Iterator[tuple[str, ...]]:
    """The lines that say what a variable holds when requests are asked about, or whether it holds anything."""
    name = re.escape(variable.removeprefix("var(").removesuffix(")"))
    makes = re.compile(rf"(?:un)?set-var(?:-fmt)?[(]{name}[,)].*")
    for line in proxy.lines:
        if line.words[0] in ("http-request", "tcp-request") and any(makes.fullmatch(word) for word in line.words[1:3]):
            yield line.words


def at_once(proxy: Proxy) -> Iterator[tuple[Line, tuple[str, ...]]]:
    """What a frontend does to connections, and to all answers, its own among them, with the condition that a request tells."""
    for line in proxy.lines:
        match line.words:
            case ("tcp-request", "connection" | "session", action, *_) if not _KEEPS.fullmatch(action):
                yield line, condition_of(line.words)
            case ("http-after-response", action, *rest) if not _KEEPS.fullmatch(action) or changes_header(
                "location", action, rest
            ):
                yield line, ()


def of_contents(proxy: Proxy) -> Iterator[Line]:
    """What a frontend or a backend does to what comes by a connection, before it is read as a request."""
    for line in proxy.lines:
        match line.words:
            case ("tcp-request", "content", action, *_) if not _KEEPS.fullmatch(action):
                yield line


def of_answers(proxy: Proxy) -> Iterator[Line]:
    """What a frontend or a backend does to the answers of members."""
    for line in proxy.lines:
        match line.words:
            case ("http-response", action, *_) | ("tcp-response", "content", action, *_) if not _KEEPS.fullmatch(action):
                yield line
